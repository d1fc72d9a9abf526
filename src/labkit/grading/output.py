"""What a notebook's cells print goes here: so much of it is kept, the rest is thrown away."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TextIO


class Capped(io.TextIOBase):
    """A text stream that passes on ``most`` characters and calls ``when_full`` once, at the first beyond them."""

    def __init__(self, stream: TextIO, most: int, when_full: Callable[[], None]) -> None:
        self._stream, self._left, self._when_full = stream, most, when_full

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if self._left >= 0:
            self._stream.write(text[: self._left])
            self._left -= len(text)
            if self._left < 0:
                self._when_full()
        return len(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

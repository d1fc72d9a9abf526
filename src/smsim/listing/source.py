"""The Python side of a listing: lines of a kernel, and of functions that were inlined into it."""

from __future__ import annotations

import inspect
import linecache
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from smsim.ptx.nodes import Loc


@dataclass(frozen=True)
class Origin:
    """Where instructions come from.

    Attributes:
        line: the Python line; 0 where the compiler named none.
        text: what stands there, without indentation; empty if the source is out of reach.
        elsewhere: the line is in another function, which was inlined.
    """

    line: int
    text: str = ""
    elsewhere: bool = False

    def __str__(self) -> str:
        if not self.line:
            return "no Python line"
        place = f"Python line {self.line}" + (" of another function" if self.elsewhere else "")
        return f"{place}: {self.text}" if self.text else place


NOWHERE = Origin(0)


class Source:
    """The lines of one kernel's Python source.

    Attributes:
        lines: line number in its file (in a notebook: in its cell) to text, common indentation removed.
    """

    def __init__(self, function: Callable[..., Any] | None) -> None:
        self._file, self.lines = _read(function)

    def origin(self, loc: Loc | None, files: Mapping[int, str]) -> Origin:
        """The origin of an instruction whose line information is ``loc``."""
        if loc is None or loc.line <= 0:
            return NOWHERE
        path = files.get(loc.file, "")
        own = not self.lines or (path == self._file and loc.line in self.lines)
        text = self.lines.get(loc.line) if own else None
        if text is None:
            text = linecache.getline(path, loc.line)
        return Origin(loc.line, text.strip(), elsewhere=not own)


def _read(function: Callable[..., Any] | None) -> tuple[str, dict[int, str]]:
    if function is None:
        return "", {}
    path = function.__code__.co_filename
    try:
        texts, first = inspect.getsourcelines(function)
    except (OSError, TypeError):  # made by exec(), or typed into a prompt that keeps no source
        return path, {}
    if not any(f"def {function.__code__.co_name}" in text for text in texts):
        return path, {}  # several pieces of code share a file name such as <string>: these are not the lines
    texts = [text.rstrip() for text in texts]
    indent = min((len(text) - len(text.lstrip()) for text in texts if text), default=0)
    return path, {first + number: text[indent:] for number, text in enumerate(texts)}

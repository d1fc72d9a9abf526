"""The most registers a thread that a compiler's option allows a whole module, noted in its PTX text.

It is the assembler's option, and a text has no directive for it. So a comment at its end carries it along.
"""

from __future__ import annotations

import re

_LIMIT = "// registers a thread at most: "


def with_register_limit(text: str, limit: int | None) -> str:
    """``text`` with a note of ``limit``, if there is one."""
    return f"{text}{_LIMIT}{limit}\n" if limit else text


def register_limit(text: str) -> int | None:
    """What the note in ``text`` says; ``None`` if there is none."""
    found = re.search(re.escape(_LIMIT) + r"(\d+)", text)
    return int(found.group(1)) if found else None

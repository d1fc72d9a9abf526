"""A kernel at each step of its way from Python to machine code: five texts, cut by Python line.

``smsim.views`` shows the last two with all that is known of them. Here the steps before them are added, tidied so that
one can read them: Numba's typed representation, and the LLVM IR that Numba hands to NVIDIA's compiler.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from smsim.listing.plain import plural, statements
from smsim.listing.views import Views, views
from smsim.ptx.nodes import Loc

#: The five, in order, and what one entry of each is called.
UNITS = {
    "Python": "line",
    "typed": "statement",
    "LLVM IR": "instruction",
    "PTX": "instruction",
    "SASS": "instruction",
}


@dataclass(frozen=True)
class Entry:
    """One statement or instruction: the Python line it comes from, 0 where none is known, and its text."""

    line: int
    text: str


@dataclass(frozen=True, repr=False)
class Levels:
    """A kernel's five texts. Printed, it counts them.

    Attributes:
        view: what :func:`smsim.views` gives of the kernel.
        texts: level (a key of :data:`UNITS`) to its entries, in order.
    """

    view: Views
    texts: dict[str, tuple[Entry, ...]]

    @property
    def counts(self) -> dict[str, int]:
        """Entries of each level."""
        return {level: len(entries) for level, entries in self.texts.items()}

    def of(self, python_line: int | str) -> str:
        """What one line of the kernel's source is at each level.

        Args:
            python_line: its number, or a piece of its text: ``of("if i < n")``.

        Raises:
            ValueError: the kernel has no such line.
        """
        wanted = self.view._line_numbers(python_line)
        parts = []
        for level, entries in self.texts.items():
            mine = [entry.text for entry in entries if entry.line in wanted]
            heading = f"{level}: {plural(len(mine), UNITS[level])}"
            parts.append("\n".join([heading, *(f"  {text}" for text in mine)]))
        return "\n\n".join(parts)

    def __str__(self) -> str:
        return "\n".join(f"{level:8} {plural(count, UNITS[level])}" for level, count in self.counts.items())

    __repr__ = __str__


def levels(kernel: Any, signature: Any = None) -> Levels:
    """The five texts of a Numba kernel, for the simulated H800.

    Args:
        kernel: what ``@cuda.jit`` returns.
        signature: argument types or arguments, as :func:`smsim.views` takes them.

    Raises:
        TypeError: ``kernel`` is something else, or its types are missing.
        MissingTool: NVIDIA's assembler or disassembler is not installed.
    """
    if not hasattr(kernel, "py_func"):
        raise TypeError(f"levels takes a kernel made by @cuda.jit, not a {type(kernel).__name__}.")
    from smsim.driver.levels import typed_and_llvm
    from smsim.signatures import asked_for

    view = views(kernel, signature)
    typed, llvm = typed_and_llvm(kernel, asked_for("levels(kernel, signature)", kernel, signature))
    texts = {
        "Python": tuple(Entry(n, text.strip()) for n, text in view.source.lines.items() if _code(text)),
        "typed": tuple(_typed(typed)),
        "LLVM IR": tuple(_llvm(llvm)),
        "PTX": tuple(_ptx(view)),
        "SASS": tuple(_sass(view)),
    }
    return Levels(view, texts)


def _code(text: str) -> bool:
    return bool(text.strip()) and not text.strip().startswith(("#", "@"))


# --- Numba's typed representation -------------------------------------------------------------------

_PYTHON_LINE = re.compile(r"^\s*# --- LINE (\d+) ---")
_TEMPORARY = re.compile(r"\$[\w.]+")
_MODULE = re.compile(r"<module '([\w.]+)'[^>]*>")
_CALL = re.compile(r"= call (\S+?)\((.*?)(?:, )?func=.*?\)  ::")


def _typed(printed: str) -> Iterator[Entry]:
    """The statements; Numba's hints on when a variable is no longer needed, and labels, are left out."""
    line, short = 0, {}
    for row in printed.splitlines():
        if found := _PYTHON_LINE.match(row):
            line = int(found[1])
            continue
        text = row.strip()
        if not text.startswith("#   "):
            continue
        text = text[1:].strip()
        if text.startswith("del "):
            continue
        text = _CALL.sub(r"= call \1(\2)  ::", _MODULE.sub(r"\1", text))
        text = _TEMPORARY.sub(lambda name: short.setdefault(name[0], f"${len(short) + 1}"), text)
        yield Entry(line, re.sub(r"\s+::", "  ::", text))


# --- LLVM IR --------------------------------------------------------------------------------------------

_KERNEL = re.compile(r'^!\d+ = !\{[^\n]*@"([^"\n]+)", !"kernel"', re.MULTILINE)
_PLACE = re.compile(r"^!(\d+) = (?:distinct )?!DILocation\(.*?line: (\d+)", re.MULTILINE)
_MARKED = re.compile(r"!dbg !(\d+)")
_ARRAY = re.compile(r"\{i8\*, i8\*, i64, i64, \w+\*, \[\d+ x i64\], \[\d+ x i64\]\}")


def _llvm(text: str) -> Iterator[Entry]:
    """The kernel's instructions. The structure that stands for an array is written ``array``."""
    kernel = _KERNEL.search(text)
    if kernel is None:
        return
    start = re.search(rf'^define [^\n]*@"{re.escape(kernel[1])}"\([^\n]*\n', text, re.MULTILINE)
    body = text[start.end() : text.index("\n}", start.end())]
    places = {number: int(line) for number, line in _PLACE.findall(text)}
    for row in body.splitlines():
        if not row.startswith("  ") or "llvm.dbg." in row:
            continue
        marked = _MARKED.search(row)
        shown = re.sub(r"\s*,?\s*![\w.]+ !\d+", "", row).strip()
        shown = _ARRAY.sub("array", re.sub(r'([%@])"\.?([^"]+)"', r"\1\2", shown))
        yield Entry(places.get(marked[1], 0) if marked else 0, shown)


def _ptx(view: Views) -> Iterator[Entry]:
    for number in view.source.lines:
        for statement in view._statements_of(number):
            yield Entry(number, statements([statement]))
    known = {id(s) for number in view.source.lines for s in view._statements_of(number)}
    yield from (Entry(0, statements([s])) for s in view.folded[0].statements if id(s) not in known)


def _sass(view: Views) -> Iterator[Entry]:
    """What was inlined from another function has no line of the kernel's."""
    numbers = {path: number for number, path in view.module.files.items()}
    for one in view.sass:
        place = Loc(numbers.get(one.file, 0), one.line, 0)
        origin = view.source.origin(place, view.module.files)
        yield Entry(0 if origin.elsewhere else origin.line, one.text)

"""Numbers with a unit in prose must come from a sourced fact or be asserted in a cell above."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from nbtools.rules import assertions, without_code

#: Units of measured or published figures. Threads, blocks and elements are sizes that a reader types
#: and minutes are ours, so they are not among them.
UNITS = (
    "SMs|TB/s|GB/s|MB/s|KiB|MiB|GiB|KB|MB|GB|TB|bytes|byte|B|bits|cycles|cycle|ns|µs|us|ms|s|seconds|second|hours|days|"
    "GHz|MHz|Hz|TFLOPS|GFLOPS|FLOPs|USD|dollars|GPU-hours|GPUs|parameters|tokens|registers|banks|sectors|"
    "warp schedulers|opcode families|instructions|times|%"
)
_NUMBER = r"(?<![\w.,])(\d[\d,]*(?:\.\d+)?)"
_SCALE = r"(?:\s(?:thousand|million|billion|trillion))?"
_FIGURE = re.compile(rf"{_NUMBER}({_SCALE}\s?(?:{UNITS}))(?![\w/-])")


def figures(markdown: str) -> list[tuple[str, str]]:
    """``[("132", "SMs"), ...]`` in the prose of one cell."""
    return [(n.replace(",", ""), " ".join(u.split())) for n, u in _FIGURE.findall(without_code(markdown))]


def unsupported(notebook: Any, facts: Iterable[str], allowed: Iterable[str] = ()) -> list[str]:
    """Figures in prose that neither a fact nor an assertion above them supports.

    ``facts`` are the texts of all known facts ("132 SMs"); ``allowed`` are reviewed exceptions.
    """
    known = {fact.replace(",", "") for fact in facts} | {text.replace(",", "") for text in allowed}
    asserted = ""
    problems = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            asserted += assertions(cell.source) + "\n" if cell.source.strip() else ""
            continue
        for number, unit in figures(cell.source) if cell.cell_type == "markdown" else ():
            in_facts = any(
                text == f"{number} {unit}" or text.startswith(f"{number} {unit},") for text in known
            )
            in_assert = re.search(rf"(?<![\w.]){re.escape(number)}(?![\w.])", asserted.replace("_", ""))
            if not in_facts and not in_assert:
                problems.append(f"{cell.id}: {number} {unit} comes from no fact and no assertion above")
    return problems

"""Every instruction of a kernel as one box, in the row of the Python line that it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from smsim.listing import Views
    from smsim.ptx.nodes import Instruction

#: Kind of work to the letter in its box and the number of its colour.
KINDS = {
    "parameter": ("P", 4),
    "integer": ("I", 1),
    "branch": ("B", 3),
    "memory": ("M", 2),
    "float": ("F", 5),
}
_LONGEST_LINE = 44
_COLUMNS = 14


def kind_of(instruction: Instruction) -> str:
    """Which of :data:`KINDS` an instruction is; what is none of the others works on whole numbers."""
    modifiers = instruction.modifiers
    if instruction.opcode in ("ld", "st", "atom", "red"):
        return "parameter" if "param" in modifiers else "memory"
    if instruction.opcode in ("bra", "ret", "exit", "call", "brx", "bar", "barrier", "trap"):
        return "branch"
    computed = any(m in ("f16", "f16x2", "bf16", "bf16x2", "f32", "f64") for m in modifiers)
    return "float" if computed and instruction.opcode != "mov" else "integer"


def draw_instructions(view: Views) -> Figure:
    """Draw the instructions of a kernel. ``view`` is what ``smsim.views`` returns.

    Rows are the kernel's Python lines in order; the letter and the colour of a box say what kind of work
    the instruction does.
    """
    rows = _rows(view)
    labels = sum(1 for label, _ in rows if label)
    fig = figure(height=0.3 * labels + 0.32 * len(rows) + 0.85)
    axes = fig.add_subplot()
    top = 0.0
    for label, kinds in rows:
        if label:
            top += 0.75
            axes.text(0, top, label, ha="left", va="bottom", color=palette.ink, family="DejaVu Sans Mono")
        for column, kind in enumerate(kinds):
            _draw_box(axes, column, top + 0.08, kind)
        top += 0.9
    axes.set_xlim(-0.1, _COLUMNS + 0.1)
    axes.set_ylim(top + 0.1, 0)
    axes.axis("off")
    _legend(axes, {kind for _, kinds in rows for kind in kinds})
    return fig


def _rows(view: Views) -> list[tuple[str, list[str]]]:
    """Label and kinds of each row: the Python lines that instructions come from, then those without one."""
    rows = []
    left = {id(i): i for i in view.instructions}
    for line, text in view.source.lines.items():
        mine = view.instructions_of(line)
        if mine:
            rows += _wrapped(f"{line}: {text.strip()}", list(mine))
        for instruction in mine:
            del left[id(instruction)]
    if left:
        rows += _wrapped("(no Python line)", list(left.values()))
    return rows


def _wrapped(label: str, instructions: list[Instruction]) -> list[tuple[str, list[str]]]:
    """As many rows as it takes; only the first has the label."""
    if len(label) > _LONGEST_LINE:
        label = label[: _LONGEST_LINE - 3] + "..."
    kinds = [kind_of(i) for i in instructions]
    return [
        (label if start == 0 else "", kinds[start : start + _COLUMNS])
        for start in range(0, len(kinds), _COLUMNS)
    ]


def _draw_box(axes: Axes, column: int, row: float, kind: str) -> None:
    from matplotlib.patches import Rectangle

    letter, number = KINDS[kind]
    colour = palette.of(number)
    axes.add_patch(
        Rectangle((column + 0.04, row), 0.92, 0.8, facecolor=colour, edgecolor=palette.ink, linewidth=0.8)
    )
    ink = palette.text_on(colour)
    axes.text(column + 0.5, row + 0.42, letter, ha="center", va="center", color=ink)


def _legend(axes: Axes, present: set[str]) -> None:
    from matplotlib.patches import Patch

    entries = [
        Patch(facecolor=palette.of(number), edgecolor=palette.ink, label=f"{letter}: {kind}")
        for kind, (letter, number) in KINDS.items()
        if kind in present
    ]
    axes.legend(
        handles=entries,
        ncols=3,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        borderaxespad=0.1,
        columnspacing=1.2,
    )

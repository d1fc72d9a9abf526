"""A cohort's progress as a picture: one row a learner, one column an exercise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from labkit.figures.style import figure, palette
from labkit.grading.report import better
from labkit.grading.row import Mark, Result, Row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Colour and sign of a result: nothing is told by colour alone.
_LOOKS = {
    Result.RIGHT: (palette.series[0], "✓"),
    Result.WRONG: (palette.series[1], "×"),
    Result.NOT_ATTEMPTED: (palette.untouched, "·"),
    Result.NOT_CHECKED: (palette.card, "?"),
}
_CELL_INCHES = 0.34
_LETTER_INCHES = 0.095
_KEY_INCHES = 0.9


def picture(table: Sequence[Row]) -> tuple[Figure, str]:
    """The cohort as a figure, and in words: ``labkit.show(*picture(table))``.

    A learner is a folder, or else a file: the best mark of all files in it counts. Raises ``ValueError`` where
    nothing was graded.
    """
    marks = by_learner(table)
    exercises = sorted({name: None for row in table for name in row.marks}, key=lambda name: name[:5])
    if not exercises:
        raise ValueError("nothing was graded, so there is nothing to draw")
    heads = max(map(len, exercises)) * _LETTER_INCHES
    names = max(len(_short(learner)) for learner in marks) * _LETTER_INCHES
    width = max(4.0, names + _CELL_INCHES * len(exercises) + 0.4)
    fig = figure(width=width, height=heads + _CELL_INCHES * len(marks) + _KEY_INCHES)
    axes = fig.subplots()
    for y, learner in enumerate(marks):
        if not marks[learner]:
            axes.text(-0.4, y, "not graded", va="center", color=palette.faint)
        for x, name in enumerate(exercises):
            mark = marks[learner].get(name)
            if mark is not None:
                _draw(axes, x, y, mark)
    axes.set_xlim(-0.5, len(exercises) - 0.5)
    axes.set_ylim(len(marks) - 0.5, -0.5)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(exercises)), exercises, rotation=90)
    axes.set_yticks(range(len(marks)), [_short(learner) for learner in marks], parse_math=False)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)
    from matplotlib.patches import Patch

    keys = [
        Patch(facecolor=colour, edgecolor=palette.line, label=f"{sign}  {result.value}")
        for result, (colour, sign) in _LOOKS.items()
    ]
    fig.legend(handles=keys, loc="outside lower center", ncols=2)
    return fig, in_words(table)


def by_learner(table: Sequence[Row]) -> dict[str, dict[str, Mark]]:
    """Learner -> exercise -> the mark that counts, learners in the order of their names."""
    found: dict[str, dict[str, Mark]] = {}
    for row in sorted(table, key=lambda row: (row.learner, row.file)):
        marks = found.setdefault(row.learner, {})
        for name, mark in row.marks.items():
            marks[name] = better(marks[name], mark) if name in marks else mark
    return found


def in_words(table: Sequence[Row]) -> str:
    """What the picture shows, exercise by exercise, for those who do not see it."""
    marks = by_learner(table)
    names = sorted({name: None for row in table for name in row.marks}, key=lambda name: name[:5])
    parts = []
    for name in names:
        given = [m[name].result for m in marks.values() if name in m]
        parts.append(
            f"{name} right {given.count(Result.RIGHT)}, wrong {given.count(Result.WRONG)} of {len(given)}"
        )
    return f"A grid of {len(marks)} learners by {len(names)} exercises. {'; '.join(parts)}."


def _draw(axes: object, x: int, y: int, mark: Mark) -> None:
    from matplotlib.patches import Rectangle

    colour, sign = _LOOKS[mark.result]
    axes.add_patch(Rectangle((x - 0.46, y - 0.46), 0.92, 0.92, facecolor=colour, edgecolor=palette.line))
    axes.text(x, y, sign, ha="center", va="center", color=palette.text_on(colour))


def _short(learner: str) -> str:
    return learner if len(learner) <= 24 else learner[:23] + "…"

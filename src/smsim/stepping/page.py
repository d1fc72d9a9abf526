"""A :class:`~smsim.stepping.Stepper` as HTML for a notebook: no script, colours from the surroundings."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from smsim.stepping.around import around
from smsim.stepping.plain import heading
from smsim.stepping.style import RULES
from smsim.stepping.values import listed, shown

if TYPE_CHECKING:
    from smsim.stepping.stepper import Stepper

BEFORE, AFTER = 5, 5


def html(stepper: Stepper) -> str:
    """The element that a notebook shows."""
    parts = [f'<div class="smsim-step"><style>\n{RULES}</style>']
    parts.append(f'<div class="st-name">{escape(heading(stepper))}</div>')
    where = stepper.line
    if where is not None and where.source_line is not None:
        said = f"Python line {where.source_line}: {where.source_text or ''}".rstrip(": ")
        parts.append(f"<div>{escape(said)}</div>")
    parts.append(_code(stepper))
    if stepper.instruction is not None:
        parts.append(_lanes(stepper))
    if stepper.changed:
        parts.append(_changed(stepper))
    if stepper.error is not None:
        parts.append(f'<div class="st-error">{escape(listed(stepper.error))}</div>')
    return "\n".join([*parts, "</div>"])


def _code(stepper: Stepper) -> str:
    out = ['<div class="st-code">']
    for row in around(stepper.function, stepper.instruction, stepper.readable, BEFORE, AFTER):
        kind = "st-row" + " st-here" * row.here + " st-label" * row.label
        mark = ("stopped " if stepper.done else "next ") if row.here else ""
        number = "" if row.label else f"{mark}{row.line}"
        out.append(f'<div class="{kind}"><span class="st-n">{number}</span>{escape(row.text)}</div>')
    return "\n".join([*out, "</div>"])


def _lanes(stepper: Stepper) -> str:
    active, acting = stepper.active, stepper.acting
    said = f"{int(active.sum())} of {stepper.lanes} lanes are active"
    if (active != acting).any():
        said += f"; the guard lets {int(acting.sum())} of them act"
    cells = []
    for lane in range(32):
        kind = (
            "st-none" if lane >= stepper.lanes else "st-on" if acting[lane] else "st-held" * int(active[lane])
        )
        cells.append(f'<span class="st-lane {kind}">{lane}</span>')
    return f'<div>{said}.</div>\n<div class="st-lanes" role="img" aria-label="{said}">{"".join(cells)}</div>'


def _changed(stepper: Stepper) -> str:
    """The registers that just changed, lane by lane; neighbours with one value share a cell."""
    head = '<th scope="col">lane</th>' + "".join(f'<th scope="col">{n}</th>' for n in range(stepper.lanes))
    rows = []
    for name in stepper.changed:
        values, lanes = stepper.values(name)
        cells = _cells(stepper, values[: stepper.lanes], lanes[: stepper.lanes])
        rows.append(f'<tr><th scope="row">{escape(name)}</th>{cells}</tr>')
    return (
        "<div>Changed by the instruction before:</div>\n"
        f'<div class="st-scroll" tabindex="0"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cells(stepper: Stepper, values: np.ndarray, lanes: np.ndarray) -> str:
    texts = [shown(v, stepper.arrays) if on else "" for v, on in zip(values, lanes)]
    out, start = [], 0
    for at in range(1, len(texts) + 1):
        if at == len(texts) or texts[at] != texts[start]:
            span = f' colspan="{at - start}"' if at - start > 1 else ""
            out.append(f"<td{span}>{escape(texts[start])}</td>")
            start = at
    return "".join(out)

"""A :class:`~smsim.stepping.Stepper` as HTML for a notebook: no script, colours from the surroundings."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from smsim.stepping.around import around
from smsim.stepping.plain import heading
from smsim.stepping.values import listed, shown

if TYPE_CHECKING:
    from smsim.stepping.stepper import Stepper

BEFORE, AFTER = 5, 5

# Colours are see-through, so that they suit light and dark pages alike. What colour says, a sign or a word
# says too.
_STYLE = """\
.smsim-step{font-size:.875rem;line-height:1.45;color:inherit;margin:.25rem 0;max-width:100%}
.smsim-step *{box-sizing:border-box}
.smsim-step .st-name{font-weight:600;margin:.2rem 0}
.smsim-step .st-code,.smsim-step table,.smsim-step .st-lane{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;
font-size:.8125rem}
.smsim-step .st-code{margin:.35rem 0;border:1px solid rgba(128,128,128,.45)}
.smsim-step .st-row{white-space:pre-wrap;overflow-wrap:anywhere;padding:.05rem .4rem .05rem 6.4rem;text-indent:-6rem;border-left:3px solid transparent}
.smsim-step .st-here{background:rgba(43,127,212,.2);border-left-color:#2b7fd4;font-weight:600}
.smsim-step .st-label{font-style:italic}
.smsim-step .st-n{display:inline-block;width:5.4rem;margin-right:.6rem;text-indent:0;text-align:right;white-space:nowrap;opacity:.7}
.smsim-step .st-lanes{display:grid;grid-template-columns:repeat(32,minmax(0,1fr));gap:2px;margin:.35rem 0;max-width:46rem}
.smsim-step .st-lane{height:1.35rem;border:1px solid rgba(128,128,128,.6);text-align:center;font-size:.625rem;line-height:1.25rem;overflow:hidden}
.smsim-step .st-on{background:rgba(43,127,212,.35);border-color:#2b7fd4}
.smsim-step .st-held{background:repeating-linear-gradient(45deg,rgba(43,127,212,.3) 0 3px,transparent 3px 6px)}
.smsim-step .st-none{visibility:hidden}
.smsim-step .st-scroll{overflow-x:auto;margin:.35rem 0}
.smsim-step table{border-collapse:collapse;color:inherit;margin:0}
.smsim-step th,.smsim-step td{border:1px solid rgba(128,128,128,.35);padding:.05rem .4rem;text-align:right;font-weight:400;white-space:nowrap;
background:transparent;color:inherit}
.smsim-step td[colspan]{text-align:left}
.smsim-step thead th{opacity:.75}
.smsim-step tbody th{text-align:left;font-weight:600}
.smsim-step .st-error{white-space:pre-wrap;border-left:3px solid #d13b3b;padding:.2rem .5rem;background:rgba(209,59,59,.14)}
@media (max-width:40rem){.smsim-step .st-lanes{grid-template-columns:repeat(16,minmax(0,1fr))}}
"""


def html(stepper: Stepper) -> str:
    """The element that a notebook shows."""
    parts = [f'<div class="smsim-step"><style>\n{_STYLE}</style>']
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
        kind = "st-none" if lane >= stepper.lanes else "st-on" if acting[lane] else "st-held" * int(active[lane])
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

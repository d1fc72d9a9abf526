"""The machine code of a listing as HTML: the third column, and the switch between columns for narrow screens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from smsim.listing.machine import Run, Shown
from smsim.listing.plain import plural
from smsim.listing.source import Origin

if TYPE_CHECKING:
    from smsim.sass import SassInstruction

_CONTROL = (
    ("012345", "which of the six counters must be zero before it may issue"),
    ("read", "the counter that tells when its operands were read"),
    ("write", "the counter that tells when its result is there"),
    ("Y", "the scheduler is asked to go on with another warp"),
    ("stall", "cycles until the same warp may issue again"),
)


def switch(named: Iterable[str]) -> str:
    """Buttons of which one is chosen, for where columns do not fit beside each other. A form of its own keeps
    them apart from other listings on the page, and ``method="dialog"`` sends nothing anywhere."""
    choices = [
        f'<label><input type="radio" name="sv" class="sv-see-{name.lower()}"/> {name}</label>'
        for name in named
    ]
    whole = '<label><input type="radio" name="sv" checked/> All</label>'
    return "\n".join(
        [
            '<form class="sv-switch" method="dialog"><fieldset><legend>Show</legend>',
            whole,
            *choices,
            "</fieldset></form>",
        ]
    )


def column(code: Shown, keys: Mapping[Origin, str], by_row: bool) -> str:
    """The machine code. ``by_row``: each row is reached by keyboard, since there is no Python to group by."""
    out = ['<div class="sv-sass">', f'<div class="sv-name">{escape(code.heading)}</div>']
    if code.missing:
        return "\n".join([*out, f'<p class="sv-missing">{escape(code.missing)}</p>', "</div>"])
    out.append('<ul class="sv-facts">')
    out += [f"<li>{escape(fact)}</li>" for fact in code.facts]
    out += ["<li>before each: its PTX line and its control bits</li>", "</ul>"]
    for part in code.parts:
        if isinstance(part, str):
            out.append(f'<div class="sv-label">{escape(part)}:</div>')
        else:
            out += _run(part, keys, by_row)
    return "\n".join([*out, _legend(), "</div>"])


def _run(run: Run, keys: Mapping[Origin, str], by_row: bool) -> list[str]:
    rows = [_row(one, by_row) for one in run.instructions]
    key = keys.get(run.origin)
    if key is None:
        return ['<div class="sv-group">', *rows, "</div>"]
    said = escape(f"{plural(len(rows), 'machine instruction')} of {run.origin}")
    head = f"Python line {run.origin.line}" + (" of another function" if run.origin.elsewhere else "")
    return [
        f'<div class="sv-group {key}" tabindex="0" role="group" aria-label="{said}">',
        f'<div class="sv-from">{escape(head)}</div>',
        *rows,
        "</div>",
    ]


def _row(one: SassInstruction, by_row: bool) -> str:
    number = one.ptx_line or ""
    key = f" {row_key(one.ptx_line)}" if one.ptx_line else ""
    reached = f' tabindex="0" role="group" aria-label="{escape(_said(one))}"' if by_row and key else ""
    guard = f"{escape(one.guard)} " if one.guard else ""
    operands = f" {escape(', '.join(one.operands))}" if one.operands else ""
    return (
        f'<div class="sv-row{key}"{reached}><span class="sv-n">{number}</span>'
        f'<span class="sv-bits" title="{escape(one.control.said)}">{one.control}</span> {guard}'
        f'<span class="sv-op">{escape(one.opcode)}</span>{operands}</div>'
    )


def _said(one: SassInstruction) -> str:
    return f"{one.text}, of PTX line {one.ptx_line}; {one.control.said}"


def row_key(ptx_line: int) -> str:
    """The class of all rows that belong to one line of PTX."""
    return f"sv-p{ptx_line}"


def row_keys(code: Shown) -> list[str]:
    """The classes of the PTX lines that some machine instruction comes from."""
    runs = [part for part in code.parts if isinstance(part, Run)]
    return list(dict.fromkeys(row_key(i.ptx_line) for run in runs for i in run.instructions if i.ptx_line))


def _legend() -> str:
    rows = [f"<dt>{escape(name)}</dt><dd>{escape(meaning)}</dd>" for name, meaning in _CONTROL]
    return "\n".join(
        [
            "<details><summary>The control bits, <code>012345:read:write:Y:stall</code></summary>",
            '<dl class="sv-words">',
            *rows,
            "</dl></details>",
        ]
    )

"""Hot lines as HTML: Python and PTX side by side, a bar a line, linked like a listing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from smsim.listing.source import Origin
from smsim.listing.style import rules
from smsim.profiling.quantities import percent
from smsim.profiling.stalls import TITLES

if TYPE_CHECKING:
    from smsim.profiling.hotlines import HotLine, HotLines

_HEAT = """\
.smsim-views .sv-hot{background:linear-gradient(to right,rgba(217,120,0,.35) var(--heat),transparent var(--heat))}
.smsim-views .sv-why{opacity:.8;font-size:.75rem}
"""


def html(found: HotLines) -> str:
    """The element that a notebook shows."""
    keys: dict[Origin, str] = {}
    for row in found.python:
        if row.line:
            keys[row.origin] = f"sv-h{len(keys)}-{row.line}"
    columns = []
    if keys:
        columns.append(_column("sv-py", "Python", _whole(found), keys, found.lines))
    columns.append(_column("sv-ptx", "PTX", found.ptx, keys, {}))
    return "\n".join(
        [
            '<div class="smsim-views">',
            f"<style>\n{rules(keys.values())}{_HEAT}</style>",
            f'<div class="sv-name">{escape(found.kernel)}: share of the warps\' cycles at each line</div>',
            '<div class="sv-cols">',
            *columns,
            "</div></div>",
        ]
    )


def _whole(found: HotLines) -> list[HotLine | tuple[int, str]]:
    """The Python source with the hot lines in their places; inlined functions' lines come last."""
    own = {row.line: row for row in found.python if row.line and not row.origin.elsewhere}
    rows = [own.pop(line, (line, text)) for line, text in found.lines.items()]
    return [*rows, *own.values(), *(row for row in found.python if row.origin.elsewhere)]


def _column(
    kind: str,
    title: str,
    rows: Sequence[HotLine | tuple[int, str]],
    keys: dict[Origin, str],
    indented: dict[int, str],
) -> str:
    hottest = max([row.share for row in rows if not isinstance(row, tuple)], default=0) or 1
    out = [f'<div class="{kind}">', f'<div class="sv-name">{title}</div>']
    for row in rows:
        if isinstance(row, tuple):
            out.append(f'<div class="sv-row"><span class="sv-n">{row[0]}</span>{escape(row[1])}</div>')
            continue
        why = f", {TITLES[row.reason]}" if row.reason and row.share >= 0.01 else ""
        said = f"{percent(row.share)}{why}" if row.share >= 0.0005 else ""
        key = keys.get(row.origin, "")
        text = row.text if row.origin.elsewhere else indented.get(row.line, row.text)
        out.append(
            f'<div class="sv-row sv-hot {key}" tabindex="0" style="--heat:{100 * row.share / hottest:.1f}%">'
            f'<span class="sv-n">{row.line or ""}</span>{_linked(row, text)} '
            f'<span class="sv-why">{escape(said)}</span></div>'
        )
    return "\n".join([*out, "</div>"])


def _linked(row: HotLine, text: str) -> str:
    before, opcode, after = text.partition(row.opcode) if row.reference else (text, "", "")
    if not opcode:
        return escape(text)
    link = f'<a href="{escape(row.reference)}" tabindex="-1">{escape(opcode)}</a>'
    return f'{escape(before)}<span class="sv-op">{link}</span>{escape(after)}'

"""A listing as HTML: Python, PTX and if wanted machine code in columns, linked by line, and no script."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from smsim.listing import sasspage
from smsim.listing.folding import Folded, Group, Statement
from smsim.listing.machine import Shown
from smsim.listing.plain import facts, plural
from smsim.listing.reference import address
from smsim.listing.source import Origin
from smsim.listing.style import WITH_SASS, rules

_UNKNOWN = "Not in the simulated SM's table."


def html(
    functions: Sequence[Folded],
    headings: Sequence[str],
    python: Mapping[int, str],
    full: str,
    code: Shown | None = None,
) -> str:
    """The element that a notebook shows for a :class:`~smsim.listing.Views`; ``code`` is its machine code."""
    groups = [part for f in functions for part in f.parts if isinstance(part, Group)]
    keys = _keys(groups)
    columns = [_python_column(python, groups, keys)] if python else []
    by_row = sasspage.row_keys(code) if code is not None else []
    columns.append(_ptx_column(functions, headings, keys, bool(python), dict.fromkeys(by_row, not python)))
    style, above = rules(dict.fromkeys([*by_row, *keys.values()])), []
    if code is not None:
        columns.append(sasspage.column(code, keys, by_row=not python))
        style += WITH_SASS
        above.append(sasspage.switch(["Python", "PTX", "SASS"] if python else ["PTX", "SASS"]))
    return "\n".join(
        [
            '<div class="smsim-views">',
            f"<style>\n{style}</style>",
            *above,
            '<div class="sv-cols">',
            *columns,
            "</div>",
            _words(functions),
            _full(full),
            "</div>",
        ]
    )


def _keys(groups: Sequence[Group]) -> dict[Origin, str]:
    """A class name for every Python line that instructions come from."""
    keys: dict[Origin, str] = {}
    for group in groups:
        origin = group.origin
        if origin.line and origin not in keys:
            keys[origin] = f"sv-e{len(keys)}-{origin.line}" if origin.elsewhere else f"sv-l{origin.line}"
    return keys


def _python_column(python: Mapping[int, str], groups: Sequence[Group], keys: Mapping[Origin, str]) -> str:
    counts = Counter()
    for group in groups:
        counts[group.origin] += len(group.statements)
    own = {origin.line: origin for origin in keys if not origin.elsewhere}
    rows = [_python_row(line, text, own.get(line), counts, keys) for line, text in python.items()]
    inlined = [origin for origin in keys if origin.elsewhere]
    if inlined:
        rows.append('<div class="sv-name">From functions that were inlined</div>')
        rows += [_python_row(o.line, o.text, o, counts, keys) for o in inlined]
    return "\n".join(['<div class="sv-py">', '<div class="sv-name">Python</div>', *rows, "</div>"])


def _python_row(
    line: int, text: str, origin: Origin | None, counts: Mapping[Origin, int], keys: Mapping[Origin, str]
) -> str:
    written = f'<span class="sv-n">{line}</span>{escape(text)}'
    if origin is None:
        return f'<div class="sv-row">{written}</div>'
    said = escape(f"{origin}: {plural(counts[origin], 'instruction')}")
    title = escape(plural(counts[origin], "PTX instruction"))
    return (
        f'<div class="sv-row {keys[origin]}" tabindex="0" role="group" aria-label="{said}" '
        f'title="{title}">{written}</div>'
    )


def _ptx_column(
    functions: Sequence[Folded],
    headings: Sequence[str],
    keys: Mapping[Origin, str],
    linked: bool,
    by_row: Mapping[str, bool],
) -> str:
    """``by_row``: the classes of rows that machine code belongs to, and whether a keyboard reaches them."""
    out = ['<div class="sv-ptx">']
    for function, heading in zip(functions, headings):
        out.append(f'<div class="sv-name">{escape(heading[0].upper() + heading[1:])}</div>')
        out.append('<ul class="sv-facts">')
        out += [f"<li>{escape(fact.strip())}</li>" for fact in facts(function)]
        out.append("</ul>")
        for part in function.parts:
            if isinstance(part, Group):
                out += _group(part, keys, linked, by_row)
            else:
                out.append(f'<div class="sv-label">{escape(part.name)}:</div>')
    return "\n".join([*out, "</div>"])


def _group(group: Group, keys: Mapping[Origin, str], linked: bool, by_row: Mapping[str, bool]) -> list[str]:
    rows = [_row(statement, by_row) for statement in group.statements]
    key = keys.get(group.origin)
    if key is None:
        head = [f'<div class="sv-from">{escape(str(group.origin))}</div>'] if linked else []
        return ['<div class="sv-group">', *head, *rows, "</div>"]
    said = escape(f"{plural(len(rows), 'PTX instruction')} of {group.origin}")
    return [
        f'<div class="sv-group {key}" tabindex="0" role="group" aria-label="{said}">',
        f'<div class="sv-from">{escape(str(group.origin))}</div>',
        *rows,
        "</div>",
    ]


def _row(statement: Statement, by_row: Mapping[str, bool]) -> str:
    key = sasspage.row_key(statement.line)
    linked = f" {key}" if key in by_row else ""
    if by_row.get(key):
        said = escape(f"PTX line {statement.line}: {statement.head} {statement.operands}".strip())
        linked += f'" tabindex="0" role="group" aria-label="{said}'
    guard = f"{escape(statement.guard)} " if statement.guard else ""
    operands = f" {escape(statement.operands)}" if statement.operands else ""
    return (
        f'<div class="sv-row{linked}"><span class="sv-n">{statement.line}</span>{guard}'
        f"{_opcode(statement)}{operands}</div>"
    )


def _opcode(statement: Statement) -> str:
    """The opcode with its sentence. Keyboards reach the same links once an opcode, under "What they do"."""
    opcode = escape(statement.opcode)
    if statement.row is None:
        return f'<span class="sv-op">{opcode}</span>'
    title, to = escape(statement.summary), escape(address(statement.row))
    return f'<span class="sv-op" title="{title}"><a href="{to}" tabindex="-1">{opcode}</a></span>'


def _words(functions: Sequence[Folded]) -> str:
    """What each opcode does, for those who have no mouse to hover with."""
    seen: dict[str, Statement] = {}
    for function in functions:
        for statement in function.statements:
            seen.setdefault(statement.opcode, statement)
    rows = [
        f'<dt class="sv-op">{_linked(one)}</dt><dd>{escape(one.summary or _UNKNOWN)}</dd>'
        for _, one in sorted(seen.items())
    ]
    return "\n".join(
        [
            f"<details><summary>What they do: {plural(len(seen), 'opcode')}, a sentence each</summary>",
            '<dl class="sv-words">',
            *rows,
            "</dl></details>",
        ]
    )


def _linked(statement: Statement) -> str:
    opcode = escape(statement.opcode)
    return f'<a href="{escape(address(statement.row))}">{opcode}</a>' if statement.row else opcode


def _full(full: str) -> str:
    lines = full.rstrip("\n").split("\n")
    width = len(str(len(lines)))
    text = "\n".join(f"{number:>{width}}  {line}" for number, line in enumerate(lines, start=1))
    return (
        f"<details><summary>The full text, {plural(len(lines), 'line')}</summary>\n"
        f'<pre class="sv-full" tabindex="0" role="group" aria-label="Full PTX text">{escape(text)}</pre></details>'
    )

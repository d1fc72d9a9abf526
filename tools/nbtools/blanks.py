"""From a solution notebook to the learner's: answers become blanks, and nothing else changes."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import nbformat

BEGIN, INSTEAD, END = "### BEGIN SOLUTION", "### INSTEAD", "### END SOLUTION"
#: The same marks within a PTX text, which stands in a cell as a string.
PTX_BEGIN, PTX_INSTEAD, PTX_END = "// BEGIN SOLUTION", "// INSTEAD", "// END SOLUTION"
BLANK = ("# your code here", "pass")
PTX_BLANK = ("// your code here",)
FOLDED = "hide-input"
VALUE = ("# your answer here",)
HINTS = re.compile(r"<!-- hints (?P<name>[\w.]+) -->.*?<!-- end hints -->", re.DOTALL)
#: Both pages of a lab are in one search index: a solution says in its title that it is one.
TITLE = re.compile(r"\A# (?P<lab>Lab \d+)(?P<solved>, solved)?: ")
#: And links to the other page, not to itself.
OTHER = re.compile(
    r"The (?:worked answers are in the \[solution notebook\]|\[notebook without answers\])"
    r"\((?P<lead>[^\s()]+/labs/)(?:solutions/)?(?P<file>[\w-]+\.ipynb)\)(?: is the one to work in)?\."
)
SUMMARIES = ("Hint 1: a nudge", "Hint 2: the concept", "Hint 3: nearly the code")


class BlankError(ValueError):
    """The marks in a solution cell do not fit; the message names the cell."""


def blanked(source: str, cell: str = "") -> str:
    """``source`` with every marked region replaced by its blank.

    A region inside a function becomes ``pass``. A region at the left margin holds one assignment,
    such as ``blocks = 4``; the learner gets ``blocks = None``. Where a region has a line ``### INSTEAD``,
    the learner gets the comments below it, uncommented: a kernel to mend. In a PTX text the marks begin
    with ``//``, and what they enclose becomes a comment, at any margin.
    """
    lines: list[str] = []
    inside: list[str] | None = None
    for line in source.splitlines():
        mark = line.strip()
        if mark in (BEGIN, PTX_BEGIN):
            if inside is not None:
                raise BlankError(f"cell {cell!r}: {mark} twice without its end")
            inside, indent = [], line[: len(line) - len(line.lstrip())]
            in_ptx = mark == PTX_BEGIN
        elif mark in (END, PTX_END):
            if inside is None or in_ptx != (mark == PTX_END):
                raise BlankError(f"cell {cell!r}: {mark} without its beginning")
            blank = _ptx_blank(inside, indent, cell) if in_ptx else _blank(inside, indent, cell)
            lines += [indent + text for text in blank]
            inside = None
        elif inside is not None:
            inside.append(line)
        else:
            lines.append(line)
    if inside is not None:
        raise BlankError(f"cell {cell!r}: {PTX_BEGIN if in_ptx else BEGIN} without its end")
    return "\n".join(lines)


def _blank(body: list[str], indent: str, cell: str) -> tuple[str, ...]:
    given = [number for number, line in enumerate(body) if line.strip() == INSTEAD]
    if given:
        return tuple(_uncommented(line, f"{indent}# ", cell) for line in body[given[0] + 1 :])
    if indent:
        return BLANK
    tree = ast.parse("\n".join(body))
    targets = [t.id for s in tree.body if isinstance(s, ast.Assign) for t in s.targets]
    if len(targets) != len(tree.body):
        raise BlankError(f"cell {cell!r}: a region at the left margin may only assign to names")
    return VALUE + tuple(f"{target} = None" for target in targets)


def _ptx_blank(body: list[str], indent: str, cell: str) -> tuple[str, ...]:
    given = [number for number, line in enumerate(body) if line.strip() == PTX_INSTEAD]
    if not given:
        return PTX_BLANK
    return tuple(_uncommented(line, f"{indent}// ", cell) for line in body[given[0] + 1 :])


def _uncommented(line: str, sign: str, cell: str) -> str:
    """``    # s[t] = 1`` without its indent and its comment sign, ``sign``."""
    if not line.startswith(sign):
        raise BlankError(f"cell {cell!r}: below INSTEAD every line is a comment, and {line!r} is none")
    return line.removeprefix(sign)


def has_blank(source: str) -> bool:
    return BEGIN in source or PTX_BEGIN in source


def learner_of(solution: Any) -> Any:
    """The learner's notebook, not yet run: same cells, same ids, blanks for answers."""
    learner = nbformat.from_dict(json.loads(json.dumps(solution)))
    for cell in learner.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            _tag(cell, FOLDED, present=_sets_up(cell))
            cell.source = blanked(cell.source, cell.get("id", ""))
        else:
            cell.source = OTHER.sub(
                r"The worked answers are in the [solution notebook](\g<lead>solutions/\g<file>).",
                TITLE.sub(r"# \g<lab>: ", cell.source),
            )
    return learner


def fold_answers(solution: Any) -> None:
    """On the site, every answer of a solution lies behind a click. So does the set-up, here and everywhere."""
    for cell in solution.cells:
        folded = cell.cell_type == "code" and (has_blank(cell.source) or _sets_up(cell))
        _tag(cell, FOLDED, present=folded)


def open_solved(solution: Any) -> None:
    """``# Lab 3: Race hunt`` becomes ``# Lab 3, solved: Race hunt``, with a link to the lab to work in."""
    first = solution.cells[0]
    if first.cell_type == "markdown":
        first.source = OTHER.sub(
            r"The [notebook without answers](\g<lead>\g<file>) is the one to work in.",
            TITLE.sub(r"# \g<lab>, solved: ", first.source),
        )


def _sets_up(cell: Any) -> bool:
    return cell.get("id") == "first-cell"


def _tag(cell: Any, tag: str, present: bool) -> None:
    tags = [t for t in cell.metadata.get("tags", []) if t != tag] + [tag] * present
    cell.metadata.pop("tags", None)
    if tags:
        cell.metadata["tags"] = tags


def with_hints(source: str, ladder_of: Any) -> str:
    """Markdown with the hint ladder of every ``<!-- hints NAME -->`` written out, folded."""

    def written(found: re.Match[str]) -> str:
        name = found["name"]
        folds = [
            f"<details><summary>{summary}</summary>\n\n{text}\n\n</details>"
            for summary, text in zip(SUMMARIES, ladder_of(name), strict=True)
        ]
        return f"<!-- hints {name} -->\n\n" + "\n\n".join(folds) + "\n\n<!-- end hints -->"

    return HINTS.sub(written, source)


def skeletons(solution: Any) -> dict[str, str]:
    """Exercise name -> its skeleton, for every ``labkit.check("name", answer)``: a function's source, or a text."""
    functions: dict[str, str] = {}
    found: dict[str, str] = {}
    for cell in learner_of(solution).cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            if isinstance(node, ast.FunctionDef):
                functions[node.name] = _function_text(cell.source, node)
            elif _is_text(node):
                functions[node.targets[0].id] = node.value.value.rstrip("\n")
            elif _is_check(node):
                name, answers = node.args[0].value, [a.id for a in node.args[1:] if isinstance(a, ast.Name)]
                texts = [functions[answer] for answer in answers if answer in functions]
                if texts:
                    found[name] = "\n\n".join(texts) + "\n"
    return found


def _is_check(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "labkit.check"
        and len(node.args) > 1
        and isinstance(node.args[0], ast.Constant)
    )


def _is_text(node: ast.AST) -> bool:
    """An assignment such as ``copy = \"\"\"...\"\"\"``: an answer that is PTX."""
    return (
        isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _function_text(source: str, node: ast.FunctionDef) -> str:
    """The function without its decorators, exactly as the learner finds it."""
    return "\n".join(source.splitlines()[node.lineno - 1 : node.end_lineno])


def skeleton_file(found: dict[str, str]) -> str:
    """The text of ``skeletons.toml``: how each exercise looks before anybody touched it."""
    head = "# Written by tools/write_labs.py from the solution notebook. An answer that still equals its\n"
    head += "# skeleton counts as not attempted.\n"
    return head + "".join(f"\n\"{name}\" = '''\n{text}'''\n" for name, text in found.items())

"""The rows as a table: .csv for a spreadsheet, .html and .md to look at; a .csv can be read again."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from labkit.grading.row import Mark, Result, Row, State

FIXED = ("file", "lab", "state", "solved", "attempted", "exercises", "seconds", "note")
_SCORE = " score"
#: A spreadsheet takes a text that begins with one of these for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(rows: Sequence[Row], path: str | Path) -> None:
    """Write the table; the ending of ``path`` says how: ``.csv``, ``.html`` or ``.md``. ``ValueError`` on any other."""
    check_name(path)
    path = Path(path)
    text = _WAYS[path.suffix](*cells_of(rows))
    path.write_text(text, encoding="utf-8", newline="")


def check_name(path: str | Path) -> None:
    """``ValueError`` where the ending of ``path`` is none that ``write`` knows."""
    suffix = Path(path).suffix
    if suffix not in _WAYS:
        raise ValueError(f"a table is written as {', '.join(_WAYS)}; the name ends in {suffix!r}")


def cells_of(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Headings and cells: the fixed columns, then every exercise of the labs that occur, then the scores."""
    names = list(dict.fromkeys(name for row in sorted(rows, key=lambda r: r.lab) for name in row.marks))
    scored = [n for n in names if any(n in r.marks and r.marks[n].score is not None for r in rows)]
    body = []
    for row in rows:
        marks = row.marks
        line = [row.file, row.lab, row.state.value, str(row.solved), str(row.attempted), str(len(marks))]
        line += [f"{row.seconds:.1f}", row.note]
        line += [str(marks[name]) if name in marks else "" for name in names]
        line += [_score(marks.get(name)) for name in scored]
        body.append(line)
    return [*FIXED, *names, *(name + _SCORE for name in scored)], body


def read(path: str | Path) -> list[Row]:
    """The rows of a ``.csv`` that ``write`` wrote; ``ValueError`` where it is none."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        lines = csv.DictReader(file)
        if tuple(lines.fieldnames or ())[: len(FIXED)] != FIXED:
            raise ValueError(f"not a table of labkit.grading: its first columns are not {', '.join(FIXED)}")
        return [_row(line) for line in lines]


def _row(line: dict[str, str]) -> Row:
    marks = {}
    for name, text in line.items():
        if name in FIXED or name.endswith(_SCORE) or not text:
            continue
        result, _, misconception = text.partition(": ")
        score = line.get(name + _SCORE)
        marks[name] = Mark(Result(result), misconception, float(score) if score else None)
    file, note = (_opened(line[key]) for key in ("file", "note"))
    return Row(file, line["lab"], State(line["state"]), note, marks, float(line["seconds"]))


def _score(mark: Mark | None) -> str:
    return "" if mark is None or mark.score is None else f"{mark.score:.6g}"


def _guarded(text: str) -> str:
    return "'" + text if text.startswith(_FORMULA) else text


def _opened(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _as_csv(head: list[str], body: Iterable[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([head, *([_guarded(text) for text in line] for line in body)])
    return out.getvalue()


def _as_markdown(head: list[str], body: Iterable[list[str]]) -> str:
    def line(texts: Iterable[str]) -> str:
        return "| " + " | ".join(html.escape(t, quote=False).replace("|", "\\|") for t in texts) + " |\n"

    return line(head) + "|" + "---|" * len(head) + "\n" + "".join(map(line, body))


def _as_html(head: list[str], body: Iterable[list[str]]) -> str:
    def line(texts: Iterable[str], tag: str, more: str = "") -> str:
        return "<tr>" + "".join(f"<{tag}{more}>{html.escape(t)}</{tag}>" for t in texts) + "</tr>\n"

    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Returned labs</title>\n'
        "<style>body{font-family:sans-serif}table{border-collapse:collapse}"
        "th,td{border:1px solid #999;padding:.3em .5em;text-align:left;vertical-align:top}</style></head>\n"
        "<body><h1>Returned labs</h1>\n<table><thead>\n"
        + line(head, "th", ' scope="col"')
        + "</thead><tbody>\n"
        + "".join(line(texts, "td") for texts in body)
        + "</tbody></table></body></html>\n"
    )


_WAYS = {".csv": _as_csv, ".html": _as_html, ".md": _as_markdown}

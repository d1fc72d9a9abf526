"""The rules that every notebook keeps, as functions from a notebook to sentences about what breaks them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable
from typing import Any

from nbtools.blanks import PTX_BEGIN
from nbtools.files import IMAGES, canonical, text_of

LINES_A_CELL = 30
#: An answer in PTX is longer: one instruction a line, and a frame around them.
LINES_A_PTX_ANSWER = 70
Rule = Callable[[Any], list[str]]

_MYST_ROLE = re.compile(r"(?<!`)\{[a-z][\w:+-]*\}`")
_MYST_DIRECTIVE = re.compile(r"^\s*(:{3,}|`{3,}|~{3,})\s*\{", re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\(\s*<?([^)\s>]*)")
_SOURCE = re.compile(r"""<(?:img|a|source)\b[^>]*?(?:src|href)\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_ABSOLUTE = ("https://", "http://", "#", "mailto:")
_PATH = re.compile(
    r"(/home/|/root/|/tmp/|/usr/|/work/|/Users/|/content/|site-packages|[A-Z]:\\\\?\w|ipykernel_\d)"
)
_POINTER = re.compile(r"( at 0x[0-9a-f]+)|(\b0x[0-9a-f]{9,}\b)", re.IGNORECASE)
_UNWANTED = ("MPLBACKEND", "ipywidgets", "tqdm.auto", "tqdm.notebook")


def code_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def markdown_cells(notebook: Any) -> list[Any]:
    return [cell for cell in notebook.cells if cell.cell_type == "markdown"]


def without_code(markdown: str) -> str:
    """Markdown without fenced blocks, inline code and comments."""
    text = re.sub(r"^(`{3,}|~{3,}).*?^\1", " ", markdown, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->", " ", text, flags=re.DOTALL)
    return re.sub(r"`[^`\n]*`", " ", text)


def first_cell_is(wanted: str) -> Rule:
    def rule(notebook: Any) -> list[str]:
        cells = code_cells(notebook)
        same = bool(cells) and cells[0].source == wanted
        return [] if same else ["the first code cell is not the common one: run tools/run_notebooks.py"]

    return rule


def markup_is_common(notebook: Any) -> list[str]:
    """CommonMark, $math$, <details> and absolute links: what Colab, JupyterLab and the site all show."""
    problems = []
    for cell in markdown_cells(notebook):
        text = without_code(cell.source)
        if _MYST_DIRECTIVE.search(cell.source) or _MYST_ROLE.search(cell.source):
            problems.append(f"{cell.id}: a MyST role or directive")
        for target in [*_LINK.findall(text), *_SOURCE.findall(text)]:
            if not target.startswith(_ABSOLUTE):
                problems.append(f"{cell.id}: a relative link or image, {target!r}")
        if cell.get("attachments"):
            problems.append(f"{cell.id}: an attached file")
    return problems


def code_is_plain(notebook: Any) -> list[str]:
    problems = []
    for cell in code_cells(notebook):
        lines = cell.source.rstrip().splitlines()
        if lines[-1].rstrip().endswith(";"):
            problems.append(f"{cell.id}: a trailing ';', which nbval does not honour")
        limit = LINES_A_PTX_ANSWER if PTX_BEGIN in cell.source else LINES_A_CELL
        if len(lines) > limit:
            problems.append(f"{cell.id}: {len(lines)} lines; more than {limit} belong in a package")
        problems += [f"{cell.id}: {word}" for word in _UNWANTED if word in cell.source]
        if "raises-exception" in cell.metadata.get("tags", []):
            problems.append(f"{cell.id}: tagged raises-exception; catch the error and print it")
    return problems


def was_run(notebook: Any) -> list[str]:
    """Every cell was executed, in order: nbval lets a cell without stored output pass."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    return [] if counts == list(range(1, len(counts) + 1)) else ["not run from top to bottom"]


def outputs_are_steady(notebook: Any) -> list[str]:
    """No errors, no warnings, no paths, no pointers, no widgets, no SVG."""
    problems = []
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                problems.append(f"{cell.id}: raises {output.ename}")
            if output.get("name") == "stderr":
                problems.append(f"{cell.id}: writes to stderr")
            data = output.get("data", {})
            problems += [f"{cell.id}: {kind} output" for kind in data if "widget" in kind or "svg" in kind]
            for text in output_texts([output]):
                if _PATH.search(text):
                    problems.append(f"{cell.id}: a path in its output")
                if _POINTER.search(text):
                    problems.append(f"{cell.id}: a pointer in its output")
    return problems


def output_texts(outputs: Iterable[Any]) -> list[str]:
    texts = []
    for output in outputs:
        texts.append(output.get("text", ""))
        texts += [value for kind, value in output.get("data", {}).items() if kind.startswith("text/")]
    return [text for text in texts if text]


def images_have_words(notebook: Any) -> list[str]:
    problems = []
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if not any(kind in output.get("data", {}) for kind in IMAGES):
                continue
            alt = output.data.get("text/plain", "")
            stored = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
            if alt.startswith("<") or len(alt) < 10:
                problems.append(f"{cell.id}: a figure without alternative text: use labkit.show(fig, alt)")
            elif " ".join(alt.split()) not in stored:
                problems.append(f"{cell.id}: the alternative text is not in the metadata: run the tool")
    return problems


def bytes_are_canonical(text: str, notebook: Any) -> list[str]:
    same = text == text_of(canonical(notebook))
    return [] if same else ["not stored in canonical form: run tools/run_notebooks.py"]


def marks_are(allowed: set[str]) -> Rule:
    """Of the marks ``[ ]``, ``[v]`` and ``[x]`` that checks print, only these occur."""

    def rule(notebook: Any) -> list[str]:
        problems = []
        for cell in code_cells(notebook):
            if "labkit.check(" not in cell.source:
                continue
            found = {line[:3] for text in output_texts(cell.outputs) for line in text.splitlines()[:1]}
            if not found or not found <= allowed:
                problems.append(f"{cell.id}: its check prints {sorted(found)}, expected {sorted(allowed)}")
        return problems

    return rule


def assertions(source: str) -> str:
    """The source of all assert statements in a cell."""
    return "\n".join(ast.unparse(n) for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Assert))

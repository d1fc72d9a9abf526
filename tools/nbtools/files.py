"""Where notebooks lie, and how they are read and written: the same content gives the same bytes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import nbformat

from nbtools.first_cell import ROOT

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}
CELL_METADATA = {"tags", "mystnb", "jp-MarkdownHeadingCollapsed"}
IMAGES = ("image/png", "image/jpeg")


def chapters(root: Path = ROOT) -> list[Path]:
    return sorted((root / "notebooks").glob("*.ipynb"))


def learners(root: Path = ROOT) -> list[Path]:
    return sorted((root / "labs").glob("*.ipynb"))


def solutions(root: Path = ROOT) -> list[Path]:
    return sorted((root / "labs" / "solutions").glob("*.ipynb"))


def read(path: Path) -> Any:
    """The notebook at ``path``, in format 4."""
    return nbformat.read(path, as_version=4)


def text_of(notebook: Any) -> str:
    """Canonical text: 1-space indent, sorted keys, one final newline."""
    return json.dumps(_split(notebook), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _split(notebook: Any) -> Any:
    from nbformat.v4.rwbase import split_lines

    return split_lines(nbformat.from_dict(json.loads(json.dumps(notebook))))


def write(path: Path, notebook: Any) -> bool:
    """Write canonical text; true when the file changed."""
    text = text_of(canonical(notebook))
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
    return True


def canonical(notebook: Any) -> Any:
    """The notebook without what differs from run to run: times, versions, chance cell ids."""
    notebook = nbformat.from_dict(json.loads(json.dumps(notebook)))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": LANGUAGE})
    used: set[str] = set()
    count = 0
    for number, cell in enumerate(notebook.cells):
        cell.id = _stable_id(cell.get("id", ""), number, used)
        kept = {key: value for key, value in cell.metadata.items() if key in CELL_METADATA}
        cell.metadata = nbformat.from_dict(kept)
        cell.pop("attachments", None)
        if cell.cell_type != "code":
            continue
        cell.outputs = _merged_streams(cell.outputs)
        if cell.source.strip():
            count += 1
        cell.execution_count = count if cell.get("execution_count") else None
        for output in cell.outputs:
            if "execution_count" in output:
                output.execution_count = cell.execution_count
        _copy_alt_text(cell)
    return notebook


def _stable_id(given: str, number: int, used: set[str]) -> str:
    """Ids that a person chose stay; the random ones that editors make are numbered."""
    chosen = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", given) and not re.fullmatch(r"[0-9a-f-]{8,}", given)
    name = given if chosen and given not in used else f"cell-{number:02d}"
    while name in used:
        name += "-x"
    used.add(name)
    return name


def _merged_streams(outputs: list[Any]) -> list[Any]:
    """Neighbouring pieces of one stream become one: how a kernel cuts them is chance."""
    merged: list[Any] = []
    for output in outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    return merged


def _copy_alt_text(cell: Any) -> None:
    """The figure's words become the alternative text that the site shows (myst-nb reads it here)."""
    alts = [
        output.data.get("text/plain", "")
        for output in cell.outputs
        if output.output_type in ("display_data", "execute_result") and any(k in output.data for k in IMAGES)
    ]
    mystnb = {key: value for key, value in cell.metadata.get("mystnb", {}).items() if key != "image"}
    if alts:
        mystnb["image"] = {"alt": " ".join(" ".join(alts).split())}
    if mystnb:
        cell.metadata["mystnb"] = nbformat.from_dict(mystnb)
    else:
        cell.metadata.pop("mystnb", None)

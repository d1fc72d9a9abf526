"""Run notebooks from top to bottom and store their outputs: python tools/run_notebooks.py [FILE ...]

Without arguments: every chapter, every lab and every solution. The bytes of a notebook whose outputs did
not change stay as they are. The first cell is refreshed from its one text; ``--first-cell`` does only that.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from nbtools import files
from nbtools.execution import executed
from nbtools.first_cell import ROOT, first_cell


def refresh_first_cell(notebook: object) -> None:
    """Put the one text of the first cell into the first code cell."""
    first = next(cell for cell in notebook.cells if cell.cell_type == "code")
    first.source = first_cell()
    # The site folds it: a reader of the page has nothing to set up.
    first.metadata["tags"] = sorted({*first.metadata.get("tags", []), "hide-input"})


def run(path: Path, only_first_cell: bool) -> bool:
    """Run one notebook and store it; true when its file changed."""
    notebook = files.read(path)
    refresh_first_cell(notebook)
    if not only_first_cell:
        notebook = executed(files.canonical(notebook), path.parent)
    return files.write(path, notebook)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="notebooks (default: all)")
    parser.add_argument("--first-cell", action="store_true", help="only refresh the first cell")
    options = parser.parse_args(arguments)
    every = files.chapters() + files.learners() + files.solutions()
    for path in [p.resolve() for p in options.files] or every:
        begun = time.perf_counter()
        changed = run(path, options.first_cell)
        name = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path.name
        print(f"{name}: {'stored' if changed else 'unchanged'} ({time.perf_counter() - begun:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Profile chapter 07's kernels again and store what they say: python tools/store_rungs.py [--check]

``--check`` writes nothing and fails where the store differs. About a minute.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import sys
from pathlib import Path

from nbtools import files
from nbtools.first_cell import ROOT

sys.path.insert(0, str(ROOT / "src"))

from labkit import rungs  # noqa: E402

CHAPTER = ROOT / "notebooks" / "07-seven-matmuls.ipynb"
STORE = ROOT / "src" / "labkit" / rungs.FILE


def measured(chapter: Path = CHAPTER) -> str:
    """The store's text, from the chapter's own cells: all that comes before the last rung."""
    import labkit

    with contextlib.redirect_stdout(io.StringIO()):
        labkit.start()
    from labkit import ladder as ladders

    scope: dict = {"labkit": labkit}
    known, ladders.stored = ladders.stored, dict  # as if nothing were stored
    try:
        cells = [cell for cell in files.read(chapter).cells if cell.cell_type == "code"][1:]
        last = max(n for n, cell in enumerate(cells) if ".climb(" in cell.source)
        with contextlib.redirect_stdout(io.StringIO()):
            for cell in cells[: last + 1]:
                exec(cell.source, scope)
    finally:
        ladders.stored = known
    found = [value for value in scope.values() if isinstance(value, ladders.Ladder)]
    return rungs.store_text({each.keys[name]: each.rungs[name] for each in found for name in each.rungs})


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something differs")
    options = parser.parse_args(arguments)
    text = measured()
    same = STORE.read_text(encoding="utf-8") == text
    if options.check:
        print("The store is what the model says." if same else "The store differs from what the model says.")
        return 0 if same else 1
    STORE.write_text(text, encoding="utf-8", newline="\n")
    print("unchanged" if same else f"wrote {STORE.relative_to(ROOT).as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

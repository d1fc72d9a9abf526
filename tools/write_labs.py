"""Write the learners' notebooks from the solutions: python tools/write_labs.py [--check] [FILE ...]

For each labs/solutions/NAME.ipynb: refresh its first cell, its title and its folded hints, run it, write
labs/NAME.ipynb with blanks for answers, run that too, and note the skeletons in
src/labkit/exercises/<lab>/skeletons.toml. ``--check`` runs nothing and fails when a file differs from what
would be written (outputs aside; nbval compares those). ``--no-run`` writes without outputs.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from nbtools import blanks, files
from nbtools.execution import executed
from nbtools.first_cell import ROOT
from run_notebooks import refresh_first_cell

sys.path.insert(0, str(ROOT / "src"))

from labkit import exercises  # noqa: E402


def refreshed(solution: Any) -> Any:
    """The solution with its first cell, its title and links, its folds and its hints as they are to be now."""
    refresh_first_cell(solution)
    blanks.fold_answers(solution)
    blanks.open_solved(solution)
    for cell in solution.cells:
        if cell.cell_type == "markdown":
            cell.source = blanks.with_hints(cell.source, exercises.hints)
    return solution


def lab_of(path: Path) -> str:
    """``lab01-maps-and-guards.ipynb`` belongs to ``lab01``."""
    return path.name.partition("-")[0]


def sources(notebook: Any) -> list[tuple[str, str, str, list[str]]]:
    return [
        (cell.id, cell.cell_type, cell.source, sorted(cell.metadata.get("tags", [])))
        for cell in notebook.cells
    ]


def skeleton_path(solution: Path) -> Path:
    return ROOT / "src" / "labkit" / "exercises" / lab_of(solution) / "skeletons.toml"


def differences(solution: Path) -> list[str]:
    """What ``write`` would change, as sentences; empty when all is in order."""
    stored = files.read(solution)
    wanted = files.canonical(refreshed(files.read(solution)))
    learner = solution.parent.parent / solution.name
    problems = []
    if sources(stored) != sources(wanted):
        problems.append(
            f"solutions/{solution.name}: its first cell, title, folds, hints or ids are not up to date"
        )
    if not learner.exists():
        problems.append(f"{learner.name} does not exist")
    elif sources(files.read(learner)) != sources(files.canonical(blanks.learner_of(wanted))):
        problems.append(f"{learner.name} differs from its solution outside the blanks")
    file = skeleton_path(solution)
    if not file.exists() or file.read_text("utf-8") != blanks.skeleton_file(blanks.skeletons(wanted)):
        problems.append(f"{file.relative_to(ROOT)} is not up to date")
    return problems


def write(solution: Path, run: bool) -> list[Path]:
    """Write everything that follows from one solution; return the files that changed."""
    changed = []
    source = files.canonical(refreshed(files.read(solution)))
    file, text = skeleton_path(solution), blanks.skeleton_file(blanks.skeletons(source))
    if not file.exists() or file.read_text("utf-8") != text:
        file.write_text(text, encoding="utf-8", newline="\n")
        changed.append(file)
    learner = solution.parent.parent / solution.name
    for path, notebook in ((solution, source), (learner, blanks.learner_of(source))):
        if files.write(path, executed(notebook, path.parent) if run else notebook):
            changed.append(path)
    return changed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="solution notebooks (default: all)")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something differs")
    parser.add_argument("--no-run", action="store_true", help="do not run the notebooks")
    options = parser.parse_args(arguments)
    chosen = [path.resolve() for path in options.files] or files.solutions()
    if options.check:
        problems = [problem for path in chosen for problem in differences(path)]
        print("\n".join(problems) or "The learners' notebooks follow from the solutions.")
        return 1 if problems else 0
    for path in chosen:
        for changed in write(path, run=not options.no_run):
            print(f"wrote {changed.relative_to(ROOT).as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

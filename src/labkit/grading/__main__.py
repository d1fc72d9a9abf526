"""python -m labkit.grading FOLDER --out table.csv [--picture cohort.png]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from labkit.grading.folder import NothingToGrade, grade_folder
from labkit.grading.limits import Limits, not_held
from labkit.grading.row import Row, State
from labkit.grading.table import check_name, write

_LIMITS = {
    "seconds": "wall-clock time of a notebook, in seconds",
    "memory_mib": "memory of a process, in MiB",
    "notebook_mib": "size of a returned file, in MiB",
    "output_mib": "what the cells may print, in MiB",
    "file_mib": "size of a file that a notebook writes, in MiB",
}


def main(arguments: list[str] | None = None) -> int:
    """0 when every file was graded, 1 when some were not, 2 when nothing could be done."""
    options = _parser().parse_args(arguments)
    try:
        limits = Limits(**{name: getattr(options, name) for name in _LIMITS})
        for target in options.out:
            check_name(target)  # a wrong ending is said now, not after an hour
        if not_held():
            print(not_held(), file=sys.stderr)
        ours = [*options.out, *filter(None, [options.picture])]
        rows = grade_folder(options.folder, limits=limits, jobs=options.jobs, without=ours)
        for target in options.out:
            write(rows, target)
        if options.picture:
            _save_picture(rows, options.picture)
    except (NothingToGrade, ValueError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 2
    return _summary(rows)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m labkit.grading",
        description="Grade a folder of returned labs into a table. No sandbox.",
    )
    parser.add_argument("folder", type=Path, help="the returned notebooks; their names do not matter")
    parser.add_argument(
        "--out", type=Path, action="append", required=True, help="table.csv, .html or .md; repeatable"
    )
    parser.add_argument("--picture", type=Path, help="draw learners by exercises, as .png")
    parser.add_argument("--jobs", type=int, help="notebooks at the same time (default: one a core)")
    for name, what in _LIMITS.items():
        default = getattr(Limits(), name)
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=float, default=default, help=f"{what} (default: {default:g})"
        )
    return parser


def _save_picture(rows: list[Row], target: Path) -> None:
    from labkit.grading.cohort import picture

    fig, words = picture(rows)
    fig.savefig(target, dpi=192)
    print(words)


def _summary(rows: list[Row]) -> int:
    for state in State:
        print(f"{state.value}: {sum(row.state is state for row in rows)}")
    for row in rows:
        if row.state is not State.GRADED:
            print(f"  {row.file}: {row.note}")
    return 0 if all(row.state is State.GRADED for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

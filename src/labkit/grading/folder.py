"""Grades all files of a folder, over the cores, with a bar that shows how far it is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from labkit.grading.limits import Limits
from labkit.grading.one import grade
from labkit.grading.row import Row

_SKIPPED = ("__MACOSX", "__pycache__")


class NothingToGrade(ValueError):
    """The folder is none, or holds no file; the message says which."""


def grade_folder(
    folder: str | Path,
    *,
    limits: Limits | None = None,
    jobs: int | None = None,
    progress: bool | None = None,
    without: Iterable[Path] = (),
) -> list[Row]:
    """One row for every file below ``folder``, in the order of their names.

    Args:
        folder: the returned files, in folders of their own or not. Names do not matter: a lab is recognised by its
            exercises. Hidden files and folders are passed over.
        limits: what one notebook may take.
        jobs: notebooks that run at the same time; by default as many as this process may use cores.
        progress: whether a bar is drawn on stderr; by default where that is a terminal.
        without: files that are not graded, such as the table of the last time.

    Raises:
        NothingToGrade: there is no such folder, or nothing in it.
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    root = Path(folder)
    left_out = {path.resolve() for path in without}
    files = [file for file in _files(root) if file.resolve() not in left_out]
    if not files:
        raise NothingToGrade(f"{root.name or root} is no folder with returned notebooks in it")
    # Threads: each only waits for a process of its own, which does the work.
    parallel = Parallel(jobs or _cores(), backend="threading", return_as="generator_unordered")
    tasks = (delayed(grade)(file, file.relative_to(root).as_posix(), limits) for file in files)
    shown = sys.stderr.isatty() if progress is None else progress
    rows = list(tqdm(parallel(tasks), total=len(files), unit="notebook", file=sys.stderr, disable=not shown))
    return sorted(rows, key=lambda row: row.file)


def _files(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in _SKIPPED)
        yield from (Path(folder) / name for name in sorted(names) if not name.startswith("."))


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

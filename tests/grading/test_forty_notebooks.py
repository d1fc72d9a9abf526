"""Forty returned notebooks, five of them bad in different ways: the table is right, and the grader stays small."""

import csv
import os
import subprocess
import sys

import pytest
from returned_notebooks import (
    EXERCISES,
    ROOT,
    WRONG_FLOP,
    place_of,
    quick,
    save,
    solution,
    untouched,
    with_source,
    without,
)

from labkit.grading import read
from labkit.grading.row import Result, State

SECONDS, MEMORY_MIB = 30, 1024
MOST_MIB = 300
#: Runs the command as a teacher does, then says the most memory that it had itself.
MEASURED = """
import pathlib, resource, sys
from labkit.grading.__main__ import main
status = main(sys.argv[1:])
own = pathlib.Path("/proc/self/status")  # ru_maxrss would count what started this process, too
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if own.exists():
    peak = int(own.read_text().partition("VmHWM:")[2].split()[0])
print("peak", peak / (2**20 if sys.platform == "darwin" else 2**10))
sys.exit(status)
"""

pytestmark = pytest.mark.skipif(os.name != "posix", reason="memory is limited on POSIX systems only")


def bad_ones():
    """Name -> notebook. Each fails in the cell of exercise 4, after three right answers."""
    good = quick(solution())
    return {
        "00-endless": with_source(good, "mfu-answer", "while True:\n    pass"),
        "01-memory": with_source(
            good, "mfu-answer", "kept = []\nwhile True:\n    kept.append(bytearray(10**7))"
        ),
        "02-deleted": without(good, "mfu-answer", "mfu-check"),
        "03-exit": with_source(good, "mfu-answer", "import os\nos._exit(3)"),
        "04-output": with_source(good, "mfu-answer", "for _ in range(100):\n    print('x' * 10**6)"),
    }


def good_ones():
    """Name -> notebook: 12 solved, 12 with one slip, 10 not begun, and one with the set-up cell as it is."""
    solved = quick(solution())
    made = {f"solved-{n:02d}": solved for n in range(12)}
    made |= {f"slip-{n:02d}": with_source(solved, "flop-answer", WRONG_FLOP) for n in range(12)}
    made |= {f"new-{n:02d}": quick(untouched()) for n in range(10)}
    return made | {"whole": solution()}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The rows by name, and the grader's peak memory in MiB."""
    folder = tmp_path_factory.mktemp("cohort")
    for name, notebook in (bad_ones() | good_ones()).items():
        save(notebook, folder / "returned" / f"{name}.ipynb")
    arguments = [str(folder / "returned"), "--out", str(folder / "table.csv"), "--jobs", "2"]
    arguments += ["--seconds", str(SECONDS), "--memory-mib", str(MEMORY_MIB)]
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # some were not graded wholly
    peak = float(done.stdout.rpartition("peak ")[2])
    return {row.learner: row for row in read(folder / "table.csv")}, peak, folder / "table.csv"


def results(row):
    return [mark.result for mark in row.marks.values()]


def test_there_is_a_row_for_each(graded):
    rows, _, table = graded
    assert len(rows) == 40 and set(rows) == set(bad_ones()) | set(good_ones())
    with table.open(newline="") as file:
        lines = list(csv.reader(file))
    assert len(lines) == 41 and len({len(line) for line in lines}) == 1
    assert all(list(row.marks) == [f"lab12.{name}" for name in EXERCISES] for row in rows.values())


def test_the_other_35_are_graded(graded):
    rows, _, _ = graded
    for name in good_ones():
        row = rows[name]
        assert (row.lab, row.state, row.note) == ("lab12", State.GRADED, ""), (name, row.note)
        if name.startswith("new"):
            assert results(row) == [Result.NOT_ATTEMPTED] * 8
        elif name.startswith("slip"):
            assert str(row.marks["lab12.flop"]) == "wrong: stored for met" and row.solved == 7
        else:
            assert row.solved == 8


def test_an_endless_loop_is_stopped_and_what_came_before_counts(graded):
    row = graded[0]["00-endless"]
    assert row.note == f"stopped after {SECONDS} seconds, in cell {place_of(solution(), 'mfu-answer')}"
    assert results(row) == [Result.RIGHT] * 3 + [Result.NOT_CHECKED] * 5 and row.state is State.IN_PART


def test_a_runaway_allocation_meets_the_limit(graded):
    row = graded[0]["01-memory"]
    place = place_of(solution(), "mfu-answer")
    assert row.note == f"cell {place} needs more memory than {MEMORY_MIB} MiB"
    assert row.solved == 3 and row.state is State.IN_PART


def test_deleted_cells_are_named_and_the_rest_is_graded(graded):
    row = graded[0]["02-deleted"]
    assert row.note == "cells deleted: no check of lab12.mfu" and row.state is State.IN_PART
    assert row.marks["lab12.mfu"].result is Result.NOT_CHECKED and row.solved == 7


def test_a_cell_that_ends_the_process_is_named(graded):
    row = graded[0]["03-exit"]
    assert row.note == f"cell {place_of(solution(), 'mfu-answer')} ended the process, exit status 3"
    assert row.solved == 3 and row.state is State.IN_PART


def test_a_hundred_megabytes_of_output_are_thrown_away(graded):
    row = graded[0]["04-output"]
    assert "prints more than 1 MiB" in row.note and row.state is State.IN_PART
    assert row.solved == 7  # it goes on; only the answer that it overwrote is missing


def test_the_grader_itself_stays_small(graded):
    assert 10 < graded[1] < MOST_MIB

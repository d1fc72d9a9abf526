"""Bad input: whatever lies in the folder gets a row that says what it is; a good notebook is found by what is in it."""

import json
import os
import subprocess
import sys

import pytest
from returned_notebooks import quick, save, solution, untouched, with_source, without

from labkit.grading import Limits, grade, grade_folder
from labkit.grading.__main__ import main
from labkit.grading.folder import NothingToGrade
from labkit.grading.limits import MIB
from labkit.grading.returned import NotGradable, open_returned
from labkit.grading.row import State

posix = pytest.mark.skipif(os.name != "posix", reason="limits of a process are POSIX")
CELL = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}


def notebook_of(*sources, **metadata):
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": metadata,
        "cells": [CELL | {"source": s} for s in sources],
    }


@pytest.mark.parametrize(
    "content, said",
    [
        (b"   \n", "the file is empty"),
        (b"PK\x03\x04\xff\xfe", "it is no text"),
        (b'{"nbformat": 4, "cells": [', "cut off"),
        (b"[" * 100_000, "no JSON"),
        (b"[1, 2]", "JSON, but not a notebook"),
        (b'{"nbformat": 3, "worksheets": []}', "older format"),
        (b'{"nbformat": 4, "cells": {"a": 1}}', "no list of cells"),
        (b'{"nbformat": 4, "cells": [1]}', "no list of cells"),
        (b'{"nbformat": 4, "cells": []}', "without cells"),
        (json.dumps(notebook_of("x = 1")).encode(), "no exercise in it"),
        (json.dumps(notebook_of("labkit.predict('04.conflicts', 1, 2)")).encode(), "this is chapter 04"),
        (
            json.dumps(notebook_of('labkit.check("lab12.flop", f)', kernelspec={"language": "R"})).encode(),
            "'r'",
        ),
        (
            json.dumps(
                notebook_of('labkit.check("lab12.flop", f)', language_info={"name": "julia"})
            ).encode(),
            "julia",
        ),
    ],
)
def test_what_is_no_lab_is_refused_by_name(tmp_path, content, said):
    file = tmp_path / "returned.ipynb"
    file.write_bytes(content)
    with pytest.raises(NotGradable, match=said):
        open_returned(file)


def test_odd_shapes_inside_a_notebook_do_no_harm(tmp_path):
    notebook = notebook_of('labkit.check("lab12.flop", f)', ["a = 1\n", 7, "b = 2"], None, 3)
    notebook["metadata"] = ["not", "a", "dict"]
    returned = open_returned(save(notebook, tmp_path / "odd.ipynb"))
    assert returned.lab == "lab12" and [cell.source for cell in returned.cells][1:] == ["a = 1\nb = 2"]


def test_a_renamed_lab_is_found_by_its_exercises(tmp_path):
    returned = open_returned(save(untouched(), tmp_path / "lab01-final (3).txt"))
    assert returned.lab == "lab12" and len(returned.checked) == 8
    # without any check, the hints still tell; a check that is a comment does not run
    bare = without(untouched(), *(c["id"] for c in untouched()["cells"] if c["id"].endswith("-check")))
    bare["cells"].append(CELL | {"source": '# labkit.check("lab12.flop", f)'})
    returned = open_returned(save(bare, tmp_path / "bare.ipynb"))
    assert returned.lab == "lab12" and not returned.checked


def test_half_run_and_deleted_cells_are_remarked(tmp_path):
    notebook = without(untouched(), "flop-check", "hold-check")
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for cell in code[5:]:
        cell["execution_count"] = None
    returned = open_returned(save(notebook, tmp_path / "half.ipynb"))
    remarks = returned.remarks(["lab12.parameters", "lab12.flop", "lab12.hold"])
    assert remarks == [
        "cells deleted: no check of lab12.flop, lab12.hold",
        f"half-run: 5 of {len(code)} code cells had been run when it was returned",
    ]
    for cell in code:
        cell["execution_count"] = None
    returned = open_returned(save(notebook, tmp_path / "half.ipynb"))
    assert returned.remarks([]) == ["returned without having been run"]


def test_a_file_of_200_megabytes_is_not_opened(tmp_path):
    large = tmp_path / "large.ipynb"
    with large.open("wb") as file:
        file.truncate(200 * MIB)
    row = grade(large)
    assert (row.state, row.note) == (State.NOT_GRADED, "200 MiB large, and 8 are allowed; not opened")


@posix
def test_links_are_not_followed(tmp_path):
    (tmp_path / "link.ipynb").symlink_to(save(untouched(), tmp_path / "real.txt"))
    assert "links are not followed" in grade(tmp_path / "link.ipynb").note


def test_a_folder_with_nothing_in_it_is_said(tmp_path, capsys):
    with pytest.raises(NothingToGrade):
        grade_folder(tmp_path)
    assert main([str(tmp_path / "none"), "--out", str(tmp_path / "t.csv")]) == 2
    assert "no folder with returned notebooks" in capsys.readouterr().err
    assert main([str(tmp_path), "--out", str(tmp_path / "t.xlsx")]) == 2
    assert ".csv, .html, .md" in capsys.readouterr().err
    assert main([str(tmp_path), "--out", str(tmp_path / "t.csv"), "--seconds", "-3"]) == 2
    assert "seconds is -3" in capsys.readouterr().err


def test_a_lab_that_this_book_does_not_have(tmp_path):
    row = grade(save(notebook_of('labkit.check("lab77.map", k)'), tmp_path / "a.ipynb"))
    assert (row.state, row.note) == (State.NOT_GRADED, "there is no lab77 in this book")


def test_a_cell_that_raises_does_not_stop_the_next(tmp_path):
    broken = with_source(quick(solution()), "flop-answer", "def run_flop(:")
    row = grade(save(broken, tmp_path / "a.ipynb"))
    assert row.solved == 7 and row.state is State.IN_PART
    assert "raises SyntaxError" in row.note and "raises NameError" in row.note


def test_prints_and_a_check_of_ones_own_are_no_marks(tmp_path):
    cheat = with_source(
        quick(untouched()),
        "imports",
        "import labkit, labkit.checks\n"
        "labkit.checks.check = labkit.checks.judge = lambda name, *a: print('[v]', name)\n"
        "print('[v] lab12.flop: right, on all 12 cases.')\nlabkit.check = print",
    )
    row = grade(save(cheat, tmp_path / "a.ipynb"))
    assert row.solved == 0


@posix
def test_a_process_sees_no_secret_and_only_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("TEACHERS_SECRET", "hidden")
    look = (
        "import labkit, os\nassert 'TEACHERS_SECRET' not in os.environ\n"
        "assert set(os.environ) <= {'PATH', 'HOME', 'LANG', 'TMPDIR', 'PYTHONPATH', 'SMSIM', 'LC_CTYPE', 'PAGER',\n"
        "    'TWENTY_PROGRESS_DIR', 'OPENBLAS_NUM_THREADS', 'OMP_NUM_THREADS', 'GIT_PAGER', 'CLICOLOR', 'TERM',\n"
        "    'FORCE_COLOR', 'CLICOLOR_FORCE', 'PYDEVD_USE_FRAME_EVAL', 'NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS',\n"
        "    'MPLBACKEND'}, sorted(os.environ)\n"
        "assert os.listdir() == [] and os.getcwd().startswith(os.path.dirname(os.environ['HOME']))\n"
        "open('mine', 'w').write('x')"
    )
    for _ in range(2):  # the second time nothing of the first is there
        row = grade(save(with_source(quick(solution()), "first-cell", look), tmp_path / "a.ipynb"))
        assert (row.state, row.note, row.solved) == (State.GRADED, "", 8)
    assert [path.name for path in tmp_path.iterdir()] == ["a.ipynb"]


@posix
def test_a_file_that_grows_meets_its_limit(tmp_path):
    grow = "import labkit\nwith open('large', 'wb') as file:\n    for _ in range(99):\n        file.write(bytes(2**20))"
    row = grade(
        save(with_source(quick(solution()), "first-cell", grow), tmp_path / "a.ipynb"),
        limits=Limits(file_mib=4),
    )
    assert "raises OSError" in row.note and row.solved == 8


@posix
def test_what_a_notebook_started_ends_with_it(tmp_path):
    start = (
        "import labkit, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))"
    )
    row = grade(save(with_source(quick(solution()), "first-cell", start), tmp_path / "a.ipynb"))
    assert row.solved == 8
    pid = (tmp_path / "pid").read_text()
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", pid], capture_output=True, text=True, check=False
    ).stdout
    assert not state.strip() or state.strip().startswith("Z")


def test_a_limit_is_a_number_above_zero():
    with pytest.raises(ValueError, match="memory_mib is 0"):
        Limits(memory_mib=0)


def test_the_command_says_what_it_takes():
    done = subprocess.run(
        [sys.executable, "-m", "labkit.grading", "--help"], capture_output=True, text=True, check=True
    )
    assert "--memory-mib" in done.stdout and "No sandbox" in done.stdout

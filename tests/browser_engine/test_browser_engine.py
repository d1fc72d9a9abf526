"""The engine in the browser's Python: Pyodide under Node.js, with NumPy and Lark and nothing else.

There an index has 32 bits, no thread can start, and nothing compiled can be installed on the way. The same
programs run in this Python too, and both must report the same results, to the bit, and the same errors.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import fetch_pyodide
import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS, KERNELS = HERE / "programs.py", HERE / "kernels"

#: What Pyodide itself has in memory, and what NumPy's compiled files put there.
NOT_OURS = {"_pyodide", "_pyodide_core", "js", "pyodide", "pyodide_js", "cython_runtime", "_cython_3_1_1"}


def folder_of(package: str) -> Path:
    return Path(importlib.util.find_spec(package).origin).parent


def reported(command: list[str], **environment: str) -> dict:
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-6000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def here() -> dict:
    return reported([sys.executable, str(PROGRAMS), str(KERNELS)], PYTHONPATH=str(folder_of("smsim").parent))


@pytest.fixture(scope="module")
def browser() -> dict:
    try:
        pyodide = fetch_pyodide.fetch(ROOT / ".cache")
    except fetch_pyodide.Unavailable as reason:
        pytest.skip(str(reason))
    told = {
        "pyodide": str(pyodide),
        "numpy": str(fetch_pyodide.numpy_wheel(pyodide)),
        "packages": {name: str(folder_of(name)) for name in ("smsim", "lark")},
        "run": str(PROGRAMS),
        "folder": str(KERNELS),
    }
    return reported(["node", str(HERE / "in_pyodide.mjs"), json.dumps(told)])


def test_it_is_the_browsers_python(browser):
    assert browser["index bits"] == 32
    assert not browser["threads"]


def test_only_numpy_and_lark_are_needed(browser):
    assert set(browser["packages"]) - NOT_OURS == {"lark", "numpy", "smsim"}


@pytest.mark.parametrize("program", ["saxpy", "block_sum", "wide", "mixed"])
def test_results_are_numpys_and_the_same_bits_as_here(program, browser, here):
    assert here[program]["right"]
    assert browser[program]["right"]
    assert browser[program]["bits"] == here[program]["bits"]


@pytest.mark.parametrize(
    ("program", "error", "says"),
    [
        ("unguarded", "MemoryFault", "reads x[1000], but x has 1000 elements"),
        ("far", "MemoryFault", "999 more threads did the same"),
        ("no barrier", "DataRace", "race on partial, element"),
        ("not PTX", "PTXSyntaxError", "line 34, column 8"),
    ],
)
def test_wrong_programs_end_in_the_same_error_as_here(program, error, says, browser, here):
    assert browser[program]["error"] == error
    assert says in browser[program]["text"]
    assert browser[program] == here[program]


def test_a_wrong_formula_is_not_right(browser):
    assert not browser["wrong formula"]["right"]

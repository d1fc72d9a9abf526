"""The weekly run: one bad notebook is named, in the way it is bad, and stops none of the rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

CELLS = {
    "good": ["x = 1", "import os; assert os.listdir() == ['good.ipynb']"],
    "raises": ["print('before')", "1 / 0", "print('never')"],
    "dies": ["import os; os._exit(3)"],
    "never ends": ["while True: pass"],
    "also good": ["print(2)"],
}


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str, str]:
    """Exit status, what was printed, and the list of what failed."""
    folder = tmp_path_factory.mktemp("labs")
    for name, sources in CELLS.items():
        cells = [{"cell_type": "code", "source": source} for source in sources]
        (folder / f"{name}.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    summary = folder / "failed.md"
    command = [sys.executable, str(HERE / "run_all.py"), "--summary", str(summary), "--seconds", "20"]
    command += [str(folder / f"{name}.ipynb") for name in CELLS]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(HERE / "stub")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout, summary.read_text(encoding="utf-8")


def test_good_notebooks_pass_beside_bad_ones(ran: tuple[int, str, str]) -> None:
    status, printed, _ = ran
    assert status == 1
    assert "/good.ipynb: passed" in printed and "/also good.ipynb: passed" in printed
    assert "2 of 5 notebooks passed" in printed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("raises", "code cell 2: ZeroDivisionError: division by zero"),
        ("dies", "its process ended with status 3 before the last cell"),
        ("never ends", "did not end within 20 s"),
    ],
)
def test_a_bad_one_is_listed_with_its_reason(name: str, said: str, ran: tuple[int, str, str]) -> None:
    (line,) = [line for line in ran[2].splitlines() if f"/{name}.ipynb" in line]
    assert line.startswith("- `") and line.endswith(said)


def test_good_ones_are_not_listed(ran: tuple[int, str, str]) -> None:
    assert len(ran[2].splitlines()) == 3

"""Runs the tests of ``attached/`` in a process that is attached before anything else."""

import os
import subprocess
import sys
from pathlib import Path


def test_all_that_runs_under_an_attached_numba():
    folder = Path(__file__).parent / "attached"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", str(folder)],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "SMSIM_TEST_ATTACHED": "1"},
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]

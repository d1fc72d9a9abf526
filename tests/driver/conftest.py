"""Tests of the simulated driver.

A process can be attached only once, and only before it imports ``numba.cuda``. So the tests that need it
live in ``attached/`` and run in a pytest process of their own, which ``test_attached.py`` starts; others
start a Python process each.
"""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import smsim

collect_ignore = [] if os.environ.get("SMSIM_TEST_ATTACHED") else ["attached"]


@pytest.fixture
def python(tmp_path):
    """Run Python source in a fresh process: ``python(source, *arguments, **environment)``."""

    def run(source: str, *arguments: str, module: tuple[str, ...] = (), **environment: str):
        script = tmp_path / "script.py"
        text = textwrap.dedent(source)
        if not script.exists() or script.read_text() != text:  # Numba's disk cache goes by its time
            script.write_text(text)
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("SMSIM", "NUMBA"))}
        clean["PYTHONPATH"] = str(Path(smsim.__file__).parents[1])
        clean["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"
        clean["NUMBA_CUDA_WARN_ON_IMPLICIT_COPY"] = "0"
        return subprocess.run(
            [sys.executable, *module, str(script), *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            cwd=tmp_path,
            env={**clean, **environment},
        )

    return run

"""What holds for every test, notebooks included.

*No skips in continuous integration.* ``TWENTY_NO_SKIPS=1`` (set by .ci/run) turns every skip into a failure with the
skip's reason. On a reader's machine a test may skip, for instance because there is no browser; where we control the
machine, nothing may be left out.

*Notebooks run like new.* nbval starts a kernel for each notebook; each gets the simulated SM, also where there is a
GPU, and an empty progress folder of its own, so that no output depends on who ran what before.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

NO_SKIPS = os.environ.get("TWENTY_NO_SKIPS") == "1"


def _fail_if_skipped(report: Any) -> Any:
    if NO_SKIPS and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"{reason} (and TWENTY_NO_SKIPS=1 allows no skips)"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Skips inside tests and fixtures."""
    return _fail_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Skips of whole modules, as by importorskip."""
    return _fail_if_skipped((yield))


@cache
def _progress_folder(notebook: Path) -> str:
    return tempfile.mkdtemp(prefix=f"{notebook.stem}-")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before nbval starts a notebook's kernel, set what the kernel inherits."""
    if item.path.suffix == ".ipynb":
        os.environ.update(SMSIM="1", PYTHONHASHSEED="0", TWENTY_PROGRESS_DIR=_progress_folder(item.path))
        os.environ.pop("MPLBACKEND", None)  # set, it makes every cell with a figure fail

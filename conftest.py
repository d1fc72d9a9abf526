"""What holds for every test, and for every notebook that nbval runs.

*An empty progress folder.* Checks remember what the reader solved; a test must neither read nor change that.
Each notebook has a folder of its own, so that no output depends on who ran what before. It also gets the
simulated SM where there is a GPU.

*PTX texts on record.* With ``TWENTY_TEXTS=FOLDER`` the texts that each notebook hands to the machine are kept there.

*No clock.* A test may take as long as the machine needs: speed is measured in benchmarks/. (One that takes twenty
minutes hangs; the Makefile has pytest-timeout end it, by name.)

*No skips in continuous integration.* ``TWENTY_NO_SKIPS=1``, set by .ci/run, turns every skip into a failure with
the skip's reason. On a reader's machine a test may be skipped, for want of a browser or of a network; where we
control the machine, nothing may be left out.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

try:
    from hypothesis import HealthCheck, settings
except ModuleNotFoundError:  # among Colab's packages, where the driver's own tests run, it is not needed
    pass
else:
    settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("no clock")

try:
    import nbval.kernel
except ModuleNotFoundError:
    pass
else:

    def _started(start: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Two kernels that start at the same moment may be given the same port; then one of them dies at once."""
        try:
            return start(*arguments, **named)
        except RuntimeError:
            return start(*arguments, **named)

    nbval.kernel.start_new_kernel = partial(_started, nbval.kernel.start_new_kernel)

_FOLDER = tempfile.TemporaryDirectory(prefix="twenty-progress-")
os.environ["TWENTY_PROGRESS_DIR"] = _FOLDER.name

#: A folder for the PTX texts that notebooks hand to the machine; see tests/ptx/test_notebook_texts.py.
RECORDED = os.environ.get("TWENTY_TEXTS", "")
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


def _file_of_texts(notebook: Path) -> Path:
    """As tests/ptx/book_listings.py names it, from which nothing can be imported here."""
    return Path(RECORDED).resolve() / f"{notebook.parent.name}-{notebook.stem}.jsonl"


@cache
def _recording_profile() -> str:
    """IPython's folder, with a start-up that records the PTX texts and leaves no name in the notebook."""
    recorder = Path(__file__).parent / "tests" / "ptx" / "record_texts.py"
    startup = Path(_FOLDER.name, "ipython", "profile_default", "startup")
    startup.mkdir(parents=True)
    (startup / "record.py").write_text(f'__import__("runpy").run_path({str(recorder)!r})\n', encoding="utf-8")
    Path(RECORDED).mkdir(parents=True, exist_ok=True)
    return str(startup.parents[1])


@cache
def _own_folder(notebook: Path) -> str:
    return tempfile.mkdtemp(prefix=f"{notebook.stem}-", dir=_FOLDER.name)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Before nbval starts a notebook's kernel, set what the kernel inherits."""
    if item.path.suffix == ".ipynb":
        os.environ.update(SMSIM="1", PYTHONHASHSEED="0", TWENTY_PROGRESS_DIR=_own_folder(item.path))
        os.environ.pop("MPLBACKEND", None)  # set, it makes every cell with a figure fail
        if RECORDED:
            os.environ["IPYTHONDIR"] = _recording_profile()
            os.environ["TWENTY_TEXTS_FILE"] = str(_file_of_texts(item.path))

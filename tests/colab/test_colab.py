"""The notebooks on Colab: from an empty folder that holds one notebook, in a fresh environment.

Nothing of this repository is on the path. The notebook's first cell installs the book (a wheel of this
checkout, through ``TWENTY_INSTALL``) into the process that goes on to import it. Colab itself, its Python 3.13
and a real T4 are not exercised: its packages are, in the versions that it has.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import runtimes

HERE = Path(__file__).parent
CHAPTER = runtimes.ROOT / "notebooks" / "01-hello-threads.ipynb"
LAB = runtimes.ROOT / "labs" / "solutions" / "lab01-maps-and-guards.ipynb"

#: What no notebook may change on Colab, whose other packages were built for it.
COLABS_OWN = ("numba", "llvmlite", "numpy", "matplotlib", "ipython")

VERSIONS = (
    "import importlib.metadata as m; print(*sorted(f'{d.name}=={d.version}' for d in m.distributions()))"
)

CHECK_WORKS = """
@cuda.jit
def unguarded(x):
    x[cuda.grid(1)] += 1

ten, on_the_device = np.zeros(10), cuda.to_device(np.zeros(10))
reports = [smsim.check(unguarded[2, 8], x) for x in (ten, on_the_device)]
assert all({type(e).__name__ for e in report.errors} == {"MemoryFault"} for report in reports), reports
assert all("x[cuda.grid(1)] += 1" in str(report) for report in reports), reports
assert not ten.any() and not on_the_device.copy_to_host().any()
assert smsim.check(unguarded[2, 5], ten).ok
unguarded[2, 5](ten)
assert (ten == 1).all()
"""

WHERE_IT_RUNS = """
from smsim.driver.compile import ptx_for
kind = next(iter(unguarded.overloads))
targets = [next(iter(unguarded.inspect_asm().values())), ptx_for(unguarded, kind)]
targets = [re.search(r"[.]target (sm_[0-9]+)", text)[1] for text in targets]
print("plain", targets[0], tuple(cuda.current_context().device.compute_capability), "check", targets[1])
"""

WRONG_LAUNCH = """
try:
    saxpy[1, 32](2.0, np.ones(32), np.ones(32), np.ones(31))
except Exception as error:
    print(f"{type(error).__name__}: {error}")
"""


@pytest.fixture(scope="module", autouse=True)
def colab_can_be_built():
    if sys.platform != "linux":
        pytest.skip("Colab is Linux; these tests install its packages")
    with tempfile.TemporaryDirectory() as folder:
        try:
            runtimes.require_package_index(Path(folder))
        except runtimes.Unavailable as reason:
            pytest.skip(f"pip reaches no package index: {reason}")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, colab_can_be_built) -> Path:
    return runtimes.wheel(tmp_path_factory.mktemp("wheel"))


@contextmanager
def fresh(runtime: str) -> Iterator[Path]:
    """The Python of a fresh copy of a runtime."""
    runtimes.CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=runtimes.CACHE) as work:
        try:
            yield runtimes.fresh(runtime, Path(work) / "environment")
        except runtimes.Unavailable as reason:
            pytest.skip(f"Colab's {runtime} runtime cannot be installed here: {reason}")


@pytest.fixture
def colab(wheel, tmp_path):
    """Run a notebook on a runtime: ``colab(runtime, notebook, more_cells, **environment)``.

    Returns what each cell printed and showed, and the runtime's packages before and after.
    """

    def run(runtime: str, notebook: Path, more: tuple[str, ...] = (), **environment: str):
        content, report = tmp_path / "content", tmp_path / "report.json"
        content.mkdir()
        (content / notebook.name).write_text(json.dumps(with_more_cells(notebook, more)))
        with fresh(runtime) as python:
            before = versions(python)
            done = subprocess.run(
                [str(python), str(HERE / "run_notebook.py"), notebook.name, str(report)],
                cwd=content,
                env=colabs_environment(wheel, tmp_path / "progress") | environment,
                capture_output=True,
                text=True,
                timeout=600,
            )
            after = versions(python)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
        told = json.loads(report.read_text())
        assert not told["failed"], f"cell {len(told['cells'])}:\n{told['cells'][-1]['stdout'][-4000:]}"
        return told["cells"], before, after

    return run


def colabs_environment(wheel: Path, progress: Path) -> dict[str, str]:
    """The variables of a process on Colab: ours, without what this repository or a GPU's user may have set."""
    ours = ("SMSIM", "NUMBA", "CUDA", "TWENTY", "PYTHON", "PYTEST", "VIRTUAL_ENV", "MPL")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)} | {
        "TWENTY_INSTALL": wheel.as_uri(),
        "TWENTY_PROGRESS_DIR": str(progress),
        "PYTHONPATH": str(HERE / "stub"),
        "COLAB_RELEASE_TAG": "release-colab-test",
        "COLAB_JUPYTER_IP": "127.0.0.1",
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    }


def with_more_cells(notebook: Path, more: tuple[str, ...]) -> dict:
    """The notebook's content with code cells put at its end."""
    content = json.loads(notebook.read_text("utf-8"))
    content["cells"] += [{"cell_type": "code", "source": source} for source in more]
    return content


def versions(python: Path) -> dict[str, str]:
    done = subprocess.run(
        [str(python), "-c", VERSIONS], capture_output=True, text=True, check=True, timeout=60
    )
    return dict(pair.lower().split("==") for pair in done.stdout.split())


def printed(cells: list[dict]) -> str:
    return "".join(cell["stdout"] for cell in cells)


def test_the_first_chapter_on_colabs_cpu_runtime(colab):
    cells, before, after = colab("cpu", CHAPTER, (CHECK_WORKS,))
    assert "numba-cuda" not in before and "numba-cuda" in after
    assert {name: after[name] for name in COLABS_OWN} == {name: before[name] for name in COLABS_OWN}
    assert "Kernels run on a simulated H800" in cells[0]["stdout"]
    assert all(cell["stderr"] == "" for cell in cells), [cell["stderr"] for cell in cells if cell["stderr"]]


def test_the_first_chapter_on_colabs_gpu_runtime(colab):
    """A T4 that the seam plays, taken for a real one, and ``smsim.check`` on top of it."""
    cells, before, after = colab("gpu", CHAPTER, (CHECK_WORKS, "import re" + WHERE_IT_RUNS), PLAYED_GPU="T4")
    assert {name: after.get(name) for name in before} == before
    assert "T4" in cells[0]["stdout"] and "simulated" not in cells[0]["stdout"]
    assert re.search(r"plain sm_75 \(7, 5\) check sm_90", printed(cells))


def test_the_first_lab_on_a_simulated_t4(colab):
    """``SMSIM=1`` simulates beside a GPU too, and all that smsim adds to numba-cuda 0.22 is at work."""
    cells, before, after = colab("gpu", LAB, (WRONG_LAUNCH,), SMSIM="1", SMSIM_DEVICE="T4")
    assert {name: after.get(name) for name in before} == before
    assert "simulated T4" in cells[0]["stdout"]
    verdicts = re.findall(r"^\[(.)\] lab01[.]", printed(cells), re.MULTILINE)
    assert verdicts and set(verdicts) == {"v"}
    assert "MemoryFault" in cells[-1]["stdout"] and "out[i] = a * x[i] + y[i]" in cells[-1]["stdout"]


def test_the_drivers_own_tests_pass_on_the_gpu_runtime():
    """numba-cuda 0.22 calls the driver in other ways than the pinned version, which has its tests elsewhere."""
    with fresh("gpu") as python:
        runtimes.install(python, "pytest==9.2.0", "lark==1.3.1")
        folder = runtimes.ROOT / "tests" / "driver" / "attached"
        done = subprocess.run(
            [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
            cwd=runtimes.ROOT,
            env={**os.environ, "SMSIM_TEST_ATTACHED": "1", "PYTHONPATH": str(runtimes.ROOT / "src")},
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]

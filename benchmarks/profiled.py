"""What a profile costs beside the plain run of the same launch: ``python -m benchmarks.profiled``.

In a process of its own, and in processor time, so that other work on the machine counts less. The kernels are
those of chapter 07, read from the notebook, on a small product.
"""

from __future__ import annotations

import json
import linecache
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

CHAPTER = Path(__file__).parent.parent / "notebooks" / "07-seven-matmuls.ipynb"
SIDE = 256
#: Side of a block's part of the product, and threads of a block.
KERNELS = {
    "naive": (32, (32, 32)),
    "coalesced": (32, (32, 32)),
    "shared": (32, (32, 32)),
    "column": (64, 512),
    "square": (128, 256),
    "vector": (128, 256),
    "warp": (128, 128),
}
_REPEATS = 3


def ratios() -> dict[str, float]:
    """Processor time of a profile over that of a plain run, by kernel, measured in a fresh process.

    Raises:
        RuntimeError: the process failed.
    """
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.profiled"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"profiling chapter 07's kernels failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def _kernels() -> dict[str, object]:
    """The chapter's kernels, by name."""
    import smsim

    smsim.attach(force=True, device="RTX A6000")
    from numba import cuda, float32

    cells = json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"]
    source = {cell["id"]: "".join(cell["source"]) for cell in cells}
    scope = {"np": np, "smsim": smsim, "cuda": cuda, "float32": float32}
    for name in ("helpers", *KERNELS):
        file = f"<chapter 07, {name}>"
        linecache.cache[file] = (len(source[name]), None, source[name].splitlines(keepends=True), file)
        exec(compile(source[name], file, "exec"), scope)
    return scope


def _best(run: Callable[[], object]) -> float:
    run()  # compiles
    times = []
    for _ in range(_REPEATS):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def _here() -> dict[str, float]:
    import smsim

    scope, random = _kernels(), np.random.default_rng(7)
    a, b = random.random((2, SIDE, SIDE), dtype=np.float32)
    c, found = np.zeros((SIDE, SIDE), np.float32), {}
    for name, (tile, threads) in KERNELS.items():
        launch = scope[name][(SIDE // tile, SIDE // tile), threads]
        plain = _best(lambda launch=launch: launch(a, b, c))
        found[name] = _best(lambda launch=launch: smsim.profile(launch, a, b, c)) / plain
    return found


if __name__ == "__main__":
    print(json.dumps(_here()))

"""The timing model's replay: ``python -m benchmarks.replaying KERNEL``, in a process of its own.

With ``NUMBA_DISABLE_JIT=1`` the same loop runs as plain Python.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

import numpy as np

#: A kernel bound by arithmetic, one bound by memory, and the book's tiled matmul; sizes without Numba are smaller.
SIZES = {"Mandelbrot": (1024, 128), "saxpy": (16_000_000, 200_000), "matmul": (1024, 64)}
#: The side of the matmul that is estimated from its first waves.
ESTIMATED = 4096
_PER_SM = 8
_REPEATS = 5
_PATIENCE = 1.0  # seconds; what takes longer is not repeated


@dataclass(frozen=True)
class Replayed:
    """Warp instructions per second of the replay alone; seconds of the first record, lower and replay together."""

    rate: float
    first: float


def measure(kernel: str, size: int, estimate: bool = False, compiled: bool = True) -> Replayed:
    """Measure in a fresh process, whose compiler is on or off.

    Raises:
        RuntimeError: the process failed.
    """
    env = {**os.environ, "NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS": "0", "NUMBA_CUDA_WARN_ON_IMPLICIT_COPY": "0"}
    env["NUMBA_DISABLE_JIT"] = "0" if compiled else "1"
    command = [sys.executable, "-m", "benchmarks.replaying", kernel, str(size), str(int(estimate))]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the replay of {kernel} of {size} failed:\n{done.stderr}")
    return Replayed(**json.loads(done.stdout.splitlines()[-1]))


def _launch(kernel: str, size: int) -> tuple[object, tuple[object, ...]]:
    from benchmarks import kernels

    if kernel == "saxpy":
        x = np.ones(size, np.float32)
        return kernels.saxpy[-(-size // 128), 128], (np.float32(1.7), x, x, np.zeros_like(x))
    blocks = (size // kernels.TILE, size // kernels.TILE), (kernels.TILE, kernels.TILE)
    if kernel == "matmul":
        a = np.ones((size, size), np.float32)
        return kernels.matmul[blocks], (a, a, np.zeros_like(a))
    return kernels.mandelbrot[blocks], (np.zeros((size, size), np.int32),)


def _here(kernel: str, size: int, estimate: bool) -> Replayed:
    import smsim

    smsim.attach(force=True)
    from smsim.isolated import isolate
    from smsim.timing.lowering import lower
    from smsim.timing.recording import record
    from smsim.timing.replay import replay

    launch, arguments = _launch(kernel, size)
    start = time.perf_counter()
    isolated = isolate("profile", launch, arguments)
    spec = isolated.device.spec
    trace = record(isolated, _PER_SM, estimate).trace
    ops = lower(trace.codes, spec)
    result = replay(trace, ops, spec, _PER_SM)
    first = time.perf_counter() - start
    best = float("inf")
    for _ in range(_REPEATS):
        start = time.perf_counter()
        replay(trace, ops, spec, _PER_SM)
        best = min(best, time.perf_counter() - start)
        if best > _PATIENCE:
            break
    return Replayed(int(result.issued.sum()) / best, first)


if __name__ == "__main__":
    name, size, estimate = sys.argv[1:]
    print(json.dumps(_here(name, int(size), estimate == "1").__dict__))

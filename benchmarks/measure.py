"""Run one program on one engine, in this process: ``python -m benchmarks.measure ENGINE PROGRAM SIZE``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass

ENGINES = ("smsim", "cudasim", "njit")
_REPEATS = 5
_PATIENCE = 1.0  # seconds; a program that takes longer is not repeated


@dataclass(frozen=True)
class Measurement:
    """``seconds`` of the best run, ``work`` and ``threads`` of it, peak memory of the process in bytes."""

    seconds: float
    work: int
    threads: int
    peak_bytes: int

    @property
    def per_work(self) -> float:
        return self.seconds / self.work

    @property
    def per_thread(self) -> float:
        return self.seconds / self.threads


def measure(engine: str, program: str, size: int, hazards: str = "raise") -> Measurement:
    """Measure in a fresh process, because an engine cannot be changed in one that runs.

    Raises:
        RuntimeError: the process failed, or its result was wrong.
    """
    env = {
        **os.environ,
        "NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS": "0",
        "NUMBA_ENABLE_CUDASIM": "1" if engine == "cudasim" else "0",
    }
    command = [sys.executable, "-m", "benchmarks.measure", engine, program, str(size), hazards]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{program} of {size} on {engine} failed:\n{done.stderr}")
    return Measurement(**json.loads(done.stdout.splitlines()[-1]))


def _here(engine: str, name: str, size: int, hazards: str) -> Measurement:
    if engine == "smsim":
        import smsim

        smsim.attach(force=True, hazards=hazards)
    from benchmarks.programs import PROGRAMS

    program = PROGRAMS[name][engine](size)
    best = float("inf")
    program.run()  # compile, and warm what a user would have warm
    for _ in range(_REPEATS):
        start = time.perf_counter()
        program.run()
        best = min(best, time.perf_counter() - start)
        if best > _PATIENCE:
            break
    if not program.right():
        raise RuntimeError("the result is wrong")
    return Measurement(best, program.work, program.threads, _peak_bytes())


def _peak_bytes() -> int:
    try:
        import resource
    except ImportError:  # Windows has no such module
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    engine, name, size, hazards = sys.argv[1:]
    print(json.dumps(_here(engine, name, int(size), hazards).__dict__))

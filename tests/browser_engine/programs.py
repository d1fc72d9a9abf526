"""Runs PTX on the engine alone and prints what came out as JSON: ``programs.py FOLDER_WITH_PTX``.

The same file runs in Pyodide and in the Python of the tests, so that the two reports can be compared. It
needs NumPy, and nothing else besides ``smsim``.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path

import numpy as np

from smsim.errors import SimulationError
from smsim.machine.device import ArrayArgument, Device

THREADS = 128
RANDOM_STEP = 6364136223846793005, 1442695040888963407


def run(ptx: str, blocks: int, **arguments: np.ndarray | np.generic) -> dict[str, np.ndarray]:
    """Launch the only kernel of ``ptx`` with the arguments in order; return the arrays as they are after it."""
    device = Device("H800")
    (kernel,) = device.load(ptx).functions.values()
    params, arrays = [], []
    for name, value in arguments.items():
        if isinstance(value, np.ndarray):
            address = device.memory.allocate(value.nbytes)
            device.memory.write(address, value)
            arrays.append(ArrayArgument(name, address, value.shape, value.strides, value.dtype))
            params.append(address.to_bytes(8, "little"))
        else:
            params.append(value.tobytes())
    device.launch(kernel, (blocks, 1, 1), (THREADS, 1, 1), 0, params, kernel_name=kernel.name, arrays=arrays)
    return {
        a.name: np.frombuffer(device.memory.read(a.address, arguments[a.name].nbytes), a.dtype)
        for a in arrays
    }


def saxpy(ptx: str, edit=lambda text: text) -> dict:
    """1,000 elements in 8 blocks of 128: 24 threads have nothing to do."""
    random = np.random.default_rng(1)
    n, a = np.uint32(1000), np.float32(2.5)
    x, y = random.random((2, 1000), np.float32)
    y_after = run(edit(ptx), 8, n=n, a=a, x=x, y=y)["y"]
    expected = (a.astype(np.float64) * x + y).astype(np.float32)  # exact here but for the last rounding
    return {"bits": y_after.tobytes().hex(), "right": bool(np.allclose(y_after, expected, rtol=1e-6, atol=0))}


def block_sum(ptx: str, edit=lambda text: text) -> dict:
    """Five blocks; NumPy halves in the same order, so the sums are equal to the bit."""
    x = np.random.default_rng(2).random((5, THREADS), np.float32)
    out = run(edit(ptx), 5, x=x, out=np.zeros(5, np.float32))["out"]
    expected = x
    while expected.shape[1] > 1:
        half = expected.shape[1] // 2
        expected = expected[:, :half] + expected[:, half:]
    return {"bits": out.tobytes().hex(), "right": bool((out == expected[:, 0]).all())}


def wide(ptx: str) -> dict:
    """64-bit arithmetic against Python's unbounded integers, approximate functions against NumPy's."""
    state = np.random.default_rng(3).integers(0, 2**64, 2 * THREADS, np.uint64)
    got = run(
        ptx,
        2,
        state=state,
        high=np.zeros_like(state),
        curve=np.zeros(state.size, np.float32),
        total=np.zeros(1, np.uint64),
    )
    states = [(int(s) * RANDOM_STEP[0] + RANDOM_STEP[1]) % 2**64 for s in state]
    squares = [s * s >> 64 for s in states]
    u = 1 + np.array([s >> 40 for s in states]) / 2.0**24
    right = (
        got["state"].tolist() == states
        and got["high"].tolist() == [2**64 - 1 - h if h >= 2**63 else h for h in squares]
        and got["total"].tolist() == [sum(s >> 31 for s in states) % 2**64]
        and bool(np.allclose(got["curve"], np.sin(np.log2(u)) / np.sqrt(u), rtol=0, atol=1e-5))
    )
    return {"bits": got["curve"].tobytes().hex(), "right": right}


def mixed(ptx: str) -> dict:
    """Local and shared memory at places that differ between lanes, in bytes and in words."""
    out = run(ptx, 3, out=np.zeros((3, THREADS), np.uint32))["out"]
    thread = np.arange(THREADS, dtype=np.uint32)
    note = (thread ^ 5).astype(np.uint8).view("<u4")
    expected = note[thread >> 2] + 10 * (thread & 3) + thread
    return {"bits": out.tobytes().hex(), "right": bool((out.reshape(3, THREADS) == expected).all())}


def without(line: str):
    """An edit that takes out the one line of the PTX that starts so."""

    def edit(ptx: str) -> str:
        lines = ptx.splitlines()
        kept = [text for text in lines if not text.strip().startswith(line)]
        assert len(kept) == len(lines) - 1, line
        return "\n".join(kept)

    return edit


def four_gibibytes_further(ptx: str) -> str:
    """Read x 2**32 bytes beyond where saxpy should: cut to 32 bits that would be the right place."""
    return ptx.replace("ld.global.f32 %x, [%px]", "add.u64 %px, %px, 4294967296; ld.global.f32 %x, [%px]")


def error_of(program, *arguments) -> dict:
    """Name and text of the error that a wrong program ends in."""
    try:
        program(*arguments)
    except SimulationError as error:
        return {"error": type(error).__name__, "text": str(error)}
    return {"error": "none", "text": ""}


def packages_beyond_python() -> list[str]:
    """The top-level packages in memory that are not of Python's own library."""
    return sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names - {"__main__"})


def threads_start() -> bool:
    """Whether this Python can start a thread at all."""
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        return False
    return True


def report(folder: Path) -> dict:
    """Run everything; each entry is a dict that JSON can hold."""
    ptx = {file.stem: file.read_text() for file in folder.glob("*.ptx")}
    return {
        "saxpy": saxpy(ptx["saxpy"]),
        "block_sum": block_sum(ptx["block_sum"]),
        "wide": wide(ptx["wide"]),
        "mixed": mixed(ptx["mixed"]),
        "wrong formula": saxpy(ptx["saxpy"], lambda text: text.replace("%a, %x, %y;", "%a, %y, %x;")),
        "unguarded": error_of(saxpy, ptx["saxpy"], without("@%outside bra")),
        "far": error_of(saxpy, ptx["saxpy"], four_gibibytes_further),
        "no barrier": error_of(block_sum, ptx["block_sum"], without("bar.sync")),
        "not PTX": error_of(saxpy, ptx["saxpy"], lambda text: text.replace("fma.rn", "fma..rn")),
        "index bits": np.iinfo(np.intp).bits,
        "packages": packages_beyond_python(),
        "threads": threads_start(),
    }


if __name__ == "__main__":
    print(json.dumps(report(Path(sys.argv[1]))))

"""Runs PTX texts on a device of their own, without Numba."""

from __future__ import annotations

import numpy as np

from smsim.machine.device import Device
from smsim.machine.memory import Memory

HEAD = ".version {version}\n.target {target}\n.address_size 64\n"
REGISTERS = (
    ".reg .pred %p<9>; .reg .b16 %h<17>; .reg .b32 %r<33>; .reg .b64 %rd<17>;"
    " .reg .f32 %f<9>; .reg .f64 %d<9>;\n"
)
#: Loads the parameters into %rd1 to %rd4, the thread's number into %r1, as 64 bits into %rd9.
START = "mov.u32 %r1, %tid.x;\ncvt.u64.u32 %rd9, %r1;\n"


def kernel(body: str, arrays: int, *, top: str = "", version: str = "9.0", target: str = "sm_90a") -> str:
    """A module with the kernel ``k`` of that many arrays, their addresses in %rd1, %rd2 ..."""
    params = ", ".join(f".param .u64 a{n}" for n in range(1, arrays + 1))
    loads = "".join(f"ld.param.u64 %rd{n}, [a{n}];\n" for n in range(1, arrays + 1))
    head = HEAD.format(version=version, target=target)
    return f"{head}{top}\n.visible .entry k({params})\n{{\n{REGISTERS}{loads}{START}{body}\nret;\n}}\n"


def run(
    text: str, *arrays: np.ndarray, grid: int = 1, block: int = 32, shared: int = 0, hazards: str = "raise"
) -> list[np.ndarray]:
    """Launch ``k``; returns the arrays as they are afterwards."""
    device = Device(memory=Memory(1 << 26), hazards=hazards)
    function = device.load(text).functions["k"]
    addresses = [device.memory.allocate(a.nbytes) for a in arrays]
    for address, array in zip(addresses, arrays, strict=True):
        device.memory.write(address, np.ascontiguousarray(array).view(np.uint8).reshape(-1))
    given = [address.to_bytes(8, "little") for address in addresses]
    device.launch(function, (grid, 1, 1), (block, 1, 1), shared, given)
    read = zip(addresses, arrays, strict=True)
    return [np.frombuffer(device.memory.read(at, a.nbytes), a.dtype).reshape(a.shape) for at, a in read]

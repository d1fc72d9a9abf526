"""Launches that run at the same time, of one simulated GPU or of several, on hand-written PTX."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from smsim.devices.cluster import Cluster
from smsim.machine.arguments import ArrayArgument
from smsim.machine.device import Device
from smsim.machine.launch import Launch
from smsim.machine.memory import Memory
from smsim.machine.together import Together

_HEAD = ".version 8.0\n.target sm_90a\n.address_size 64\n"


@dataclass(frozen=True)
class Array:
    """An array of u32 on a GPU."""

    name: str
    address: int
    length: int
    memory: Memory

    def values(self) -> list[int]:
        return np.frombuffer(self.memory.read(self.address, 4 * self.length), np.uint32).tolist()


class Cards:
    """Some simulated GPUs, all with access to each other's memory unless ``peers`` is false."""

    def __init__(
        self,
        gpus: int,
        *,
        peers: bool = True,
        hazards: str = "raise",
        seed: int | None = None,
        budget: int = 200_000,
    ) -> None:
        self.memory = Memory(1 << 26)
        cluster = Cluster(gpus=gpus, gpus_per_node=gpus) if gpus > 1 else None
        self.devices = [
            Device(memory=self.memory, ordinal=n, cluster=cluster, hazards=hazards, seed=seed, budget=budget)
            for n in range(gpus)
        ]
        if peers:
            for device in self.devices:
                device.peers = set(range(gpus)) - {device.ordinal}

    def array(self, name: str, gpu: int, length: int, fill: int | None = 0) -> Array:
        """Zeros, or, with ``fill=None``, what nobody wrote."""
        how = {} if fill is None else {"fill": fill}
        return Array(name, self.memory.allocate(4 * length, gpu=gpu, **how), length, self.memory)

    def launch(
        self,
        gpu: int,
        text: str,
        arrays: Sequence[Array],
        grid: int = 1,
        block: int = 1,
        numbers: Sequence[int] = (),
        name: str = "k",
    ) -> Launch:
        """A launch, not yet run; ``text`` is a body whose parameters %a0, %a1 ... are the arrays' addresses and
        %n0, %n1 ... the numbers."""
        params = [f".param .u64 a{n}" for n in range(len(arrays))] + [
            f".param .u32 n{n}" for n in range(len(numbers))
        ]
        loads = [f"ld.param.u64 %a{n}, [a{n}];" for n in range(len(arrays))]
        loads += [f"ld.param.u32 %n{n}, [n{n}];" for n in range(len(numbers))]
        ptx = (
            _HEAD + f".visible .entry {name}({', '.join(params)}) {{\n"
            ".reg .pred %p<8>; .reg .b32 %r<32>; .reg .b64 %rd<16>; .reg .b64 %a<8>; .reg .b32 %n<8>;\n"
            + "\n".join(loads)
            + f"\n{text}\nret;\n}}\n"
        )
        device = self.devices[gpu]
        function = device.load(ptx).functions[name]
        described = [ArrayArgument(a.name, a.address, (a.length,), (4,), np.dtype("u4")) for a in arrays]
        raw = [struct.pack("<Q", a.address) for a in arrays] + [struct.pack("<I", n) for n in numbers]
        return device.prepare(
            function, (grid, 1, 1), (block, 1, 1), 0, raw, kernel_name=name, arrays=described
        )


def run(*launches: Launch, after: Sequence[set[int]] | None = None) -> None:
    """Run them together."""
    Together(launches, after).run()


def send(store: str = "st.release.sys.global.u32") -> str:
    """Write 42 to a0, then 1 to the flag a1."""
    return f"mov.u32 %r1, 42; st.global.u32 [%a0], %r1; mov.u32 %r2, 1; {store} [%a1], %r2;"


def receive(load: str = "ld.acquire.sys.global.u32") -> str:
    """Wait for the flag a1, then copy a0 to a2."""
    return f"""
WAIT: {load} %r1, [%a1]; setp.eq.u32 %p1, %r1, 0; @%p1 bra WAIT;
ld.global.u32 %r2, [%a0]; st.global.u32 [%a2], %r2;"""

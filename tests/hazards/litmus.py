"""Litmus tests: a few threads, a few words, and the outcomes that some order of a GPU may have."""

from __future__ import annotations

import numpy as np

from smsim.machine.device import Device

HEAD = """
.version 8.0
.target sm_90
.address_size 64
.visible .entry k(.param .u64 words, .param .u64 out)
{
    .reg .pred %p<8>;
    .reg .b32 %r<20>;
    .reg .b64 %rd<20>;
    ld.param.u64 %rd1, [words];
    ld.param.u64 %rd2, [out];
    mov.u32 %r10, %tid.x;
    mov.u32 %r11, %ctaid.x;
    shr.u32 %r12, %r10, 5;
    add.u32 %r12, %r12, %r11;
    and.b32 %r13, %r10, 31;
    setp.ne.u32 %p1, %r13, 0;
    @%p1 bra DONE;
"""
X, Y = "[%rd1]", "[%rd1+64]"
#: Where the threads of a test are: each in a block, or each in a warp of one block.
PLACES = {"blocks": lambda n: (n, 1), "warps": lambda n: (1, 32 * n)}


def store(word: str, value: int, how: str = "relaxed.gpu") -> str:
    return f"st.{how}.global.u32 {word}, {value};\n"


def load(word: str, result: int, how: str = "relaxed.gpu") -> str:
    """Load a word and keep it as the outcome's item number ``result``."""
    return f"ld.{how}.global.u32 %r1, {word};\nst.global.u32 [%rd2+{4 * result}], %r1;\n"


class Litmus:
    """Threads with a body each. ``results`` is how many items an outcome has."""

    def __init__(self, *bodies: str, results: int = 2) -> None:
        text = HEAD
        for number in range(len(bodies)):
            text += f"setp.eq.u32 %p2, %r12, {number};\n@%p2 bra THREAD{number};\n"
        text += "bra DONE;\n"
        for number, body in enumerate(bodies):
            text += f"THREAD{number}:\n{body}bra DONE;\n"
        self.threads, self.results = len(bodies), results
        self.device = Device("H800")
        self.kernel = self.device.load(text + "DONE:\nret;\n}\n").functions["k"]
        self.words, self.out = (self.device.memory.allocate(256, fill=0) for _ in range(2))

    def outcome(self, seed: int | None, place: str = "blocks") -> tuple[int, ...]:
        """What one run leaves."""
        memory = self.device.memory
        for address in (self.words, self.out):
            memory.fill(address, b"\0", 256)
        self.device.seed = seed
        grid, block = PLACES[place](self.threads)
        params = [address.to_bytes(8, "little") for address in (self.words, self.out)]
        self.device.launch(self.kernel, (grid, 1, 1), (block, 1, 1), 0, params)
        return tuple(np.frombuffer(memory.read(self.out, 4 * self.results), np.uint32).tolist())

    def outcomes(self, seeds: range, place: str = "blocks") -> set[tuple[int, ...]]:
        return {self.outcome(seed, place) for seed in seeds}

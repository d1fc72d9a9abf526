"""A short run of the fuzzer, and one launch of each kind of instruction."""

from __future__ import annotations

import random

import fuzz_ptx
import pytest
from ptx_samples import kernel
from ptx_spellings import spellings, statement

from smsim.errors import UninitializedRead
from smsim.machine.device import Device
from smsim.ptx.table import ROWS

_BY_NAME = ("bra", "brx", "call")


def test_nothing_escapes() -> None:
    tally = fuzz_ptx.fuzz(900, seconds=5)
    assert [why for why, _ in tally.escapes] == []
    assert tally.outcomes["ran"] and tally.outcomes["PTXSyntaxError"]


def test_the_same_seed_gives_the_same_texts() -> None:
    texts = fuzz_ptx.samples()
    first, second = (fuzz_ptx.mutate(texts[0], random.Random("1/1"), texts) for _ in range(2))
    assert first == second != texts[0]


@pytest.mark.parametrize("opcode", sorted({row.opcode for row in ROWS} - {*_BY_NAME}))
def test_each_row_runs_or_is_refused(opcode: str) -> None:
    """Whatever the table lists is decoded and executed, or refused by name."""
    choose = random.Random(opcode)
    for row in (row for row in ROWS if row.opcode == opcode):
        for spelling in choose.sample(found := list(spellings(row)), min(2, len(found))):
            text = kernel("ld.param.u64 %rd7, [a];" + statement(row, spelling))
            with fuzz_ptx.patience(fuzz_ptx.PATIENCE):
                assert fuzz_ptx.run(text, choose)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("@%p1 bra x; st.global.u32 [%rd7], 1; x:", "%p1"),
        ("addc.u32 %r1, 1, 2; st.global.u32 [%rd7], %r1;", "%cc"),
        ("mov.b32 %r8, 1; st.global.u32 [%rd7], %r1;", "%r1"),
    ],
)
def test_a_register_that_nobody_wrote_is_named(body: str, name: str) -> None:
    """It may stand where no operand stands: in a guard, or in the carry."""
    device = Device()
    data = device.memory.allocate(64)
    entry = device.load(kernel("ld.param.u64 %rd7, [a];" + body)).functions["k"]
    with pytest.raises(UninitializedRead, match=f"register {name},"):
        device.launch(entry, (1, 1, 1), (1, 1, 1), 0, [data.to_bytes(8, "little")])

"""The PTX of DeepEP's sources: the assembler takes each instruction, and so does the simulated SM."""

from __future__ import annotations

import deepep
import pytest
from coverage_page import DeepEPInstructions
from ptx_assembler import complaints

from smsim.machine.device import Device
from smsim.machine.memory import Memory

EVERY = deepep.needed()
OURS = [one for one in EVERY if one.needs is None]
#: What DeepEP's sources were read to use; the list has all of it, and nothing else.
OPCODES = {
    "ld", "st", "fence", "atom", "red", "bar", "barrier", "nanosleep", "mbarrier", "cp", "elect", "setmaxnreg", "mov",
    "prmt", "and", "lg2", "ex2", "bfind", "add", "griddepcontrol", "trap",
}  # fmt: skip


def test_the_list_is_whole() -> None:
    assert len({one.statement for one in EVERY}) == len(EVERY) == 74
    assert {one.spelling.split(".")[0] for one in EVERY} == OPCODES
    assert all(one.file and one.group for one in EVERY)


def test_the_assembler_takes_each_of_them_or_says_which_gpu_has_it() -> None:
    pytest.importorskip("cuda.bindings.nvjitlink", reason="NVIDIA's linker has no wheel for this platform")
    for one, answer in zip(EVERY, complaints([one.module for one in EVERY]), strict=True):
        if one.needs is None:
            assert answer is None, one.statement
        else:
            assert f"requires .target {one.needs} or higher" in answer, one.statement


@pytest.mark.parametrize("one", OURS, ids=lambda one: one.statement)
def test_the_simulated_sm_has_it(one: deepep.Needed) -> None:
    assert deepep.complaint(one) is None
    assert Device(memory=Memory(1 << 20)).load(one.module).functions["k"].program.blocks


@pytest.mark.parametrize("one", [one for one in EVERY if one.needs], ids=lambda one: one.statement)
def test_what_an_h800_has_not_is_refused(one: deepep.Needed) -> None:
    assert "does not execute" in deepep.complaint(one)


def test_the_page_counts_them() -> None:
    directive = DeepEPInstructions.__new__(DeepEPInstructions)
    sentence, listed = (node.astext() for node in directive.run())
    assert f"Of the {len(EVERY)} instructions" in sentence
    assert sum(spelling in listed for spelling in {one.spelling for one in EVERY}) == len(
        {one.spelling for one in EVERY}
    )
    executed = int(sentence.split("sources ")[1].split()[0])
    assert executed == sum(deepep.complaint(one) is None for one in EVERY)

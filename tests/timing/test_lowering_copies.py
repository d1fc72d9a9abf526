"""Asynchronous copies and mbarriers: as many micro-operations of each kind as NVIDIA's assembler makes instructions."""

from collections import Counter

import pytest

from smsim.devices import load
from smsim.timing import microops as m
from smsim.timing.lowering import lower
from tests.timing import copy_kernels
from tests.timing.recorded_kernels import recorded
from tests.timing.sass import sass

H800 = load("H800")
#: Opcode in SASS: kinds that it stands for.
OPCODES = {
    "LDGSTS": (m.COPY,),
    "LDGDEPBAR": (m.COPY_COMMIT,),
    "DEPBAR": (m.COPY_WAIT,),
    "UBLKCP": (m.BULK_LOAD, m.BULK_STORE),
}


def micro_operations(text):
    launch, arguments = copy_kernels.launched(text, 6, 1)
    ops = lower(recorded(launch, arguments).trace.codes, H800)
    return Counter(ops.kind.tolist())


@pytest.mark.parametrize(
    "text", [copy_kernels.double_buffered(), copy_kernels.ring(4)], ids=["copies", "ring"]
)
def test_as_many_as_in_sass(text):
    ours = micro_operations(text)
    theirs = Counter(one.name for one in sass(text, "sm_90a", ("-O1",))["k"])
    for opcode, kinds in OPCODES.items():
        assert sum(ours[kind] for kind in kinds) == theirs[opcode], opcode
    tries = sum("TRYWAIT" in one.opcode for one in sass(text, "sm_90a", ("-O1",))["k"])
    assert ours[m.TRY_WAIT] <= tries <= 2 * ours[m.TRY_WAIT]  # it puts a copy of the poll out of the way

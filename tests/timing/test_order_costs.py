"""What release, acquire and fences cost: the MEMBAR and the emptied L1 that NVIDIA's assembler makes of them."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from smsim.devices.spec import named
from smsim.machine.device import Device
from smsim.timing import microops as m
from smsim.timing import trace as t
from smsim.timing.lowering import lower
from smsim.timing.replay import _use_of_l1, replay
from smsim.timing.replay_state import EMPTIES_L1
from tests.timing import sass
from tests.timing.small_traces import memory, micro_ops, op, trace

H100 = named("H100")
HEAD = """.version 8.0
.target sm_90
.address_size 64
.visible .entry k(.param .u64 a, .param .u64 b)
{
    .reg .b32 %r<8>;
    .reg .b64 %rd<4>;
    ld.param.u64 %rd1, [a];
    ld.param.u64 %rd2, [b];
    st.global.u32 [%rd1], 42;
    ld.global.u32 %r1, [%rd1+64];
    BODY
    ld.global.u32 %r3, [%rd1+64];
    add.u32 %r3, %r3, %r1;
    add.u32 %r3, %r3, %r2;
    st.global.u32 [%rd1+4], %r3;
    ret;
}
"""
FLAG = "mov.u32 %r2, 1; "

#: PTX, whether it waits at a MEMBAR, and whether it empties L1.
ORDERS = {
    "st.relaxed.gpu.global.u32 [%rd1+128], 1;": (False, False),
    "st.release.gpu.global.u32 [%rd1+128], 1;": (True, False),
    "st.release.sys.global.u32 [%rd1+128], 1;": (True, False),
    "red.release.gpu.global.add.u32 [%rd1+128], 1;": (True, False),
    "atom.acq_rel.gpu.global.exch.b32 %r2, [%rd1+128], 1;": (True, True),
    "atom.acquire.gpu.global.exch.b32 %r2, [%rd1+128], 1;": (False, True),
    "ld.relaxed.gpu.global.u32 %r2, [%rd1+128];": (False, False),
    "ld.volatile.global.u32 %r2, [%rd1+128];": (False, False),
    "ld.acquire.gpu.global.u32 %r2, [%rd1+128];": (False, True),
    "ld.acquire.sys.global.u32 %r2, [%rd1+128];": (False, True),
    "ld.acquire.cta.global.u32 %r2, [%rd1+128];": (False, False),
    "fence.acq_rel.gpu;": (True, True),
    "fence.sc.gpu;": (True, True),
    "membar.gl;": (True, True),
    "membar.sys;": (True, True),
    "membar.cta;": (True, False),
}


@pytest.mark.parametrize("ptx", ORDERS)
def test_the_assembler_makes_this_of_it(ptx):
    text = HEAD.replace("BODY", FLAG + ptx).replace("sm_90", "sm_90a")
    opcodes = [one.opcode for one in sass.sass(text, "sm_90a")["k"]]
    assert (any(o.startswith("MEMBAR") for o in opcodes), "CCTL.IVALL" in opcodes) == ORDERS[ptx]


#: The table of chapter 11: PTX and the machine code that it names.
IN_THE_CHAPTER = {
    "st.relaxed.gpu.global.u32 [%rd1+128], 1;": ["STG.E.STRONG.GPU"],
    "st.release.gpu.global.u32 [%rd1+128], 1;": ["MEMBAR.ALL.GPU", "STG.E.STRONG.GPU"],
    "ld.relaxed.gpu.global.u32 %r2, [%rd1+128];": ["LDG.E.STRONG.GPU"],
    "ld.acquire.gpu.global.u32 %r2, [%rd1+128];": ["LDG.E.STRONG.GPU", "CCTL.IVALL"],
    "fence.acq_rel.gpu;": ["MEMBAR.ALL.GPU", "CCTL.IVALL"],
    "fence.sc.gpu;": ["MEMBAR.SC.GPU", "CCTL.IVALL"],
    "membar.gl;": ["MEMBAR.SC.GPU", "CCTL.IVALL"],
}


@pytest.mark.parametrize("ptx", IN_THE_CHAPTER)
def test_the_chapters_table(ptx):
    text = HEAD.replace("BODY", FLAG + ptx).replace("sm_90", "sm_90a")
    opcodes = [one.opcode for one in sass.sass(text, "sm_90a")["k"]]
    ordering = [
        o for o in opcodes if "STRONG" in o or o.startswith(("MEMBAR", "CCTL")) and not o.endswith(".CTA")
    ]
    assert ordering == IN_THE_CHAPTER[ptx]


def test_deepeps_load_in_machine_code():
    load = "ld.global.nc.L1::no_allocate.L2::256B.u32 %r2, [%rd1+128];"
    opcodes = [
        one.opcode for one in sass.sass(HEAD.replace("BODY", load).replace("sm_90", "sm_90a"), "sm_90a")["k"]
    ]
    assert "LDG.E.NA.LTC256B.CONSTANT" in opcodes


@pytest.mark.parametrize("ptx", ORDERS)
def test_so_does_the_model(ptx):
    device = Device("H100")
    function = device.load(HEAD.replace("BODY", FLAG + ptx)).functions["k"]
    ops = lower(function.program.blocks, H100)
    assert (m.FENCE in ops.kind.tolist(), EMPTIES_L1 in _use_of_l1(ops).tolist()) == ORDERS[ptx]


#: A load for each of four stores in turn, and whether the assembler puts all loads first.
IN_TURN = {
    "ld.global": False,
    "ld.global.L1::no_allocate": False,
    "ld.relaxed.gpu.global": False,
    "ld.relaxed.gpu.global.L1::no_allocate": False,
    "ld.volatile.global": False,
    "ld.global.nc": True,
    "ld.global.nc.L1::no_allocate.L2::256B": True,
}


@pytest.mark.parametrize("load", IN_TURN)
def test_only_a_read_only_load_overtakes_stores(load):
    turns = "".join(
        f"{load}.u32 %r{n}, [%rd1+{128 * n}];\nst.global.u32 [%rd2+{128 * n}], %r{n};\n" for n in range(4)
    )
    text = HEAD[: HEAD.index("    st.global")] + turns + "ret;\n}\n"
    function = Device("H100").load(text).functions["k"]
    kinds = lower(function.program.blocks, H100).kind.tolist()
    modelled = [kind for kind in kinds if kind in (m.LOAD, m.STORE)]
    names = [one.name for one in sass.sass(text.replace("sm_90", "sm_90a"), "sm_90a")["k"]]
    assembled = [name for name in names if name in ("LDG", "STG")]
    loads_first = IN_TURN[load]
    assert modelled == ([m.LOAD] * 4 + [m.STORE] * 4 if loads_first else [m.LOAD, m.STORE] * 4)
    assert assembled == (["LDG"] * 4 + ["STG"] * 4 if loads_first else ["LDG", "STG"] * 4)


@pytest.mark.parametrize(
    ("kind", "flags", "hits"),
    [
        (m.FENCE, {"acq_rel", "gpu"}, 0),
        (m.FENCE, {"gl"}, 0),
        (m.FENCE, {"cta"}, 1),
        (m.FENCE, {"release", "gpu"}, 1),
        (m.LOAD, {"acquire", "gpu"}, 0),
        (m.LOAD, {"acquire", "cta"}, 1),
        (m.LOAD, {"relaxed", "gpu"}, 1),
        (m.ATOMIC, {"acq_rel", "gpu"}, 0),
        (m.ATOMIC, {"relaxed", "gpu"}, 1),
    ],
)
def test_what_stays_in_l1_behind_it(kind, flags, hits):
    between = op(m.FENCE, m.LSU) if kind == m.FENCE else memory(kind, 1, [1], [0])
    ops = micro_ops(
        [memory(m.LOAD, 0, [0]), op(src=[0]), between, memory(m.LOAD, 2, [0], [0, 1]), op(src=[0])]
    )
    if kind == m.FENCE:
        ops.record[3] = 1
    plain = ops.instructions[0]
    ordering = SimpleNamespace(form=SimpleNamespace(flags=frozenset(flags)))
    ops = replace(ops, instructions=(plain, plain, ordering, plain, plain))
    records = [(t.GLOBAL, 1, [5]), (t.GLOBAL, 1, [500]), (t.GLOBAL, 1, [5])]
    if kind == m.FENCE:
        del records[1]
    result = replay(trace(ops, [[0]], records=records), ops, H100, 1)
    assert result.l1_hits == hits


def test_a_release_waits_until_the_data_are_written():
    def cycles(*between):
        ops = micro_ops([memory(m.STORE, 0), *between, memory(m.STORE, 1), op(m.EXIT, m.CBU, latency=0)])
        return replay(trace(ops, [[0]], records=[(t.GLOBAL, 1, [n]) for n in (4, 400)]), ops, H100, 1).cycles

    assert cycles(op(m.FENCE, m.LSU)) - cycles() > H100.timing.l2_latency / 2

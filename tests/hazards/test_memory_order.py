"""Two blocks that talk through global memory: with release and acquire, and with something missing."""

import numpy as np
import pytest

from smsim import errors
from smsim.machine.device import Device

HEAD = """
.version 8.0
.target sm_90
.address_size 64
.visible .entry k(.param .u64 data, .param .u64 flag, .param .u64 out)
{
    .reg .pred %p<8>;
    .reg .b32 %r<20>;
    .reg .b64 %rd<20>;
    ld.param.u64 %rd1, [data];
    ld.param.u64 %rd2, [flag];
    ld.param.u64 %rd3, [out];
    mov.u32 %r1, %ctaid.x;
    setp.ne.u32 %p1, %r1, 0;
"""

#: Message passing. Block 0 waits, so that a block that was not started yet has to run meanwhile.
MESSAGE = (
    HEAD
    + """
    @%p1 bra PRODUCER;
WAIT:
    LOAD %r2, [%rd2];
    setp.eq.u32 %p2, %r2, 0;
    @%p2 bra WAIT;
    AFTER
    ld.global.u32 %r3, [%rd1];
    st.global.u32 [%rd3], %r3;
    ret;
PRODUCER:
    mov.u32 %r4, 42;
    st.global.u32 [%rd1], %r4;
    BEFORE
    mov.u32 %r5, 1;
    STORE [%rd2], %r5;
    ret;
}
"""
)

#: Ten items through a ring of four: head and tail are the flags.
RING = (
    HEAD
    + """
    mov.u32 %r10, 0;
    @%p1 bra PRODUCER;
CONSUMER:
    ld.acquire.gpu.global.u32 %r2, [%rd2];
    setp.ge.u32 %p2, %r10, %r2;
    @%p2 bra CONSUMER;
    and.b32 %r3, %r10, 3;
    mul.wide.u32 %rd4, %r3, 4;
    add.u64 %rd5, %rd1, %rd4;
    ld.global.u32 %r4, [%rd5];
    mul.wide.u32 %rd6, %r10, 4;
    add.u64 %rd7, %rd3, %rd6;
    st.global.u32 [%rd7], %r4;
    add.u32 %r10, %r10, 1;
    CONSUMED [%rd2+4], %r10;
    setp.lt.u32 %p3, %r10, 10;
    @%p3 bra CONSUMER;
    ret;
PRODUCER:
    ld.acquire.gpu.global.u32 %r2, [%rd2+4];
    sub.u32 %r3, %r10, %r2;
    setp.ge.u32 %p2, %r3, 4;
    @%p2 bra PRODUCER;
    and.b32 %r3, %r10, 3;
    mul.wide.u32 %rd4, %r3, 4;
    add.u64 %rd5, %rd1, %rd4;
    mul.lo.u32 %r4, %r10, %r10;
    st.global.u32 [%rd5], %r4;
    add.u32 %r10, %r10, 1;
    PRODUCED [%rd2], %r10;
    setp.lt.u32 %p3, %r10, 10;
    @%p3 bra PRODUCER;
    ret;
}
"""
)


def run(text, **words):
    for name, instruction in words.items():
        text = text.replace(name.upper(), instruction)
    return launch(text)


def launch(text, threads=1, hazards="raise"):
    device = Device("H800", hazards=hazards)
    kernel = device.load(text).functions["k"]
    data, flag, out = (device.memory.allocate(64, fill=0) for _ in range(3))
    device.launch(kernel, (2, 1, 1), (threads, 1, 1), 0, [a.to_bytes(8, "little") for a in (data, flag, out)])
    return np.frombuffer(device.memory.read(out, 64), np.uint32)


RIGHT = {
    "release and acquire": ("ld.acquire.gpu.global.u32", "", "", "st.release.gpu.global.u32"),
    "system scope": ("ld.acquire.sys.global.u32", "", "", "st.release.sys.global.u32"),
    "fences": (
        "ld.relaxed.gpu.global.u32",
        "fence.acq_rel.gpu;",
        "fence.acq_rel.gpu;",
        "st.relaxed.gpu.global.u32",
    ),
    "old fences": ("ld.volatile.global.u32", "membar.gl;", "membar.gl;", "st.volatile.global.u32"),
    "one of each": ("ld.acquire.gpu.global.u32", "", "fence.sc.gpu;", "st.relaxed.gpu.global.u32"),
}
WRONG = {
    "no release": ("ld.acquire.gpu.global.u32", "", "", "st.relaxed.gpu.global.u32"),
    "no acquire": ("ld.relaxed.gpu.global.u32", "", "", "st.release.gpu.global.u32"),
    "volatile orders nothing": ("ld.volatile.global.u32", "", "", "st.volatile.global.u32"),
    "fence on one side only": (
        "ld.relaxed.gpu.global.u32",
        "",
        "fence.acq_rel.gpu;",
        "st.relaxed.gpu.global.u32",
    ),
    "scope too small": ("ld.acquire.cta.global.u32", "", "", "st.release.cta.global.u32"),
    "a fence for the block only": (
        "ld.volatile.global.u32",
        "membar.cta;",
        "membar.cta;",
        "st.volatile.global.u32",
    ),
    "a plain store of the flag": ("ld.acquire.gpu.global.u32", "", "", "st.global.u32"),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_message_arrives(case):
    load, after, before, store = RIGHT[case]
    assert run(MESSAGE, load=load, after=after, before=before, store=store)[0] == 42


@pytest.mark.parametrize("case", WRONG)
def test_a_weakened_message_is_a_race(case):
    load, after, before, store = WRONG[case]
    with pytest.raises(errors.DataRace):
        run(MESSAGE, load=load, after=after, before=before, store=store)


@pytest.mark.parametrize("case", WRONG)
def test_a_race_says_what_each_access_does(case):
    """Strong or not, a load reads and a store writes."""
    load, after, before, store = WRONG[case]
    with pytest.raises(errors.DataRace) as caught:
        run(MESSAGE, load=load, after=after, before=before, store=store)
    text = str(caught.value)
    assert "updates" not in text
    assert "one reads it and the other writes it" in text or "one writes it and the other reads it" in text


def test_an_atomic_in_a_race_updates():
    text = MESSAGE.replace("STORE [%rd2], %r5;", "atom.relaxed.cta.global.exch.b32 %r6, [%rd2], %r5;")
    with pytest.raises(errors.DataRace) as caught:
        run(text, load="ld.relaxed.cta.global.u32", after="", before="", store="")
    said = str(caught.value)
    assert "updates it" in said and "reads it" in said and "writes it" not in said


def test_a_ring_buffer_between_two_blocks():
    release = "st.release.gpu.global.u32"
    assert run(RING, consumed=release, produced=release)[:10].tolist() == [n * n for n in range(10)]


@pytest.mark.parametrize("weak", ["consumed", "produced"])
@pytest.mark.parametrize("store", ["st.relaxed.gpu.global.u32", "st.global.u32"])
def test_a_weakened_ring_buffer_is_a_race(weak, store):
    words = dict.fromkeys(("consumed", "produced"), "st.release.gpu.global.u32")
    with pytest.raises(errors.DataRace):
        run(RING, **(words | {weak: store}))


#: Block 1 writes and counts; the last to count tells its block at a barrier, and another thread of it reads.
LAST_BLOCK = (
    HEAD
    + """
    .shared .align 4 .b8 seen[4];
    mov.u32 %r6, %tid.x;
    setp.ne.u32 %p2, %r6, 0;
    @%p2 bra MEET;
    @!%p1 bra COUNT;
    mov.u32 %r4, 42;
    st.global.u32 [%rd1], %r4;
    fence.acq_rel.gpu;
COUNT:
    OBSERVE
    st.shared.u32 [seen], %r5;
MEET:
    bar.sync 0;
    ld.shared.u32 %r7, [seen];
    setp.eq.u32 %p3, %r7, 0;
    @%p3 bra DONE;
    setp.ne.u32 %p4, %r6, 3;
    @%p4 bra DONE;
    @%p1 bra DONE;
    ld.global.u32 %r8, [%rd1];
    st.global.u32 [%rd3], %r8;
DONE:
    ret;
}
"""
)
#: Block 0 waits until block 1 has counted too, by an atomic or by a load.
BY_ATOMIC = """
    @%p1 atom.global.add.u32 %r5, [%rd2], 1;
    @%p1 bra SAY;
AGAIN:
    atom.global.add.u32 %r5, [%rd2], 0;
    setp.eq.u32 %p5, %r5, 0;
    @%p5 bra AGAIN;
SAY:
"""
BY_LOAD = BY_ATOMIC.replace("atom.global.add.u32 %r5, [%rd2], 0", "ld.volatile.global.u32 %r5, [%rd2]")


def test_an_atomic_and_a_barrier_acquire():
    assert launch(LAST_BLOCK.replace("OBSERVE", BY_ATOMIC), threads=32)[0] == 42


@pytest.mark.parametrize(
    ("observe", "hazards"),
    [(BY_ATOMIC, "strict"), (BY_LOAD, "raise"), (BY_LOAD, "strict")],
    ids=["strict", "a volatile load", "a volatile load, strict"],
)
def test_otherwise_a_fence_must_stand_between(observe, hazards):
    text = LAST_BLOCK.replace("OBSERVE", observe)
    with pytest.raises(errors.DataRace):
        launch(text, threads=32, hazards=hazards)
    fenced = text.replace("SAY:", "SAY:\n    fence.acq_rel.gpu;")
    assert launch(fenced, threads=32, hazards=hazards)[0] == 42

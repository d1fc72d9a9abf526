"""``ld.global.nc``: refused where anybody writes in the same launch, at any time; accepted everywhere else."""

import numpy as np
import pytest
from litmus import Litmus, X, Y, load, store
from small_ptx import WORDS, marked_lines, run, text_of

from smsim import errors

NC = "ld.global.nc.u32 %r10, [%rd3];  // <--\n"
KEEP = "st.global.u32 [%rd4], %r10;\n"
OWN = "st.global.u32 [%rd3], %r1;  // <--\n"

WRONG = {
    "written before": OWN + NC + KEEP,
    "written before, behind a barrier and a fence": OWN + "fence.sc.gpu;\nbar.sync 0;\n" + NC + KEEP,
    "written afterwards": NC + KEEP + OWN,
    "written afterwards, and used only then": NC + OWN + KEEP,
    "updated by an atomic": "red.global.add.u32 [%rd3], 1;  // <--\n" + NC + KEEP,
    "written by a strong store": "st.relaxed.gpu.global.u32 [%rd3], 1;  // <--\n" + NC + KEEP,
    "with everything that DeepEP adds": OWN
    + NC.replace("ld.global.nc", "ld.global.nc.L1::no_allocate.L2::256B")
    + KEEP,
    "one byte of the word written": "st.global.u8 [%rd3+3], %r1;  // <--\n" + NC + KEEP,
    "a vector, of which the last is written": """
        setp.ne.u32 %p1, %r1, 0;
        @%p1 ret;
        st.global.u32 [%rd1+12], %r1;  // <--
        ld.global.nc.v4.u32 {%r10, %r11, %r12, %r13}, [%rd1];  // <--
        st.global.v4.u32 [%rd2], {%r10, %r11, %r12, %r13};
    """,
    "an address": OWN
    + NC
    + "and.b32 %r10, %r10, 15;\nmul.wide.u32 %rd6, %r10, 4;\nadd.u64 %rd6, %rd6, %rd2;\n"
    + "st.global.u32 [%rd6], 1;\n",
}


@pytest.mark.parametrize("case", WRONG)
def test_what_somebody_writes_is_refused(case):
    text = text_of(WRONG[case])
    with pytest.raises(errors.NonCoherentRead) as caught:
        run(text, block=16 if "bar.sync" not in text else 64)
    found = caught.value
    assert set(found.ptx_lines) == marked_lines(text) and found.array == "x"
    assert " of x by ld.global.nc" in str(found) or "] by ld.global.nc" in str(found)


RIGHT = {
    "nobody writes there": (NC + KEEP, lambda x: x),
    "others write other words": (
        "setp.ge.u32 %p1, %r1, 32;\n@%p1 bra UPPER;\nst.global.u32 [%rd3+128], %r1;\nret;\nUPPER:\n"
        "ld.global.nc.u32 %r10, [%rd3+-128];\n" + KEEP,
        lambda x: np.where(x >= 32, x - 32, 0),
    ),
    "a plain load of what it wrote": (
        "ld.global.nc.u32 %r11, [%rd1];\nst.global.u32 [%rd4], %r1;\nld.global.u32 %r10, [%rd4];\n" + KEEP,
        lambda x: x,
    ),
    "loaded early and dropped": (
        "ld.global.nc.u32 %r11, [%rd3];\nst.global.u32 [%rd3], 7;\nsetp.ne.u32 %p1, %r2, 0;\n"
        "selp.b32 %r10, %r11, 5, %p1;\n" + KEEP,
        lambda x: np.full_like(x, 5),
    ),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_read_only_array_is_not_accused(case):
    body, expected = RIGHT[case]
    assert np.array_equal(run(text_of(body)), expected(np.arange(WORDS)))


WAIT = f"WAIT:\nld.acquire.gpu.global.u32 %r3, {Y};\nsetp.eq.u32 %p3, %r3, 0;\n@%p3 bra WAIT;\n"


@pytest.mark.parametrize("seed", [None, *range(8)])
def test_release_and_acquire_do_not_help(seed):
    message = Litmus(
        WAIT + f"ld.global.nc.u32 %r1, {X};\nst.global.u32 [%rd2], %r1;\n",
        store(X, 1, "weak") + store(Y, 1, "release.gpu"),
        results=1,
    )
    with pytest.raises(errors.NonCoherentRead) as caught:
        message.outcome(seed)
    assert caught.value.blocks == ((0, 0, 0), (1, 0, 0))


def test_an_earlier_launch_may_have_written_it():
    test = Litmus(f"ld.global.nc.u32 %r1, {X};\nst.global.u32 [%rd2], %r1;\n", load(Y, 1, "weak"))
    assert [test.outcome(None) for _ in range(2)] == [(0, 0)] * 2


def test_many_readers_and_one_writer_somewhere():
    body = NC + KEEP + "setp.ne.u32 %p1, %r1, 63;\n@%p1 ret;\nst.global.u32 [%rd1+20], %r1;  // <--\n"
    with pytest.raises(
        errors.NonCoherentRead, match=r"thread \(5, 0, 0\).* reads x\[5\].*thread \(63, 0, 0\)"
    ):
        run(text_of(body))

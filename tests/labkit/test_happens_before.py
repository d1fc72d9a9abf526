"""The figure of what happened before what: arrows where an acquire sees a release, a zigzag where two accesses race."""

import numpy as np
import pytest

import smsim
from labkit.figures.accesses import Access, watch
from labkit.figures.happens_before import draw_happens_before, handovers, label

MESSAGE = """.version 8.0
.target sm_90
.address_size 64
.visible .entry message(.param .u64 data, .param .u64 flag, .param .u64 out)
{
    .reg .pred %p<3>;
    .reg .b32 %r<6>;
    .reg .b64 %rd<4>;
    ld.param.u64 %rd1, [data];
    ld.param.u64 %rd2, [flag];
    ld.param.u64 %rd3, [out];
    mov.u32 %r1, %ctaid.x;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra WRITER;
WAIT:
    LOAD.global.u32 %r2, [%rd2];
    AFTER
    setp.eq.u32 %p2, %r2, 0;
    @%p2 bra WAIT;
    ld.global.u32 %r3, [%rd1];
    st.global.u32 [%rd3], %r3;
    ret;
WRITER:
    st.global.u32 [%rd1], 42;
    BEFORE
    STORE.global.u32 [%rd2], 1;
    ret;
}
"""


def watched(store="st.release.gpu", load="ld.acquire.gpu", before="", after="", **options):
    text = MESSAGE
    for name, word in {"STORE": store, "LOAD": load, "BEFORE": before, "AFTER": after}.items():
        text = text.replace(name, word)
    kernel = smsim.load_ptx(text)["message"]
    words = [np.zeros(1, np.int32) for _ in range(3)]
    return watch(kernel[2, 1], *words, arrays=("data", "flag"), **options)


def last(run, spelling):
    return max(n for n, one in enumerate(run.accesses) if one.spelling == spelling)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_an_arrow_leads_from_the_release_to_the_acquire_that_saw_it(seed):
    run = watched(seed=seed)
    assert handovers(run) == [(last(run, "st.release.gpu"), last(run, "ld.acquire.gpu"))]
    assert not run.races
    assert run.names == ("block 0", "block 1")
    kinds = [(one.spelling, one.place, one.value) for one in run.accesses if one.thread == 1]
    assert kinds == [("st", "data[0]", 42), ("st.release.gpu", "flag[0]", 1)]


def test_fences_carry_the_arrow():
    fence = "fence.acq_rel.gpu;"
    run = watched("st.relaxed.gpu", "ld.relaxed.gpu", fence, fence)
    (arrow,) = handovers(run)
    assert [run.accesses[n].kind for n in arrow] == ["fence", "fence"]
    assert [run.accesses[n].thread for n in arrow] == [1, 0] and not run.races


@pytest.mark.parametrize(
    "weak",
    [
        dict(store="st.relaxed.gpu"),
        dict(load="ld.relaxed.gpu"),
        dict(store="st.volatile", load="ld.volatile"),
        dict(store="st.relaxed.gpu", load="ld.relaxed.gpu", before="membar.cta;", after="membar.cta;"),
    ],
)
def test_a_weak_message_has_a_race_and_no_arrow(weak):
    run = watched(**weak)
    (race,) = run.races
    assert {run.accesses[n].place for n in race} == {"data[0]"} and not handovers(run)
    labels = [text.get_text() for text in draw_happens_before(run).axes[0].texts]
    assert "race" in labels


def test_polls_with_the_same_outcome_are_one_mark():
    run = watched(seed=5)
    polls = [one for one in run.accesses if one.kind == "read" and one.place == "flag[0]"]
    assert len(polls) <= 2 and polls[-1].value == 1
    assert (
        label(Access(0, "read", "ld.acquire.gpu", "flag[0]", 0, 3, times=4))
        == "ld.acquire.gpu\nflag[0] → 0  (4 times)"
    )


def test_the_figure_names_threads_and_accesses():
    run = watched()
    axes = draw_happens_before(run, title="A message").axes[0]
    labels = [text.get_text() for text in axes.texts]
    assert "block 0" in labels and "st.release.gpu\nflag[0] = 1" in labels
    assert axes.get_title(loc="left") == "A message"


def test_too_many_threads_are_refused():
    kernel = smsim.load_ptx(
        MESSAGE.replace("LOAD", "ld").replace("STORE", "st").replace("BEFORE", "").replace("AFTER", "")
    )
    with pytest.raises(ValueError, match="up to 4 threads; this launch has 64"):
        watch(kernel["message"][2, 32], *[np.zeros(1, np.int32)] * 3)


def test_other_errors_are_raised():
    with pytest.raises(smsim.errors.NonCoherentRead):
        run = MESSAGE.replace("ld.global.u32 %r3", "ld.global.nc.u32 %r3")
        for name, word in {
            "STORE": "st.release.gpu",
            "LOAD": "ld.acquire.gpu",
            "BEFORE": "",
            "AFTER": "",
        }.items():
            run = run.replace(name, word)
        watch(smsim.load_ptx(run)["message"][2, 1], *[np.zeros(1, np.int32) for _ in range(3)])


def test_nothing_to_draw():
    run = watched()
    with pytest.raises(ValueError, match="no access"):
        draw_happens_before(type(run)((), run.names, frozenset()))

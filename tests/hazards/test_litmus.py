"""Under seeds, relaxed programs show the outcomes that a GPU may show; properly ordered ones never do."""

import pytest
from litmus import PLACES, Litmus, X, Y, load, store

SEEDS = range(80)
ACQ_REL, SC = "fence.acq_rel.gpu;\n", "fence.sc.gpu;\n"
RELEASE, ACQUIRE, VOLATILE = "release.gpu", "acquire.gpu", "volatile"


def message(write="relaxed.gpu", before="", after="", read="relaxed.gpu", data="relaxed.gpu"):
    """x is data, y says that it is there. Outcome: (y, x) as the reader saw them."""
    return Litmus(
        store(X, 1, data) + before + store(Y, 1, write),
        load(Y, 0, read) + after + load(X, 1, data),
    )


ORDERED_MESSAGES = {
    "release and acquire": dict(write=RELEASE, read=ACQUIRE),
    "fences": dict(before=ACQ_REL, after=ACQ_REL),
    "full fences": dict(before=SC, after="membar.gl;\n"),
    "release and a fence": dict(write=RELEASE, after=ACQ_REL),
    "a fence and acquire": dict(before="membar.sys;\n", read=ACQUIRE),
    "volatile with old fences": dict(
        write=VOLATILE, before="membar.gl;\n", after="membar.gl;\n", read=VOLATILE, data=VOLATILE
    ),
}
WEAK_MESSAGES = {
    "relaxed": {},
    "volatile": dict(write=VOLATILE, read=VOLATILE, data=VOLATILE),
    "no acquire": dict(write=RELEASE),
    "no release": dict(read=ACQUIRE),
    "a fence of the writer only": dict(before=ACQ_REL),
    "a fence of the reader only": dict(after=ACQ_REL),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", ORDERED_MESSAGES)
def test_an_ordered_message_is_whole(case, place):
    seen = message(**ORDERED_MESSAGES[case]).outcomes(SEEDS, place)
    assert seen == {(0, 0), (0, 1), (1, 1)}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("case", WEAK_MESSAGES)
def test_a_weak_message_arrives_without_its_data_under_some_seed(case, place):
    seen = message(**WEAK_MESSAGES[case]).outcomes(SEEDS, place)
    assert seen == {(0, 0), (0, 1), (1, 1), (1, 0)}


def test_without_a_seed_every_load_sees_the_last_store():
    test = message()
    assert {test.outcome(None) for _ in range(3)} <= {(0, 0), (0, 1), (1, 1)}
    assert len({test.outcome(None) for _ in range(3)}) == 1


def buffering(fence):
    """Each stores its word and loads the other's."""
    return Litmus(store(X, 1) + fence + load(Y, 0), store(Y, 1) + fence + load(X, 1))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fence", ["", ACQ_REL])
def test_both_threads_may_miss_the_others_store(fence, place):
    assert (0, 0) in buffering(fence).outcomes(SEEDS, place)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fence", [SC, "membar.gl;\n"])
def test_sequentially_consistent_fences_forbid_it(fence, place):
    assert buffering(fence).outcomes(SEEDS, place) == {(0, 1), (1, 0), (1, 1)}


@pytest.mark.parametrize("place", PLACES)
def test_a_thread_never_goes_back_to_an_older_value(place):
    writer = "".join(store(X, value) for value in (1, 2, 3, 4))
    reader = "".join(load(X, item) for item in range(4))
    seen = Litmus(writer, reader, results=4).outcomes(SEEDS, place)
    assert all(list(outcome) == sorted(outcome) for outcome in seen)
    assert len(seen) > 5


def test_a_thread_sees_its_own_store():
    seen = Litmus(store(X, 1) + load(X, 0), store(X, 2) + load(X, 1)).outcomes(SEEDS)
    assert seen == {(1, 2), (2, 2), (1, 1)}


def atomic_to(word: str, value: int) -> str:
    return f"atom.global.add.u32 %r2, {word}, {value};\n"


def test_an_atomic_never_sees_an_older_value():
    adds = Litmus(*[f"{atomic_to(X, 1)}st.global.u32 [%rd2+{4 * n}], %r2;\n" for n in range(4)], results=4)
    seen = adds.outcomes(SEEDS)
    assert all(sorted(outcome) == [0, 1, 2, 3] for outcome in seen) and len(seen) > 5


@pytest.mark.parametrize(
    ("middle", "last", "weak"),
    [
        (store(Y, 1), load(Y, 1), True),
        (store(Y, 1, RELEASE), load(Y, 1, ACQUIRE), False),
        (ACQ_REL + store(Y, 1), load(Y, 1) + ACQ_REL, False),
        (f"atom.release.gpu.global.add.u32 %r2, {Y}, 1;\n", load(Y, 1, ACQUIRE), False),
        (f"red.release.gpu.global.add.u32 {Y}, 1;\n", load(Y, 1) + SC, False),
    ],
)
def test_what_a_thread_has_seen_it_hands_on(middle, last, weak):
    """Write to read causality: x is written by one, seen by the second, asked for by the third."""
    seen = Litmus(store(X, 1), load(X, 0) + middle, last + load(X, 2), results=3).outcomes(range(240))
    assert ((1, 1, 0) in seen) == weak
    assert (1, 1, 1) in seen


@pytest.mark.parametrize(("fence", "weak"), [("", True), (SC, False)])
def test_two_readers_may_disagree_about_the_order_of_two_writers(fence, weak):
    readers = load(X, 0) + fence + load(Y, 1), load(Y, 2) + fence + load(X, 3)
    seen = Litmus(store(X, 1), store(Y, 1), *readers, results=4).outcomes(range(300))
    assert ((1, 0, 1, 0) in seen) == weak


def test_a_wait_for_a_relaxed_flag_ends():
    wait = f"WAIT:\nld.relaxed.gpu.global.u32 %r3, {Y};\nsetp.eq.u32 %p3, %r3, 0;\n@%p3 bra WAIT;\n"
    seen = Litmus(store(X, 1) + store(Y, 1), wait + load(X, 0), results=1).outcomes(SEEDS)
    assert seen == {(0,), (1,)}


def test_the_same_seed_gives_the_same_outcome():
    test = message()
    first = [test.outcome(seed) for seed in SEEDS]
    assert first == [test.outcome(seed) for seed in SEEDS]

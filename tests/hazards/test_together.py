"""Launches that run at the same time: they see each other's work, wait for each other, and race."""

import pytest
from beside import Cards, receive, run, send

from smsim.errors import DataRace, MemoryFault, SimulationError

SEEDS = [None, *range(20)]


def passed(cards, store="st.release.sys.global.u32", load="ld.acquire.sys.global.u32", to=1, swap=False):
    """A message from GPU 0 to GPU ``to``; what arrived."""
    data, flag, out = (cards.array(name, gpu, 1) for name, gpu in (("data", to), ("flag", to), ("out", to)))
    sender = cards.launch(0, send(store), [data, flag], name="sender")
    receiver = cards.launch(to, receive(load), [data, flag, out], name="receiver")
    run(*((receiver, sender) if swap else (sender, receiver)))
    return out.values()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("swap", [False, True])
def test_a_message_between_two_gpus_arrives(seed, swap):
    assert passed(Cards(2, seed=seed), swap=swap) == [42]


def test_kernels_of_two_streams_of_one_gpu_run_together():
    store, load = "st.release.gpu.global.u32", "ld.acquire.gpu.global.u32"
    assert passed(Cards(1), store, load, to=0, swap=True) == [42]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("store", "load"),
    [
        ("st.release.gpu.global.u32", "ld.acquire.sys.global.u32"),
        ("st.release.sys.global.u32", "ld.acquire.gpu.global.u32"),
        ("st.release.gpu.global.u32", "ld.acquire.gpu.global.u32"),
        ("st.relaxed.sys.global.u32", "ld.acquire.sys.global.u32"),
        ("st.release.sys.global.u32", "ld.relaxed.sys.global.u32"),
        ("st.volatile.global.u32", "ld.volatile.global.u32"),
        ("membar.gl; st.volatile.global.u32", "ld.acquire.sys.global.u32"),
        ("st.global.u32", "ld.acquire.sys.global.u32"),
    ],
)
def test_a_weaker_message_is_a_race(store, load, seed):
    with pytest.raises(DataRace) as caught:
        passed(Cards(2, seed=seed), store, load)
    assert "GPU 0" in str(caught.value) and "GPU 1" in str(caught.value)


@pytest.mark.parametrize(
    ("store", "load"),
    [
        ("membar.sys; st.volatile.global.u32", "ld.acquire.sys.global.u32"),
        ("fence.acq_rel.sys; st.relaxed.sys.global.u32", "ld.acquire.sys.global.u32"),
        ("atom.release.sys.global.exch.b32 %r9,", "ld.acquire.sys.global.u32"),
    ],
)
def test_a_message_may_be_written_in_other_ways(store, load):
    assert passed(Cards(2), store, load) == [42]


def test_a_narrow_scope_is_told_as_such():
    with pytest.raises(DataRace, match=r"\.gpu scope is atomic for the threads of its own GPU alone"):
        passed(Cards(2), store="st.release.gpu.global.u32")


def test_data_after_the_flag_is_a_race():
    cards = Cards(2)
    data, flag, out = (cards.array(name, 1, 1) for name in ("data", "flag", "out"))
    early = "mov.u32 %r2, 1; st.release.sys.global.u32 [%a1], %r2; mov.u32 %r1, 42; st.global.u32 [%a0], %r1;"
    with pytest.raises(DataRace, match="nothing orders the two kernels") as caught:
        run(cards.launch(0, early, [data, flag]), cards.launch(1, receive(), [data, flag, out]))
    assert caught.value.array == "data"


@pytest.mark.parametrize("seed", SEEDS)
def test_counting_together_needs_system_scope(seed):
    def count(atom):
        cards = Cards(3, seed=seed)
        total = cards.array("total", 0, 1)
        run(*(cards.launch(gpu, f"{atom} [%a0], 1;", [total], grid=4, block=48) for gpu in range(3)))
        return total.values()

    assert count("red.relaxed.sys.global.add.u32") == [3 * 4 * 48]
    with pytest.raises(DataRace, match="GPU"):
        count("red.relaxed.gpu.global.add.u32")


def test_two_kernels_that_write_one_word_race():
    cards = Cards(1)
    x = cards.array("x", 0, 1)
    launches = [cards.launch(0, "st.global.u32 [%a0], %n0;", [x], numbers=[n], name=f"w{n}") for n in (1, 2)]
    with pytest.raises(DataRace, match="in kernel w1.*in kernel w2|in kernel w2.*in kernel w1"):
        run(*launches)


def test_what_a_kernel_waits_for_does_not_race_with_it():
    cards = Cards(2)
    x, y = cards.array("x", 0, 1), cards.array("y", 0, 1)
    first = cards.launch(0, "st.global.u32 [%a0], %n0;", [x], numbers=[1])
    beside = cards.launch(1, "st.global.u32 [%a0], %n0;", [y], numbers=[3])
    later = cards.launch(1, "st.global.u32 [%a0], %n0;", [x], numbers=[2])
    run(first, beside, later, after=[set(), set(), {0}])
    assert x.values() == [2] and y.values() == [3]


def test_errands_come_between_launches_and_bear_being_done_again():
    cards = Cards(2)
    x, y, out = cards.array("x", 0, 1), cards.array("y", 1, 1, fill=None), cards.array("out", 0, 1)
    write = cards.launch(0, "st.global.u32 [%a0], %n0;", [x], numbers=[5])
    beside = cards.launch(1, "ld.global.u32 %r1, [%a0]; mov.u32 %r2, 3; st.global.u32 [%a1], %r2;", [y, out])
    seen = []
    run(write, lambda: seen.append(x.values()), beside, after=[set(), {0}, set()])
    assert out.values() == [3] and set(map(tuple, seen)) == {(5,)}


def test_blocks_of_different_sizes_and_shared_memory_beside_each_other():
    swap = """
.shared .align 4 .b8 tile[512];
mov.u32 %r1, %tid.x; mov.u32 %r2, tile; shl.b32 %r3, %r1, 2; add.u32 %r4, %r2, %r3;
st.shared.u32 [%r4], %r1; bar.sync 0;
xor.b32 %r5, %r3, 4; add.u32 %r6, %r2, %r5; ld.shared.u32 %r7, [%r6];
mov.u32 %r8, %ctaid.x; mov.u32 %r9, %ntid.x; mad.lo.u32 %r10, %r8, %r9, %r1;
cvt.u64.u32 %rd1, %r10; shl.b64 %rd1, %rd1, 2; add.u64 %rd1, %rd1, %a0; st.global.u32 [%rd1], %r7;"""
    cards = Cards(3)
    outs = [cards.array(f"out{n}", n, 4 * size) for n, size in enumerate((32, 96, 128))]
    run(*(cards.launch(n, swap, [out], grid=4, block=out.length // 4) for n, out in enumerate(outs)))
    for out in outs:
        assert out.values() == [t ^ 1 for t in range(out.length // 4)] * 4
    with pytest.raises(DataRace, match="on GPU 1"):
        wrong = swap.replace("bar.sync 0;", "")
        run(
            *(
                cards.launch(n, wrong if n == 1 else swap, [o], grid=4, block=o.length // 4)
                for n, o in enumerate(outs)
            )
        )


def test_memory_of_another_gpu_needs_access():
    cards = Cards(2, peers=False)
    x = cards.array("x", 1, 4)
    with pytest.raises(MemoryFault, match=r"x\[0\], which lies on GPU 1.*GPU 0 has not been given access"):
        run(cards.launch(0, "ld.global.u32 %r1, [%a0]; st.global.u32 [%a0], %r1;", [x]))
    run(cards.launch(1, "st.global.u32 [%a0], %n0;", [x], numbers=[9]))
    assert x.values()[0] == 9


def test_kernels_that_wait_for_each_other_for_ever_are_stopped():
    cards = Cards(2, budget=20_000)
    a, b, out = cards.array("a", 0, 1), cards.array("b", 1, 1), cards.array("out", 0, 2)
    with pytest.raises(SimulationError, match="stopped"):
        run(cards.launch(0, receive(), [a, b, out]), cards.launch(1, receive(), [b, a, out]))


def test_what_is_read_through_the_read_only_path_must_not_be_written_beside():
    cards = Cards(2)
    x, out = cards.array("x", 1, 1), cards.array("out", 1, 1)
    read = "ld.global.nc.u32 %r1, [%a0]; st.global.u32 [%a1], %r1;"
    with pytest.raises(SimulationError, match=r"ld\.global\.nc"):
        run(cards.launch(1, read, [x, out]), cards.launch(0, "st.global.u32 [%a0], %n0;", [x], numbers=[2]))


def test_the_sms_of_kernels_that_run_together_follow_each_other():
    cards = Cards(1)
    text = """mov.u32 %r1, %smid; mov.u32 %r2, %ctaid.x; cvt.u64.u32 %rd1, %r2; shl.b64 %rd1, %rd1, 2;
add.u64 %rd1, %rd1, %a0; st.global.u32 [%rd1], %r1;"""
    few, many = cards.array("few", 0, 20), cards.array("many", 0, 112)
    run(cards.launch(0, text, [few], grid=20), cards.launch(0, text, [many], grid=112))
    assert sorted(few.values() + many.values()) == list(range(132))

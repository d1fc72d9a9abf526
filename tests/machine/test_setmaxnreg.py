"""``setmaxnreg``: registers move between the warpgroups of a block, and mistakes are told."""

from __future__ import annotations

import numpy as np
import pytest
from raw_ptx import kernel, run

from smsim.devices import load
from smsim.errors import Deadlock, PTXSyntaxError, RegisterError, WarpSyncError
from smsim.machine.device import Device
from smsim.machine.memory import Memory
from smsim.machine.registerpool import entry_registers

STORE = "mul.wide.u32 %rd5, %r1, 4; add.u64 %rd6, %rd1, %rd5; st.global.u32 [%rd6], %r2;"


def declared(body: str, directive: str = ".maxnreg 168", **head: str) -> str:
    return kernel(body, 1, **head).replace("\n{\n", f"\n{directive}\n{{\n", 1)


def roles(*, first: str, others: str) -> str:
    """Warps 0 to 3 do one thing, all others another; then each thread stores its number."""
    return f"""
    setp.lt.u32 %p1, %r1, 128;
    @!%p1 bra OTHERS;
    {first}
    bra DONE;
OTHERS:
    {others}
DONE:
    mov.u32 %r2, %r1;
    {STORE}
"""


def ran(text: str, threads: int = 384, **how: object) -> np.ndarray:
    return run(text, np.zeros(threads, np.uint32), block=threads, **how)[0]


GIVE, TAKE = "setmaxnreg.dec.sync.aligned.u32 {};".format, "setmaxnreg.inc.sync.aligned.u32 {};".format


@pytest.mark.parametrize("takers_first", [False, True])
def test_one_role_gives_and_the_others_take(takers_first: bool) -> None:
    """168 x 3 = 24 + 2 x 240: it goes out exactly."""
    body = roles(first=GIVE(24), others=TAKE(240))
    if takers_first:
        body = roles(first=TAKE(240), others="mov.u32 %r9, 0;" + GIVE(128))
    assert ran(declared(body)).tolist() == list(range(384))


def test_who_takes_waits_for_who_gives() -> None:
    """The clock of those who take is behind that of those who give, though their code stands first."""
    first = TAKE(240) + "mov.u64 %rd7, %clock64; cvt.u32.u64 %r2, %rd7;"
    others = "mov.u64 %rd7, %clock64; cvt.u32.u64 %r2, %rd7;" + GIVE(128)
    body = roles(first=first, others=others).replace("mov.u32 %r2, %r1;", "")
    clock = ran(declared(body))
    assert clock[:128].min() > clock[128:].max()


@pytest.mark.parametrize(
    ("directive", "most"),
    [
        (".maxnreg 168", 240),
        (".maxnreg 165", 240),  # as many as 168: they are handed out by eights
        (".maxntid 384\n.minnctapersm 1", 240),
        (".reqntid 384\n.minnctapersm 1", 240),
    ],
)
def test_what_says_how_many_there_are_at_entry(directive: str, most: int) -> None:
    ran(declared(roles(first=GIVE(24), others=TAKE(most)), directive))
    with pytest.raises(Deadlock, match="240" if most > 240 else "168"):
        ran(declared(roles(first=GIVE(24), others=TAKE(most + 8)), directive))


def test_how_many_there_are_at_entry() -> None:
    of_an_sm = load("H800").registers_per_sm
    assert entry_registers({}, None, of_an_sm) is None
    assert entry_registers({"maxntid": (384, 1, 1)}, None, of_an_sm) is None
    assert entry_registers({"maxntid": (384, 1, 1), "minnctapersm": (1,)}, None, of_an_sm) == 168
    assert entry_registers({"maxntid": (256,), "minnctapersm": (2,)}, None, of_an_sm) == 128
    assert entry_registers({"maxntid": (128,), "minnctapersm": (1,)}, None, of_an_sm) == 256
    assert entry_registers({"maxntid": (128,), "minnctapersm": (1,), "maxnreg": (40,)}, 64, of_an_sm) == 40
    assert entry_registers({}, 100, of_an_sm) == 104


def test_too_few_for_everybody_says_who_holds_what() -> None:
    with pytest.raises(Deadlock) as caught:
        ran(declared(roles(first=GIVE(40), others=TAKE(240))))
    text = str(caught.value)
    assert "waits for 72 registers a thread more than its 168" in text
    assert "warps 0 to 3 have 40, warps 4 to 10 have 240, warp 11 has 168" in text
    assert caught.value.ptx_text == TAKE(240).rstrip(";")


def test_without_a_number_at_entry_it_has_no_effect_and_a_warning_says_so() -> None:
    device = Device(memory=Memory(1 << 20))
    text = kernel(TAKE(240), 1)
    launch = device.launch(device.load(text).functions["k"], (1, 1, 1), (128, 1, 1), 0, [bytes(8)])
    assert len(launch.warnings) == 1 and "has no effect" in str(launch.warnings[0])


WRONG = {
    "gives back what it has not": (GIVE(240), "has 168, which is fewer"),
    "asks for fewer than it has": (TAKE(24), "has 168, which is more"),
    "not all warps of the group": (
        "setp.lt.u32 %p1, %r1, 32; @!%p1 bra OUT;" + GIVE(24) + "OUT:", "warp 1 of its warpgroup never does",
    ),
    "another instruction of the same kind": (
        "setp.lt.u32 %p1, %r1, 32; @!%p1 bra OUT;" + GIVE(24) + "\nbra END; OUT:\n" + GIVE(24) + "END:",
        "another setmaxnreg",
    ),
    "twice without waiting": (GIVE(128) + "\n" + GIVE(64), "without having waited for warp"),
    "a barrier of warps is none of the group": (
        GIVE(128) + "\nbar.warp.sync 0xffffffff;\n" + GIVE(64), "without having waited",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.parametrize("threads", [128, 256])
def test_a_mistake_is_told(case: str, threads: int) -> None:
    body, said = WRONG[case]
    with pytest.raises(RegisterError, match=said) as caught:
        ran(declared(body), threads)
    assert "setmaxnreg" in caught.value.ptx_text and caught.value.block == (0, 0, 0)
    run(declared(body), np.zeros(threads, np.uint32), block=threads, hazards="off")


@pytest.mark.parametrize("between", ["bar.sync 0;", "barrier.sync 1, 128;"])
def test_a_barrier_between_two_is_enough(between: str) -> None:
    body = roles(first=GIVE(128) + between + GIVE(64) + between + TAKE(168), others="mov.u32 %r9, 1;")
    if between == "bar.sync 0;":
        body = roles(first=GIVE(128) + between + GIVE(64) + between, others=between * 2)
    assert ran(declared(body), 256).tolist() == list(range(256))


def test_part_of_a_warp_cannot() -> None:
    body = "setp.lt.u32 %p1, %r1, 16; @%p1 bra OUT;" + GIVE(24) + "OUT:"
    with pytest.raises(WarpSyncError):
        ran(declared(body), 128)


def test_a_warp_under_a_predicate_can() -> None:
    assert ran(declared(roles(first="@%p1 " + GIVE(24), others="mov.u32 %r9, 1;")), 256)[5] == 5


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (GIVE(20), "multiple of 8 from 24 to 256"),
        (GIVE(264), "multiple of 8 from 24 to 256"),
        (TAKE(28), "multiple of 8"),
        ("setmaxnreg.inc.sync.aligned.u32 %r1;", "number in the text"),
    ],
)
def test_the_number_is_checked(statement: str, said: str) -> None:
    with pytest.raises(PTXSyntaxError, match=said):
        ran(declared(statement), 128)


def test_it_needs_the_letter_of_the_target() -> None:
    with pytest.raises(PTXSyntaxError, match="needs sm_90a"):
        ran(declared(GIVE(24), target="sm_90"), 128)


@pytest.mark.parametrize("seed", range(8))
def test_in_whatever_order_threads_run(seed: int) -> None:
    """Right programs are right, and wrong ones wrong, under every seed."""

    def under(body: str) -> None:
        device = Device(memory=Memory(1 << 20), seed=seed)
        out = device.memory.allocate(4 * 384 * 2)
        kernel_ = device.load(declared(body)).functions["k"]
        device.launch(kernel_, (2, 1, 1), (384, 1, 1), 0, [out.to_bytes(8, "little")])

    own = "mov.u32 %r20, %ctaid.x; mad.lo.u32 %r1, %r20, 384, %r1;"
    under(roles(first=GIVE(24), others=TAKE(240)).replace("DONE:", f"DONE: {own}"))
    with pytest.raises(Deadlock):
        under(roles(first=GIVE(40), others=TAKE(240)).replace("DONE:", f"DONE: {own}"))
    for case in ("not all warps of the group", "twice without waiting"):
        with pytest.raises(RegisterError, match=WRONG[case][1]):
            under(WRONG[case][0])

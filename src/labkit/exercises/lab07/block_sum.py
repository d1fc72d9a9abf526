"""``lab07.block_sum``: shuffles within each warp, shared memory and a barrier between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labkit.checking.case import Case, Outcome, unwritten_like
from labkit.checking.misconception import Misconception
from labkit.checking.ptx_answer import PTXExercise
from labkit.exercises.lab04 import signs as lanes
from labkit.exercises.lab04.lanes import groups
from labkit.exercises.lab04.numbers import counting
from labkit.exercises.lab07 import signs
from labkit.exercises.lab07.budget import instructions

THREADS = 128
DISTANCES = (16, 8, 4, 2, 1)


def specification(x: np.ndarray, n: int) -> np.ndarray:
    return np.add.reduceat(x, np.arange(0, n, 128))


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    blocks = -(-size // THREADS)
    arguments = {
        "x": counting(rng, size, readable),
        "out": unwritten_like(blocks, np.int32),
        "n": np.uint32(size),
    }
    return Case(size, arguments, blocks=blocks, threads=THREADS)


def measured() -> Case:
    return make(np.random.default_rng(7), 2048, False)


def _rows(case: Case) -> np.ndarray:
    return groups(case.arguments["x"], THREADS)


def _first_warp(case: Case) -> np.ndarray:
    return _rows(case)[:, :32].sum(axis=1)


def _first_lanes(case: Case) -> np.ndarray:
    """Nothing came from another lane: each warp's first element, times 32 where it was added to itself."""
    return _rows(case)[:, ::32].sum(axis=1)


def _last_lanes(case: Case) -> np.ndarray:
    """Lane 31 is past the edge in every round, and adds itself to itself."""
    return 32 * _rows(case)[:, 31::32].sum(axis=1)


def _upwards(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    return ".up." in answer.module.text and lanes.gives(lambda case: 32 * _first_lanes(case))(
        answer, outcomes
    )


def _without(distance: int):
    """Within every warp one round is left out; the four sums are added in full."""

    def model(case: Case) -> np.ndarray:
        v = _rows(case).reshape(-1, 4, 32)
        for d in (d for d in DISTANCES if d != distance):
            v = v + np.concatenate([v[..., d:], v[..., 32 - d :]], axis=-1)
        return v[..., 0].sum(axis=1)

    return model


def _reaches_shared_as_global(answer: Any, outcomes: Sequence[Outcome]) -> bool:
    """An access outside every array, by an instruction that does not say ``.shared``."""
    error = next((o.errors[0] for o in outcomes if o.errors), None)
    if not signs.faults_outside_arrays(answer, outcomes):
        return False
    return ".shared" not in (error.ptx_text or "") and "part" in answer.module.text.partition("{")[2]


EXERCISE = PTXExercise(
    name="lab07.block_sum",
    specification=specification,
    make=make,
    ladder=(1, 5, 32, 33, 64, 100, 128, 129, 300),
    fresh=(70, 128, 1000),
    score=instructions(
        measured,
        2600,
        "A tree in shared memory takes a barrier a round. Add up each warp by five shuffles, leave one number a warp, "
        "and let the first warp alone add those four by two more.",
    ),
    misconceptions=(
        Misconception(
            "wrong state space",
            "an address within shared memory is used as one of global memory. `mov` of `part` gives its place in "
            "the block's own shared memory, a small number: reach it by `ld.shared` and `st.shared`. Without a state "
            "space an access is *generic*, and takes an address that `cvta.shared` has made.",
            detect=_reaches_shared_as_global,
        ),
        lanes.ABSENT_LANES,
        Misconception(
            "wrong mask",
            "the mask and the lanes that come to the shuffle do not fit. It has a bit for every lane that takes part: "
            "all 32 are `0xffffffff`.",
            detect=lanes.wrong_mask,
        ),
        Misconception(
            "no guard",
            "lanes past the end of `x` load it all the same. Put 0 into the register first, and let a guard, "
            "`@%p`, stand before the load alone.",
            detect=lanes.leaves_the_input("x"),
        ),
        Misconception(
            "barrier count",
            "the barrier waits for another number of threads than come to it. The second operand of `bar.sync` "
            "counts threads, in whole warps: 128 here, or leave it out, and it is the whole block.",
            detect=signs.either(
                signs.barrier_error_with(", which is for "), signs.barrier_error_with("a multiple of")
            ),
        ),
        lanes.BARRIER_SKIPPED,
        Misconception(
            "reads what nobody wrote",
            "a place of shared memory is added that nobody has written. A block has four warps, so there are four "
            "sums; all other lanes bring a 0.",
            detect=lanes.reads_unwritten,
        ),
        lanes.NO_BARRIER,
        Misconception(
            "every warp writes",
            "several threads store into the block's place, and each has another number. One thread stores, once "
            "all warps are added.",
            detect=lanes.races_on("out"),
        ),
        Misconception(
            "only the first warp",
            "only the first 32 elements of each block are in the sum. A shuffle does not leave its warp: the other "
            "warps must hand their sums over through shared memory.",
            detect=lanes.gives(_first_warp),
        ),
        Misconception(
            "wrong direction",
            "the numbers travel away from lane 0, which gets its own back every time. `.down` reads from the lanes "
            "after it.",
            detect=_upwards,
        ),
        Misconception(
            "wrong lane",
            "the sum of a warp is complete in lane 0 only. Lane 31 was at the edge in every round and has doubled "
            "itself.",
            detect=lanes.gives(_last_lanes),
        ),
        Misconception(
            "clamp",
            "the shuffles brought each lane its own number back. For `.down` and `.bfly` the operand after the "
            "distance is `0x1f`: the last lane that may be read. With 0 it is the lane itself.",
            detect=signs.either(
                lanes.gives(_first_lanes),
                lanes.gives(lambda case: 32 * _first_lanes(case)),
                lanes.gives(lambda case: 128 * _rows(case)[:, 0]),
            ),
        ),
        Misconception(
            "a round is missing",
            "a round is missing: 32 lanes take five, with distances 16, 8, 4, 2, 1.",
            detect=lanes.gives_one_of(
                {str(d): _without(d) for d in DISTANCES},
                "within the warps, the round with distance {} is missing. 32 lanes take five: 16, 8, 4, 2, 1.",
            ),
        ),
    ),
)

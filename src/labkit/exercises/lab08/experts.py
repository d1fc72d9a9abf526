"""``lab08.experts``: a stream that passes by once, and a table that L1 should keep."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.checking.score import Score
from labkit.exercises.lab04.signs import gives, races_on
from labkit.exercises.lab08 import signs
from labkit.exercises.lab08.traffic import BUDGET, from_l2_over_plain, hit_rates, words

#: Tokens, experts, and elements of a token; as many threads.
Sizes = tuple[int, int, int]
#: Loads with one of these words do not ask L1.
_PAST_L1 = {"cg", "cv", "volatile", "relaxed", "acquire"}
#: Words that the simulated L1 takes no notice of.
_IGNORED = {"cs", "lu", "L1::evict_first", "L1::evict_unchanged"}


def specification(x: np.ndarray, expert: np.ndarray, scale: np.ndarray) -> np.ndarray:
    return x * scale[expert]


def make(rng: np.random.Generator, sizes: Sizes, readable: bool) -> Case:
    tokens, experts, width = sizes
    x = np.arange(tokens * width) % 97 + 1 if readable else rng.integers(-999, 1000, tokens * width)
    scale = np.arange(experts * width) % 9 + 2 if readable else rng.integers(2, 1000, experts * width)
    # All experts take their turn before one comes again.
    expert = np.resize(rng.permutation(experts), tokens)
    arguments = {
        "x": x.reshape(tokens, width).astype(np.float32),
        "expert": expert.astype(np.int32),
        "scale": scale.reshape(experts, width).astype(np.float32),
        "out": unwritten_like((tokens, width), np.float32),
    }
    return Case(f"{tokens} tokens, {experts} experts", arguments, blocks=1, threads=width)


def measured() -> Case:
    """A table of 192 KiB, gone through three times, beside a stream three times as long."""
    return make(np.random.default_rng(8), (144, 48, 1024), False)


def _token_for_expert(case: Case) -> np.ndarray:
    x, scale = case.arguments["x"], case.arguments["scale"]
    return x * scale[np.arange(len(x)) % len(scale)]


def _as_whole_numbers(case: Case) -> np.ndarray:
    """The product of someone who takes the bits of ``x`` for an int32."""
    a = case.arguments
    return (a["x"].view(np.int32).astype(np.float64) * a["scale"][a["expert"]]).astype(np.float32)


def _bits_of_the_table(case: Case) -> np.ndarray:
    a = case.arguments
    return (a["x"] * a["scale"].view(np.int32)[a["expert"]].astype(np.float64)).astype(np.float32)


def _into_the_experts_row(case: Case) -> np.ndarray:
    x, expert, out = case.arguments["x"], case.arguments["expert"], case.arguments["out"].copy()
    for k, e in enumerate(expert):
        if e >= len(out):
            return np.full_like(out, np.nan)
        out[e] = x[k] * case.arguments["scale"][e]
    return out


def _blame(answer: Any, case: Case) -> tuple[str, str] | None:
    stream, table = (words(answer, case, "ld", array) for array in ("x", "scale"))
    stores = words(answer, case, "st", "out")
    kept_out = any("L1::no_allocate" in w or _PAST_L1 & set(w) for w in stream)
    if any("cv" in w or "volatile" in w for w in table):
        return "fetched anew", (
            "`.cv` and `volatile` want the data fetched again each time: the opposite of a cache. They have no place "
            "on a table that is to stay in L1."
        )
    if any(_PAST_L1 & set(w) for w in table):
        return "table past L1", (
            "The table's loads ask L2 at once, so L1 never has it. `.cg` would do on the stream; the table's load "
            "should stay as it is."
        )
    if any("L1::no_allocate" in w for w in table):
        return "hint on the table", (
            "You keep the table out of L1, and it is the table that is read again. The word belongs on the load of "
            "what is read *once*."
        )
    if kept_out:
        return None
    if any(_IGNORED & set(w) for w in stream):
        return "evicted first, but kept", (
            "The stream's load says how soon its lines may go, and it still fills L1 with them; this model drops what "
            "was used longest ago, whatever the load said. `L1::no_allocate` leaves none there in the first place."
        )
    if any("nc" in w for w in stream):
        return "another path, same cache", (
            "`.nc` takes the read-only path, and fills L1 all the same. `L1::no_allocate` is the word that "
            "leaves L1 alone; the two may stand together."
        )
    if any("L1::no_allocate" in w for w in stores):
        return "hint on the store alone", (
            "A store to global memory leaves nothing in this L1 anyway. It is the *load* of the stream "
            "that pushes the table out."
        )
    return "nothing kept out", (
        "The stream fills L1, and whenever a row of the table is wanted again, it is gone. Give the load of the "
        "stream the word `L1::no_allocate`."
    )


EXERCISE = KernelExercise(
    name="lab08.experts",
    specification=specification,
    make=make,
    ladder=((1, 1, 32), (2, 2, 32), (3, 3, 32), (7, 3, 32), (9, 4, 64)),
    fresh=((12, 5, 64), (20, 3, 96)),
    score=Score(
        "times the bytes that the plain kernel fetches from L2",
        from_l2_over_plain("experts"),
        measured,
        goal=0.7,
        too_much=0.9,
        advice="The table should come from L2 once, and the stream once.",
        place=hit_rates("experts"),
        blame=_blame,
    ),
    budget=BUDGET,
    misconceptions=(
        signs.MISFIT,
        signs.NOT_PTX,
        signs.OPERAND_NUMBER,
        signs.STATE_SPACE,
        Misconception(
            "read-only path on the output",
            "`out` is written in this launch, so nothing may read it by `.nc`.",
            detect=signs.first_is("NonCoherentRead"),
        ),
        Misconception(
            "bytes for elements",
            "the address lies too far away, or is none of a number. An index counts elements, not bytes: "
            "`x[k, t:]` is the address of element `t` of token `k`.",
            detect=signs.first_is("MemoryFault"),
        ),
        Misconception(
            "token for expert",
            "the row of the table is the token's number, not its expert's: `scale[expert[k], t:]`.",
            detect=gives(_token_for_expert),
        ),
        Misconception(
            "expert for token",
            "the result lies in the row of the expert. Token `k` goes to row `k` of `out`.",
            detect=gives(_into_the_experts_row),
        ),
        Misconception(
            "wrong constraint",
            "the bits of a float were taken for a whole number. These elements are `float32`: their letter is `f`.",
            detect=lambda answer, outcomes: any(
                gives(model)(answer, outcomes) for model in (_as_whole_numbers, _bits_of_the_table)
            ),
        ),
        Misconception(
            "two threads, one result",
            "two threads write the same element of `out`. Thread `t` takes element `t` of every token.",
            detect=races_on("out"),
        ),
    ),
)

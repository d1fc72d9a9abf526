"""Right answers to lab 9 in styles that readers bring along; ``noted``: some order is there twice, and is told."""

from lab09_answers import NAMES, Planted
from lab09_wrong import FENCED_LOAD, FENCED_STORE, LOAD, READ, STORE, WRITTEN

STYLES = {
    "release and acquire": ((), False),
    "fences": ((FENCED_STORE, ("ld.acquire", "ld.relaxed"), FENCED_LOAD), False),
    "a fence and an acquire": ((FENCED_STORE,), False),
    "a fence and a release": (((STORE, "cuda.threadfence()\n    " + STORE),), True),
    "volatile between fences": (
        (FENCED_STORE, FENCED_LOAD, ("st.relaxed.gpu", "st.volatile"), ("ld.acquire.gpu", "ld.volatile")),
        False,
    ),
    "fence.acq_rel in one text": (
        (
            ("st.release.gpu.global.s32", "fence.acq_rel.gpu; st.relaxed.gpu.global.s32"),
            ("ld.acquire.gpu.global.s32 %0, [%1];", "ld.relaxed.gpu.global.s32 %0, [%1]; fence.acq_rel.gpu;"),
        ),
        False,
    ),
    "system scope": (((".gpu", ".sys"),), False),
    "atomics": (
        (
            (STORE, "cuda.threadfence()\n    cuda.atomic.exch(flag, 0, int32(value))"),
            (LOAD, "cuda.atomic.add(flag, 0, 0)"),
            FENCED_LOAD,
        ),
        True,
    ),
    "atom.acq_rel": (
        (
            (
                '"st.release.gpu.global.s32 [%0], %1;", "l, r',
                '"red.release.gpu.global.max.s32 [%0], %1;", "l, r',
            ),
            ("ld.acquire.gpu.global.s32 %0, [%1];", "atom.acquire.gpu.global.or.b32 %0, [%1], 0;"),
        ),
        True,
    ),
}

WORDS = {
    "store": 'smsim.asm("st.global.s32 [%0], %1;", "l, r, memory", slots[k % S, t:], x[k * W + t])',
    "load": 'out[k * W + t] = smsim.asm("ld.global.s32 %0, [%1];", "=r, l, memory", slots[k % S, t:])',
}

RIGHT = [
    *(
        Planted(exercise, style, None, changes, noted)
        for style, (changes, noted) in STYLES.items()
        for exercise in NAMES
        if exercise == "lab09.message"
        or style in ("release and acquire", "fences", "volatile between fences")
    ),
    Planted(
        "lab09.ring",
        "a barrier too many",
        None,
        ((WRITTEN, WRITTEN + "            cuda.syncthreads()\n"),),
        noted=True,
    ),
    Planted(
        "lab09.ring",
        "everybody waits",
        None,
        (
            (
                "            if t == 0:\n                await_at_least",
                "            if True:\n                await_at_least",
            ),
        ),
        noted=True,
    ),
    Planted("lab09.channels", "a barrier too many", None, ((READ, READ + READ),), noted=True),
    Planted(
        "lab09.channels",
        "one thread reads the length for all",
        None,
        (
            (
                "            m = slots[c, k % S, 0]\n",
                "            if t == 0:\n                shared_m[0] = slots[c, k % S, 0]\n"
                "            cuda.syncthreads()\n            m = shared_m[0]\n",
            ),
            ("    S, W = ", "    shared_m = cuda.shared.array(1, int32)\n    S, W = "),
        ),
        noted=True,
    ),
    Planted(
        "lab09.ring",
        "by words of PTX",
        None,
        (
            ("slots[k % S, t] = x[k * W + t]", WORDS["store"]),
            ("out[k * W + t] = slots[k % S, t]", WORDS["load"]),
        ),
    ),
    Planted(
        "lab09.ring",
        "atomics move the words",
        None,
        (
            ("slots[k % S, t] = x[k * W + t]", "cuda.atomic.exch(slots, (k % S, t), x[k * W + t])"),
            ("= slots[k % S, t]", "= cuda.atomic.add(slots, (k % S, t), 0)"),
        ),
        noted=True,
    ),
]

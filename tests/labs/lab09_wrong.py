"""Planted wrong answers to lab 9. Each must be rejected for the right reason."""

from lab09_answers import RING, Planted

SPACE, WRITTEN = "            cuda.syncthreads()  # space\n", "            cuda.syncthreads()  # written\n"
ARRIVED, READ = "            cuda.syncthreads()  # arrived\n", "            cuda.syncthreads()  # read\n"
STORE = 'smsim.asm("st.release.gpu.global.s32 [%0], %1;", "l, r, memory", flag, int32(value))'
LOAD = 'smsim.asm("ld.acquire.gpu.global.s32 %0, [%1];", "=r, l, memory", flag)'
RELAXED = (("st.release", "st.relaxed"), ("ld.acquire", "ld.relaxed"))
FENCED_STORE = (STORE, "cuda.threadfence()\n    " + STORE.replace("release", "relaxed"))
FENCED_LOAD = ("        pass\n", "        pass\n    cuda.threadfence()\n")
PLAIN = (STORE, "flag[0] = value")

WRONG = [
    Planted("lab09.message", "plain store", "plain store", (PLAIN,)),
    Planted("lab09.message", "plain load", "plain load", ((LOAD, "flag[0]"),)),
    Planted("lab09.message", "both plain", "plain load", (PLAIN, (LOAD, "flag[0]"))),
    Planted("lab09.message", "asm out of the loop", "memory missing", (('"=r, l, memory"', '"=r, l"'),)),
    Planted("lab09.message", "relaxed store", "relaxed store", RELAXED[:1]),
    Planted("lab09.message", "relaxed load", "relaxed load", RELAXED[1:]),
    Planted("lab09.message", "both relaxed", "relaxed store", RELAXED),
    Planted("lab09.message", "volatile", "relaxed store", (("st.release.gpu", "st.volatile"),)),
    Planted("lab09.message", "volatile load", "relaxed load", (("ld.acquire.gpu", "ld.volatile"),)),
    Planted("lab09.message", "scope", "scope of the block", ((".gpu", ".cta"),)),
    Planted("lab09.message", "scope of the store", "scope of the block", (("release.gpu", "release.cta"),)),
    Planted(
        "lab09.message",
        "fence after the store",
        "fence missing before the store",
        ((STORE, STORE.replace("release", "relaxed") + "\n    cuda.threadfence()"),),
    ),
    Planted(
        "lab09.message",
        "fence in the sender only",
        "fence missing after the load",
        (FENCED_STORE, ("ld.acquire", "ld.relaxed")),
    ),
    Planted(
        "lab09.message",
        "fence in the receiver only",
        "fence missing before the store",
        (*RELAXED, FENCED_LOAD),
    ),
    Planted("lab09.message", "stores one", "wrong value", (("int32(value)", "int32(1)"),)),
    Planted("lab09.message", "looks once", "does not wait", (("while ", "if "),)),
    Planted("lab09.message", "waits for more", "waits for more", ((") < value", ") <= value"),)),
    Planted("lab09.message", "waits for exactly", "waits for exactly", ((") < value", ") != value"),)),
    Planted(
        "lab09.message",
        "an atomic is no release",
        "relaxed store",
        ((STORE, "cuda.atomic.exch(flag, 0, int32(value))"),),
    ),
    Planted("lab09.ring", "plain store", "plain store", (PLAIN,)),
    Planted("lab09.ring", "plain load", "plain load", ((LOAD, "flag[0]"),)),
    Planted("lab09.ring", "asm out of the loop", "memory missing", (('"=r, l, memory"', '"=r, l"'),)),
    Planted("lab09.ring", "relaxed store", "relaxed store", RELAXED[:1]),
    Planted("lab09.ring", "relaxed load", "relaxed load", RELAXED[1:]),
    Planted("lab09.ring", "scope", "scope of the block", ((".gpu", ".cta"),)),
    Planted(
        "lab09.ring",
        "fence before the barrier",
        "fence missing before the store",
        (
            ("st.release", "st.relaxed"),
            (WRITTEN, "            cuda.threadfence()\n" + WRITTEN),
            (READ, "            cuda.threadfence()\n" + READ),
        ),
    ),
    Planted("lab09.ring", "not written yet", "no barrier before publishing", ((WRITTEN, ""),)),
    Planted("lab09.ring", "not arrived yet", "no barrier after awaiting", ((ARRIVED, ""),)),
    Planted("lab09.ring", "not read yet", "no barrier before releasing the slot", ((READ, ""),)),
    Planted("lab09.ring", "no space yet", "no barrier after awaiting space", ((SPACE, ""),)),
    Planted("lab09.ring", "both barriers", "no barrier before publishing", ((WRITTEN, ""), (ARRIVED, ""))),
    Planted(
        "lab09.ring",
        "no wait",
        "no wait for space",
        (("            if t == 0:\n                await_at_least(head, k + 1 - S)\n", ""),),
    ),
    Planted("lab09.ring", "one too many", "one piece too many", (("k + 1 - S", "k - S"),)),
    Planted("lab09.ring", "one empty", "one slot stays empty", (("k + 1 - S", "k + 2 - S"),)),
    Planted(
        "lab09.ring",
        "tail still",
        "tail not published",
        (("            if t == 0:\n                publish(tail, k + 1)\n", ""),),
    ),
    Planted(
        "lab09.ring",
        "head still",
        "slots never given back",
        (("            if t == 0:\n                publish(head, k + 1)\n", ""),),
    ),
    Planted("lab09.ring", "no modulo", "slot without modulo", (("k % S", "k"),)),
    Planted(
        "lab09.ring",
        "released first",
        "slot released before it is read",
        (
            ("            out[k * W + t] = slots[k % S, t]\n" + READ, ""),
            (
                "                publish(head, k + 1)\n",
                "                publish(head, k + 1)\n            out[k * W + t] = slots[k % S, t]\n",
            ),
        ),
    ),
    Planted(
        "lab09.ring",
        "published first",
        "published before it is written",
        (
            ("            slots[k % S, t] = x[k * W + t]\n" + WRITTEN, ""),
            (
                "                publish(tail, k + 1)\n",
                "                publish(tail, k + 1)\n            slots[k % S, t] = x[k * W + t]\n",
            ),
        ),
    ),
    Planted("lab09.channels", "plain store", "plain store", (PLAIN,)),
    Planted("lab09.channels", "relaxed store", "relaxed store", RELAXED[:1]),
    Planted("lab09.channels", "relaxed load", "relaxed load", RELAXED[1:]),
    Planted(
        "lab09.channels", "one counter", "channels mixed up", (("head[c:]", "head"), ("tail[c:]", "tail"))
    ),
    Planted(
        "lab09.channels",
        "no closing piece",
        "no closing piece",
        (("sizes[c] // W + 1", "(sizes[c] + W - 1) // W"),),
    ),
    Planted(
        "lab09.channels",
        "full pieces only",
        "no last piece",
        (("sizes[c] // W + 1", "sizes[c] // W"),),
    ),
    Planted(
        "lab09.channels",
        "past the end",
        "past the end of the stream",
        (
            (
                "            if t < m:\n                out[c, k",
                "            if t < W:\n                out[c, k",
            ),
        ),
    ),
    Planted(
        "lab09.channels",
        "no wait",
        "no wait for space",
        (("            if t == 0:\n                await_at_least(head[c:], k + 1 - S)\n", ""),),
    ),
    Planted("lab09.channels", "one too many", "one piece too many", (("k + 1 - S", "k - S"),)),
    Planted("lab09.channels", "one empty", "one slot stays empty", (("k + 1 - S", "k + 2 - S"),)),
    Planted("lab09.channels", "not written yet", "barrier missing", ((WRITTEN, ""),)),
    Planted("lab09.channels", "not arrived yet", "no barrier after awaiting", ((ARRIVED, ""),)),
    Planted("lab09.channels", "not read yet", "no barrier before releasing the slot", ((READ, ""),)),
    Planted(
        "lab09.channels",
        "tail still",
        "tail not published",
        (("            if t == 0:\n                publish(tail[c:], k + 1)\n", ""),),
    ),
    Planted("lab09.channels", "no modulo", "slot without modulo", (("k % S", "k"),)),
]

#: The result is right, and there is no failing case; the task is not done all the same.
PAST_THE_RING = [
    Planted(
        "lab09.ring",
        "the receiver reads x, without any order",
        "past the ring",
        (
            (
                RING,
                """
@cuda.jit
def ring(x, slots, head, tail, out):
    if cuda.blockIdx.x == 1:
        for k in range(cuda.threadIdx.x, x.size, cuda.blockDim.x):
            out[k] = x[k]
""",
            ),
        ),
    ),
    Planted(
        "lab09.ring", "the queue runs empty", "past the ring", (("slots[k % S, t]\n", "x[k * W + t]\n"),)
    ),
    Planted(
        "lab09.ring",
        "the sender writes the result",
        "past the ring",
        (
            ("            slots[k % S, t] = ", "            out[k * W + t] = "),
            ("            out[k * W + t] = slots[k % S, t]\n", ""),
        ),
    ),
    Planted(
        "lab09.ring",
        "the blocks swapped",
        "past the ring",
        (("cuda.blockIdx.x == 0", "cuda.blockIdx.x == 1"),),
    ),
    Planted(
        "lab09.channels",
        "the receiver reads x",
        "past the ring",
        (("slots[c, k % S, 1 + t]\n", "x[c, k * W + t]\n"),),
    ),
    Planted(
        "lab09.channels",
        "the receiver knows the length",
        "length from elsewhere",
        (("m = slots[c, k % S, 0]", "m = min(W, sizes[c] - k * W)"),),
    ),
]

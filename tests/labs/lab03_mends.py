"""Kernels of lab 3 as readers might mend them: rightly in several styles, and not yet."""

from answers import Answer, collector
from numba import float32, int32

RIGHT: list[Answer] = []
WRONG: list[Answer] = []
right, wrong = collector(RIGHT), collector(WRONG)
cuda = None  # put here by Answer.ready


@right("lab03.swap")
def waits_as_a_block(x, out):
    s = cuda.shared.array(32, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i]
    cuda.syncthreads()
    out[i] = s[t ^ 1]


@right("lab03.swap")
def shuffles(x, out):
    i = cuda.grid(1)
    out[i] = cuda.shfl_xor_sync(0xFFFFFFFF, x[i], 1)


@right("lab03.swap")
def needs_no_tile(x, out):
    i = cuda.grid(1)
    out[i] = x[i ^ 1]


@wrong("lab03.swap", "data race")
def waits_too_late(x, out):
    s = cuda.shared.array(32, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i]
    out[i] = s[t ^ 1]
    cuda.syncthreads()


@wrong("lab03.swap", "data race")
def waits_too_early(x, out):
    s = cuda.shared.array(32, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    cuda.syncthreads()
    s[t] = x[i]
    out[i] = s[t ^ 1]


@wrong("lab03.swap", "own value")
def swaps_nothing(x, out):
    s = cuda.shared.array(32, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i]
    cuda.syncwarp()
    out[i] = s[t]


@right("lab03.tiles")
def two_tiles_in_turn(x, out):
    s = cuda.shared.array((2, 64), float32)
    t = cuda.threadIdx.x
    total = float32(0)
    for start in range(0, x.size, 64):
        k = start // 64 % 2
        s[k, t] = x[start + t]
        cuda.syncthreads()
        total += s[k, 63 - t]
    out[t] = total


@right("lab03.tiles")
def waits_first(x, out):
    s = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    total = float32(0)
    for start in range(0, x.size, 64):
        cuda.syncthreads()
        s[t] = x[start + t]
        cuda.syncthreads()
        total += s[63 - t]
    out[t] = total


@wrong("lab03.tiles", "data race")
def moves_the_barrier(x, out):
    s = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    total = float32(0)
    for start in range(0, x.size, 64):
        s[t] = x[start + t]
        total += s[63 - t]
        cuda.syncthreads()
    out[t] = total


@wrong("lab03.tiles", "data race")
def waits_as_a_warp(x, out):
    s = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    total = float32(0)
    for start in range(0, x.size, 64):
        s[t] = x[start + t]
        cuda.syncthreads()
        total += s[63 - t]
        cuda.syncwarp()
    out[t] = total


@wrong("lab03.tiles", "own column")
def adds_its_own_column(x, out):
    t = cuda.threadIdx.x
    total = float32(0)
    for start in range(0, x.size, 64):
        total += x[start + t]
    out[t] = total


@right("lab03.edges")
def everyone_clears_first(x, out):
    s = cuda.shared.array(34, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    if t < 2:
        s[33 * t] = 0
    cuda.syncthreads()
    s[t + 1] = x[i]
    if t == 0 and i > 0:
        s[0] = x[i - 1]
    if t == 31 and i + 1 < x.size:
        s[33] = x[i + 1]
    cuda.syncthreads()
    out[i] = s[t] + s[t + 1] + s[t + 2]


@right("lab03.edges")
def asks_before_it_reads(x, out):
    s = cuda.shared.array(34, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t + 1] = x[i]
    if t == 0 and i > 0:
        s[0] = x[i - 1]
    if t == 31 and i + 1 < x.size:
        s[33] = x[i + 1]
    cuda.syncthreads()
    total = s[t + 1]
    if i > 0:
        total += s[t]
    if i + 1 < x.size:
        total += s[t + 2]
    out[i] = total


@wrong("lab03.edges", "never written")
def mends_one_side(x, out):
    s = cuda.shared.array(34, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t + 1] = x[i]
    if t == 0:
        s[0] = x[i - 1] if i > 0 else float32(0)
    if t == 31 and i + 1 < x.size:
        s[33] = x[i + 1]
    cuda.syncthreads()
    out[i] = s[t] + s[t + 1] + s[t + 2]


@wrong("lab03.edges", "data race")
def clears_without_waiting(x, out):
    s = cuda.shared.array(34, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = 0
    s[t + 2] = 0
    s[t + 1] = x[i]
    if t == 0 and i > 0:
        s[0] = x[i - 1]
    if t == 31 and i + 1 < x.size:
        s[33] = x[i + 1]
    cuda.syncthreads()
    out[i] = s[t] + s[t + 1] + s[t + 2]


@wrong("lab03.edges", "wraps around")
def takes_the_other_end(x, out):
    i = cuda.grid(1)
    out[i] = x[i - 1] + x[i] + x[(i + 1) % x.size]


@wrong("lab03.edges", "edge repeated")
def repeats_the_edge(x, out):
    i = cuda.grid(1)
    out[i] = x[max(i - 1, 0)] + x[i] + x[min(i + 1, x.size - 1)]


@right("lab03.running_sum")
def two_buffers(x, out):
    a = cuda.shared.array((2, 64), float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    a[0, t] = x[i]
    cuda.syncthreads()
    d, here = 1, 0
    while d < 64:
        a[1 - here, t] = a[here, t] + (a[here, t - d] if t >= d else float32(0))
        cuda.syncthreads()
        here = 1 - here
        d *= 2
    out[i] = a[here, t]


@right("lab03.running_sum")
def one_thread_does_it(x, out):
    s = cuda.shared.array(64, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i]
    cuda.syncthreads()
    if t == 0:
        for k in range(1, 64):
            s[k] += s[k - 1]
    cuda.syncthreads()
    out[i] = s[t]


@wrong("lab03.running_sum", "barrier")
def waits_inside_the_condition(x, out):
    s = cuda.shared.array(64, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i]
    cuda.syncthreads()
    d = 1
    while d < 64:
        if t >= d:
            left = s[t - d]
            cuda.syncthreads()
            s[t] += left
        cuda.syncthreads()
        d *= 2
    out[i] = s[t]


@wrong("lab03.running_sum", "data race")
def reads_into_a_variable_only(x, out):
    s = cuda.shared.array(64, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i]
    cuda.syncthreads()
    d = 1
    while d < 64:
        left = s[t - d] if t >= d else float32(0)
        s[t] += left
        cuda.syncthreads()
        d *= 2
    out[i] = s[t]


@wrong("lab03.running_sum", "one round only")
def stops_after_one_round(x, out):
    t, i = cuda.threadIdx.x, cuda.grid(1)
    out[i] = x[i] + (x[i - 1] if t > 0 else float32(0))


@right("lab03.reverse")
def reads_straight_from_x(x, out):
    t, i = cuda.threadIdx.x, cuda.grid(1)
    first = cuda.blockIdx.x * 64
    if i < x.size:
        out[i] = x[first + min(64, x.size - first) - 1 - t]


@right("lab03.reverse")
def fills_the_rest_with_zeros(x, out):
    s = cuda.shared.array(64, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i] if i < x.size else float32(0)
    cuda.syncthreads()
    if i >= x.size:
        return
    out[i] = s[min(64, x.size - cuda.blockIdx.x * 64) - 1 - t]


@wrong("lab03.reverse", "out of bounds")
def drops_the_guard(x, out):
    s = cuda.shared.array(64, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = x[i]
    cuda.syncthreads()
    last = min(64, x.size - cuda.blockIdx.x * 64) - 1
    out[i] = s[last - t]


@wrong("lab03.reverse", "data race")
def drops_the_barrier(x, out):
    s = cuda.shared.array(64, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    if i >= x.size:
        return
    s[t] = x[i]
    last = min(64, x.size - cuda.blockIdx.x * 64) - 1
    out[i] = s[last - t]


@wrong("lab03.reverse", "whole array")
def turns_the_whole_array(x, out):
    i = cuda.grid(1)
    if i < x.size:
        out[i] = x[x.size - 1 - i]


@right("lab03.histogram")
def counts_straight_into_out(x, out):
    i = cuda.grid(1)
    if i < x.size:
        cuda.atomic.add(out, x[i], 1)


@wrong("lab03.histogram", "data race")
def counts_without_atomics(x, out):
    bins = cuda.shared.array(16, int32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    if t < 16:
        bins[t] = 0
    cuda.syncthreads()
    if i < x.size:
        bins[x[i]] += 1
    cuda.syncthreads()
    if t < 16:
        cuda.atomic.add(out, t, bins[t])


@right("lab03.stretch")
def waits_for_nothing(x, out):
    s = cuda.shared.array(64, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    s[t] = 2 * x[i]
    cuda.syncthreads()
    out[i] = s[t] + 1

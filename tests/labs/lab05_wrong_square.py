"""Planted wrong answers to lab 5, four by four results a thread. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba.core.types import float32

WRONG: list[Answer] = []
wrong = collector(WRONG)
#: Right, and so slow that only what is told about it is tested.
COSTLY: list[Answer] = []
costly = collector(COSTLY)
cuda = None  # put here by Answer.ready


@wrong("lab05.square", "missing barrier")
def square_without_the_first_barrier(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 1024, 256):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 64, e % 64] = B[k0 + e // 64, j0 + e % 64]
        for k in range(16):
            for i in range(4):
                for j in range(4):
                    sums[i, j] += a[y + i, k] * b[k, x + j]
        cuda.syncthreads()
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]


@wrong("lab05.square", "stored in the wrong places")
def rows_for_columns(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 1024, 256):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 64, e % 64] = B[k0 + e // 64, j0 + e % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                for j in range(4):
                    sums[i, j] += a[y + i, k] * b[k, x + j]
        cuda.syncthreads()
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[j, i]


@wrong("lab05.square", "too few results")
def only_the_diagonal(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 1024, 256):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 64, e % 64] = B[k0 + e // 64, j0 + e % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                sums[i, i] += a[y + i, k] * b[k, x + i]
        cuda.syncthreads()
    for i in range(4):
        C[i0 + y + i, j0 + x + i] = sums[i, i]


@wrong("lab05.square", "tile not filled")
def a_quarter_of_the_tiles(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    for k0 in range(0, A.shape[1], 16):
        a[t // 16, t % 16] = A[i0 + t // 16, k0 + t % 16]
        b[t // 64, t % 64] = B[k0 + t // 64, j0 + t % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                for j in range(4):
                    sums[i, j] += a[y + i, k] * b[k, x + j]
        cuda.syncthreads()
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]


@wrong("lab05.square", "wrong tile offset")
def a_and_b_offsets_interchanged(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 1024, 256):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 64, e % 64] = B[e // 64, j0 + e % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                for j in range(4):
                    sums[i, j] += a[y + i, k] * b[k, x + j]
        cuda.syncthreads()
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]


@costly("lab05.square", "sums in global memory")
def square_adds_up_in_the_result(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 1024, 256):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 64, e % 64] = B[k0 + e // 64, j0 + e % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                for j in range(4):
                    C[i0 + y + i, j0 + x + j] += a[y + i, k] * b[k, x + j]
        cuda.syncthreads()


@costly("lab05.square", "one value a load")
def sixteenths_of_rows_and_columns(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16, t // 16
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    k0 = 0
    while k0 < A.shape[1]:
        for s in range(4):
            a[y + 16 * s, x] = A[i0 + y + 16 * s, k0 + x]
            b[t // 64 + 4 * s, t % 64] = B[k0 + t // 64 + 4 * s, j0 + t % 64]
        cuda.syncthreads()
        k = 0
        while k < 16:
            for i in range(4):
                for j in range(4):
                    sums[i, j] += a[y + 16 * i, k] * b[k, x + 16 * j]
            k += 1
        cuda.syncthreads()
        k0 += 16
    for i in range(4):
        for j in range(4):
            C[i0 + y + 16 * i, j0 + x + 16 * j] = sums[i, j]


@costly("lab05.square", "too many instructions")
def four_at_a_time_in_a_loop_that_counts(A, B, C):
    """The loop over ``k`` is too long to be written out, and ``range`` counts in a way that costs."""
    a = cuda.shared.array((16, 68), float32, 16)
    b = cuda.shared.array((16, 64), float32, 16)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    k0 = 0
    while k0 < A.shape[1]:
        for s in range(4):
            a[t % 16, t // 16 + 16 * s] = A[i0 + t // 16 + 16 * s, k0 + t % 16]
            b[t // 64 + 4 * s, t % 64] = B[k0 + t // 64 + 4 * s, j0 + t % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                u = a[k, y + i]
                for j in range(4):
                    sums[i, j] += u * b[k, x + j]
        cuda.syncthreads()
        k0 += 16
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]


@wrong("lab05.square", "adds to the mark")
def square_adds_to_what_is_there(A, B, C):
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16 * 4, t // 16 * 4
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = C[i0 + y + i, j0 + x + j]
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 1024, 256):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 64, e % 64] = B[k0 + e // 64, j0 + e % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                for j in range(4):
                    sums[i, j] += a[y + i, k] * b[k, x + j]
        cuda.syncthreads()
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]

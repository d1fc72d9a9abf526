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

"""Planted wrong answers to lab 5, eight results a thread. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba.core.types import float32

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab05.column", "missing barrier")
def column_without_the_second_barrier(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        sums[i] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 512, 128):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 32, e % 32] = B[k0 + e // 32, j0 + e % 32]
        cuda.syncthreads()
        for k in range(16):
            for i in range(8):
                sums[i] += a[y + i, k] * b[k, x]
    for i in range(8):
        C[i0 + y + i, j0 + x] = sums[i]


@wrong("lab05.column", "tile not filled")
def one_element_a_thread(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        sums[i] = 0
    for k0 in range(0, A.shape[1], 16):
        a[t // 16, t % 16] = A[i0 + t // 16, k0 + t % 16]
        b[t // 32, t % 32] = B[k0 + t // 32, j0 + t % 32]
        cuda.syncthreads()
        for k in range(16):
            for i in range(8):
                sums[i] += a[y + i, k] * b[k, x]
        cuda.syncthreads()
    for i in range(8):
        C[i0 + y + i, j0 + x] = sums[i]


@wrong("lab05.column", "too few results")
def stores_the_first_sum_only(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 512, 128):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 32, e % 32] = B[k0 + e // 32, j0 + e % 32]
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    C[i0 + y, j0 + x] = total


@wrong("lab05.column", "stored in the wrong rows")
def reads_eight_neighbours_and_stores_every_fourth(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        sums[i] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 512, 128):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 32, e % 32] = B[k0 + e // 32, j0 + e % 32]
        cuda.syncthreads()
        for k in range(16):
            for i in range(8):
                sums[i] += a[8 * y + i, k] * b[k, x]
        cuda.syncthreads()
    for i in range(8):
        C[i0 + y + 4 * i, j0 + x] = sums[i]


@wrong("lab05.column", "two threads, one result")
def all_store_the_same_rows(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        sums[i] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 512, 128):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 32, e % 32] = B[k0 + e // 32, j0 + e % 32]
        cuda.syncthreads()
        for k in range(16):
            for i in range(8):
                sums[i] += a[y + i, k] * b[k, x]
        cuda.syncthreads()
    for i in range(8):
        C[i0 + i, j0 + x] = sums[i]


@wrong("lab05.column", "wrong tile offset")
def column_always_of_the_first_tiles(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        sums[i] = 0
    for _ in range(0, A.shape[1], 16):
        for e in range(t, 512, 128):
            a[e // 16, e % 16] = A[i0 + e // 16, e % 16]
            b[e // 32, e % 32] = B[e // 32, j0 + e % 32]
        cuda.syncthreads()
        for k in range(16):
            for i in range(8):
                sums[i] += a[y + i, k] * b[k, x]
        cuda.syncthreads()
    for i in range(8):
        C[i0 + y + i, j0 + x] = sums[i]


@wrong("lab05.column", "adds to the mark")
def column_adds_into_the_result(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 512, 128):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 32, e % 32] = B[k0 + e // 32, j0 + e % 32]
        cuda.syncthreads()
        for k in range(16):
            for i in range(8):
                C[i0 + y + i, j0 + x] += a[y + i, k] * b[k, x]
        cuda.syncthreads()


@wrong("lab05.column", "sums in memory")
def index_of_the_sums_unknown(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    rows = C.shape[0] * 8 // C.shape[0]
    for i in range(rows):
        sums[i] = 0
    for k0 in range(0, A.shape[1], 16):
        for e in range(t, 512, 128):
            a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
            b[e // 32, e % 32] = B[k0 + e // 32, j0 + e % 32]
        cuda.syncthreads()
        for k in range(16):
            for i in range(rows):
                sums[i] += a[y + i, k] * b[k, x]
        cuda.syncthreads()
    for i in range(rows):
        C[i0 + y + i, j0 + x] = sums[i]


@wrong("lab05.column", "loads again")
def one_result_after_the_other(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    t = cuda.threadIdx.x
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        total = float32(0)
        for k0 in range(0, A.shape[1], 16):
            for e in range(t, 512, 128):
                a[e // 16, e % 16] = A[i0 + e // 16, k0 + e % 16]
                b[e // 32, e % 32] = B[k0 + e // 32, j0 + e % 32]
            cuda.syncthreads()
            for k in range(16):
                total += a[y + i, k] * b[k, x]
            cuda.syncthreads()
        C[i0 + y + i, j0 + x] = total

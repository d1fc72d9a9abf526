"""Planted wrong answers to lab 5, one result a thread. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba.core.types import float32

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab05.tile", "missing barrier")
def no_barrier_after_use(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "missing barrier")
def no_barrier_before_use(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "barrier in a branch")
def returns_early(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    if i >= C.shape[0] or j >= C.shape[1]:
        return
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    C[i, j] = total


@wrong("lab05.tile", "barrier in a branch")
def barrier_with_the_load(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = 0
        b[y, x] = 0
        if i < A.shape[0] and k0 + x < A.shape[1]:
            a[y, x] = A[i, k0 + x]
        if j < B.shape[1] and k0 + y < B.shape[0]:
            b[y, x] = B[k0 + y, j]
            cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "tile not filled")
def edges_stay_empty(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        if i < A.shape[0] and k0 + x < A.shape[1]:
            a[y, x] = A[i, k0 + x]
        if k0 + y < B.shape[0] and j < B.shape[1]:
            b[y, x] = B[k0 + y, j]
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "no guard on the loads")
def loads_without_guards(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x]
        b[y, x] = B[k0 + y, j]
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "no guard on the result")
def stores_without_a_guard(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    C[i, j] = total


@wrong("lab05.tile", "indices swapped in the tile")
def walks_down_a(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[k, y] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "indices swapped in the tile")
def walks_along_b(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[x, k]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "x is the row")
def grid_the_wrong_way(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    i, j = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[x, y] = A[i, k0 + y] if i < A.shape[0] and k0 + y < A.shape[1] else float32(0)
        b[x, y] = B[k0 + x, j] if k0 + x < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[x, k] * b[k, y]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "x is the row")
def only_the_grid_the_wrong_way(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    i, j = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "rest left out")
def whole_steps_only(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for step in range(A.shape[1] // 16):
        k0 = 16 * step
        a[y, x] = A[i, k0 + x] if i < A.shape[0] else float32(0)
        b[y, x] = B[k0 + y, j] if j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "sum begins anew")
def cleared_in_every_step(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        total = float32(0)
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "wrong tile offset")
def always_the_first_tiles(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for _ in range(0, A.shape[1], 16):
        a[y, x] = A[i, x] if i < A.shape[0] and x < A.shape[1] else float32(0)
        b[y, x] = B[y, j] if y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "wrong tile offset")
def b_stays_behind(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[y, j] if y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "adds to the mark")
def adds_into_the_result(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        if i < C.shape[0] and j < C.shape[1]:
            for k in range(16):
                C[i, j] += a[y, k] * b[k, x]
        cuda.syncthreads()


@wrong("lab05.tile", "sums in float64")
def begins_with_a_python_float(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = 0.0
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "no tile")
def without_a_tile(A, B, C):
    j, i = cuda.grid(2)
    if i < C.shape[0] and j < C.shape[1]:
        total = float32(0)
        for k in range(A.shape[1]):
            total += A[i, k] * B[k, j]
        C[i, j] = total


@wrong("lab05.tile", "crooked accesses")
def lanes_run_down(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    i, j = cuda.blockIdx.y * 16 + x, cuda.blockIdx.x * 16 + y
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[x, y] = A[i, k0 + y] if i < A.shape[0] and k0 + y < A.shape[1] else float32(0)
        b[x, y] = B[k0 + x, j] if k0 + x < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[x, k] * b[k, y]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@wrong("lab05.tile", "too many instructions")
def only_as_far_as_the_sums_go(A, B, C):
    """No zeros are needed where the inner loop ends with the sum, but the loop is not written out."""
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    m, length = A.shape
    n = B.shape[1]
    total = float32(0)
    for k0 in range(0, length, 16):
        if i < m and k0 + x < length:
            a[y, x] = A[i, k0 + x]
        if j < n and k0 + y < length:
            b[y, x] = B[k0 + y, j]
        cuda.syncthreads()
        if i < m and j < n:
            for k in range(min(16, length - k0)):
                total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < m and j < n:
        C[i, j] = total


@wrong("lab05.tile", "bank conflicts")
def tiles_turned_round(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        a[x, y] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[x, y] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[k, y] * b[x, k]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total

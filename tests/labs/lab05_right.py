"""Right answers to lab 5 in styles that readers bring along."""

from answers import Answer, collector
from numba.core.types import float32

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready

TILE = 16


@right("lab05.tile")
def zero_first_then_load(A, B, C):
    a = cuda.shared.array((TILE, TILE), float32)
    b = cuda.shared.array((TILE, TILE), float32)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    x, y = cuda.grid(2)
    total = float32(0)
    for step in range((A.shape[1] + TILE - 1) // TILE):
        a[ty, tx] = 0
        b[ty, tx] = 0
        if y < A.shape[0] and step * TILE + tx < A.shape[1]:
            a[ty, tx] = A[y, step * TILE + tx]
        if x < B.shape[1] and step * TILE + ty < B.shape[0]:
            b[ty, tx] = B[step * TILE + ty, x]
        cuda.syncthreads()
        for k in range(TILE):
            total += a[ty, k] * b[k, tx]
        cuda.syncthreads()
    if y < C.shape[0] and x < C.shape[1]:
        C[y, x] = total


@right("lab05.tile")
def sums_kept_in_the_result_between_steps(A, B, C):
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    inside = i < C.shape[0] and j < C.shape[1]
    if inside:
        C[i, j] = 0
    for k0 in range(0, A.shape[1], 16):
        a[y, x] = A[i, k0 + x] if i < A.shape[0] and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < B.shape[0] and j < B.shape[1] else float32(0)
        cuda.syncthreads()
        if inside:
            for k in range(16):
                C[i, j] += a[y, k] * b[k, x]
        cuda.syncthreads()


@right("lab05.tile")
def clamped_loads(A, B, C):
    """Beyond the edge the last element is loaded, and multiplied by nothing."""
    a = cuda.shared.array((16, 17), float32)
    b = cuda.shared.array((16, 17), float32)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    j, i = cuda.grid(2)
    last = A.shape[1] - 1
    total = float32(0)
    for k0 in range(0, A.shape[1], 16):
        kx, ky = min(k0 + x, last), min(k0 + y, last)
        a[y, x] = A[min(i, A.shape[0] - 1), kx] if k0 + x <= last else float32(0)
        b[y, x] = B[ky, min(j, B.shape[1] - 1)]
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@right("lab05.tile")
def flat_tiles_and_a_while_loop(A, B, C):
    a = cuda.shared.array(256, float32)
    b = cuda.shared.array(256, float32)
    x, y = cuda.threadIdx.x & 15, cuda.threadIdx.y & 15
    j, i = cuda.grid(2)
    total = float32(0.0)
    k0 = 0
    while k0 < A.shape[1]:
        inside = i < A.shape[0] and k0 + x < A.shape[1]
        a[16 * y + x] = A[i, k0 + x] if inside else float32(0)
        inside = j < B.shape[1] and k0 + y < B.shape[0]
        b[16 * y + x] = B[k0 + y, j] if inside else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total = total + a[16 * y + k] * b[16 * k + x]
        cuda.syncthreads()
        k0 += 16
    if i < C.shape[0] and j < C.shape[1]:
        C[i, j] = total


@right("lab05.column")
def neighbouring_rows(A, B, C):
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
            v = b[k, x]
            for i in range(8):
                sums[i] += a[y + i, k] * v
        cuda.syncthreads()
    for i in range(8):
        C[i0 + y + i, j0 + x] = sums[i]


@right("lab05.column")
def every_fourth_row_and_shorter_steps(A, B, C):
    a = cuda.shared.array((32, 8), float32)
    b = cuda.shared.array((8, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x & 127
    x, y = t % 32, t // 32
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        sums[i] = 0
    for k0 in range(0, A.shape[1], 8):
        for s in range(2):
            a[t // 8 + 16 * s, t % 8] = A[i0 + t // 8 + 16 * s, k0 + t % 8]
            b[y + 4 * s, x] = B[k0 + y + 4 * s, j0 + x]
        cuda.syncthreads()
        for k in range(8):
            v = b[k, x]
            for i in range(8):
                sums[i] += a[y + 4 * i, k] * v
        cuda.syncthreads()
    for i in range(8):
        C[i0 + y + 4 * i, j0 + x] = sums[i]


@right("lab05.column")
def eight_names(A, B, C):
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    t = cuda.threadIdx.x
    x, y = t & 31, (t >> 5) * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = float32(0)
    for k0 in range(0, A.shape[1], 16):
        for s in range(0, 32, 8):
            a[s + t // 16, t % 16] = A[i0 + s + t // 16, k0 + t % 16]
        for s in range(0, 16, 4):
            b[s + t // 32, x] = B[k0 + s + t // 32, j0 + x]
        cuda.syncthreads()
        for k in range(16):
            v = b[k, x]
            s0 += a[y, k] * v
            s1 += a[y + 1, k] * v
            s2 += a[y + 2, k] * v
            s3 += a[y + 3, k] * v
            s4 += a[y + 4, k] * v
            s5 += a[y + 5, k] * v
            s6 += a[y + 6, k] * v
            s7 += a[y + 7, k] * v
        cuda.syncthreads()
    C[i0 + y, j0 + x], C[i0 + y + 1, j0 + x] = s0, s1
    C[i0 + y + 2, j0 + x], C[i0 + y + 3, j0 + x] = s2, s3
    C[i0 + y + 4, j0 + x], C[i0 + y + 5, j0 + x] = s4, s5
    C[i0 + y + 6, j0 + x], C[i0 + y + 7, j0 + x] = s6, s7


@right("lab05.square")
def scalar_loads(A, B, C):
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
                u = a[y + i, k]
                for j in range(4):
                    sums[i, j] += u * b[k, x + j]
        cuda.syncthreads()
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]


@right("lab05.square")
def every_sixteenth_row_and_column(A, B, C):
    """Lanes stand side by side: no bank conflicts, and straight stores."""
    a = cuda.shared.array((64, 16), float32)
    b = cuda.shared.array((16, 64), float32)
    sums = cuda.local.array((4, 4), float32)
    u, v = cuda.local.array(4, float32), cuda.local.array(4, float32)
    t = cuda.threadIdx.x & 255
    x, y = t % 16, t // 16
    i0, j0 = cuda.blockIdx.y * 64, cuda.blockIdx.x * 64
    for i in range(4):
        for j in range(4):
            sums[i, j] = 0
    for k0 in range(0, A.shape[1], 16):
        for s in range(4):
            a[y + 16 * s, x] = A[i0 + y + 16 * s, k0 + x]
            b[t // 64 + 4 * s, t % 64] = B[k0 + t // 64 + 4 * s, j0 + t % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                u[i] = a[y + 16 * i, k]
                v[i] = b[k, x + 16 * i]
            for i in range(4):
                for j in range(4):
                    sums[i, j] += u[i] * v[j]
        cuda.syncthreads()
    for i in range(4):
        for j in range(4):
            C[i0 + y + 16 * i, j0 + x + 16 * j] = sums[i, j]


@right("lab05.square")
def four_loads_in_one(A, B, C):
    a = cuda.shared.array((16, 64), float32, 16)
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
            a[t // 64 + 4 * s, t % 64] = A[i0 + t % 64, k0 + t // 64 + 4 * s]
            b[t // 64 + 4 * s, t % 64] = B[k0 + t // 64 + 4 * s, j0 + t % 64]
        cuda.syncthreads()
        for k in range(16):
            for i in range(4):
                for j in range(4):
                    sums[i, j] += a[k, y + i] * b[k, x + j]
        cuda.syncthreads()
        k0 += 16
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]

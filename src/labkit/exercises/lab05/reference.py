"""Our own kernels of lab 5: what an answer's cycles are compared with. Imported when the engine is attached."""

from __future__ import annotations

from numba import cuda, float32


@cuda.jit
def tile(A, B, C):
    """Blocks of 16 x 16 threads, one result each, any shapes."""
    a = cuda.shared.array((16, 16), float32)
    b = cuda.shared.array((16, 16), float32)
    x, y = cuda.threadIdx.x & 15, cuda.threadIdx.y & 15
    j, i = cuda.grid(2)
    m, n = C.shape
    total = float32(0)
    k0 = 0
    while k0 < A.shape[1]:
        a[y, x] = A[i, k0 + x] if i < m and k0 + x < A.shape[1] else float32(0)
        b[y, x] = B[k0 + y, j] if k0 + y < A.shape[1] and j < n else float32(0)
        cuda.syncthreads()
        for k in range(16):
            total += a[y, k] * b[k, x]
        cuda.syncthreads()
        k0 += 16
    if i < m and j < n:
        C[i, j] = total


@cuda.jit
def column(A, B, C):
    """Blocks of 128 threads for 32 x 32 results: eight rows of one column each."""
    a = cuda.shared.array((32, 16), float32)
    b = cuda.shared.array((16, 32), float32)
    sums = cuda.local.array(8, float32)
    t = cuda.threadIdx.x & 127
    x, y = t % 32, t // 32 * 8
    i0, j0 = cuda.blockIdx.y * 32, cuda.blockIdx.x * 32
    for i in range(8):
        sums[i] = 0
    k0 = 0
    while k0 < A.shape[1]:
        for s in range(4):
            a[t // 16 + 8 * s, t % 16] = A[i0 + t // 16 + 8 * s, k0 + t % 16]
            b[t // 32 + 4 * s, x] = B[k0 + t // 32 + 4 * s, j0 + x]
        cuda.syncthreads()
        k = 0
        while k < 16:
            v = b[k, x]
            for i in range(8):
                sums[i] += a[y + i, k] * v
            k += 1
        cuda.syncthreads()
        k0 += 16
    for i in range(8):
        C[i0 + y + i, j0 + x] = sums[i]


@cuda.jit
def square(A, B, C):
    """Blocks of 256 threads for 64 x 64 results: four rows by four columns each."""
    a = cuda.shared.array((16, 68), float32, 16)  # turned round, so that four rows lie side by side
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
        k = 0
        while k < 16:
            for i in range(4):
                u = a[k, y + i]
                for j in range(4):
                    sums[i, j] += u * b[k, x + j]
            k += 1
        cuda.syncthreads()
        k0 += 16
    for i in range(4):
        for j in range(4):
            C[i0 + y + i, j0 + x + j] = sums[i, j]

"""The CUDA kernels. At the top of a module, because Numba's simulator swaps the global name ``cuda``."""

from numba import cuda, float32

TILE = 16
MANDELBROT_LIMIT = 200


@cuda.jit
def saxpy(a, x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a * x[i] + y[i]


@cuda.jit
def matmul(a, b, c):
    tile_a = cuda.shared.array((TILE, TILE), float32)
    tile_b = cuda.shared.array((TILE, TILE), float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = float32(0)
    for step in range(a.shape[1] // TILE):
        tile_a[ty, tx] = a[y, step * TILE + tx]
        tile_b[ty, tx] = b[step * TILE + ty, x]
        cuda.syncthreads()
        for k in range(TILE):
            total += tile_a[ty, k] * tile_b[k, tx]
        cuda.syncthreads()
    c[y, x] = total


@cuda.jit
def collatz(steps):
    i = cuda.grid(1)
    if i < steps.size:
        n, count = i + 1, 0
        while n != 1:
            n = n // 2 if n % 2 == 0 else 3 * n + 1
            count += 1
        steps[i] = count


@cuda.jit
def mandelbrot(counts):
    x, y = cuda.grid(2)
    height, width = counts.shape
    if x < width and y < height:
        c_re = float32(3.0 / width) * float32(x) - float32(2.25)
        c_im = float32(3.0 / height) * float32(y) - float32(1.5)
        re, im, count = float32(0), float32(0), 0
        while count < MANDELBROT_LIMIT and re * re + im * im < float32(4):
            re, im = re * re - im * im + c_re, float32(2) * re * im + c_im
            count += 1
        counts[y, x] = count


@cuda.jit
def histogram(values, bins):
    i = cuda.grid(1)
    if i < values.size:
        cuda.atomic.add(bins, values[i], 1)


@cuda.jit
def lock(mutex, count):
    while cuda.atomic.cas(mutex, 0, 0, 1) != 0:
        pass
    cuda.threadfence()
    count[0] += 1
    cuda.threadfence()
    cuda.atomic.exch(mutex, 0, 0)

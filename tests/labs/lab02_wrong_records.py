"""Planted wrong answers to lab 2, arrays of records. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba import float32

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab02.split", "no guard")
def split_without_guard(records, out):
    i = cuda.grid(1)
    out[i % 4, i // 4] = records[i // 4, i % 4]


@wrong("lab02.split", "copied, not split")
def same_order(records, out):
    i = cuda.grid(1)
    n = records.shape[0]
    if i < records.size:
        out[i // n, i % n] = records[i // 4, i % 4]


@wrong("lab02.split", "interchanged")
def record_first(records, out):
    i = cuda.grid(1)
    if i < records.size:
        out[i // 4, i % 4] = records[i // 4, i % 4]


@wrong("lab02.split", "only one field")
def first_field_only(records, out):
    i = cuda.grid(1)
    if i < records.shape[0]:
        out[0, i] = records[i, 0]


@wrong("lab02.split", "one field missing")
def three_fields(records, out):
    i = cuda.grid(1)
    if i < records.shape[0]:
        for field in range(3):
            out[field, i] = records[i, field]


@wrong("lab02.split", "guard too tight")
def guards_with_records(records, out):
    i = cuda.grid(1)
    if i < records.shape[0]:
        out[i % 4, i // 4] = records[i // 4, i % 4]


@wrong("lab02.split", "wrong order")
def last_field_first(records, out):
    i = cuda.grid(1)
    if i < records.shape[0]:
        for field in range(4):
            out[3 - field, i] = records[i, field]


@wrong("lab02.split", "off by one")
def split_one_too_many(records, out):
    i = cuda.grid(1)
    if i <= records.size:
        out[i % 4, i // 4] = records[i // 4, i % 4]


@wrong("lab02.energy", "no guard")
def energy_without_guard(values, out):
    i = cuda.grid(1)
    x, y, z, mass = values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]
    out[i] = mass * (x * x + y * y + z * z)


@wrong("lab02.energy", "barrier missing")
def energy_without_barrier(values, out):
    tile = cuda.shared.array(256, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    for k in range(t, 256, 64):
        if 256 * cuda.blockIdx.x + k < values.size:
            tile[k] = values[256 * cuda.blockIdx.x + k]
    if i < out.size:
        x, y, z = tile[4 * t], tile[4 * t + 1], tile[4 * t + 2]
        out[i] = tile[4 * t + 3] * (x * x + y * y + z * z)


@wrong("lab02.energy", "barrier inside the guard")
def energy_barrier_in_the_if(values, out):
    tile = cuda.shared.array(256, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    if i < out.size:
        for field in range(4):
            tile[4 * t + field] = values[4 * i + field]
        cuda.syncthreads()
        x, y, z = tile[4 * t], tile[4 * t + 1], tile[4 * t + 2]
        out[i] = tile[4 * t + 3] * (x * x + y * y + z * z)


@wrong("lab02.energy", "tile not filled")
def fetches_one_number_each(values, out):
    tile = cuda.shared.array(256, float32)
    t, i = cuda.threadIdx.x, cuda.grid(1)
    first = 256 * cuda.blockIdx.x
    if first + t < values.size:
        tile[t] = values[first + t]
    cuda.syncthreads()
    if i < out.size:
        x, y, z = tile[4 * t], tile[4 * t + 1], tile[4 * t + 2]
        out[i] = tile[4 * t + 3] * (x * x + y * y + z * z)


@wrong("lab02.energy", "one number a record")
def forgets_the_four(values, out):
    i = cuda.grid(1)
    if i < out.size:
        x, y, z, mass = values[i], values[i + 1], values[i + 2], values[i + 3]
        out[i] = mass * (x * x + y * y + z * z)


@wrong("lab02.energy", "arrays, not records")
def reads_as_arrays(values, out):
    i, n = cuda.grid(1), out.size
    if i < n:
        x, y, z, mass = values[i], values[i + n], values[i + 2 * n], values[i + 3 * n]
        out[i] = mass * (x * x + y * y + z * z)


@wrong("lab02.energy", "wrong field")
def mass_first(values, out):
    i = cuda.grid(1)
    if i < out.size:
        mass, x, y, z = values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]
        out[i] = mass * (x * x + y * y + z * z)


@wrong("lab02.energy", "square missing")
def square_of_the_sum(values, out):
    i = cuda.grid(1)
    if i < out.size:
        speed = values[4 * i] + values[4 * i + 1] + values[4 * i + 2]
        out[i] = values[4 * i + 3] * speed * speed


@wrong("lab02.energy", "guard counts numbers")
def guards_with_numbers(values, out):
    i = cuda.grid(1)
    if i < values.size:
        x, y, z, mass = values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]
        out[i] = mass * (x * x + y * y + z * z)


@wrong("lab02.split", "elements shared")
def four_threads_for_one_record(records, out):
    record = cuda.grid(1) // 4
    if record < records.shape[0]:
        for field in range(4):
            out[field, record] = records[record, field]

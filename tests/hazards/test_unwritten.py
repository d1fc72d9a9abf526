"""Global memory that nobody wrote: used, it is an error; left alone, or filled first, it is none."""

import inspect

import numpy as np
import pytest
from numba import cuda, float32

import smsim
from smsim import errors

N = 64
RECORD = np.dtype([("flag", "u1"), ("weight", "f8"), ("count", "i4")], align=True)


@cuda.jit
def copy(x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i]


@cuda.jit
def fill(out, first, last, value):
    i = cuda.grid(1)
    if first <= i < last:
        out[i] = value


@cuda.jit
def fill_every_second(out, first):
    i = 2 * cuda.grid(1) + first
    if i < out.size:
        out[i] = i


@cuda.jit
def add_to(out):
    cuda.atomic.add(out, 0, 1)  # <--


@cuda.jit
def use_as_index(index, out):
    out[index[cuda.grid(1)]] = 1  # <--


@cuda.jit
def use_as_condition(x, out):
    i = cuda.grid(1)
    if x[i] > 0:  # <--
        out[i] = 1
        cuda.threadfence()


@cuda.jit
def fill_records(x):
    i = cuda.grid(1)
    x[i].flag = i
    x[i].weight = 0.5 * i


@cuda.jit
def sum_of_counts(x, out):
    i = cuda.grid(1)
    out[i] = x[i].count + 1  # <--


@cuda.jit
def sum_of_weights(x, out):
    i = cuda.grid(1)
    out[i] = x[i].weight + x[i].flag


@cuda.jit
def select(x, take, out):
    i = cuda.grid(1)
    v = float32(0)
    if take[i]:
        v = x[i]
    out[i] = v


@cuda.jit
def reverse_in_place(x):
    i = cuda.grid(1)
    j = x.size - 1 - i
    if i < j:
        x[i], x[j] = x[j], x[i]


@cuda.jit
def imaginary_parts(x, out):
    i = cuda.grid(1)
    out[i] = x[i].imag


@cuda.jit
def fill_tiles(out):
    x, y = cuda.grid(2)
    if y < out.shape[0] and x < out.shape[1]:
        out[y, x] = 10 * y + x


@cuda.jit
def exchange(x, out):
    out[cuda.grid(1)] = 2 * cuda.atomic.exch(x, 0, 1)  # <--


@cuda.jit
def claim(owner, out):
    i = cuda.grid(1)
    cuda.atomic.exch(owner, i, i)
    out[i] = owner[i]


def device(dtype="f4", shape=N):
    return cuda.device_array(shape, dtype)


def zeros(dtype="f4", shape=N):
    return cuda.to_device(np.zeros(shape, dtype))


# -- wrong ---------------------------------------------------------------------------------------------


def never_filled():
    copy[1, N](device(), zeros())


def half_filled():
    x = device()
    fill[1, N](x, 0, 32, 1)
    copy[1, N](x, zeros())


def every_second_element_filled():
    x = device("i2")
    fill_every_second[1, N](x, 0)
    copy[1, N](x, zeros("i2"))


def filled_but_for_one_byte():
    x = device("u1", 4 * N)
    fill[4, N](x, 0, 4 * N - 1, 1)
    copy[1, N](x.view("i4"), zeros("i4"))


def freed_and_taken_again():
    x = zeros()
    del x
    copy[1, N](device(), zeros())


def index_of_nothing():
    use_as_index[1, N](device("i8"), zeros())


def condition_of_nothing():
    use_as_condition[1, N](device(), zeros())


def atomic_on_nothing():
    add_to[1, N](device("i4"))


def copied_from_unwritten():
    x, twin = device(), device()
    fill[1, N](x, 8, N, 1)
    twin.copy_to_device(x)
    copy[1, N](twin, zeros())


def field_never_set():
    x = device(RECORD)
    fill_records[1, N](x)
    sum_of_counts[1, N](x, zeros("i4"))


def field_never_set_of_a_copy():
    x, twin = device(RECORD), device(RECORD)
    fill_records[1, N](x)
    copy[1, N](x, twin)
    sum_of_counts[1, N](twin, zeros("i4"))


def exchanged_for_nothing():
    exchange[1, N](device("i4", 1), zeros("i4"))


WRONG = {
    never_filled: (copy, 0), half_filled: (copy, 32), every_second_element_filled: (copy, 1),
    filled_but_for_one_byte: (copy, N - 1), freed_and_taken_again: (copy, 0), index_of_nothing: (use_as_index, 0),
    condition_of_nothing: (use_as_condition, 0), atomic_on_nothing: (add_to, 0),
    copied_from_unwritten: (copy, 0), field_never_set: (sum_of_counts, 0),
    field_never_set_of_a_copy: (sum_of_counts, 0), exchanged_for_nothing: (exchange, 0),
}  # fmt: skip


@pytest.mark.parametrize("program", WRONG, ids=lambda p: p.__name__)
def test_a_use_of_what_nobody_wrote_is_found(program):
    kernel, thread = WRONG[program]
    with pytest.raises(errors.UninitializedRead) as caught:
        program()
    found = caught.value
    assert found.kernel == kernel.py_func.__name__
    assert found.threads == ((thread, 0, 0),) and found.block == (0, 0, 0)
    assert found.array == next(iter(inspect.signature(kernel.py_func).parameters))
    lines, start = inspect.getsourcelines(kernel.py_func)
    marked = {start + n for n, line in enumerate(lines) if "# <--" in line or "out[i] = x[i]" in line}
    assert found.source_line in marked


# -- right ---------------------------------------------------------------------------------------------


def filled_by_one_launch():
    x, out = device(), zeros()
    fill[1, N](x, 0, N, 3)
    copy[1, N](x, out)
    return out, np.full(N, 3)


def filled_by_two_launches_from_the_middle():
    x, out = device(), zeros()
    fill[1, N](x, 20, N, 2)
    fill[1, N](x, 0, 20, 1)
    copy[1, N](x, out)
    return out, np.repeat([1, 2], [20, 44])


def filled_in_two_combs():
    x, out = device("i2"), zeros("i2")
    fill_every_second[1, N](x, 1)
    fill_every_second[1, N](x, 0)
    copy[1, N](x, out)
    return out, np.arange(N)


def only_the_filled_part_is_read():
    x, out = device(), zeros()
    fill[1, N](x, 16, 48, 5)
    copy[1, 32](x[16:48], out[:32])
    return out, np.repeat([5, 0], 32)


def hoisted_load_that_is_forgotten():
    x, out = device(), zeros()
    fill[1, N](x, 0, 32, 7)
    select[1, N](x, cuda.to_device(np.arange(N) < 32), out)
    return out, np.repeat([7, 0], 32)


def turned_round_in_place():
    x = device()
    x[:32].copy_to_device(np.arange(32, dtype="f4"))
    x[32:].copy_to_device(np.arange(32, 64, dtype="f4"))
    reverse_in_place[1, N](x)
    return x, np.arange(N)[::-1]


def records_with_padding_are_copied():
    x, twin, out = device(RECORD), device(RECORD), zeros("f8")
    fill_records[1, N](x)
    copy[1, N](x, twin)
    sum_of_weights[1, N](twin, out)
    return out, 1.5 * np.arange(N)


def one_part_of_complex_numbers():
    x, out = device("c8"), zeros()
    fill[2, N](x.view("f4"), 0, 2 * N, 2)
    imaginary_parts[1, N](x, out)
    return out, np.full(N, 2)


def filled_by_tiles_that_reach_beyond():
    x, out = device("i4", (10, 10)), zeros("i4", (100,))
    fill_tiles[(3, 3), (4, 4)](x)
    copy[2, N](x.reshape(100), out)
    return out, np.arange(100)


def brought_to_the_host_unwritten():
    x = device("u1")
    return x, np.full(N, 0xCD)


def pinned_and_managed_memory():
    out = zeros()
    copy[1, N](cuda.mapped_array(N, "f4"), out)
    copy[1, N](cuda.managed_array(N, "f4"), out)
    return out, np.zeros(N)


def transposed_before_anything_is_in_it():
    return zeros(), np.zeros(N) if device("f4", (4, 6)).T.shape == (6, 4) else None


def an_exchange_fills_and_then_brings_back():
    x, out = device("i4", 1), zeros("i4", 1)
    fill[1, 1](x, 0, 1, 21)
    exchange[1, 1](x, out)
    return out, np.full(1, 42)


def filled_by_exchanges():
    x, out = device("i4"), zeros("i4")
    claim[1, N](x, out)
    return out, np.arange(N)


RIGHT = [
    filled_by_one_launch, filled_by_two_launches_from_the_middle, filled_in_two_combs,
    only_the_filled_part_is_read, hoisted_load_that_is_forgotten, turned_round_in_place,
    records_with_padding_are_copied, one_part_of_complex_numbers, filled_by_tiles_that_reach_beyond,
    brought_to_the_host_unwritten, pinned_and_managed_memory, transposed_before_anything_is_in_it,
    an_exchange_fills_and_then_brings_back, filled_by_exchanges,
]  # fmt: skip


@pytest.mark.parametrize("program", RIGHT, ids=lambda p: p.__name__)
def test_memory_that_is_filled_before_it_is_used_is_no_error(program):
    out, expected = program()
    assert np.array_equal(out.copy_to_host(), expected)


def test_check_copies_what_is_unwritten_too():
    x, out = device(), zeros()
    fill[1, N](x, 0, 32, 1)
    report = smsim.check(copy[1, N], x, out)
    assert [type(e) for e in report.errors] == [errors.UninitializedRead]
    assert report.errors[0].threads == ((32, 0, 0),)
    assert smsim.check(copy[1, 32], x[:32], out[:32]).ok
    assert not out.copy_to_host().any()


def test_what_is_written_counts_where_hazards_are_off():
    x, out = device(), zeros()
    smsim.attach(hazards="off")
    try:
        fill[1, N](x, 0, N, 1)
    finally:
        smsim.attach(hazards="raise")
    copy[1, N](x, out)
    assert out.copy_to_host().all()


def test_a_failed_launch_leaves_the_rest_usable():
    x, out = device(), zeros()
    with pytest.raises(errors.UninitializedRead):
        copy[1, N](x, out)
    fill[1, N](x, 0, N, 1)
    copy[1, N](x, out)
    assert out.copy_to_host().all()

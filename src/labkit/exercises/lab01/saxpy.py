"""``lab01.saxpy``: several blocks, so the index must count across them."""

from __future__ import annotations

import numpy as np

from labkit.checking.answer import mentions, python_function
from labkit.checking.case import Case, unwritten_like
from labkit.checking.exercise import KernelExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab01.guard import no_guard
from labkit.exercises.numbers import vector


def specification(a: np.float32, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return float(a) * x.astype(np.float64) + y


def make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    # The block's size changes from case to case, so that a number written into the kernel shows.
    threads = {0: 4, 1: 8, 2: 16}[size % 3] if size < 100 else {0: 64, 1: 96, 2: 128}[size % 3]
    values = vector(rng, 2 * size, readable)
    a = np.float32(3.0 if readable else rng.uniform(-4, 4))
    arguments = {
        "a": a,
        "x": values[:size].copy(),
        "y": values[size:].copy(),
        "out": unwritten_like(size, np.float32),
    }
    return Case(size, arguments, blocks=-(-size // threads), threads=threads)


def _at(i, a, x, y, out):
    out[i] = float(a) * float(x[i]) + float(y[i])


def _local(t, a, x, y, out):
    if t.local < x.size:
        _at(t.local, a, x, y, out)


def _block_index(t, a, x, y, out):
    if t.block[0] < x.size:
        _at(t.block[0], a, x, y, out)


def _first_block(t, a, x, y, out):
    if t.block[0] == 0 and t.index < x.size:
        _at(t.index, a, x, y, out)


def _sum_of_indices(t, a, x, y, out):
    if t.block[0] + t.local < x.size:
        _at(t.block[0] + t.local, a, x, y, out)


def _grid_for_block(t, a, x, y, out):
    i = t.block[0] * t.grid_size[0] + t.local
    if i < x.size:
        _at(i, a, x, y, out)


def _interchanged(t, a, x, y, out):
    i = t.local * t.block_size[0] + t.block[0]
    if i < x.size:
        _at(i, a, x, y, out)


def _swapped(t, a, x, y, out):
    if t.index < x.size:
        out[t.index] = float(a) * float(y[t.index]) + float(x[t.index])


def _no_addend(t, a, x, y, out):
    if t.index < x.size:
        out[t.index] = float(a) * float(x[t.index])


def _no_factor(t, a, x, y, out):
    if t.index < x.size:
        out[t.index] = float(x[t.index]) + float(y[t.index])


def _first_element(t, a, x, y, out):
    if t.index < x.size:
        out[t.index] = float(a) * float(x[0]) + float(y[0])


def _off_by_one(t, a, x, y, out):
    if t.index <= x.size:
        _at(t.index, a, x, y, out)


def _too_tight(t, a, x, y, out):
    if t.index < x.size - 1:
        _at(t.index, a, x, y, out)


def _unguarded(t, a, x, y, out):
    _at(t.index, a, x, y, out)


def _hard_coded(threads):
    def body(t, a, x, y, out):
        i = t.block[0] * threads + t.local
        if i < x.size:
            _at(i, a, x, y, out)

    return body


def _first_block_by_number(answer, outcomes) -> bool:
    """Small blocks, and an index that counts in steps of a large number: what is left looks like the first block."""
    function = python_function(answer)
    numbers = [c for c in function.__code__.co_consts if isinstance(c, int) and c >= 32] if function else []
    looks_so = Misconception("", "found", body=_first_block, mentions="blockIdx").explains(answer, outcomes)
    return bool(numbers and looks_so and not mentions(answer, "blockDim"))


LOCAL = (
    "you used the local index. `cuda.threadIdx.x` starts again at 0 in every block, so all blocks work on the "
    "same elements. Count across blocks."
)
NO_GUARD = "there is no guard. The last block has more threads than elements left; let the others do nothing."
HARD_CODED = (
    "the block's size is written into the kernel. Ask for it: `cuda.blockDim.x`, or use `cuda.grid(1)`."
)

EXERCISE = KernelExercise(
    name="lab01.saxpy",
    specification=specification,
    make=make,
    elements_apart=True,
    ladder=(1, 2, 3, 5, 8, 9, 12, 16, 17, 24, 31),
    fresh=(100, 257, 1000),
    misconceptions=(
        Misconception("no guard", NO_GUARD, detect=no_guard),
        Misconception("hard-coded block size", HARD_CODED, detect=_first_block_by_number),
        Misconception(
            "only the first block",
            "only the first block's elements are written. The other blocks have threads too.",
            body=_first_block,
            mentions="blockIdx",
        ),
        Misconception("local index", LOCAL, body=_local),
        Misconception(
            "block index",
            "you used the block index alone, so all threads of a block work on one element.",
            body=_block_index,
        ),
        Misconception(
            "wrong index",
            "block index plus thread index is not enough: a block is `cuda.blockDim.x` threads wide.",
            body=_sum_of_indices,
        ),
        Misconception(
            "wrong index",
            "you multiplied by `cuda.gridDim.x`, the number of blocks; the width of a block is `cuda.blockDim.x`.",
            body=_grid_for_block,
        ),
        Misconception(
            "wrong index",
            "block and thread are interchanged: the block counts in steps of `cuda.blockDim.x`, the thread in "
            "steps of 1.",
            body=_interchanged,
        ),
        *(
            Misconception("hard-coded block size", HARD_CODED, body=_hard_coded(n))
            for n in (4, 8, 16, 32, 64, 128, 256)
        ),
        Misconception(
            "swapped operands", "x and y are swapped: `a` belongs to `x`, and `y` is added.", body=_swapped
        ),
        Misconception("missing term", "`y` is never added.", body=_no_addend),
        Misconception("missing term", "`x` is never multiplied by `a`.", body=_no_factor),
        Misconception(
            "reads element 0",
            "every thread reads element 0. That passes only where all inputs are equal.",
            body=_first_element,
        ),
        Misconception(
            "off by one",
            "your guard lets one thread too many through: the last of n elements has index n - 1.",
            body=_off_by_one,
        ),
        Misconception("no guard", NO_GUARD, body=_unguarded),
        Misconception(
            "guard too tight",
            "your guard stops one thread too early: the last element is missing.",
            body=_too_tight,
        ),
    ),
)

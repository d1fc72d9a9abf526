"""The rules of coalescing and of banks, as functions of addresses, against counting one by one."""

import numpy as np
import pytest

from smsim.timing import banks, coalesce

LANE = np.arange(32)
RNG = np.random.default_rng(132)


def one(address, width=4, active=None):
    """One warp's address row through every rule."""
    address = np.asarray(address).reshape(1, 32)
    active = None if active is None else np.asarray(active).reshape(1, 32)
    return address, active, width


@pytest.mark.parametrize(
    ("address", "width", "sectors", "lines"),
    [
        (4 * LANE, 4, 4, 1),  # neighbours
        (4 * LANE + 4, 4, 5, 2),  # shifted by one element
        (8 * LANE, 4, 8, 2),  # every second element
        (32 * LANE, 4, 32, 8),  # every eighth: a sector each
        (128 * LANE, 4, 32, 32),
        (0 * LANE, 4, 1, 1),  # one word for all
        (4 * LANE[::-1], 4, 4, 1),  # the order does not matter
        (8 * LANE, 8, 8, 2),
        (16 * LANE, 16, 16, 4),
        (LANE, 1, 1, 1),
        (32 * LANE + 30, 4, 33, 9),  # misaligned, as no PTX access is: each touches two
    ],
)
def test_sectors_and_lines(address, width, sectors, lines):
    row, active, width = one(address, width)
    assert coalesce.sectors(row, active, width).tolist() == [sectors]
    assert coalesce.lines(row, active, width).tolist() == [lines]


def test_idle_lanes_touch_nothing():
    row = 32 * LANE.reshape(1, 32)
    assert coalesce.sectors(row, (LANE < 5).reshape(1, 32)).tolist() == [5]
    assert coalesce.sectors(row, np.zeros((1, 32), bool)).tolist() == [0]
    assert coalesce.sectors(np.zeros((0, 32), int)).shape == (0,)


@pytest.mark.parametrize("width", [1, 2, 4, 8, 16])
def test_sectors_counted_one_by_one(width):
    address = RNG.integers(0, 400, (200, 32)) * width
    active = RNG.random((200, 32)) < RNG.random((200, 1))
    expected = [
        len({a // 32 for a, on in zip(row, mask) if on}) for row, mask in zip(address.tolist(), active)
    ]
    assert coalesce.sectors(address, active, width).tolist() == expected


def test_lanes_that_meet_in_an_atomic_are_served_in_rounds():
    assert coalesce.atomic_sectors(4 * LANE.reshape(1, 32)).tolist() == [4]
    assert coalesce.atomic_sectors(0 * LANE.reshape(1, 32)).tolist() == [32]
    assert coalesce.atomic_sectors(4 * (LANE // 8).reshape(1, 32)).tolist() == [8]
    some = (LANE % 2 == 0).reshape(1, 32)
    assert coalesce.atomic_sectors(0 * LANE.reshape(1, 32), some).tolist() == [16]


@pytest.mark.parametrize(
    ("address", "width", "passes", "conflicts"),
    [
        (4 * LANE, 4, 1, 0),
        (8 * LANE, 4, 2, 1),  # stride 2: two-way
        (128 * LANE, 4, 32, 31),  # stride 32: one bank
        (132 * LANE, 4, 1, 0),  # stride 33: the padded column
        (0 * LANE, 4, 1, 0),  # the same word for all
        (4 * (LANE // 2), 4, 1, 0),  # two lanes a word
        (LANE, 1, 1, 0),  # bytes of eight words
        (2 * LANE, 2, 1, 0),
        (8 * LANE, 8, 2, 0),  # half a warp at a time
        (16 * LANE, 16, 4, 0),  # a quarter at a time
        (16 * LANE, 8, 4, 2),  # doubles with stride 2: two-way in each half
        (256 * LANE, 8, 32, 30),
        (128 * LANE, 16, 32, 28),
    ],
)
def test_bank_conflicts(address, width, passes, conflicts):
    row, active, width = one(address, width)
    assert banks.wavefronts(row, active, width).tolist() == [passes]
    assert banks.conflicts(row, active, width).tolist() == [conflicts]


@pytest.mark.parametrize(("width", "group"), [(1, 32), (2, 32), (4, 32), (8, 16), (16, 8)])
def test_wavefronts_counted_one_by_one(width, group):
    address = RNG.integers(0, 100, (150, 32)) * width
    active = RNG.random((150, 32)) < RNG.random((150, 1))
    expected = []
    for row, mask in zip(address.tolist(), active):
        passes = 0
        for start in range(0, 32, group):
            words = set()
            for a, on in list(zip(row, mask))[start : start + group]:
                words |= {a // 4 + n for n in range(max(width // 4, 1))} if on else set()
            passes += max((sum(w % 32 == b for w in words) for b in range(32)), default=0)
        expected.append(passes)
    assert banks.wavefronts(address, active, width).tolist() == expected


def test_atomics_at_one_word_take_turns():
    row = np.zeros((1, 32), int)
    assert banks.atomic_wavefronts(row).tolist() == [32]
    assert banks.atomic_conflicts(row).tolist() == [31]
    assert banks.atomic_conflicts(4 * LANE.reshape(1, 32)).tolist() == [0]
    assert banks.atomic_wavefronts(8 * LANE.reshape(1, 32), None, 8).tolist() == [2]
    assert banks.atomic_wavefronts(row, np.zeros((1, 32), bool)).tolist() == [0]


def test_the_bank_of_an_address():
    assert banks.bank(np.array([0, 3, 4, 124, 128])).tolist() == [0, 0, 1, 31, 0]


def test_local_memory_puts_the_same_word_of_all_lanes_side_by_side():
    address = coalesce.local_addresses(np.full((1, 32), 8), LANE)
    assert coalesce.sectors(address).tolist() == [4]


@pytest.mark.parametrize("rule", [coalesce.sectors, banks.wavefronts])
def test_one_dimension_is_not_enough(rule):
    with pytest.raises(ValueError, match=r"\(warps, 32\)"):
        rule(4 * LANE)

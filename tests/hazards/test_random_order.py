"""Random programs that order some of their threads: accused exactly when vector clocks find a race."""

import pytest
import random_order
import small_ptx

from smsim import errors


def accused(seed, space, blocks):
    text = small_ptx.text_of(random_order.body(random_order.plan(seed, blocks), space))
    try:
        small_ptx.run(text, grid=blocks, block=64 // blocks)
    except errors.DataRace:
        return True
    return False


@pytest.mark.parametrize(("space", "blocks"), [("shared", 1), ("global", 1), ("global", 2)])
@pytest.mark.parametrize("first", range(0, 60, 10))
def test_a_race_is_found_exactly_where_there_is_one(first, space, blocks):
    seeds = range(first, first + 10)
    expected = [random_order.races(random_order.plan(seed, blocks), blocks) for seed in seeds]
    assert [accused(seed, space, blocks) for seed in seeds] == expected
    assert len(set(expected)) == 2

"""Random programs that order some of their threads: accused exactly when vector clocks find a race."""

import pytest
import random_order
import small_ptx

from smsim import errors


def accused(seed, space):
    text = small_ptx.text_of(random_order.body(random_order.plan(seed), space))
    try:
        small_ptx.run(text)
    except errors.DataRace:
        return True
    return False


@pytest.mark.parametrize("space", ["shared", "global"])
@pytest.mark.parametrize("first", range(0, 60, 10))
def test_a_race_is_found_exactly_where_there_is_one(first, space):
    seeds = range(first, first + 10)
    expected = [random_order.races(random_order.plan(seed)) for seed in seeds]
    assert [accused(seed, space) for seed in seeds] == expected
    assert len(set(expected)) == 2

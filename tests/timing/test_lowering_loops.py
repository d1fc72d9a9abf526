"""Loop bodies and the order of loads, against what NVIDIA's assembler emits."""

import pytest
from lowering_corpus import CORPUS
from lowering_loops import loads_in_a_row, loop_rows

#: ptxas unrolls the eight turns of its inner loop, so that it has no counterpart.
UNROLLED = {"registers"}
WITH_LOOPS = ("strided", "naive", "tiled", "chain", "double_sums", "bins")
#: Where the order of loads is another one: across calls of the 64-bit division, and across blocks.
OTHER_ORDER = {"double_sums", "bins", "registers"}


@pytest.mark.parametrize("name", WITH_LOOPS)
def test_loop_bodies_are_within_a_sixth(name):
    rows = loop_rows(name)
    assert rows
    for one in rows:
        assert abs(one.ratio - 1) <= 0.16, one
        for group in ("memory", "fp64", "xu"):
            assert one.unrolled * one.lowered[group] == one.sass[group], one


def test_a_loop_that_ptxas_unrolls_altogether_has_no_row():
    assert {name for name in UNROLLED if loop_rows(name)} == set()


@pytest.mark.parametrize("name", [name for name in CORPUS if name not in OTHER_ORDER])
def test_as_many_loads_go_before_the_first_is_used(name):
    lowered, machine = loads_in_a_row(name)
    assert lowered == pytest.approx(machine, abs=0.5)

"""Figures of chapter 05: arrows follow the lanes that were read, bars and tables show what was counted."""

import numpy as np
import pytest

from labkit.comparison import Comparison, compare
from labkit.figures.costs import draw_costs
from labkit.figures.shuffles import draw_shuffle_steps, draw_shuffles, needed_values

LANE = np.arange(32)


def down(distance):
    return np.where(LANE + distance < 32, LANE + distance, LANE)


def texts(axes):
    return [text.get_text() for text in axes.texts]


def arrows(axes):
    """``(from lane, to lane)`` of every strong arrow of an axes, row by row."""
    found = []
    for quiver in (c for c in axes.collections if type(c).__name__ == "Quiver"):
        start = np.asarray(quiver.XY)[:, 0]
        found.append(list(zip(start.astype(int), (start + quiver.U).astype(int), strict=True)))
    return found


def rings(axes):
    return sum(line.get_marker() == "o" and len(line.get_xdata()) for line in axes.lines)


def test_an_arrow_for_every_lane_that_reads_another_and_a_ring_for_every_other():
    first, second = draw_shuffles({"down by 8": down(8), "xor 4": LANE ^ 4}).axes
    assert arrows(first) == [[(lane + 8, lane) for lane in range(24)]] and rings(first) == 8
    assert arrows(second) == [[(lane ^ 4, lane) for lane in range(32)]] and rings(second) == 0


def test_a_tree_needs_half_as_many_values_each_round():
    (axes,) = draw_shuffle_steps([down(d) for d in (16, 8, 4, 2, 1)]).axes
    assert texts(axes) == ["16", "8", "4", "2", "1"]
    assert arrows(axes)[-1] == [(1, 0)]


def test_a_scan_needs_them_all():
    up = [np.where(LANE >= d, LANE - d, LANE) for d in (1, 2, 4, 8, 16)]
    (axes,) = draw_shuffle_steps(up, into=range(32)).axes
    assert texts(axes) == ["31", "30", "28", "24", "16"]


def test_values_that_reach_a_lane_are_found_backwards():
    needed = needed_values([down(2), down(1)], into=(0,))
    assert [list(np.flatnonzero(row)) for row in needed] == [[0, 1, 2, 3], [0, 1], [0]]


@pytest.mark.parametrize("lanes", [np.zeros(31, int), np.zeros(32), LANE + 1, LANE - 1])
def test_a_shuffle_is_32_lane_numbers(lanes):
    with pytest.raises(ValueError, match="lane"):
        draw_shuffles({"x": lanes})


def test_nothing_to_draw_is_said():
    with pytest.raises(ValueError, match="no shuffle"):
        draw_shuffles({})
    with pytest.raises(ValueError, match="no round"):
        draw_shuffle_steps([])
    with pytest.raises(ValueError, match="nothing to compare"):
        draw_costs(Comparison((), {}))


COSTS = Comparison(("warp instructions", "barriers"), {"tree": (12_000, 7), "atomics": (900, 0)})


def test_a_comparison_prints_as_a_table():
    assert str(COSTS).splitlines() == [
        "                 warp",
        "         instructions  barriers",
        "tree           12,000         7",
        "atomics           900         0",
    ]
    assert COSTS["tree", "barriers"] == 7
    page = Comparison(("a < b",), {"x & y": (1,)})._repr_html_()
    assert "<th>a &lt; b</th>" in page and "<th>x &amp; y</th>" in page and ">1</td>" in page


def test_costs_have_a_panel_a_column_and_figures_at_the_bars():
    panels = draw_costs(COSTS).axes
    assert [axes.get_title(loc="left") for axes in panels] == list(COSTS.columns)
    assert texts(panels[0]) == ["12,000", "900"] and texts(panels[1]) == ["7", "0"]
    assert [bar.get_width() for bar in panels[0].patches] == [12_000, 900]


def test_launches_are_counted_on_the_same_arguments():
    import labkit

    labkit.start()
    from numba import cuda

    @cuda.jit
    def straight(x, out):
        out[cuda.grid(1)] = x[cuda.grid(1)]

    @cuda.jit
    def apart(x, out):
        out[cuda.grid(1)] = x[8 * cuda.grid(1)]

    x, out = np.arange(256, dtype=np.int32), np.zeros(32, np.int32)
    loads = {"load sectors": "l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum"}
    found = compare({"straight": straight[1, 32], "apart": apart[1, 32]}, (x, out), loads)
    assert found["straight", "load sectors"] == 4 and found["apart", "load sectors"] == 32
    assert not out.any()
    with pytest.raises(KeyError, match="not counted"):
        compare({"straight": straight[1, 32]}, (x, out), {"time": "sm__cycles_elapsed.max"})

"""Figures of chapter 06: lines against warps, occupancy's staircases, stalls."""

import numpy as np
import pytest

import smsim
from labkit.figures.occupancy import draw_staircases
from labkit.figures.stalls import draw_stalls
from labkit.figures.style import CSS_DPI
from labkit.figures.warps import draw_against_warps


def legend(fig):
    return [text.get_text() for text in fig.legends[0].get_texts()]


def test_laws_lie_below_what_was_reached_and_every_line_is_named():
    fig = draw_against_warps({"copy": [1, 2, 3], "copy4": [3, 3, 3]}, [1, 2, 4], {"law": [1, 2, 4]}, "TB/s")
    (axes,) = fig.axes
    assert legend(fig) == ["law", "copy", "copy4"]
    assert [line.get_ydata().tolist() for line in axes.lines] == [[1, 2, 4], [1, 2, 3], [3, 3, 3]]
    assert [line.get_marker() for line in axes.lines] == ["None", "o", "s"]
    assert [t.get_text() for t in axes.get_xticklabels()] == ["1", "2", "4"]
    assert axes.get_ylim()[0] == 0 and axes.get_ylabel() == "TB/s"


def test_the_upright_axis_may_end_where_it_is_told():
    assert draw_against_warps({"a": [1, 2]}, [1, 2], top=100).axes[0].get_ylim() == (0, 100)


@pytest.mark.parametrize(
    "reached, warps, said",
    [
        ({}, [1, 2], "a line at least"),
        ({"a": []}, [], "a line at least"),
        ({"a": [1, 2]}, [0, 1], "ascend from 1"),
        ({"a": [1, 2]}, [4, 2], "ascend from 1"),
        ({"a": [1, 2, 3]}, [1, 2], "a has 3 values for 2 numbers of warps"),
    ],
)
def test_lines_that_cannot_be_drawn(reached, warps, said):
    with pytest.raises(ValueError, match=said):
        draw_against_warps(reached, warps)


def test_staircases_are_those_of_the_occupancy():
    found = smsim.occupancy(registers=32, block=256, shared=2048)
    upper, lower = draw_staircases(found).axes
    stairs, dot = upper.lines
    assert np.array_equal(stairs.get_ydata(), 100 * found.against("registers", np.arange(1, 256)))
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (32, 100)
    stairs, dot = lower.lines
    assert stairs.get_xdata()[-1] == 227 and stairs.get_ydata()[-1] == 12.5
    assert (dot.get_xdata()[0], dot.get_ydata()[0]) == (2, 100)


def test_a_reason_keeps_its_colour_and_small_ones_are_put_together():
    stalls = {
        "one": {"long_scoreboard": 8.0, "selected": 1.0, "wait": 0.9, "barrier": 0.1},
        "two": {"wait": 3.0, "selected": 1.0},
    }
    fig = draw_stalls(stalls)
    (axes,) = fig.axes
    assert legend(fig) == ["long scoreboard", "selected", "wait", "others"]
    assert [t.get_text() for t in axes.texts] == ["one: 10 cycles", "two: 4 cycles"]
    first, second = axes.patches[:4], axes.patches[4:]
    assert [bar.get_width() for bar in first] == pytest.approx([8, 1, 0.9, 0.1])
    assert [bar.get_width() for bar in second] == pytest.approx([0, 1, 3, 0])
    assert [bar.get_facecolor() for bar in first] == [bar.get_facecolor() for bar in second]


def test_nothing_is_left_over_where_all_reasons_are_shown():
    assert legend(draw_stalls({"one": {"wait": 3.0, "selected": 1.0}})) == ["wait", "selected"]


@pytest.mark.parametrize("stalls", [{}, {"one": {}}, {"one": {"wait": 0.0}}])
def test_no_stalls_are_no_figure(stalls):
    with pytest.raises(ValueError, match="a launch at least"):
        draw_stalls(stalls)


@pytest.mark.parametrize(
    "fig",
    [
        draw_against_warps({"a": [1, 2]}, [1, 2], {"law": [1, 2]}, "TB/s"),
        draw_staircases(smsim.occupancy(registers=32, block=256)),
        draw_stalls({"a": {"wait": 1.0}}),
    ],
)
def test_text_is_large_enough_for_a_phone(fig):
    smallest = min(text.get_fontsize() for text in fig.findobj(lambda a: hasattr(a, "get_fontsize")))
    assert smallest / 72 * CSS_DPI * 350 / (fig.get_size_inches()[0] * CSS_DPI) >= 9

"""Figures of chapter 14: links against experts, and loads."""

import numpy as np
import pytest

from labkit.figures.traffic import draw_links, draw_loads


def test_links_are_lines_with_marks_where_they_are_asked_for():
    fig = draw_links([4, 8, 12], {"IB": [1, 1, 1], "NVLink": [0.5, 1, 2]}, unit="ms", marked={"here": 8})
    (axes,) = fig.axes
    lines = [line for line in axes.lines if len(line.get_xdata()) == 3]
    assert [list(line.get_ydata()) for line in lines] == [[1, 1, 1], [0.5, 1, 2]]
    assert len({line.get_marker() for line in lines}) == 2
    assert [t.get_text() for t in axes.texts] == ["here"] and "ms" in axes.get_ylabel()
    assert axes.get_ylim()[0] == 0


def test_loads_are_sorted_and_relative():
    fig = draw_loads({"even": np.array([2, 2, 2]), "skewed": np.array([1, 6, 2])})
    lines = [line for line in fig.axes[0].lines if len(line.get_xdata()) == 3]
    assert list(lines[0].get_ydata()) == [1, 1, 1] and list(lines[1].get_ydata()) == [2, 2 / 3, 1 / 3]
    assert fig.axes[0].get_yscale() == "log"


@pytest.mark.parametrize(
    ("draw", "says"),
    [
        (lambda: draw_links([1, 2], {"IB": [1]}, unit="ms", marked={}), "1 values for 2"),
        (lambda: draw_loads({}), "one case at least"),
        (lambda: draw_loads({"none": np.zeros(4)}), "with tokens"),
    ],
)
def test_what_cannot_be_drawn(draw, says):
    with pytest.raises(ValueError, match=says):
        draw()

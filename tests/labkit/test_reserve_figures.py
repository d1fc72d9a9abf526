"""Figures of chapter 16."""

import pytest

from labkit.figures.reserve import draw_bandwidth, draw_sweeps
from trainmath import reserve
from trainmath.reserve import Machine, Work

SWEEP = reserve.sweep(Work(1.0, 100.0, 0.0, 100.0), Machine(50.0, 1e9, 5.0))


def test_sweeps_have_their_best_marked():
    fig = draw_sweeps({"one": SWEEP}, most=40)
    line, mark = fig.axes[0].lines
    assert line.get_xdata().max() <= 40 and mark.get_xdata()[0] == SWEEP.best
    assert mark.get_ydata()[0] == 1e3 * SWEEP.at(SWEEP.best)
    assert [t.get_text() for t in fig.legends[0].get_texts()] == [f"one: {SWEEP.best}"]


def test_points_stand_where_they_were_published():
    fig = draw_bandwidth({"model": ([2, 4], [10, 20])}, {"DeepEP": (4, 43)}, 50)
    line, point, link = fig.axes[0].lines
    assert list(line.get_ydata()) == [10, 20] and (point.get_xdata()[0], point.get_ydata()[0]) == (4, 43)
    assert set(link.get_ydata()) == {50}


@pytest.mark.parametrize("draw", [lambda: draw_sweeps({}), lambda: draw_bandwidth({}, {}, 50)])
def test_nothing_to_draw(draw):
    with pytest.raises(ValueError, match="at least"):
        draw()

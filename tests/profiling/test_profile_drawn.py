"""The book's figures of a profile."""

import numpy as np
import pytest
from made_up import made_up
from profiled_kernels import saxpy, shift

from labkit.figures.roofline import draw_roofline
from labkit.figures.warp_states import draw_warp_states

X = np.arange(264 * 256, dtype="f4")


def profiled(**changed):
    return made_up(saxpy[264, 256], np.float32(2), X, X, np.zeros_like(X), **changed)


def test_points_stand_where_the_profile_says():
    slow, fast = profiled().roofline(), profiled(cycles=4000).roofline()
    axes = draw_roofline([slow, fast]).axes[0]
    roof, *points = axes.lines
    assert [p.get_xdata()[0] for p in points] == [r.levels[0].intensity for r in (slow, fast)]
    assert [p.get_ydata()[0] for p in points] == [slow.achieved, fast.achieved]
    assert max(roof.get_ydata()) == slow.peak
    low, high = axes.get_ylim()
    assert low < slow.achieved < fast.achieved < high


def test_no_point_no_figure():
    whole = made_up(shift[2, 256], np.arange(512), np.arange(512)).roofline()
    with pytest.raises(ValueError, match="shift has no point"):
        draw_roofline([whole])
    with pytest.raises(ValueError, match="not 'L3'"):
        draw_roofline([profiled().roofline()], level="L3")
    with pytest.raises(ValueError, match="one roofline"):
        draw_roofline([])


def test_areas_add_up_to_the_warps():
    found = profiled().timeline()
    axes = draw_warp_states(found).axes[0]
    top = axes.patches[-1].get_data().values
    np.testing.assert_allclose(top, found.warps.sum(axis=1))

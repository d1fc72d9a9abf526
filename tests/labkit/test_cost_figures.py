"""Figures of chapters 19 and 20: what is drawn is what was computed, and impossible input is refused in a sentence."""

import numpy as np
import pytest

from labkit.figures.models import draw_flop_by_length, draw_links, draw_parts
from labkit.figures.ranges import draw_break_even, draw_ranges, draw_spread
from labkit.figures.style import CSS_DPI


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_parts_are_drawn_to_scale_and_thin_ones_put_together():
    fig = draw_parts({"experts": (97e9, 6e9), "attention": (2.9e9, 3.9e9), "norms": (0.1e9, 0.1e9)})
    (axes,) = fig.axes
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([97, 2.9, 0.1, 60, 39, 1])
    assert texts(axes) == ["stored: 100 billion", "met by one token: 10 billion"]
    assert [t.get_text() for t in fig.legends[0].get_texts()] == ["experts", "attention", "the rest"]


def test_flop_by_length():
    fig = draw_flop_by_length(np.array([1024, 2048]), 6e9, np.array([1e9, 2e9]), here=1500)
    (axes,) = fig.axes
    assert axes.get_ylim()[1] >= 8
    with pytest.raises(ValueError, match="one entry for each length"):
        draw_flop_by_length(np.array([1, 2]), 1, np.array([1]), here=1)


def test_links_outside_the_band_have_another_mark():
    (axes,) = draw_links({"near": (1.004, 1), "far": (1.5, 1)}).axes
    assert texts(axes) == ["near  +0.40 %", "far  +50.00 %"]
    marks = [line.get_marker() for line in axes.lines if line.get_marker() not in ("None", "")]
    assert marks == ["o", "X"]


def test_ranges_say_how_they_are_known():
    rows = {"a": (1, 10, "published"), "b": (2, 4, "assumed"), "c": (3, 3, "recalled")}
    (axes,) = draw_ranges(rows, unit="million USD", line=5).axes
    assert texts(axes) == ["a (published)", "b (assumed)", "c (recalled)"]
    first, second = axes.patches
    assert (first.get_x(), first.get_width()) == (1, 9) and first.get_linestyle() == "-"
    assert (second.get_x(), second.get_width()) == (2, 2) and second.get_linestyle() == "--"
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize("row", [(2, 1, "published"), (0, 1, "published"), (-1, 1, "assumed")])
def test_impossible_ranges(row):
    with pytest.raises(ValueError, match="lower end first"):
        draw_ranges({"x": row}, unit="USD")


def test_a_range_may_begin_at_0_on_a_plain_axis():
    (axes,) = draw_ranges({"x": (0, 1, "assumed")}, unit="USD", log=False).axes
    assert axes.get_xscale() == "linear"
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_ranges({}, unit="USD")


def test_a_spread_shows_its_quantiles():
    (axes,) = draw_spread(np.arange(101.0), unit="USD", marks={"published": 20}).axes
    assert axes.get_title(loc="left") == "nine of ten between 5 and 95, half below 50"
    assert texts(axes) == ["published"]
    for wrong in (np.zeros((2, 2)), np.array([1.0]), np.array([1.0, np.nan])):
        with pytest.raises(ValueError, match="one dimension"):
            draw_spread(wrong, unit="USD")


def test_break_even_draws_a_curve_for_each_owner():
    u = np.array([0.5, 1.0])
    (axes,) = draw_break_even(u, {"a": 1 / u, "b": 2 / u}, (1.7, 4.5), unit="USD").axes
    assert [line.get_ydata().tolist() for line in axes.lines] == [[2, 1], [4, 2]]
    assert len({line.get_linestyle() for line in axes.lines}) == 2
    with pytest.raises(ValueError, match="as many prices"):
        draw_break_even(u, {"a": np.ones(3)}, (1, 2), unit="USD")


@pytest.mark.parametrize(
    "fig",
    [
        draw_parts({"a": (2.0, 1.0)}),
        draw_links({"a": (1, 1)}),
        draw_ranges({"a": (1, 2, "assumed")}, unit="USD"),
        draw_spread(np.arange(9.0), unit="USD"),
    ],
)
def test_text_is_large_enough_for_a_phone(fig):
    smallest = min(text.get_fontsize() for text in fig.findobj(lambda a: hasattr(a, "get_fontsize")))
    assert smallest / 72 * CSS_DPI * 350 / (fig.get_size_inches()[0] * CSS_DPI) >= 9

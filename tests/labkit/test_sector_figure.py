"""The figure of sectors and lines: what is drawn is what the coalescing rule says of the same addresses."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from labkit.figures import sectors
from labkit.figures.sectors import ASKED, MOVED, draw_sectors, summary
from labkit.figures.style import CSS_DPI, palette
from smsim.timing import coalesce

LANE = np.arange(32)
EVERYBODY = np.ones(32, bool)


def squares(axes, colour):
    """How many squares of one colour a panel shows."""
    wanted = colour.lower()
    return sum(to_hex(patch.get_facecolor()) == wanted for patch in axes.patches if patch.get_fill())


def test_neighbours_want_all_that_moves():
    (axes,) = draw_sectors({"neighbours": 4 * LANE}).axes
    assert (squares(axes, ASKED), squares(axes, MOVED)) == (32, 0)
    assert "4 sectors in 1 line, 128 of 128 bytes wanted" in axes.get_title(loc="left")


@pytest.mark.parametrize(
    ("stride", "width", "shift"),
    [(1, 4, 4), (2, 4, 0), (3, 8, 8), (7, 4, 28), (8, 4, 4), (1, 16, 16), (2, 16, 0), (5, 8, 24)],
)
def test_squares_add_up_to_the_rule(stride, width, shift, monkeypatch):
    monkeypatch.setattr(sectors, "ROWS", 1000)  # draw every line
    address = width * stride * LANE + shift
    (axes,) = draw_sectors({"way": address}, width=width).axes
    moved = 8 * int(coalesce.sectors(address[None], None, width)[0])
    drawn = squares(axes, ASKED), squares(axes, MOVED), squares(axes, palette.untouched)
    assert drawn[0] == 32 * width // 4
    assert drawn[0] + drawn[1] == moved
    assert sum(drawn) == 32 * int(coalesce.lines(address[None], None, width)[0])


def test_summary_is_the_rule_and_counts_shared_bytes_once():
    assert summary(0 * LANE, EVERYBODY, 4) == (1, 1, 4, 32)
    assert summary(4 * LANE + 4, EVERYBODY, 4) == (5, 2, 128, 160)
    assert summary(32 * LANE, LANE < 3, 4) == (3, 1, 12, 96)


def test_what_is_left_out_is_said():
    (axes,) = draw_sectors({"column": 256 * LANE}).axes
    assert "and 26 more lines" in [text.get_text() for text in axes.texts]


def test_impossible_accesses_are_refused_in_a_sentence():
    with pytest.raises(ValueError, match="32 byte addresses"):
        draw_sectors({"short": np.arange(5)})
    with pytest.raises(ValueError, match="32 byte addresses"):
        draw_sectors({"fractions": LANE / 2})
    with pytest.raises(ValueError, match="at least one"):
        draw_sectors({})


def test_text_is_large_enough_for_a_phone():
    fig = draw_sectors({"a[me, k]": 256 * LANE, "a longer name": 4 * LANE})
    smallest = min(text.get_fontsize() for text in fig.findobj(lambda a: hasattr(a, "get_fontsize")))
    assert smallest / 72 * CSS_DPI * 350 / (fig.get_size_inches()[0] * CSS_DPI) >= 9

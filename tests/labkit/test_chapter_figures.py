"""Figures of chapter 04: what is drawn is what was counted, and impossible input is refused in a sentence."""

import numpy as np
import pytest

from labkit.figures.activity import draw_activity
from labkit.figures.banks import draw_banks
from labkit.figures.orders import draw_orders
from labkit.figures.touches import draw_touches


def marks(axes):
    """Number of points an axes shows, one entry a collection."""
    return [len(collection.get_offsets()) for collection in axes.collections]


def texts(axes):
    return [text.get_text() for text in axes.texts]


def test_touches_name_each_way_with_its_total():
    fig = draw_touches({"far": np.array([1, 2, 3]), "near": np.array([1, 1, 1])}, what="reads")
    assert [t.get_text() for t in fig.legends[0].get_texts()] == ["far: 6 reads", "near: 3 reads"]


def test_touches_want_arrays_of_one_length():
    with pytest.raises(ValueError, match="one length"):
        draw_touches({"far": np.zeros(3), "near": np.zeros(4)})


def test_a_column_crowds_one_bank_and_padding_spreads_it():
    lane = np.arange(32)
    plain, padded = draw_banks({"plain": 4 * 32 * lane, "padded": 4 * 33 * lane}).axes
    assert marks(plain) == [0, 32]
    assert marks(padded) == [32, 0]


def test_lanes_that_want_one_word_share_it():
    (axes,) = draw_banks({"the same word": np.zeros(32, int)}).axes
    assert marks(axes) == [1, 0]


def test_orders_say_how_each_ended():
    one, other = [(0, "write"), (1, "read")], [(1, "read"), (0, "write")]
    (axes,) = draw_orders([one, other], [0, 32]).axes
    assert [t for t in texts(axes) if "right" in t or "wrong" in t] == ["✓ right", "✗ 32 wrong"]


def test_orders_need_a_count_each():
    with pytest.raises(ValueError, match="as many counts as orders"):
        draw_orders([[(0, "write")]], [])


def test_activity_counts_the_threads_at_work():
    (axes,) = draw_activity(np.array([[1, 1, 1, 0], [1, 0, 0, 0]]), warp=2).axes
    assert texts(axes) == ["3", "1"]


def test_activity_wants_rounds_by_threads():
    with pytest.raises(ValueError, match="rounds, threads"):
        draw_activity(np.ones(4))

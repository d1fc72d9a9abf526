"""The drawing of a pipeline schedule."""

import numpy as np
import pytest

from labkit.figures.pipeline import draw_pipeline
from trainmath import pipeline
from trainmath.pipeline import Costs


def boxes(axes):
    return sorted((p.get_y(), p.get_x(), p.get_width()) for p in axes.patches if p.get_fill())


def test_each_piece_of_work_is_a_box_where_and_when_it_is_done():
    timed = pipeline.run(pipeline.dualpipe(4, 8), Costs(1, 2, 1, 2.5))
    (axes,) = draw_pipeline(timed).axes
    wanted = sorted((p.device - 0.45, p.start, p.end - p.start) for pieces in timed.pieces for p in pieces)
    assert np.allclose(boxes(axes), sorted(wanted))
    assert (
        axes.get_title(loc="left") == f"DualPipe: {timed.duration:g}, idle {100 * timed.bubble_share:.0f} %"
    )
    assert [t.get_text() for t in axes.get_yticklabels()] == ["0", "1", "2", "3"]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]  # device 0 on top


def test_several_share_one_axis_and_one_legend():
    several = [
        pipeline.run(make(4, 8)) for make in (pipeline.one_f_one_b, pipeline.zero_bubble, pipeline.dualpipe)
    ]
    fig = draw_pipeline(several, unit="ms")
    assert len(fig.axes) == 3 and len({axes.get_xlim() for axes in fig.axes}) == 1
    names = [text.get_text() for text in fig.legends[0].get_texts()]
    assert names[0] == "forward, F" and "forward and backward, F&B" in names and len(names) == 5
    assert fig.axes[-1].get_xlabel() == "time in ms"


def test_numbers_stand_where_there_is_room():
    timed = pipeline.run(pipeline.one_f_one_b(2, 4))
    (axes,) = draw_pipeline(timed).axes
    assert sorted(t.get_text() for t in axes.texts) == sorted(str(n) for n in range(4) for _ in range(4))
    (plain,) = draw_pipeline(timed, numbers=False).axes
    assert not plain.texts


def test_nothing_to_draw():
    with pytest.raises(ValueError, match="one schedule at least"):
        draw_pipeline([])

"""Figures of chapters 01 and 02: what is drawn is what the warp did, what is in the tables, what was computed."""

import numpy as np
import pytest

import labkit
import smsim
from labkit.figures.masks import Trace, draw_masks, follow
from labkit.figures.sm_plan import PARTS, draw_sm_plan
from labkit.figures.timeline import draw_timeline

TWO_WAYS = """
.version 8.0
.target sm_90
.address_size 64
.visible .entry two_ways(.param .u32 limit)
{
  .reg .pred %p<2>;
  .reg .b32 %r<5>;
  ld.param.u32 %r1, [limit];
  mov.u32 %r2, %tid.x;
  setp.ge.u32 %p1, %r2, %r1;
  @%p1 bra OTHER;
  add.s32 %r3, %r2, 1;
  add.s32 %r3, %r3, 1;
  bra.uni END;
OTHER:
  add.s32 %r4, %r2, 3;
END:
  ret;
}
"""


def texts(axes):
    return [text.get_text() for text in axes.texts]


@pytest.fixture
def stepper():
    return smsim.step(smsim.load_ptx(TWO_WAYS)["two_ways"][1, 40], np.uint32(5))


def test_following_a_warp_finds_its_stretches_and_leaves_the_stepper_where_it_was(stepper):
    stepper.next(3)
    trace = follow(stepper)
    assert stepper.position == 3
    assert [(int(mask.sum()), count) for mask, count, _ in trace.stretches()] == [
        (32, 4),
        (5, 3),
        (27, 1),
        (32, 1),
    ]


def test_masks_are_drawn_with_the_cells_that_were_active(stepper):
    (axes,) = draw_masks(stepper).axes
    assert axes.get_title(loc="left") == "warp 0: 9 instructions"
    boxes = [path.get_extents() for path in axes.collections[0].get_paths()]
    assert sum(box.width * box.height for box in boxes) == follow(stepper).active.sum()
    assert {(box.x0, box.x1) for box in boxes} == {(0, 32), (0, 5), (5, 32)}


def test_a_warp_that_is_not_full_is_drawn_as_far_as_it_goes():
    launch = smsim.load_ptx(TWO_WAYS)["two_ways"][1, 40]
    (axes,) = draw_masks(smsim.step(launch, np.uint32(5), warp=1)).axes
    assert {path.get_extents().x1 for path in axes.collections[0].get_paths()} == {8}


def test_labels_name_numbers_and_python_lines_but_not_in_a_crowd():
    active = np.zeros((90, 32), bool)
    active[:50], active[50:, :3] = True, True
    (axes,) = draw_masks(Trace(0, active, (2, 3) * 25 + (7,) * 40)).axes
    assert texts(axes) == ["50, lines 2 to 3", "40, line 7"]
    active = np.arange(90)[:, None] % 2 == np.arange(32) % 2
    (axes,) = draw_masks(Trace(0, active, (2,) * 90)).axes
    assert texts(axes) == []


def test_one_scale_makes_figures_comparable():
    short = Trace(0, np.ones((40, 32), bool), (0,) * 40)
    long = Trace(0, np.ones((160, 32), bool), (0,) * 160)
    room = 0.87  # for title and axis
    one = draw_masks(short, tallest=160).get_size_inches()[1] - room
    other = draw_masks(long).get_size_inches()[1] - room
    assert other == pytest.approx(4 * one)


def test_masks_need_something_that_ran():
    with pytest.raises(ValueError, match="one warp at least"):
        draw_masks()
    with pytest.raises(ValueError, match="executed something"):
        draw_masks(Trace(0, np.zeros((0, 32), bool), ()))


def test_the_plan_says_what_the_tables_say():
    (axes,) = draw_sm_plan().axes
    said = texts(axes)
    assert f"{labkit.fact('h800.sms')}" in said
    assert said.count("32 FP32 lanes") == said.count("16,384 registers") == said.count("up to 16 warps") == 4
    assert "256 KiB of L1 cache and shared memory" in said
    assert all(labkit.fact(key).source for key in PARTS)


def test_some_sms_may_be_marked():
    (axes,) = draw_sm_plan(marked=20).axes
    assert sum(len(line.get_xdata()) == 1 for line in axes.lines) == 20
    with pytest.raises(ValueError, match="132 SMs"):
        draw_sm_plan(marked=133)


def test_a_timeline_names_the_end_of_each_way():
    one = {"copy": [("0", 0, 4), ("1", 4, 8)], "kernel": [("0", 4, 5), ("1", 8, 9)]}
    upper, lower = draw_timeline({"apart": one, "alone": {"copy": [("0", 0, 4)]}}, unit="ms").axes
    assert upper.get_title(loc="left") == "apart: 9.00 ms"
    assert lower.get_title(loc="left") == "alone: 4.00 ms"
    assert [bar.get_width() for bar in upper.patches] == [4, 4, 1, 1]
    assert texts(upper)[:2] == ["0", "1"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({}, "one piece of work"),
        ({"copy": [("0", 3, 1)]}, "before it starts"),
        ({"copy": [("0", 0, 2), ("1", 1, 3)]}, "while the piece before lasts"),
    ],
)
def test_a_timeline_refuses_what_cannot_be(rows, message):
    with pytest.raises(ValueError, match=message):
        draw_timeline({"one way": rows}, unit="ms")


def test_groups_of_threads_may_be_called_warps():
    fig = labkit.draw_threads(np.zeros(4, int), np.arange(4), word="warp")
    assert [t.get_text() for t in fig.axes[0].get_legend().get_texts()] == ["warp 0"]


def test_small_text_stays_legible_on_a_phone(stepper):
    timeline = draw_timeline({"one": {"copy": [("0", 0, 1)]}}, unit="ms")
    for fig in (draw_masks(stepper), draw_sm_plan(), timeline):
        smallest = min(text.get_fontsize() for text in fig.findobj(lambda a: hasattr(a, "get_fontsize")))
        assert smallest / 72 * 350 / fig.get_size_inches()[0] >= 9

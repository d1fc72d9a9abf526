"""Schedules: complete, without waiting in a circle, and idle as long as the report's formulas say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainmath import pipeline
from trainmath.pipeline import Costs, Order, ScheduleError, Work

times = st.integers(1, 40)


@st.composite
def costs(draw: st.DrawFn, w_at_most: str = "") -> Costs:
    """Times of the passes; W takes at most as long as those that ``w_at_most`` names: F, B - W."""
    f, inputs = draw(times), draw(times)
    limits = {"F": f, "B - W": inputs}
    w = draw(st.integers(1, min([40, *(limits[name] for name in w_at_most.split(", ") if name)])))
    return Costs(f, w + inputs, w, draw(st.integers(max(f, w + inputs), f + w + inputs)))


@st.composite
def full_pipelines(draw: st.DrawFn) -> tuple[int, int]:
    """Stages, and at least as many micro-batches."""
    stages = draw(st.integers(1, 32))
    return stages, draw(st.integers(stages, 64))


# -- by count and by formula -------------------------------------------------------------------------------


@given(st.integers(1, 32), st.integers(1, 64), costs())
def test_1f1b_idles_as_its_formula_says(stages, micro_batches, each):
    timed = pipeline.run(pipeline.one_f_one_b(stages, micro_batches), each)
    assert set(timed.bubbles) == {pipeline.bubble_1f1b(stages, each)}
    assert timed.peak_activations == min(pipeline.held_micro_batches("1F1B", stages), micro_batches)


# Where W is the longest of the three, weights that were put off delay what others wait for.
@given(full_pipelines(), costs(w_at_most="F, B - W"))
def test_zb1p_idles_as_its_formula_says(full, each):
    stages, micro_batches = full
    timed = pipeline.run(pipeline.zero_bubble(stages, micro_batches), each)
    assert set(timed.bubbles) == {pipeline.bubble_zero_bubble(stages, each)}
    assert timed.peak_activations <= pipeline.held_micro_batches("ZB1P", stages)


@pytest.mark.parametrize("stages", range(2, 33, 2))
def test_dualpipe_idles_as_its_formula_says(stages):
    """For all numbers of micro-batches, where a forward pass takes as long as the input half of a backward pass."""
    for micro_batches in range(2 * stages, 65, 2):
        for each in (Costs(F=2, B=4, W=2, FB=5), Costs(F=5, B=8, W=3, FB=13)):
            timed = pipeline.run(pipeline.dualpipe(stages, micro_batches), each)
            assert timed.bubble == pipeline.bubble_dualpipe(stages, each)
            assert timed.peak_activations == pipeline.held_micro_batches("DualPipe", stages)


@given(st.integers(1, 8), st.integers(0, 8), costs(w_at_most="B - W"))
def test_dualpipe_beside_its_formula_for_other_times(half, more, each):
    """The formula is right for ``F = B - W``, an upper bound for a shorter ``F``, and a lower one for a longer."""
    stages, inputs = 2 * half, each.B - each.W
    bubble = pipeline.run(pipeline.dualpipe(stages, 2 * stages + 2 * more), each).bubble
    formula = pipeline.bubble_dualpipe(stages, each)
    assert bubble >= formula if inputs < each.F else bubble <= formula
    assert inputs != each.F or bubble == formula


def test_the_three_in_the_order_of_the_report():
    each, stages, micro_batches = Costs(), 16, 32
    orders = (pipeline.one_f_one_b, pipeline.zero_bubble, pipeline.dualpipe)
    assert [pipeline.run(make(stages, micro_batches), each).bubble for make in orders] == [45, 15, 14]


# -- what holds for any schedule ---------------------------------------------------------------------------

ALL = st.one_of(
    st.builds(pipeline.one_f_one_b, st.integers(1, 10), st.integers(1, 20)),
    st.builds(pipeline.zero_bubble, st.integers(1, 10), st.integers(1, 20)),
    st.builds(
        lambda half, more: pipeline.dualpipe(2 * half, 4 * half + 2 * more),
        st.integers(1, 5),
        st.integers(0, 5),
    ),
)


@given(ALL, costs())
def test_nothing_starts_before_what_it_needs(order, each):
    timed = pipeline.run(order, each)
    ended = {(p.device, work): p.end for pieces in timed.pieces for p in pieces for work in p.slot}
    for pieces in timed.pieces:
        assert all(a.end <= b.start for a, b in zip(pieces, pieces[1:]))
        for piece in pieces:
            assert math.isclose(piece.end - piece.start, each.of(piece.slot))
            for work in piece.slot:
                stage, step = work.stage(piece.device, order.stages), -1 if work.reverse else 1
                if work.kind == "F" and stage > 0:
                    assert ended[piece.device - step, work] <= piece.start
                if work.kind in "BI" and stage < order.stages - 1:
                    halves = [Work(kind, work.micro_batch, work.reverse) for kind in "BI"]
                    assert (
                        min(ended[k] for h in halves if (k := (piece.device + step, h)) in ended)
                        <= piece.start
                    )


@given(ALL, costs(), st.integers(2, 5))
def test_times_scale(order, each, times):
    slower = Costs(each.F * times, each.B * times, each.W * times, each.FB * times)
    assert pipeline.run(order, slower).duration == times * pipeline.run(order, each).duration


@given(ALL)
def test_what_is_written_can_be_read_again(order):
    assert Order.parse(str(order).splitlines(), order.name) == order


@given(ALL, st.data())
def test_work_left_out_or_done_twice_is_found(order, data):
    devices = [list(slots) for slots in order.devices]
    device = data.draw(st.integers(0, len(devices) - 1))
    place = data.draw(st.integers(0, len(devices[device]) - 1))
    without = [slots.copy() for slots in devices]
    lost = without[device].pop(place)
    try:
        pipeline.run(Order(tuple(map(tuple, without))))
    except ScheduleError as error:
        assert f"device {device}" in str(error) or "never does" in str(error) or "nobody" in str(error)
    else:  # the only micro-batch of a pipeline, or its last one, may be gone on every device
        assert len(devices) == 1 and len(lost) >= 1
    devices[device].insert(place, devices[device][place])
    with pytest.raises(ScheduleError, match="twice"):
        pipeline.run(Order(tuple(map(tuple, devices))))


# -- what is refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["F0 B0", "F0 X0"], r"device 1: 'X0' is no work"),
        (["F0&F1 B0 B1"], r"only a forward and a backward pass can overlap"),
        (["F0 B0", "F0"], r"device 1 does neither B0 nor I0"),
        (["F0 I0", "F0 B0"], r"device 0 does neither B0 nor W0"),
        (["F0 W0 I0"], r"device 0 does W0 before I0"),
        (["B0 F0"], r"goes back through 0 before it went forward"),
        (["F0 B0 I0 W0"], r"B0 and a half of it again"),
        (
            ["F0 B0 F1 B1", "F1 F0 B0 B1"],
            r"device 0 waits with B0 for B0 of device 1; device 1 waits with F1 for F1 of device 0",
        ),
        (["F0 F1 B0", "F0 B0"], r"device 0 does neither B1 nor I1"),
        ([""], r"one device at least"),
    ],
)
def test_a_wrong_schedule_is_refused_in_words(lines, says):
    with pytest.raises(ScheduleError, match=says):
        pipeline.run(Order.parse(lines))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Costs(W=3), "W is a part of B"),
        (lambda: Costs(F=1, B=2, FB=1.5), "at least the longer"),
        (lambda: Costs(FB=4), "at most both"),
        (lambda: pipeline.one_f_one_b(0, 4), "at least 1"),
        (lambda: pipeline.dualpipe(3, 12), "even"),
        (lambda: pipeline.dualpipe(8, 14), "16 micro-batches or more"),
        (lambda: pipeline.held_micro_batches("GPipe", 4), "none of"),
    ],
)
def test_wrong_numbers_are_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()

"""The ladder of chapter 07: wrong rungs are refused, gains are ratios of times, figures show what was profiled."""

from types import SimpleNamespace

import pytest

from labkit.figures.rungs import draw_reasons, draw_speeds
from labkit.ladder import Ladder
from labkit.rungs import fingerprint


def ladder_of(**seconds):
    ladder = Ladder("RTX A6000", 64)
    ladder.rungs = {name: SimpleNamespace(seconds=value) for name, value in seconds.items()}
    return ladder


def test_speed_and_gain_follow_from_times():
    ladder = ladder_of(slow=4e-6, fast=1e-6)
    assert ladder.speed("slow") == pytest.approx(2 * 64**3 / 4e-6)
    assert (ladder.gain("slow"), ladder.gain("fast")) == (1, 4)


def test_long_sums_continue_the_line_of_short_ones():
    ladder = Ladder("RTX A6000", 1000, lengths=(100, 200))
    assert ladder._line(3.0, 5.0) == pytest.approx(5 + 2 * 8)


def test_a_wave_is_the_first_rows_of_blocks():
    ladder = Ladder("RTX A6000", 4096)
    assert ladder._wave(84, (32, 32), False) == (32, 84 * 32)
    assert ladder._wave(84, (32, 32), True) == (84 * 32, 32)
    assert ladder._wave(2 * 84, (128, 128), False) == (5 * 128, 4096)
    assert Ladder("RTX A6000", 256)._wave(168, (128, 128), False) == (256, 256)


def test_beside_published_speeds():
    table = ladder_of(slow=4e-6, fast=1e-6).beside({"slow": 1e11, "fast": 5e11})
    assert table["fast", "published gain"] == 5 and table["fast", "modelled gain"] == 4
    assert table["slow", "modelled over published"] == pytest.approx(2 * 64**3 / 4e-6 / 1e11)


def test_speeds_are_drawn_with_their_numbers():
    (axes,) = draw_speeds({"a": 1e12, "b": 2.5e12}, {"b": 2e12, "c": 3e12}).axes
    assert [t.get_text() for t in axes.texts] == ["1", "2.5", "2", "3"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_speeds({}, {})


def test_reasons_fill_each_bar():
    stalls = {"a": {"wait": 3.0, "selected": 1.0}, "b": {"barrier": 1.0, "selected": 1.0, "wait": 2.0}}
    fig = draw_reasons(stalls, {"wait": "Stall Wait"}, most=2)
    (axes,) = fig.axes
    widths = {}
    for patch in axes.patches:
        widths[round(patch.get_y(), 2)] = widths.get(round(patch.get_y(), 2), 0) + patch.get_width()
    assert all(total == pytest.approx(1) for total in widths.values()) and len(widths) == 2
    assert "75 %" in [t.get_text() for t in axes.texts]
    assert [t.get_text() for t in fig.legends[0].get_texts()] == ["Stall Wait", "selected", "other"]
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_reasons({}, {})


def test_a_key_is_the_code_and_the_launch():
    text = "// c\n.visible .entry _ZN1ak(\n)\n{{\n\t.loc\t1 {0} 1\n"
    text += "\tld.shared.f32 %f1, [_cudapy_smem_{0}+{1}];\n\tret;\n}}\n"
    key = fingerprint(text.format(1, 4), "T4", 32)
    assert fingerprint(text.format(2, 4), "T4", 32) == key
    assert len({key, fingerprint(text.format(1, 8), "T4", 32), fingerprint(text.format(1, 4), "T4", 16)}) == 3

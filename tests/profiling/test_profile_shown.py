"""What a profile prints and draws, and what two of them say together."""

import html.parser
import json

import numpy as np
import pytest
from made_up import made_up
from profiled_kernels import saxpy, shift

import smsim
from smsim.listing.reference import PAGE, SITE

X = np.arange(264 * 256, dtype="f4")


def profiled(**changed):
    return made_up(saxpy[264, 256], np.float32(2), X, X, np.zeros_like(X), **changed)


def test_printed():
    text = str(profiled())
    lines = text.splitlines()
    assert lines[0] == "saxpy[264, 256] on the H800: 12,000 cycles, 6.06 µs"
    assert len(lines) <= 40 and max(map(len, lines)) <= 100
    assert "Limiter: latency: long scoreboard." in text
    assert "Stall Long Scoreboard" in text and "3.00" in text
    assert "limited by warps" in text
    assert text == str(profiled())


class Balance(html.parser.HTMLParser):
    """Fails on a tag that is closed in the wrong place."""

    def __init__(self):
        super().__init__()
        self.open, self.labels = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        attrs = dict(attrs)
        if tag == "svg":
            assert attrs["role"] == "img"
        if attrs.get("role") == "img":
            self.labels.append(attrs["aria-label"])

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("what", ["profile", "source", "comparison", "roofline", "timeline"])
def test_drawn(what):
    p = profiled()
    drawn = {
        "profile": p,
        "source": p.source(),
        "comparison": smsim.compare(p, profiled(cycles=20_000)),
        "roofline": p.roofline(),
        "timeline": p.timeline(),
    }[what]
    page = drawn._repr_html_()
    parser = Balance()
    parser.feed(page)
    assert not parser.open
    assert "<script" not in page and page == drawn._repr_html_()
    if what == "profile":
        assert len(parser.labels) > 8 and all(parser.labels)
        assert "latency: long scoreboard" in page


def test_as_a_dict():
    found = profiled().to_dict()
    assert json.loads(json.dumps(found)) == found
    assert json.dumps(profiled().to_dict()) == json.dumps(found)


def test_source_points_at_the_line():
    lines = profiled().source()
    hottest = max(lines.ptx, key=lambda row: row.share)
    assert (hottest.share, hottest.reason, hottest.issued) == (1, "long_scoreboard", 4000)
    python = max(lines.python, key=lambda row: row.share)
    assert python.share == 1 and python.cycles == 18_000
    number = saxpy.py_func.__code__.co_firstlineno + 4
    assert lines.at(number).text == "out[i] = a * x[i] + y[i]"
    with pytest.raises(KeyError, match="no instruction comes from line 1"):
        lines.at(1)
    assert "Stall Long Scoreboard" in str(lines)


def test_compared():
    slow, fast = profiled(), profiled(cycles=4_000, stalls={"long_scoreboard": 2_000})
    found = smsim.compare(slow, fast)
    assert found.speedup == 2
    assert next(iter(found.stall_change)) == "long_scoreboard"
    assert "2.00 times as fast" in found.sentence and "less time in Stall Long Scoreboard" in found.sentence
    assert "takes 2.00 times as long" in smsim.compare(fast, slow).sentence
    assert "the same for every reason" in smsim.compare(slow, profiled()).sentence
    other = made_up(shift[264, 256], X, X.copy())
    assert "shift" in str(smsim.compare(slow, other)).splitlines()[2]
    assert json.loads(json.dumps(found.to_dict())) == found.to_dict()


def test_compare_takes_profiles():
    with pytest.raises(TypeError, match="two profiles"):
        smsim.compare(profiled(), 3)


def test_sass_has_the_lines_of_python():
    sass = profiled().source().sass
    if sass is None:
        pytest.skip("no nvdisasm here")
    number = saxpy.py_func.__code__.co_firstlineno + 4
    of_the_line = [row for row in sass.splitlines() if row.split()[0] == str(number)]
    assert any("LDG" in row for row in of_the_line) and any("FFMA" in row for row in of_the_line)
    assert "EXIT" in sass


def test_no_disassembler_no_sass(monkeypatch):
    monkeypatch.setattr("smsim.sass.disassembler.find", lambda: None)
    assert profiled().source().sass is None


def test_ptx_lines_lead_to_the_reference():
    found = profiled().source()
    assert all(PAGE in row.reference and row.opcode in row.text for row in found.ptx)
    assert found._repr_html_().count(f'href="{SITE}{PAGE}#ptx-') == len(found.ptx)

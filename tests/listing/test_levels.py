"""A kernel at five levels, cut by Python line."""

import pytest
from listed_kernels import SAXPY, F, cubes, mirror, saxpy
from test_listing_sass import tools  # noqa: F401  a fixture

from smsim.listing import views
from smsim.listing.levels import UNITS, levels


@pytest.mark.parametrize("kernel, types", [(saxpy, SAXPY), (mirror, (F, F)), (cubes, (F, F))])
def test_each_level_is_the_whole_kernel(tools, kernel, types):  # noqa: F811
    five, view = levels(kernel, types), views(kernel, types)
    assert list(five.texts) == list(UNITS)
    assert five.counts["PTX"] == len(view.instructions) and five.counts["SASS"] == len(view.sass)
    assert all(five.counts.values())
    for level, entries in five.texts.items():
        known = {entry.line for entry in entries} - {0}
        assert known <= set(view.source.lines), level


def test_one_line_at_every_level(tools):  # noqa: F811
    text = levels(saxpy, SAXPY).of("cuda.grid")
    assert [text.index(f"{level}: ") for level in UNITS] == sorted(
        text.index(f"{level}: ") for level in UNITS
    )
    assert "-> int64" in text and "read.ptx.sreg.ctaid.x" in text
    assert "%ctaid.x" in text and "SR_CTAID.X" in text
    assert "FFMA" not in text and "fmul" not in text


def test_nothing_of_this_machine_is_printed(tools):  # noqa: F811
    five = levels(saxpy, SAXPY)
    whole = "\n".join(five.of(number) for number in five.view.source.lines)
    assert "/" not in whole.replace("/*", "").replace("*/", "") and "site-packages" not in whole
    assert "!dbg" not in whole and "meminfo" not in whole


def test_what_is_no_kernel_is_refused():
    with pytest.raises(TypeError, match=r"made by @cuda\.jit, not a str"):
        levels(".version 8.0")


def test_an_unknown_line_is_named(tools):  # noqa: F811
    with pytest.raises(ValueError, match="no such words"):
        levels(saxpy, SAXPY).of("no such words")

"""The drawing of a kernel's instructions: one box each, in the row of its Python line."""

import pytest

pytest.importorskip("matplotlib")

from listed_kernels import SAXPY, F, mirror, saxpy
from matplotlib.patches import Rectangle

from labkit.figures.instructions import draw_instructions, kind_of
from smsim.listing import views


def boxes(figure) -> int:
    return sum(isinstance(patch, Rectangle) for patch in figure.axes[0].patches)


def letters(figure) -> str:
    return "".join(t.get_text() for t in figure.axes[0].texts if len(t.get_text()) == 1)


@pytest.mark.parametrize(("kernel", "signature"), [(saxpy, SAXPY), (mirror, (F, F))])
def test_every_instruction_is_one_box(listing_of, kernel, signature):
    view = listing_of(kernel, signature)
    figure = draw_instructions(view)
    assert boxes(figure) == len(letters(figure)) == len(view.instructions)


def test_saxpy_has_one_box_of_arithmetic(listing_of):
    view = listing_of(saxpy, SAXPY)
    counted = {letter: letters(draw_instructions(view)).count(letter) for letter in "PIBMF"}
    assert counted == {"P": 6, "I": 18, "B": 2, "M": 3, "F": 1}
    assert [kind_of(i) for i in view.instructions].count("float") == 1


def test_hand_written_ptx_has_no_python_lines():
    text = ".version 9.0 .target sm_90a .address_size 64 .visible .entry k() { ret; }"
    figure = draw_instructions(views(text))
    assert boxes(figure) == 1 and figure.axes[0].texts[0].get_text() == "(no Python line)"

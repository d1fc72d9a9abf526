"""What a listing folds away, and that it folds nothing else away."""

import re

import pytest
from listed_kernels import MIXED, SAXPY, F, cubes, first_line, mirror, mixed, saxpy

from smsim.listing import views
from smsim.listing.names import short


def test_no_mangled_name_is_left_in_the_folded_text(listing_of):
    text = str(listing_of(saxpy, SAXPY))
    assert "_ZN" not in text and ".loc" not in text and "NumbaEnv" not in text
    assert max(map(len, text.splitlines())) < 120


def test_an_array_is_one_line_that_names_its_seven_parameters(listing_of):
    view = listing_of(saxpy, SAXPY)
    assert [a.count for a in view.arguments] == [1, 1, 7, 7]
    assert [a.first for a in view.arguments] == [0, 1, 2, 9]
    lines = [line.strip() for line in str(view).splitlines()]
    assert "16 parameters" in lines
    assert (
        "x: array(float32, 1d, C), 7 parameters: meminfo, parent, nitems, itemsize, data, shape0, stride0"
        in lines
    )


def test_parameter_names_stand_for_the_right_parameters(listing_of):
    view = listing_of(saxpy, SAXPY)
    for number, written in ((0, "[n]"), (1, "[a]"), (6, "[x.data]"), (7, "[x.shape0]"), (13, "[y.data]")):
        mangled = view.function.params[number].name
        raw = next(i for i in view.instructions if f"[{mangled}]" in i.text)
        folded = next(s for s in view.folded[0].statements if s.instruction is raw)
        assert folded.operands.endswith(written)


def test_tuples_complex_numbers_and_two_dimensions(listing_of):
    view = listing_of(mixed, MIXED)
    assert [a.name for a in view.arguments] == ["pair[0]", "pair[1]", "z", "grid"]
    assert view.arguments[2].spellings == ("z.real", "z.imag")
    assert view.arguments[3].parts[-4:] == ("shape0", "shape1", "stride0", "stride1")
    assert sum(a.count for a in view.arguments) == len(view.function.params)
    assert "[pair[0]]" in str(view) and "[grid.data]" in str(view)


def test_every_instruction_is_listed_once_in_order_with_its_line(listing_of):
    for view in (listing_of(saxpy, SAXPY), listing_of(mirror, (F, F)), listing_of(cubes, (F, F))):
        assert [s.instruction for s in view.folded[0].statements] == list(view.instructions)
        full = view.full.splitlines()
        for statement in view.folded[0].statements:
            assert statement.opcode in full[statement.line - 1]


def test_registers_in_use_are_counted(listing_of):
    view = listing_of(saxpy, SAXPY)
    assert view.folded[0].registers == {"pred": 1, "b32": 3, "f32": 4, "b64": 19}
    used = set(re.findall(r"%(?:p|r|f|rd)\d+", " ".join(i.text for i in view.instructions)))
    assert sum(view.folded[0].registers.values()) == len(used)


def test_a_shared_array_has_its_size(listing_of):
    (memory,) = listing_of(mirror, (F, F)).folded[0].memory
    assert memory[1:] == ("shared", 256)


def test_labels_that_nothing_branches_to_are_left_out():
    text = """.version 9.0
.target sm_90a
.address_size 64
.visible .entry k()
{
	.reg .pred %p<2>;
	.reg .b32 %r<2>;
$unused:
	mov.u32 %r1, %tid.x;
	setp.eq.s32 %p1, %r1, 0;
	@%p1 bra $end;
	bra $end;
$end:
	ret;
}
"""
    listing = str(views(text))
    assert "$unused" not in listing and listing.count("$end:") == 1


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("_ZN8__main__5saxpyB2v1B4tagsE5ArrayIfLi1E1C", "saxpy"),
        ("_Z3addii", "add"),
        ("saxpy", "saxpy"),
        ("_ZN", "_ZN"),
        ("_ZN99short", "short"),
        ("x" * 80, "x" * 37 + "..."),
    ],
)
def test_short_names(symbol, name):
    assert short(symbol) == name


def test_two_functions_of_one_short_name_stay_apart():
    text = """.version 9.0
.target sm_90a
.address_size 64
.func _ZN1a3addEi() { ret; }
.func _ZN1b3addEi() { ret; }
.visible .entry k()
{
	call.uni _ZN1a3addEi, ();
	call.uni _ZN1b3addEi, ();
	ret;
}
"""
    view = views(text)
    assert view.name == "k"
    assert {f.name for f in view.folded} == {"k", "add", "add_2"}


def test_first_line_helper_is_the_decorator(listing_of):
    assert listing_of(saxpy, SAXPY).source.lines[first_line(saxpy)] == "@cuda.jit"

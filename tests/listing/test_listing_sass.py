"""The third view: machine code with its control bits, each instruction by its Python and its PTX line."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from listed_kernels import SAXPY, F, cubes, first_line, mirror, saxpy
from test_listing_page import Elements, classes

import smsim
from smsim.listing import views
from smsim.sass import NO_BARRIER, AssemblerError, MissingTool, decode

WRITTEN = """.version 9.0
.target sm_90a
.address_size 64
.visible .entry twice(.param .u64 p)
{
	.reg .b64 %rd<3>;
	.reg .f32 %f<3>;
	ld.param.u64 %rd1, [p];
	cvta.to.global.u64 %rd2, %rd1;
	ld.global.f32 %f1, [%rd2];
	add.f32 %f2, %f1, %f1;
	st.global.f32 [%rd2], %f2;
	ret;
}
"""


@pytest.fixture(scope="module")
def tools():
    try:
        views(WRITTEN).sass  # noqa: B018  a property that needs both tools
    except MissingTool as missing:
        pytest.skip(str(missing))


@given(st.tuples(*(st.integers(0, 2**bits - 1) for bits in (4, 1, 3, 3, 6, 4))), st.integers(0, 2**41 - 1))
def test_control_bits_are_decoded(fields, below):
    word, at = below, 41
    for value, bits in zip(fields, (4, 1, 3, 3, 6, 4)):
        word, at = word | value << at, at + bits
    control = decode(word)
    assert fields == (
        control.stall,
        not control.yields,
        control.write_barrier,
        control.read_barrier,
        control.wait,
        control.reuse,
    )


def test_as_maxas_writes_it():
    assert str(decode(0x004FCA0000000000)) == "--2---:-:-:Y:05"
    assert str(decode(0x000EA2000C1E1900)) == "------:-:2:-:01"


@pytest.mark.parametrize("kernel, types", [(saxpy, SAXPY), (mirror, (F, F)), (cubes, (F, F))])
def test_control_bits_agree_with_the_text(tools, listing_of, kernel, types):
    code = listing_of(kernel, types).sass
    assert [one.offset for one in code] == [16 * n for n in range(len(code))]
    for one in code:
        assert one.control.reuse.bit_count() == one.text.count(".reuse"), one
        if one.name in ("LDG", "LDS", "S2R"):
            assert not one.fixed, one
        if one.name in ("FADD", "FMUL", "FFMA", "IADD3", "IMAD", "LOP3"):
            assert one.fixed, one
    set_before = 0
    for one in code:  # nobody waits for a counter that no instruction before it has set
        assert not one.control.wait & ~set_before, one
        for barrier in (one.control.write_barrier, one.control.read_barrier):
            set_before |= 1 << barrier if barrier != NO_BARRIER else 0


def test_instructions_have_their_lines(tools, listing_of):
    view = listing_of(saxpy, SAXPY)
    load = [one for one in view.sass if one.name == "LDG"]
    assert load and {one.line for one in load} == {first_line(saxpy) + 4}
    written = {statement.line: statement.opcode for statement in view.folded[0].statements}
    assert {written[one.ptx_line] for one in load} == {"ld.global.f32"}
    assert view.registers_per_thread == view.sass.usage.registers > 0 and view.spills == (0, 0)


def test_three_views_printed(tools, listing_of):
    text, alone = str(views(saxpy, SAXPY, sass=True)), str(listing_of(saxpy, SAXPY))
    assert text.startswith("Python\n") and alone in text and "SASS for sm_90a" in text
    assert re.search(r"\n +\d+  [-0-5]{6}:[-0-5]:[-0-5]:[-Y]:\d\d  .*LDG", text)
    assert "SASS" not in alone
    assert "listed_kernels" not in text


def test_three_columns_are_linked(tools):
    view = views(saxpy, SAXPY, sass=True)
    elements = Elements(view._repr_html_()).seen
    assert {"sv-py", "sv-ptx", "sv-sass"} <= set().union(*map(classes, elements))
    key = f"sv-l{first_line(saxpy) + 4}"
    assert sum(key in classes(e) for e in elements) >= 3
    load = next(one for one in view.sass if one.name == "LDG")
    assert sum(f"sv-p{load.ptx_line}" in classes(e) for e in elements) >= 2
    assert all(e[1].get("aria-label") for e in elements if e[1].get("role") == "group")


def test_two_columns_are_as_before(listing_of):
    html = listing_of(saxpy, SAXPY)._repr_html_()
    assert "sv-sass" not in html and "sv-switch" not in html and "<form" not in html


def test_hand_written_ptx_is_its_own_source(tools):
    module = smsim.load_ptx(WRITTEN)
    for given_ in (WRITTEN, module, module["twice"]):
        view = views(given_, sass=True)
        (add,) = (one for one in view.sass if one.name == "FADD")
        assert WRITTEN.splitlines()[add.ptx_line - 1].strip().startswith("add.f32") and add.line == 0
        elements = Elements(view._repr_html_()).seen
        rows = [e for e in elements if f"sv-p{add.ptx_line}" in classes(e)]
        assert len(rows) == 2 and all(e[1].get("tabindex") == "0" and e[1].get("aria-label") for e in rows)


def test_of_several_kernels_the_one_asked_for(tools):
    other = WRITTEN.partition(".visible")[2].replace("twice", "again").replace("add.f32", "mul.f32")
    module = smsim.load_ptx(WRITTEN + ".visible" + other)
    again, twice = (views(module[name], sass=True) for name in ("again", "twice"))
    assert again.name == "again" and "FMUL" in {one.name for one in again.sass}
    assert "FADD" in {one.name for one in twice.sass}


def test_spills_are_reported(tools):
    values = range(40)
    body = ["ld.param.u64 %rd1, [p];"]
    body += [f"ld.volatile.global.u32 %r{n}, [%rd1+{4 * n}];" for n in values]
    body += [f"st.volatile.global.u32 [%rd1+{4 * n}], %r{n};" for n in reversed(values)]
    text = (
        ".version 9.0\n.target sm_90a\n.address_size 64\n.visible .entry k(.param .u64 p)\n.maxnreg 24\n{\n"
    )
    text += ".reg .b64 %rd<2>;\n.reg .b32 %r<40>;\n" + "\n".join(body) + "\nret;\n}\n"
    view = views(text, sass=True)
    stored, loaded = view.spills
    assert stored > 0 and loaded > 0 and view.registers_per_thread <= 24
    assert f"spills: {stored} bytes stored" in str(view)
    assert any(one.name == "STL" for one in view.sass)


def test_what_the_assembler_refuses_is_said_with_its_line(tools):
    wrong = WRITTEN.replace("add.f32 %f2, %f1", "add.f32 %f2, %rd1")
    with pytest.raises(AssemblerError, match=r"line 11: Arguments mismatch for instruction .add"):
        views(wrong, sass=True)


@pytest.mark.parametrize("missing", ["nvdisasm", "nvJitLink"])
def test_a_missing_tool_is_named_with_how_to_get_it(monkeypatch, missing):
    if missing == "nvdisasm":
        monkeypatch.setattr("smsim.sass.disassembler.find", lambda: None)
    else:
        monkeypatch.setattr("smsim.sass.assembler.path_of", lambda library: None)
    view = views(WRITTEN, sass=True)
    for text in (str(view), view._repr_html_()):
        assert missing in text and "pip install nvidia-" in text
    with pytest.raises(MissingTool, match="pip install"):
        view.sass  # noqa: B018  a property


def test_bad_input():
    with pytest.raises(TypeError, match="takes no signature"):
        views(smsim.load_ptx(WRITTEN), (F,))
    with pytest.raises(TypeError, match="not a int"):
        views(3, sass=True)
    function = WRITTEN.replace(".visible .entry twice", ".visible .func twice").replace(
        "ld.param.u64", "mov.u64"
    )
    function = function.replace("(.param .u64 p)", "(.reg .b64 p)").replace("[p]", "p")
    with pytest.raises(TypeError, match="only a kernel"):
        views(function, sass=True)


def test_the_same_bytes_each_time(tools):
    one, other = (views(cubes, (F, F), sass=True) for _ in range(2))
    assert str(one) == str(other) and one._repr_html_() == other._repr_html_()

"""What is wrong is told where it stands; what is endless or too large leaves the page usable."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from in_page import InPage, window

ENDLESS = """\
.version 9.0
.target sm_90a
.address_size 64
.visible .entry endless(.param .u64 out)
{
    .reg .b32 %r<2>;  .reg .b64 %rd<2>;  .reg .pred %p<2>;
    ld.param.u64 %rd1, [out];
$again:
    ld.volatile.global.u32 %r1, [%rd1];
    setp.eq.u32 %p1, %r1, 0;
    @%p1 bra $again;
    ret;
}
"""


def test_a_missing_barrier_is_a_race_between_two_marked_lines(page: InPage) -> None:
    page.open("block-sum").edit("bar.sync   0;", "")
    said = page.press("Run")
    assert (
        "1 error. DataRace: threads (0, 0, 0) and (128, 0, 0)" in said and "race on tile, element 128" in said
    )
    assert page.marked_texts("wrong")[0].startswith("st.shared.f32")
    assert page.marked_texts("wrong")[1].startswith("ld.shared.f32")
    assert page.host.get_by_role("columnheader", name="after (wrong)").count() == 2


def test_out_of_range_names_the_element_and_the_line(page: InPage) -> None:
    page.open("saxpy").edit("@%p1 ret;", "")
    said = page.press("Run")
    assert "3 errors. MemoryFault" in said and "reads x[1000], but x has 1000 elements" in said
    assert [text.split()[0] for text in page.marked_texts("wrong")] == ["ld.global.f32"] * 2 + [
        "st.global.f32"
    ]
    assert page.host.locator("pre.pip-report").count() == 0


def test_no_ptx_is_told_by_its_line_and_an_edit_takes_the_mark_away(page: InPage) -> None:
    page.open("saxpy").edit("fma.rn.f32", "fma..rn")
    said = page.press("Run")
    assert said.startswith("Not run: ") and "line 25" in said
    assert [text.split()[0] for text in page.marked_texts("wrong")] == ["fma..rn"]
    page.edit("fma..rn", "fma.rn.f32")
    assert page.marks("wrong") == []
    assert "no hazard found" in page.press("Run")


@pytest.mark.parametrize(
    ("label", "text", "says"),
    [
        ("Blocks", "many", "a whole number is expected, such as 4; not 'many'"),
        ("Threads a block", "2000", "2000"),
        ("Arguments, a line of Python each, with NumPy as np", "n = 1", "`a` is given no value"),
        ("Arguments, a line of Python each, with NumPy as np", "x = <b>", "line 1: this is no Python"),
    ],
)
def test_a_field_that_cannot_be_used_is_named_and_marked(
    page: InPage, label: str, text: str, says: str
) -> None:
    page.open("saxpy").page.get_by_label(label, exact=True).fill(text)
    said = page.press("Run")
    assert said.startswith("Not run: ") and says in said
    if text != "2000":  # a limit of the device, and no slip of the pen
        assert page.page.get_by_label(label, exact=True).get_attribute("aria-invalid") == "true"


def test_what_a_reader_types_is_never_markup(page: InPage) -> None:
    page.open("one")
    page.page.get_by_label("Arguments, a line").fill("out = '<img src=x onerror=alert(1)>'")
    page.press("Run")
    page.open("one").edit("%r1, 42;", "<img src=x>")
    page.press("Run")
    assert page.host.locator("img").count() == 0


def test_an_endless_kernel_is_ended_by_its_budget_and_the_page_stays_usable(page: InPage) -> None:
    page.open("one").editor.fill(ENDLESS)
    page.page.get_by_role("button", name="Run", exact=True).click()
    page.page.get_by_label("Seed").fill("7")  # the page's own thread is free
    assert page.page.get_by_label("Seed").input_value() == "7"
    assert "InstructionBudgetExceeded" in page.wait()
    assert "stopped, not proved wrong" in page.host.locator(".pip-finding").text_content()
    assert "no hazard found" in page.open("one").press("Run")


def test_stop_ends_what_runs_and_the_next_run_works(page: InPage) -> None:
    page.open("one")
    page.page.get_by_label("Arguments, a line").fill(
        "_x = [i for i in range(10**9)]\nout = np.zeros(1, np.int32)"
    )
    page.page.get_by_role("button", name="Run", exact=True).click()
    stop = page.page.get_by_role("button", name="Stop", exact=True)
    stop.click()
    assert page.wait().startswith("Stopped.")
    assert stop.is_disabled()
    assert "10**9" in page.page.get_by_label("Arguments, a line").input_value()
    assert "no hazard found" in page.open("one").press("Run")


def test_a_megabyte_is_refused_and_nothing_is_lost(browser: Any, address: str, numpy: Path) -> None:
    """Pasted by the keyboard, and put in from outside. No Python is needed to say so."""
    with window(browser, address, numpy, permissions=["clipboard-read", "clipboard-write"]) as fresh:
        fresh.go("saxpy").edit("fma.rn.f32", "fma.rz.f32")
        before = fresh.text
        fresh.page.evaluate("navigator.clipboard.writeText('add.u32 %r1, %r1, 1;\\n'.repeat(50_000))")
        fresh.editor.focus()
        fresh.page.keyboard.press("Control+a")
        fresh.page.keyboard.press("Control+v")
        fresh.page.wait_for_function(
            "document.querySelector('.pip-status').textContent.includes('too large')"
        )
        assert "1,050,000 characters" in fresh.said and "262,144" in fresh.said
        assert fresh.text == before
        fresh.editor.evaluate(
            "field => { field.value = 'x'.repeat(300_000); field.dispatchEvent(new Event('input')); }"
        )
        assert "300,000 characters" in fresh.said
        assert fresh.text == before
        fresh.page.keyboard.press("End")
        fresh.page.keyboard.insert_text("// still here")
        assert "// still here" in fresh.text
        assert not any("pyodide" in url for url in fresh.sent)


def test_a_long_text_that_fits_is_taken(browser: Any, address: str, numpy: Path) -> None:
    """And its lines are numbered to the last. (Set at once: a browser types 20,000 lines slowly.)"""
    with window(browser, address, numpy) as fresh:
        fresh.go("one")
        long = fresh.text + "// filler\n" * 20_000
        fresh.editor.evaluate(
            "(field, text) => { field.value = text; field.dispatchEvent(new Event('input')); }", long
        )
        assert fresh.text == long
        numbers = fresh.host.locator(".pip-numbers").text_content()
        assert numbers.split("\n")[-1] == str(long.count("\n") + 1)

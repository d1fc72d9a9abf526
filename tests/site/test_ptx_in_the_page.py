"""PTX in the page, with real clicks: Python in WebAssembly must say what the same machine says here."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import page_kernels
import pytest
from in_page import ENGINE, KERNELS, PACKAGES, PAGE, InPage, wheel, window

from smsim.inpage import Session

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


def here(name: str, **fields: str) -> dict[str, Any]:
    """What the same request is answered by this Python."""
    return json.loads(Session().run(json.dumps({**KERNELS[name], **fields})))


@pytest.fixture(scope="module")
def numpy() -> Path:
    found = wheel()
    if json.loads(ENGINE.read_text(encoding="utf-8"))["missing"]:
        pytest.fail(
            "the site was built when Pyodide could not be fetched: run `make site` again", pytrace=False
        )
    return found


@pytest.fixture(scope="module")
def page(browser: Any, address: str, numpy: Path) -> Iterator[InPage]:
    """One window in which Python is loaded once, for all tests that do not ask for another."""
    with window(browser, address, numpy) as opened:
        yield opened.go()
        assert [e for e in opened.errors if "theme mode" not in e] == []


def test_nothing_leaves_and_nothing_is_loaded_before_run(browser: Any, address: str, numpy: Path) -> None:
    """And after it, NumPy's wheel alone comes from elsewhere."""
    with window(browser, address, numpy) as fresh:
        fresh.go("saxpy").edit("fma.rn.f32", "fma.rz.f32")
        fresh.page.wait_for_load_state("networkidle")
        assert [url for url in fresh.sent if not url.startswith(address)] == []
        assert [
            url for url in fresh.sent if any(w in url for w in ("pyodide", "smsim.zip", "engine.json"))
        ] == []
        assert "no hazard found" in fresh.press("Run")
        told = json.loads(ENGINE.read_text(encoding="utf-8"))
        assert [url for url in fresh.sent if not url.startswith(address)] == [told["numpy"]["url"]]


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_says_what_it_says_here(page: InPage, name: str) -> None:
    """Errors and their lines, arrays before and after, and every count."""
    expected = here(name)
    said = page.open(name).press("Run")
    assert said.startswith(expected["launch"])
    assert ("no hazard found" in said) == (not expected["errors"])
    assert page.marks("wrong") == sorted({line for e in expected["errors"] for line in e["lines"]})
    for array in expected["arrays"]:
        rows = [
            [row["at"], row["before"], row["after"] + (" ←" if row["changed"] else "")]
            for row in array["rows"]
        ]
        assert page.array(array["name"]) == rows
    report = page.host.locator("pre.pip-report")
    if expected["counts"]:
        assert report.text_content() == expected["counts"]["report"]
        page.host.get_by_text("All ", exact=False).locator("xpath=self::summary").click()
        assert page.table("Metrics") == expected["counts"]["metrics"]
    else:
        assert report.count() == 0, "a wrong program is not counted"


def test_an_edit_changes_the_result(page: InPage) -> None:
    page.open("branch").edit("mul.lo.s32     %r2, %r2, 3;", "mul.lo.s32     %r2, %r2, 5;")
    assert "no hazard found" in page.press("Run")
    after = [row[2].removesuffix(" ←") for row in page.array("y")]
    assert after == [str(5 * i + 1 if i % 2 else i // 2) for i in range(32)]


def test_arguments_grid_and_block_are_the_readers(page: InPage) -> None:
    page.open("saxpy")
    page.page.get_by_label("Threads a block").fill("32")
    page.page.get_by_label("Blocks", exact=True).fill("2")
    arguments = "n = 5\na = -1.0\nx = np.arange(5, dtype=np.float32)\ny = np.zeros(5, np.float32)"
    page.page.get_by_label("Arguments, a line").fill(arguments)
    assert page.press("Run").startswith("saxpy[2, 32]: no hazard found")
    assert [row[2].removesuffix(" ←") for row in page.array("y")] == ["0.0", "-1.0", "-2.0", "-3.0", "-4.0"]


def test_a_seed_is_another_order(page: InPage) -> None:
    page.open("peek")
    seed = next(
        s
        for s in range(100)
        if [r["after"] for r in here("peek", seed=str(s))["arrays"][2]["rows"]] == ["1", "0"]
    )
    page.page.get_by_label("Seed").fill(str(seed))
    assert "no hazard found" in page.press("Run")
    assert [row[2].removesuffix(" ←") for row in page.array("out")] == ["1", "0"]


# -- what is wrong -----------------------------------------------------------------------------------------


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


# -- endless, and too large --------------------------------------------------------------------------------


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


# -- stepping ----------------------------------------------------------------------------------------------


def test_steps_show_line_mask_and_registers_and_go_back(page: InPage) -> None:
    session, fields = Session(), dict(KERNELS["branch"])
    page.open("branch")

    def same(move: dict[str, Any]) -> None:
        state = json.loads(session.step(json.dumps({**fields, **move})))
        assert page.marks("next") == [state["line"]]
        mask = page.host.locator(".pip-lane").evaluate_all(
            "all => all.map(e => e.className.split('pip-')[2])"
        )
        assert "".join("1" if kind in ("on", "held") else "0" for kind in mask) == state["active"]
        assert "".join("1" if kind == "on" else "0" for kind in mask) == state["acting"]
        lane = int(page.page.get_by_label("Lane", exact=True).input_value())
        if state["registers"]:
            expected = [
                [r["name"] + (" ●" if r["changed"] else ""), r["lanes"][lane] or "not written"]
                for r in state["registers"]
            ]
            assert page.table("Registers") == expected

    assert "0 instructions executed" in page.press("Step")
    same({"by": 0})
    page.press("Step")
    same({"by": 1})
    page.press("10 steps")
    same({"by": 10})
    assert "16 of 32 lanes active" in page.said
    page.page.get_by_label("Lane", exact=True).select_option("3")
    same({"by": 0})
    page.press("Back")
    same({"by": -1})
    page.caret("st.global.s32")
    page.press("To the cursor")
    same({"to": str(page.text[: page.text.index("st.global.s32")].count("\n") + 1)})
    page.press("10 steps")
    assert "The warp has ended" in page.said
    assert [row[2].removesuffix(" ←") for row in page.array("y")][:4] == ["0", "4", "1", "10"]


def test_all_lanes_and_another_warp(page: InPage) -> None:
    page.open("block-sum").press("Step")
    page.page.get_by_label("Warp", exact=True).fill("2")
    page.page.get_by_label("Warp", exact=True).press("Enter")
    page.wait()
    page.press("Step")
    page.page.get_by_label("Lane", exact=True).select_option("all")
    assert page.table("Registers") == [["%r1 ●", *map(str, range(64, 96))]]
    page.page.get_by_label("Warp", exact=True).fill("8")
    page.page.get_by_label("Warp", exact=True).press("Enter")
    assert "there is no warp 8" in page.wait()
    page.page.get_by_label("Lane", exact=True).select_option("0")


def test_a_step_shows_shared_memory(page: InPage) -> None:
    page.open("block-sum")
    page.press("Step")
    page.caret("mov.u32        %r4, 128;")
    page.press("To the cursor")
    assert [row[1] for row in page.array("shared tile")[:3]] == ["0.0", "1.0", "2.0"]


def test_a_line_without_an_instruction_cannot_be_stepped_to(page: InPage) -> None:
    page.open("branch").press("Step")
    page.caret(".version")
    assert "the nearest" in page.press("To the cursor")
    assert "1 instruction executed" in page.press("Step")


def test_an_edit_begins_stepping_anew(page: InPage) -> None:
    page.open("branch").press("Step")
    page.press("10 steps")
    page.edit("%r2, %r2, 3;", "%r2, %r2, 7;")
    assert page.marks("next") == []
    assert "0 instructions executed" in page.press("Step")


def test_a_hazard_stops_the_step_at_its_line(page: InPage) -> None:
    page.open("saxpy").edit("@%p1 ret;", "")
    page.press("Step")
    page.page.get_by_label("Block", exact=True).fill("3")
    page.page.get_by_label("Warp", exact=True).fill("7")
    page.page.get_by_label("Warp", exact=True).press("Enter")
    page.wait()
    page.press("10 steps")
    assert "MemoryFault" in page.press("10 steps")
    assert page.marked_texts("wrong")[0].startswith("ld.global.f32  %f2")


# -- what is kept, and how it is reached -------------------------------------------------------------------


def test_a_reload_keeps_the_text_of_each_kernel(browser: Any, address: str, numpy: Path) -> None:
    with window(browser, address, numpy) as fresh:
        fresh.go("saxpy").edit("fma.rn.f32", "fma.rz.f32")
        fresh.page.get_by_label("Kernel", exact=True).select_option("branch")
        fresh.edit("%r2, %r2, 3;", "%r2, %r2, 9;")
        fresh.page.get_by_label("Threads a block").fill("16")
        fresh.go()  # at once: what was typed last is kept, too
        assert fresh.page.get_by_label("Kernel", exact=True).input_value() == "branch"
        assert "%r2, %r2, 9;" in fresh.text
        assert fresh.page.get_by_label("Threads a block").input_value() == "16"
        assert "With your changes" in fresh.said
        fresh.page.get_by_label("Kernel", exact=True).select_option("saxpy")
        assert "fma.rz.f32" in fresh.text
        fresh.page.get_by_role("button", name="Take back my changes").click()
        assert fresh.text == KERNELS["saxpy"]["ptx"]
        fresh.go("saxpy")
        assert fresh.text == KERNELS["saxpy"]["ptx"]
        assert not fresh.page.get_by_role("button", name="Take back my changes").is_enabled()


def test_a_name_that_is_none_opens_some_kernel(browser: Any, address: str, numpy: Path) -> None:
    with window(browser, address, numpy) as fresh:
        fresh.go("no-such-kernel")
        assert fresh.text == next(iter(KERNELS.values()))["ptx"]


def test_it_works_by_keyboard_alone(page: InPage) -> None:
    """Ctrl+Enter runs; Tab leaves the text; the focus stays on the button that was pressed."""
    page.open("one").editor.focus()
    page.page.keyboard.press("Control+Enter")
    assert "no hazard found" in page.wait()
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("document.activeElement.textContent") == "Run"
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    assert "0 instructions executed" in page.wait()
    page.page.keyboard.press("Space")
    assert "1 instruction executed" in page.wait()
    assert page.page.evaluate("document.activeElement.textContent") == "Step"


def test_everything_has_a_name_and_the_result_is_announced(page: InPage) -> None:
    page.open("saxpy").press("Run")
    nameless = page.host.locator("input, select, textarea").evaluate_all(
        "all => all.filter(field => !field.labels.length).map(field => field.outerHTML)"
    )
    assert nameless == []
    assert page.host.get_by_role("status").get_attribute("aria-live") == "polite"
    scrolls = page.host.locator(".pip-scroll").all()
    assert scrolls and all(
        s.get_attribute("tabindex") == "0" and s.get_attribute("aria-label") for s in scrolls
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_nothing_is_wider_than_the_window(
    browser: Any, address: str, numpy: Path, theme: str
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": theme, "reduced_motion": "reduce"}
    with window(browser, address, numpy, **phone) as fresh:
        fresh.go("block-sum").edit("bar.sync   0;", "")
        assert "DataRace" in fresh.press("Run")
        wide = "[document.documentElement.scrollWidth, innerWidth]"
        assert fresh.page.evaluate(wide) == [390, 390]
        fresh.press("Step")
        fresh.page.get_by_label("Lane", exact=True).select_option("all")
        fresh.press("10 steps")
        assert fresh.page.evaluate(wide) == [390, 390]
        fresh.page.get_by_text("Launch:").click()
        assert fresh.page.get_by_label("Arguments, a line").is_visible()
        assert fresh.page.evaluate(wide) == [390, 390]


# -- when something is not there ---------------------------------------------------------------------------


def test_a_wheel_of_another_hash_is_refused(browser: Any, address: str, numpy: Path, tmp_path: Path) -> None:
    other = tmp_path / numpy.name
    content = bytearray(numpy.read_bytes())
    content[len(content) // 2] ^= 1
    other.write_bytes(content)
    with window(browser, address, other) as fresh:
        said = fresh.go("saxpy").press("Run")
        assert said.startswith("It did not work: NumPy could not be fetched from cdn.jsdelivr.net")
        assert "not the expected file" in said
        assert fresh.host.locator(".pip-results").is_hidden()
        assert fresh.text == KERNELS["saxpy"]["ptx"]


def test_without_a_network_it_says_so_and_works_once_there_is_one(
    browser: Any, address: str, numpy: Path
) -> None:
    with window(browser, address, numpy) as fresh:
        fresh.page.route(PACKAGES, lambda route: route.abort())
        assert "NumPy could not be fetched" in fresh.go("one").press("Run")
        fresh.page.unroute(PACKAGES)
        assert "no hazard found" in fresh.press("Run")


def test_a_site_built_without_pyodide_says_so(browser: Any, address: str, numpy: Path) -> None:
    with window(browser, address, numpy) as fresh:
        told = json.dumps({"version": "0", "missing": "npm is not installed"})
        fresh.page.route("**/engine.json", lambda route: route.fulfill(body=told))
        said = fresh.go("one").press("Run")
        assert (
            said == "It did not work: This copy of the site was built without Python (npm is not installed)."
        )


def test_without_scripts_the_page_is_whole(browser: Any, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    window = context.new_page()
    window.goto(address + PAGE)
    assert "Here stands an editor" in window.locator("div.ptx-in-the-page").text_content()
    assert window.locator("div.ptx-in-the-page button").count() == 0
    context.close()


# -- in the chapters ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "chapter",
    ["notebooks/08-reading-ptx", "notebooks/09-writing-ptx", "notebooks/11-caches-and-memory-order",
     "labs/lab06-read-ptx", "labs/solutions/lab06-read-ptx"],
)  # fmt: skip
def test_a_chapter_opens_its_kernels_in_place(browser: Any, address: str, numpy: Path, chapter: str) -> None:
    with window(browser, address, numpy) as fresh:
        fresh.page.goto(f"{address}{chapter}.html")
        links = fresh.page.locator('.bd-article a[href*="ptx-in-the-page.html?kernel="]')
        names = [href.rpartition("=")[2] for href in links.evaluate_all("all => all.map(a => a.href)")]
        assert names and set(names) <= set(KERNELS)
        assert {KERNELS[name]["chapter"].split("/")[1] for name in names} == {chapter.split("/")[-1]}
        fresh.page.get_by_role("button", name="Open it here").first.click()
        fresh.editor.wait_for()
        assert fresh.text == KERNELS[names[0]]["ptx"]
        assert not any("pyodide" in url for url in fresh.sent)
        fresh.page.goto(f"{address}{chapter}.html")
        links.first.click()
        fresh.editor.wait_for()
        assert fresh.page.url.endswith(f"{PAGE}?kernel={names[0]}")
        assert fresh.text == KERNELS[names[0]]["ptx"]


def test_other_pages_have_none_of_it(browser: Any, address: str, numpy: Path) -> None:
    with window(browser, address, numpy) as fresh:
        fresh.page.goto(address + "notebooks/01-hello-threads.html")
        assert not any("ptx-in-the-page/" in url for url in fresh.sent)


def test_the_megabytes_that_the_page_names_are_those_of_its_files(numpy: Path) -> None:
    """As a server sends them, compressed."""
    folder = ENGINE.parent
    files = [*(folder / "pyodide").iterdir(), folder / "smsim.zip", numpy]
    size = sum(len(gzip.compress(file.read_bytes(), 6)) for file in files) / 1e6
    assert f"about {size:.0f} MB" in (folder / "worker.mjs").read_text(encoding="utf-8")


def test_the_limit_is_the_same_on_both_sides() -> None:
    from smsim.inpage.request import MOST_CHARACTERS

    script = page_kernels.WRITTEN.with_name("editor.mjs").read_text(encoding="utf-8")
    assert f"LIMIT = {MOST_CHARACTERS // 1024} * 1024;" in script

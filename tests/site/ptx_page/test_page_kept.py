"""What the page keeps, how it is reached, how it looks on a phone, and what it says where something is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from in_page import KERNELS, PACKAGES, PAGE, InPage, window


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

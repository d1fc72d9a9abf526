"""Run, with real clicks: Python in WebAssembly must say what the same machine says here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from in_page import ENGINE, KERNELS, InPage, here, window


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

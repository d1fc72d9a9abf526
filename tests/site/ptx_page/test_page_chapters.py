"""Links in the chapters open their kernels, in place or on the page."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import page_kernels
import pytest
from in_page import ENGINE, KERNELS, PAGE, window


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

"""The zip holds a site that works from a folder: no server, no network."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import offline_copy
import pytest
from site_pages import SITE, pages

SEARCHED = (
    "/found|did not/.test(document.querySelector('#search-results .search-summary')?.textContent ?? '')"
)


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("offline")
    with zipfile.ZipFile(SITE / offline_copy.NAME) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    (only,) = folder.iterdir()  # everything within one folder: unpacking spills nothing
    return only


@pytest.fixture
def window(browser: Any) -> Iterator[Any]:
    """A window without a network, which fails the test for whatever a page could not load."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    # A browser drops what it still fetches for a page that is left; a file that isn't there fails otherwise.
    page.on(
        "requestfailed",
        lambda request: None if request.failure == "net::ERR_ABORTED" else wrong.append(request.url),
    )
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("file:", "data:", "blob:")) else wrong.append(request.url)
        ),
    )
    yield page
    context.close()
    assert wrong == []


def test_it_holds_every_page_and_not_itself(unpacked: Path) -> None:
    assert all((unpacked / page).is_file() for page in pages())
    assert not (unpacked / offline_copy.NAME).exists() and not (unpacked / "404.html").exists()


@pytest.mark.parametrize(
    "page", ["index.html", "notebooks/06-occupancy-latency-roofline.html", "book/ptx-reference.html"]
)
def test_pages_open_with_figures_and_formulas(window: Any, unpacked: Path, page: str) -> None:
    window.goto((unpacked / page).as_uri())
    window.wait_for_selector("article h1")
    window.evaluate("window.MathJax?.startup?.promise?.then(() => true)")
    assert window.evaluate("[...document.images].every(i => !i.complete || i.naturalWidth)")
    if "06-" in page:
        assert window.locator("mjx-container").count() > 3


def test_search_and_ticks_work_from_a_folder(window: Any, unpacked: Path) -> None:
    window.goto((unpacked / "search.html").as_uri() + "?q=lop3")
    window.wait_for_function(SEARCHED)
    window.locator(".search-terms a").first.click()
    window.wait_for_selector("article h1")
    assert "PTX reference" in window.title()
    window.goto((unpacked / "notebooks/01-hello-threads.html").as_uri())
    window.get_by_role("button", name="Done with this chapter").click()
    assert window.locator("nav.bd-docs-nav a:has(.done-tick)").count() == 1
    window.reload()
    assert window.locator("nav.bd-docs-nav a:has(.done-tick)").count() == 1


def test_the_same_site_gives_the_same_zip(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("a")
    (tmp_path / "404.html").write_text("not for a folder")
    first = offline_copy.write_offline_copy(tmp_path).read_bytes()
    assert offline_copy.write_offline_copy(tmp_path).read_bytes() == first
    with zipfile.ZipFile(tmp_path / offline_copy.NAME) as archive:
        assert archive.namelist() == ["twenty-of-132/a.html"]


def test_the_site_links_to_it() -> None:
    assert f'href="../{offline_copy.NAME}"' in (SITE / "book/how-to-use.html").read_text(encoding="utf-8")

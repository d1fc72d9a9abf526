"""On paper: the article alone, opened and uncut, in ink on white."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

#: A4 less the margins of print.css, in CSS pixels.
PAPER = {"width": 673, "height": 986}
ASIDE = (
    ".bd-sidebar-primary", ".bd-sidebar-secondary", ".bd-header-article", ".prev-next-footer", ".bd-footer",
    ".done-bar", ".copybtn", ".headerlink", ".reference-search", ".search-button__button",
)  # fmt: skip
CUT = """() => [...document.querySelectorAll('.bd-article pre, .bd-article table, .bd-article img')]
  .filter(e => e.getClientRects().length
            && (e.scrollWidth > e.clientWidth + 1 || e.getBoundingClientRect().right > innerWidth + 1)
            && !e.closest('.sd-tab-set, .sr-only, .visually-hidden'))
  .map(e => e.outerHTML.slice(0, 160))"""
PAGES = [
    "book/index.html", "book/ptx-reference.html", "book/calculator.html", "notebooks/04-shared-memory.html",
    "notebooks/08-reading-ptx.html", "notebooks/13-below-ptx.html", "labs/lab05-tile-the-matmul.html",
]  # fmt: skip


@pytest.fixture
def printed(browser: Any, address: str) -> Iterator[Any]:
    """Give a page as the print sees it: its style, the paper's width, the event that a browser sends before."""
    context = browser.new_context(viewport=PAPER, color_scheme="dark")
    context.add_init_script("localStorage.mode = localStorage.theme = 'dark'")
    page = context.new_page()

    def opened(name: str) -> Any:
        page.goto(address + name, wait_until="load")
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        return page

    yield opened
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_only_the_article(printed: Any, name: str) -> None:
    page = printed(name)
    for selector in ASIDE:
        for element in page.locator(selector).all():
            assert not element.is_visible(), selector
    text = page.evaluate("document.body.innerText")
    assert "Hello, threads\n2. Inside an SM" not in text and "Open issue" not in text
    assert sum(title.is_visible() for title in page.locator("h1").all()) >= 1


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut(printed: Any, name: str) -> None:
    assert printed(name).evaluate(CUT) == []


def test_folded_answers_are_open_and_close_again(printed: Any) -> None:
    page = printed("notebooks/04-shared-memory.html")
    folded = page.locator("article details")
    assert folded.count() >= 3
    assert page.locator("article details:not([open])").count() == 0
    answers = page.locator("article details:not(.hide) > p")  # .hide: the set-up cell, which holds code
    assert answers.count() >= 3
    assert all(answer.is_visible() for answer in answers.all())
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("article details[open]").count() == 0


def test_a_dark_page_is_printed_light(printed: Any) -> None:
    page = printed("notebooks/08-reading-ptx.html")
    colour = page.evaluate("getComputedStyle(document.querySelector('article p')).color")
    assert max(int(part) for part in re.findall(r"\d+", colour)[:3]) < 128
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_addresses_stand_beside_links_that_leave_the_book(printed: Any) -> None:
    page = printed("notebooks/16-reserving-sms.html")
    after = "e => getComputedStyle(e, '::after').content"
    outside = page.locator("article li a[href^='https://github.com/deepseek-ai']").first
    assert "github.com/deepseek-ai" in outside.evaluate(after)
    assert page.locator("article p.page-facts a").first.evaluate(after) in ("none", "normal")


def test_the_print_itself(printed: Any, tmp_path: Any) -> None:
    """Chromium writes the PDF: some pages, and no more than an article has."""
    page = printed("notebooks/08-reading-ptx.html")
    data = page.pdf(format="A4", path=tmp_path / "chapter.pdf")
    assert data.startswith(b"%PDF-")
    sheets = len(re.findall(rb"/Type\s*/Page\b", data))
    assert 5 <= sheets <= 60

"""Every page, on a desk and on a phone, in daylight and in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from site_pages import pages

DESK, PHONE = (1400, 900), (390, 844)
VIEWS = [(size, theme) for size in (DESK, PHONE) for theme in ("light", "dark")]

#: What stands out of the window's right edge and is not inside something that scrolls by itself.
OVERHANGS = """() => {
  const inside = element => {
    for (let e = element.parentElement; e && e !== document.body; e = e.parentElement)
      if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)) return true;
    return false;
  };
  return [...document.querySelectorAll('.bd-article *')]
    .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > innerWidth + 1 && !inside(e))
    .map(e => e.outerHTML.slice(0, 120));
}"""


@dataclass
class View:
    """One window: its page, and what went wrong in it so far."""

    page: Any
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=VIEWS, ids=lambda view: f"{view[0][0]}px-{view[1]}")
def view(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[View]:
    """Open a window of the asked size and theme; it notes errors and requests that leave this machine."""
    (width, height), theme = request.param
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=theme)
    context.add_init_script(f"localStorage.mode = '{theme}'; localStorage.theme = '{theme}'")
    made = View(context.new_page())

    def note_request(sent: Any) -> None:
        if not sent.url.startswith((address, "data:", "blob:")):
            made.strangers.append(sent.url)

    def note_message(message: Any) -> None:
        if message.type == "error":
            made.errors.append(message.text)

    def note_response(response: Any) -> None:
        if response.status >= 400:
            made.errors.append(f"{response.status}: {response.url}")

    made.page.on("request", note_request)
    made.page.on("console", note_message)
    made.page.on("pageerror", lambda error: made.errors.append(str(error)))
    made.page.on("response", note_response)
    yield made
    context.close()


@pytest.mark.parametrize("page", pages())
def test_page(view: View, address: str, page: str) -> None:
    """No sideways scroll, no error, no request to elsewhere, every picture there."""
    view.errors.clear()
    view.strangers.clear()
    view.page.goto(address + page, wait_until="load")
    view.page.evaluate("window.MathJax?.startup?.promise?.then(() => true)")
    scroll, window = view.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert view.page.evaluate(OVERHANGS) == []
    assert scroll <= window, f"{page} is {scroll} px wide in a window of {window} px"
    broken = view.page.evaluate(
        "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    )
    assert broken == []
    assert view.errors == []
    assert view.strangers == []


def test_theme_is_the_one_asked_for(view: View, address: str) -> None:
    """The dark view is dark: otherwise the tests above saw the light page twice."""
    view.page.goto(address + "book/index.html")
    theme = view.page.evaluate("document.documentElement.dataset.theme")
    background = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
    lightness = sum(int(part) for part in background.strip("rgba()").split(",")[:3]) / 3
    assert (lightness < 128) == (theme == "dark")
    assert theme in view.page.evaluate("localStorage.theme")


def test_welcome_fits_one_screen(browser: Any, address: str) -> None:
    """On a desk, the three ways in are seen without scrolling."""
    window = browser.new_page(viewport={"width": DESK[0], "height": DESK[1]})
    window.goto(address + "book/index.html")
    bottom = window.evaluate("document.querySelector('.three-ways').getBoundingClientRect().bottom")
    window.close()
    assert bottom <= DESK[1]


def test_the_root_leads_to_the_welcome_page(browser: Any, address: str) -> None:
    """_build/html/index.html, which the README names, opens the book."""
    window = browser.new_page()
    window.goto(address)
    window.wait_for_url("**/book/index.html")
    window.close()


def test_search_finds_the_glossary(browser: Any, address: str) -> None:
    """Search works with no server behind it."""
    window = browser.new_page()
    window.goto(address + "search.html?q=warp")
    window.wait_for_selector("#search-results li a")
    found = window.locator("#search-results li a").all_text_contents()
    window.close()
    assert any("Glossary" in title for title in found)

"""The book without a mouse: Tab reaches all that can be operated, focus is seen, nothing moves unasked."""

from __future__ import annotations

from typing import Any

import pytest
from site_pages import opened, pages

#: What can be operated on these pages, each by a key of its own.
WIDGETS = (
    "book/figures-to-operate.html",
    "book/calculator.html",
    "notebooks/04-shared-memory.html",
    "notebooks/08-reading-ptx.html",
    "notebooks/13-below-ptx.html",
    "labs/solutions/lab03-race-hunt.html",
)

#: Numbers everything within the article that Tab should reach, and returns how many there are. Of radio buttons in
#: one group, Tab reaches the chosen one; of a folded answer, the line to unfold it.
NUMBER_STOPS = """() => {
  const open = 'a[href], button, input, select, textarea, summary, [tabindex]';
  const stops = [...document.querySelectorAll('.bd-article :is(' + open + ')')].filter(e =>
    e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true}) && e.getClientRects().length &&
    !(e.type === 'radio' && !e.checked && document.querySelector(`input[name="${e.name}"]:checked`)));
  stops.forEach((stop, at) => { stop.dataset.stop = at; });
  return stops.length;
}"""

#: Which numbered place has the focus, whether a line around it says so, and whether it is in the window.
FOCUSED = """() => {
  const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
  return {
    stop: e.dataset.stop === undefined ? null : Number(e.dataset.stop),
    seen: ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none') &&
      e.checkVisibility({opacityProperty: true}),
    inside: box.bottom > 0 && box.top < innerHeight,
    what: e.outerHTML.slice(0, 120),
  };
}"""

#: Everything that would take time to change its looks.
MOVES = """() => [...document.querySelectorAll('*')].flatMap(e => ['', '::before', '::after'].map(part => {
    const style = getComputedStyle(e, part || null);
    const slow = style.transitionDuration.split(',').some(time => parseFloat(time) > 0) ||
      style.animationName !== 'none' || style.scrollBehavior === 'smooth';
    return slow ? e.tagName + '.' + e.className + part : '';
  })).filter(Boolean)"""


@pytest.mark.parametrize("name", WIDGETS)
def test_tab_reaches_everything_in_order_and_is_seen(window: Any, address: str, name: str) -> None:
    """From the article's start to its end: no place left out, none a trap, none without a mark, none off screen."""
    page = opened(window, address + name)
    expected = page.evaluate(NUMBER_STOPS)
    assert expected > 3
    page.evaluate("document.querySelector('[data-stop=\"0\"]').focus()")
    page.keyboard.press("Shift+Tab")
    reached, unseen, outside = [], [], []
    for _ in range(expected):
        page.keyboard.press("Tab")
        now = page.evaluate(FOCUSED)
        reached.append(now["stop"])
        unseen += [] if now["seen"] else [now["what"]]
        outside += [] if now["inside"] else [now["what"]]
    assert reached == list(range(expected))
    assert unseen == []
    assert outside == []
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["stop"] is None


@pytest.mark.parametrize("name", ["notebooks/04-shared-memory.html", "labs/solutions/lab03-race-hunt.html"])
def test_every_folded_answer_opens_and_closes(window: Any, address: str, name: str) -> None:
    page = opened(window, address + name)
    folds = page.locator(".bd-article details")
    assert folds.count() > 0
    for n in range(folds.count()):
        fold = folds.nth(n)
        if not fold.is_visible():  # inside another one
            continue
        was = fold.evaluate("e => e.open")
        fold.locator("summary").first.focus()
        page.keyboard.press("Enter")
        assert fold.evaluate("e => e.open") != was
        page.keyboard.press("Space")
        assert fold.evaluate("e => e.open") == was


def test_a_line_of_python_lights_up_its_ptx(window: Any, address: str) -> None:
    """What a mouse shows by pointing, focus shows as well."""
    page = opened(window, address + "notebooks/08-reading-ptx.html")
    listing = page.locator(".smsim-views").first
    row = listing.locator(".sv-py [tabindex='0']").first
    key = row.evaluate("e => [...e.classList].at(-1)")
    linked = listing.locator(f".sv-ptx .{key}").first
    colour = "e => getComputedStyle(e).backgroundColor"
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(1, 1)
    before = linked.evaluate(colour)
    row.focus()
    assert linked.evaluate(colour) != before


def test_the_sidebar_unfolds(window: Any, address: str) -> None:
    """A lab's arrow in the list of chapters has a name and answers to Enter; on a phone the menu comes first."""
    page = opened(window, address + "book/how-to-use.html")
    if page.viewport_size["width"] < 900:
        page.locator("button.primary-toggle").focus()
        page.keyboard.press("Enter")
    arrow = page.locator("summary[aria-label='Pages under Lab 1: Maps and guards']").last
    arrow.focus()
    page.keyboard.press("Enter")
    solution = arrow.locator("xpath=..").get_by_role("link", name="Worked solution")
    solution.wait_for(state="visible")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/labs/solutions/lab01-maps-and-guards.html")


def test_the_theme_is_switched(window: Any, address: str) -> None:
    page = opened(window, address + "book/how-to-use.html")
    theme = "document.documentElement.dataset.theme"
    before = page.evaluate(theme)
    for _ in range(3):  # light, dark, as the system has it; the theme drops the focus after each
        page.locator("button.theme-switch-button").locator("visible=true").first.focus()
        page.keyboard.press("Enter")
        if page.evaluate(theme) != before:
            return
    pytest.fail(f"Enter on the theme's button leaves the page {before}")


def test_the_first_stop_skips_to_the_text(window: Any, address: str) -> None:
    page = opened(window, address + "book/how-to-use.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"


@pytest.mark.parametrize("name", ["book/index.html", *WIDGETS])
def test_nothing_moves_for_who_asked_for_stillness(browser: Any, address: str, name: str) -> None:
    """With less motion asked for, nothing takes time to change; without, the theme does move things."""
    assert name in pages()
    window = browser.new_page(reduced_motion="reduce")
    still = opened(window, address + name).evaluate(MOVES)
    window.close()
    assert still == []


def test_the_stillness_is_asked_for(browser: Any, address: str) -> None:
    """The test above looks in the right place: where nothing is asked for, it finds the theme's motion."""
    window = browser.new_page(reduced_motion="no-preference")
    moving = opened(window, address + "book/index.html").evaluate(MOVES)
    window.close()
    assert moving

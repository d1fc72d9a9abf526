"""The operated figure of sectors: every position of its sliders says what the simulated SM's rule says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from smsim.timing import coalesce

PAGE = "book/figures-to-operate.html"
LANE = np.arange(32)

#: Moves all sliders through all their positions and notes what the figure said.
ALL_POSITIONS = """() => {
  const figure = document.getElementById('sectors-figure');
  const knob = name => document.getElementById('sectors-' + name);
  const found = [];
  for (let stride = 1; stride <= 32; stride++)
    for (let size = 2; size <= 4; size++)
      for (let shift = 0; shift < 32; shift++) {
        knob('stride').value = stride; knob('size').value = size; knob('shift').value = shift;
        knob('shift').dispatchEvent(new Event('input', {bubbles: true}));
        found.push([stride, 2 ** size, shift, +figure.dataset.sectors, +figure.dataset.lines, +figure.dataset.share]);
      }
  return found;
}"""


@pytest.fixture(params=["light", "dark"])
def window(request: pytest.FixtureRequest, browser: Any, address: str) -> Iterator[Any]:
    """The figure's page on a phone, in one theme."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=request.param)
    context.add_init_script(f"localStorage.mode = localStorage.theme = '{request.param}'")
    page = context.new_page()
    page.goto(address + PAGE)
    yield page
    context.close()


def said(window: Any) -> str:
    """The sentence below the picture."""
    return window.locator("#sectors-figure .said").text_content()


def rule(stride: int, size: int, shift: int) -> tuple[int, int]:
    """Sectors and lines, from the function that the simulated SM uses."""
    row = (size * (shift + stride * LANE))[None]
    return int(coalesce.sectors(row, None, size)[0]), int(coalesce.lines(row, None, size)[0])


def test_every_position_agrees_with_the_simulated_sm(window: Any) -> None:
    """3,072 positions: sectors, lines, and the share of bytes that are wanted."""
    found = window.evaluate(ALL_POSITIONS)
    assert len(found) == 32 * 3 * 32
    for stride, size, shift, sectors, lines, share in found:
        assert (sectors, lines) == rule(stride, size, shift), (stride, size, shift)
        assert abs(share - 100 * size / sectors) <= 0.5, (stride, size, shift)


def test_the_picture_shows_what_the_sentence_says(window: Any) -> None:
    """Squares add up: 8 words a sector that moves, 32 a line; wanted ones have a dot."""
    for stride, power, shift in ((1, 2, 0), (1, 2, 1), (2, 2, 0), (3, 3, 5), (1, 4, 3)):
        window.evaluate(
            """([stride, size, shift]) => {
              for (const [name, value] of Object.entries({stride, size, shift}))
                document.getElementById('sectors-' + name).value = value;
              document.getElementById('sectors-size').dispatchEvent(new Event('input', {bubbles: true}));
            }""",
            [stride, power, shift],
        )
        sectors, lines = rule(stride, 2**power, shift)
        count = {
            kind: window.locator(f"#sectors-figure > svg .{kind}").count()
            for kind in ("wanted", "along", "unmoved", "dot", "frame")
        }
        if lines <= 6:  # more are not drawn
            assert count["wanted"] == count["dot"] == 32 * 2**power // 4
            assert count["wanted"] + count["along"] == 8 * sectors
            assert sum(count[kind] for kind in ("wanted", "along", "unmoved")) == 32 * lines
            assert count["frame"] == 4 * lines
        assert f"{sectors} sectors in {lines} line" in said(window)
        assert f"{sectors} sectors in {lines} line" in window.locator("#sectors-desc").text_content()


def test_it_is_operated_by_keyboard(window: Any) -> None:
    """Arrow keys move a slider that has the focus; the sentence is announced."""
    assert "4 sectors in 1 line" in said(window)
    window.focus("#sectors-stride")
    window.keyboard.press("ArrowRight")
    assert "8 sectors in 2 lines" in said(window) and "50\u00a0%" in said(window)
    window.keyboard.press("Tab")
    window.keyboard.press("End")
    assert window.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "16 bytes"
    assert "32 sectors in 8 lines" in said(window)
    assert window.locator("#sectors-figure .said").get_attribute("aria-live") == "polite"


def test_every_slider_has_a_name(window: Any) -> None:
    """A screen reader says what it moves."""
    for name in ("stride", "size", "shift"):
        assert window.locator(f"label[for=sectors-{name}]").text_content().strip()


def test_wanted_and_unwanted_stay_apart_in_both_themes(window: Any) -> None:
    """Colours differ in lightness too, and the dot repeats what they say."""
    window.evaluate("document.getElementById('sectors-stride').value = 2")
    window.dispatch_event("#sectors-stride", "input")
    colours = {
        kind: window.locator(f"#sectors-figure > svg .{kind}").first.evaluate("e => getComputedStyle(e).fill")
        for kind in ("wanted", "along", "dot")
    }
    assert len(set(colours.values())) == 3

    def lightness(colour: str) -> float:
        red, green, blue = (int(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3])
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert abs(lightness(colours["wanted"]) - lightness(colours["along"])) > 0.15
    assert abs(lightness(colours["wanted"]) - lightness(colours["dot"])) > 0.4

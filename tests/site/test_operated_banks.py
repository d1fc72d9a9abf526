"""The operated figure of banks tells the number of turns that the simulated SM counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from smsim.timing.banks import wavefronts

PAGE = "book/figures-to-operate.html"


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page with the figures, on a phone."""
    window = browser.new_page(viewport={"width": 390, "height": 844})
    window.goto(address + PAGE)
    yield window
    window.close()


def turns(stride: int) -> int:
    """What the simulated SM says of 32 lanes that read words ``stride`` apart."""
    return int(wavefronts(4 * stride * np.arange(32).reshape(1, 32))[0])


def test_every_stride_takes_the_turns_that_the_simulator_counts(page: Any) -> None:
    slider = page.locator("#operate-banks-stride")
    slider.focus()
    page.keyboard.press("Home")
    for stride in range(65):
        assert page.locator("#operate-banks output").inner_text() == str(stride)
        assert int(page.locator("#operate-banks").get_attribute("data-turns")) == turns(stride)
        said = page.locator("#operate-banks figcaption").inner_text()
        assert said.endswith(f"takes {turns(stride)} turn{'s' if turns(stride) > 1 else ''}.")
        page.keyboard.press("ArrowRight")


def test_buttons_work_from_the_keyboard(page: Any) -> None:
    page.get_by_role("button", name="a padded column: 33").focus()
    page.keyboard.press("Enter")
    assert page.locator("#operate-banks").get_attribute("data-turns") == "1"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    assert page.locator("#operate-banks").get_attribute("data-turns") == "32"


def test_a_mark_for_every_word(page: Any) -> None:
    page.get_by_role("button", name="a column: 32").click()
    assert page.locator("#operate-banks svg .trouble").count() == 32
    page.get_by_role("button", name="a row: 1").click()
    assert page.locator("#operate-banks svg .fine").count() == 32

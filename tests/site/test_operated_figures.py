"""Figures that are operated: moved by keyboard, and compared with what the simulated SM does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from operated_kernels import THREADS, two_ways

import smsim
from labkit.figures.masks import follow

PAGE = "book/figures-to-operate.html"
#: What one warp's drawing shows: for each stretch of instructions its number and the lanes that are filled.
STRETCHES = """svg => {
  const rows = new Map();
  for (const cell of svg.querySelectorAll('rect')) {
    const row = rows.get(cell.getAttribute('y')) ?? [];
    row.push(!cell.classList.contains('waits'));
    rows.set(cell.getAttribute('y'), row);
  }
  const counts = [...svg.querySelectorAll('text')].slice(1).map(text => parseInt(text.textContent));
  return [...rows.values()].map((active, at) => [counts[at], active]);
}"""


@pytest.fixture(scope="module")
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page of operated figures, in a window as wide as a phone."""
    window = browser.new_page(viewport={"width": 390, "height": 844})
    window.goto(address + PAGE)
    yield window
    window.close()


def kinds(number: int, spread: bool) -> np.ndarray:
    """Which of the threads take the roots: the first ones, or as many spread evenly."""
    t = np.arange(THREADS)
    return ((t + 1) * number // THREADS > t * number // THREADS if spread else t < number).astype(int)


def press(page: Any, selector: str, keys: list[str]) -> None:
    page.focus(selector)
    for key in keys:
        page.keyboard.press(key)


@pytest.mark.parametrize("spread", [False, True], ids=["first", "spread"])
@pytest.mark.parametrize(
    ("keys", "number"),
    [
        (["Home"], 0),
        (["Home", "ArrowRight"], 1),
        (["Home", "ArrowRight", "ArrowRight"], 2),
        (["Home", *["ArrowRight"] * 31], 31),
        (["Home", *["ArrowRight"] * 32], 32),
        (["End", "ArrowLeft"], 63),
        (["End"], 64),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_divergence_is_that_of_the_simulated_sm(
    page: Any, keys: list[str], number: int, spread: bool
) -> None:
    """Masks and numbers of both warps equal those of the kernel, stepped and counted."""
    press(page, "#divergence-threads", keys)
    if page.locator("input[name=divergence-which][value=spread]").is_checked() != spread:
        press(page, "input[name=divergence-which]:checked", ["ArrowRight"])
    assert page.locator("#divergence output").text_content() == str(number)

    arguments = kinds(number, spread), np.arange(float(THREADS)), np.zeros(THREADS)
    executed = []
    for warp, svg in enumerate(page.locator("#divergence svg").all()):
        trace = follow(smsim.step(two_ways[1, THREADS], *arguments, warp=warp))
        ran = [[count, mask.tolist()] for mask, count, _ in trace.stretches()]
        assert _merged(svg.evaluate(STRETCHES)) == ran
        assert f"{len(trace.active)} instructions" in svg.locator("text").first.text_content()
        executed.append(len(trace.active))

    counted = smsim.count(two_ways[1, THREADS], *arguments)
    said = page.locator("#divergence .said").text_content()
    numbers = [float(n) for n in re.findall(r"\d+(?:\.\d+)?", said)]
    assert numbers[:5] == [0, executed[0], 1, executed[1], counted["smsp__inst_executed.sum"]]
    assert numbers[5] == pytest.approx(
        counted["smsp__thread_inst_executed_per_inst_executed.ratio"], abs=0.0501
    )


def _merged(stretches: list[list[Any]]) -> list[list[Any]]:
    """Neighbours with one mask are one stretch: a warp that goes one way only has a single one."""
    out: list[list[Any]] = []
    for count, active in stretches:
        if out and out[-1][1] == active:
            out[-1][0] += count
        else:
            out.append([count, active])
    return out


def test_divergence_has_buttons_and_words(page: Any) -> None:
    """Buttons do what the arrow keys do, and the drawing's words change with it."""
    press(page, "#divergence-threads", ["Home", "ArrowRight"])
    page.get_by_label("One thread more").press("Enter")
    assert page.locator("#divergence-threads").input_value() == "2"
    page.get_by_label("One thread fewer").press("Space")
    assert page.locator("#divergence output").text_content() == "1"
    assert page.locator("#divergence .said").get_attribute("aria-live") == "polite"
    words = page.locator("#divergence svg desc").first.text_content()
    page.locator("#divergence-threads").press("End")
    changed = page.locator("#divergence svg desc").first.text_content()
    assert changed != words
    assert "roots, 32 of 32 lanes active" in changed

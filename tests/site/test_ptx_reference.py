"""The PTX reference: whole without scripts, searched as one types, and every listing of the book leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from site_pages import SITE, notebook_pages

from smsim.listing.reference import PAGE, anchor
from smsim.listing.reference import SITE as PUBLIC
from smsim.ptx.table import ROWS

VISIBLE = ".bd-article ul.rows > li:visible"


@pytest.fixture(scope="module", params=[1400, 390])
def page(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    window = browser.new_page(viewport={"width": request.param, "height": 844})
    window.goto(address + PAGE)
    yield window
    window.close()


def search(page: Any, text: str) -> list[str]:
    """Type ``text`` into the box; the anchors of the rows that stay."""
    box = page.get_by_label("Search the table")
    box.fill("")
    box.focus()
    page.keyboard.type(text)
    return [row.get_attribute("id") for row in page.locator(VISIBLE).all()]


def test_every_row_is_there_without_a_script() -> None:
    text = (SITE / PAGE).read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert {anchor(row) for row in ROWS} <= set(ids)
    assert {f"ptx-{row.opcode}" for row in ROWS} <= set(ids)
    assert text.count('class="row-facts"') == len(ROWS)


def test_typing_filters(page: Any) -> None:
    found = search(page, "fma.rn.f64")
    assert found == [anchor(row) for row in ROWS if row.syntax.startswith("fma") and ".f64" in row.syntax]
    assert f"1 of {len(ROWS)} rows" in page.locator(".reference-search output").inner_text()
    page.keyboard.press("Escape")
    assert len(page.locator(VISIBLE).all()) == len(ROWS)


def test_words_and_nothing_found(page: Any) -> None:
    tensor = search(page, "tensor core")
    assert tensor and all(one.startswith(("ptx-mma", "ptx-ldmatrix")) for one in tensor)
    assert search(page, "wgmma") == []
    page.keyboard.press("Escape")


def test_a_link_to_a_hidden_row_shows_it(page: Any) -> None:
    search(page, "wgmma")
    target = anchor(ROWS[0])
    page.evaluate(f"location.hash = '{target}'")
    page.locator(f"#{target}").wait_for(state="visible")
    assert page.get_by_label("Search the table").input_value() == ""


def test_every_opcode_of_every_stored_listing_leads_to_its_row() -> None:
    ids = set(re.findall(r'\bid="([^"]+)"', (SITE / PAGE).read_text(encoding="utf-8")))
    leading = 0
    for name in notebook_pages():
        text = (SITE / name).read_text(encoding="utf-8")
        for listing in re.findall(r'<span class="sv-op" title.*?</span>', text):
            (to,) = re.findall(r'href="([^"]+)"', listing)
            assert not to.startswith(PUBLIC), f"{name}: {to} leaves the site"
            place, _, name_there = to.partition("#")
            assert (SITE / name).parent.joinpath(place).resolve() == (SITE / PAGE).resolve()
            assert name_there in ids, to
            leading += 1
    assert leading > 10

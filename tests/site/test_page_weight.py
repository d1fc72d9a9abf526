"""No page weighs more than 1 MB with gzip, icons and figures are still there, and nothing is fetched from elsewhere."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from typing import Any

import lighten_site
import numpy as np
import pytest
from PIL import Image
from site_pages import GENERATED, SITE, pages

LIMIT = 1_000_000
#: 404.html names its files by the site's public address: see test_not_found_page.py. index.html leads on to the welcome
#: page, which is weighed as such.
OTHERS = sorted(GENERATED - {"404.html", "index.html"})
#: Icons of the theme that are drawn as text or not at all.
UNDRAWN = """() => [...document.querySelectorAll('i[class*="fa-"], span[class*="fa-"]:not(.fa-layers)')]
  .map(e => e.className)"""


class Scales:
    """Weighs what a page loads: each file once, compressed where that helps."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.known: dict[str, int] = {}
        self.loaded: set[str] = set()
        self.strangers: list[str] = []

    def note(self, request: Any) -> None:
        address = request.url.partition("#")[0]
        if address.startswith(self.address):
            self.loaded.add(address.partition("?")[0])
        elif not address.startswith(("data:", "blob:")):
            self.strangers.append(address)

    def weight(self) -> int:
        """Bytes of all that was loaded, as a server that compresses would send them."""
        return sum(self._weight(address) for address in self.loaded)

    def _weight(self, address: str) -> int:
        if address not in self.known:
            file = SITE / (address.removeprefix(self.address) or "index.html")
            data = file.read_bytes()
            self.known[address] = min(len(data), len(gzip.compress(data, 6)))
        return self.known[address]


@pytest.fixture(scope="module")
def weighed(browser: Any, address: str) -> Iterator[tuple[Any, Scales]]:
    """A window, and the scales on which its pages are put. Without a cache, each page loads all it needs."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    page, scales = context.new_page(), Scales(address)
    page.on("request", scales.note)
    yield page, scales
    context.close()


@pytest.mark.parametrize("page", [*pages(), *OTHERS])
def test_page(weighed: tuple[Any, Scales], address: str, page: str) -> None:
    """At most 1 MB, all from this very site, and every icon drawn."""
    window, scales = weighed
    scales.loaded.clear()
    scales.strangers.clear()
    window.goto(address + page, wait_until="load")
    window.evaluate("window.MathJax?.startup?.promise?.then(() => true)")
    window.evaluate("document.fonts.ready.then(() => true)")
    assert len(scales.loaded) > 1
    assert scales.strangers == []
    heaviest = sorted(scales.loaded, key=scales._weight, reverse=True)[:5]
    assert scales.weight() <= LIMIT, [(name, scales.known[name]) for name in heaviest]
    assert window.evaluate(UNDRAWN) == []
    assert window.evaluate(
        "[...document.querySelectorAll('svg.svg-inline--fa')].every(s => s.querySelector('path'))"
    )


def test_only_wanted_icons_stay() -> None:
    """An icon is found by its name or by an older one; what is no icon stays as it is."""
    script = (
        'a={0:[1,2,[],"30","M0"],"sun":[1,2,[9728,"day"],"f185","M1"],moon:[1,2,[],"f186","M2z"]},b=[1,2]'
    )
    assert lighten_site.only_these_icons(script, {"moon"}) == 'a={moon:[1,2,[],"f186","M2z"]},b=[1,2]'
    assert '"sun"' in lighten_site.only_these_icons(script, {"day"})
    assert lighten_site.only_these_icons(script, {"0", "sun", "moon"}) == script


def png(pixels: np.ndarray) -> bytes:
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, "PNG")
    return written.getvalue()


def test_a_picture_of_few_colours_gets_a_palette() -> None:
    """Lines on a card: the same pixels in fewer bytes."""
    pixels = np.full((200, 300, 3), 250, np.uint8)
    pixels[50:60, :, :] = (0, 92, 143)
    pixels[:, 70:75, :] = (213, 94, 0)
    data = png(pixels)
    light = lighten_site.with_palette(data)
    assert len(light) <= len(data)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(light)).convert("RGB")), pixels)


def test_a_picture_of_many_colours_is_left_alone() -> None:
    """Where 256 colours do not do, nothing is changed."""
    data = png(np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8))
    assert lighten_site.with_palette(data) == data


def test_figures_of_the_book_are_not_changed_to_the_eye() -> None:
    """What a chapter shows is what its notebook stores, within a few of 255 steps on the whole."""
    import base64
    import hashlib
    import json

    from site_pages import ROOT

    notebook = json.loads((ROOT / "notebooks/05-warps-that-talk.ipynb").read_text(encoding="utf-8"))
    compared = 0
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            stored = output.get("data", {}).get("image/png")
            if stored is None:
                continue
            data = base64.b64decode(stored)
            shown = SITE / "_images" / f"{hashlib.sha256(data).hexdigest()}.png"
            before = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.float64)
            after = np.asarray(Image.open(shown).convert("RGB"), np.float64)
            assert np.sqrt(np.mean((after - before) ** 2)) <= lighten_site.CLOSE_ENOUGH
            compared += 1
    assert compared >= 3

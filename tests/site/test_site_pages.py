"""What can be read off the built pages without a browser: links, pictures, buttons, the outside world."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from book_address import site_address, split_address
from bs4 import BeautifulSoup
from own_links import page_named_by
from site_pages import ROOT, SITE, notebook_pages, pages

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
REPOSITORY = CONFIG["repository"]["url"]
BRANCH = CONFIG["repository"]["branch"]
SLUG = "/".join(split_address(REPOSITORY))


@cache
def parsed(page: str) -> BeautifulSoup:
    """Return the parsed page."""
    return BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser")


@cache
def anchors(page: str) -> frozenset[str]:
    """Return the places within a page that a link may name."""
    return frozenset(tag["id"] for tag in parsed(page).find_all(id=True))


def target_of(page: str, link: str) -> tuple[str, str]:
    """Return (path, anchor) that a relative link on a page leads to; the path is relative to the site's root."""
    parts = urlsplit(link)
    path = PurePosixPath(page).parent / unquote(parts.path) if parts.path else PurePosixPath(page)
    kept: list[str] = []
    for part in path.parts:
        if part == "..":
            kept.pop()
        elif part != ".":
            kept.append(part)
    return "/".join(kept), unquote(parts.fragment)


@pytest.mark.parametrize("page", pages())
def test_internal_links_resolve(page: str) -> None:
    """A link to another page, or to a place on one, leads there."""
    broken = []
    for tag in parsed(page).find_all("a", href=True):
        link = tag["href"]
        if urlsplit(link).scheme or link == "#":
            continue
        path, anchor = target_of(page, link)
        if not (SITE / path).is_file():
            broken.append(link)
        elif anchor and path.endswith(".html") and anchor not in anchors(path):
            broken.append(link)
    assert broken == []


@pytest.mark.parametrize("page", pages())
def test_absolute_links_to_ourselves_resolve(page: str) -> None:
    """Notebooks link by full address, since Colab knows no other; what they name must be there."""
    broken = []
    for tag in parsed(page).find_all("a", href=True):
        link = tag["href"].partition("#")[0].partition("?")[0]
        if link.startswith(site_address(REPOSITORY)):
            there = SITE / link.removeprefix(site_address(REPOSITORY))
        elif f"{SLUG}/blob/{BRANCH}/" in link:
            there = ROOT / link.partition(f"{SLUG}/blob/{BRANCH}/")[2]
        else:
            continue
        if not there.exists():
            broken.append(tag["href"])
    assert broken == []


@pytest.mark.parametrize("page", pages())
def test_pictures_have_words(page: str) -> None:
    """Who cannot see a picture is told what it shows."""
    main = parsed(page).find("main") or parsed(page)
    silent = [str(image)[:100] for image in main.find_all("img") if not image.get("alt", "").strip()]
    for drawing in main.find_all("svg", role="img"):
        told = drawing.get("aria-label", "").strip() or (drawing.find("title") and drawing.find("desc"))
        if not told:
            silent.append(str(drawing)[:100])
    assert silent == []
    named_by_file = [i["alt"] for i in main.find_all("img") if i["alt"].endswith((".png", ".svg"))]
    assert named_by_file == [], "alternative text that is a file name says nothing"


@pytest.mark.parametrize("page", pages())
def test_nothing_is_loaded_from_elsewhere(page: str) -> None:
    """Scripts, styles, pictures and frames come from the site itself."""
    loads = [tag["src"] for tag in parsed(page).find_all(["script", "img", "iframe", "source"], src=True)]
    loads += [
        tag["href"]
        for tag in parsed(page).find_all("link", href=True)
        if "canonical" not in tag.get("rel", [])
    ]
    assert [address for address in loads if urlsplit(address).netloc] == []


@pytest.mark.parametrize("page", notebook_pages())
def test_notebook_buttons(page: str) -> None:
    """A notebook's page offers Colab, with that very notebook, and the file to download."""
    notebook = str(PurePosixPath(page).with_suffix(".ipynb"))
    links = [tag["href"] for tag in parsed(page).find_all("a", href=True)]
    colab = {link for link in links if link.startswith("https://colab.research.google.com/")}
    assert f"https://colab.research.google.com/github/{SLUG}/blob/{BRANCH}/{notebook}" in colab
    downloads = [target_of(page, link)[0] for link in links if link.endswith(".ipynb") and "://" not in link]
    assert f"_sources/{notebook}" in downloads
    assert (SITE / "_sources" / notebook).read_bytes() == (ROOT / notebook).read_bytes()


@pytest.mark.parametrize("page", pages())
def test_links_to_our_own_pages_stay_here(page: str) -> None:
    """Who reads the site is not sent to GitHub for the next chapter."""
    article = parsed(page).find("article") or parsed(page)
    links = [tag["href"] for tag in article.find_all("a", href=True)]
    named = {link: page_named_by(link, REPOSITORY, BRANCH) for link in links}
    assert [link for link, found in named.items() if found and f"{found[0]}.html" in pages()] == []


def test_every_notebook_is_a_page() -> None:
    """The table of contents lists all notebooks, learners' labs and solutions included."""
    there = {
        path.relative_to(ROOT).with_suffix(".html").as_posix() for path in ROOT.glob("notebooks/*.ipynb")
    }
    for pattern in ("labs/*.ipynb", "labs/solutions/*.ipynb"):
        there |= {path.relative_to(ROOT).with_suffix(".html").as_posix() for path in ROOT.glob(pattern)}
    assert there == set(notebook_pages())


def test_ptx_is_highlighted() -> None:
    """Listings marked as PTX go through our lexer, which knows every character of them."""
    listings = parsed("book/simulated-sm.html").select(".highlight-ptx .highlight")
    assert listings
    for listing in listings:
        assert listing.select_one("span.k").get_text() == "ld"
        assert listing.select(".err") == []

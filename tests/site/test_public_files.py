"""Social cards, the sitemap, robots.txt and the page for addresses that lead nowhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import not_found_page
import public_files
import pytest
import yaml
from book_address import site_address
from bs4 import BeautifulSoup
from PIL import Image
from site_pages import ROOT, SITE, pages

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
PUBLIC = site_address(CONFIG["repository"]["url"])
PATH = urlsplit(PUBLIC).path


@pytest.mark.parametrize("page", pages())
def test_each_page_says_what_it_is(page: str) -> None:
    head = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser").head
    told = {tag["property"]: tag["content"] for tag in head.find_all("meta", property=True)}
    assert told["og:url"] == PUBLIC + page == head.find("link", rel="canonical")["href"]
    assert told["og:image"] == PUBLIC + public_files.CARD and (SITE / public_files.CARD).is_file()
    assert CONFIG["title"] in told["og:title"]
    description = told["og:description"]
    assert 40 <= len(description) <= public_files.LONGEST and "Time:" not in description
    assert head.find("meta", attrs={"name": "description"})["content"] == description


def test_pages_are_told_apart() -> None:
    """Titles differ, and nearly all descriptions do: a lab and its solution open alike."""
    heads = [BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser").head for page in pages()]
    told = {head.find("meta", attrs={"name": "description"})["content"] for head in heads}
    solutions = sum("solutions" in page for page in pages())
    assert len(told) >= len(pages()) - solutions


def test_the_card_has_the_size_that_is_asked_for() -> None:
    card = Image.open(SITE / public_files.CARD)
    assert card.size == (1200, 630)
    assert (SITE / public_files.CARD).stat().st_size < 300_000


def test_the_sitemap_lists_every_page_once() -> None:
    tree = ElementTree.parse(SITE / "sitemap.xml")
    listed = [loc.text for loc in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert sorted(listed) == sorted(PUBLIC + page for page in pages())


def test_robots_are_let_in_and_told_of_the_sitemap() -> None:
    text = (SITE / "robots.txt").read_text(encoding="utf-8")
    assert f"Sitemap: {PUBLIC}sitemap.xml" in text and "Disallow" not in text


@pytest.fixture(scope="module")
def as_published() -> Iterator[str]:
    """Serve the site under its public path, with 404.html where there is nothing, as GitHub Pages does."""

    class Pages(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: Any) -> None:
            """Print nothing."""

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            file = SITE / path.removeprefix(PATH)
            there = path.startswith(PATH) and file.is_file()
            data = (file if there else SITE / "404.html").read_bytes()
            self.send_response(200 if there else 404)
            kind = self.guess_type(str(file)) if there else "text/html"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("wrong", ["nowhere.html", "labs/solutions/deeper/still/nothing", "notebooks/1.html"])
def test_a_wrong_address_at_any_depth_leads_on(browser: Any, as_published: str, wrong: str) -> None:
    page = browser.new_page()
    failed: list[str] = []
    asked = as_published + PATH + wrong
    page.on("response", lambda r: failed.append(r.url) if r.status >= 400 and r.url != asked else None)
    page.on("pageerror", lambda error: failed.append(str(error)))
    page.goto(asked)
    assert page.locator("article h1").inner_text() == "There is no page here"
    assert "sans" in page.evaluate("getComputedStyle(document.body).fontFamily").lower()
    assert failed == []
    page.get_by_role("link", name="glossary").first.click()
    assert page.locator("article h1").inner_text().startswith("Glossary")
    page.go_back()
    page.locator("nav.bd-docs-nav").get_by_role("link", name="2. Inside an SM").click()
    assert page.url == f"{as_published}{PATH}notebooks/02-inside-an-sm.html"
    page.close()


def test_only_addresses_within_the_site_are_changed() -> None:
    html = '<a href="a.html"><a href="./b"><a href="#c"><a href="https://x"><a href="/d">'
    html += '<img src="data:e"><a href="mailto:f">'
    made = not_found_page.from_the_root(html, "/book/")
    assert made.startswith(
        '<a href="/book/a.html"><a href="/book/b"><a href="#c"><a href="https://x"><a href="/d">'
    )
    assert made.endswith('<img src="data:e"><a href="mailto:f">')

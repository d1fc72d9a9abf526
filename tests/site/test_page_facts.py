"""Under the title of each chapter and lab: minutes, and what it builds on, as the notebook itself says."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup
from site_pages import ROOT, SITE, notebook_pages


def facts_line(page: str) -> BeautifulSoup:
    """Return the element that follows the title."""
    title = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser").select_one("article h1")
    return title.find_next_sibling()


@pytest.mark.parametrize("page", notebook_pages())
def test_minutes_and_prerequisites_follow_the_title(page: str) -> None:
    line = facts_line(page)
    assert line.name == "p" and "page-facts" in line["class"]
    cells = json.loads((ROOT / page).with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
    told = re.search(r"\*\*Time:\*\* about (\d+) minutes", "".join(cells[0]["source"]))
    assert told and f"about {told[1]} minutes" in line.get_text()
    assert "Builds on:" in line.get_text()
    article = BeautifulSoup((SITE / page).read_text(encoding="utf-8"), "html.parser").select_one("article")
    assert article.get_text().count("Builds on:") == 1, "it moved, and was not copied"


@pytest.mark.parametrize("page", notebook_pages())
def test_what_it_builds_on_is_a_click_away(page: str) -> None:
    """Each chapter or lab that is named with its title is linked, labs' as well as chapters'."""
    line = facts_line(page)
    links = [tag["href"] for tag in line.find_all("a")]
    assert not [link for link in links if "://" in link]
    for number in re.findall(r"(?:chapters? |and )(\d\d),", line.get_text()):
        assert any(f"{number}-" in link for link in links), number

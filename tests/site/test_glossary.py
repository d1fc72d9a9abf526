"""What a chapter introduces in bold is in the glossary; each entry has an anchor, in the order of the alphabet."""

from __future__ import annotations

import json
import re

import pytest
from bs4 import BeautifulSoup
from site_pages import ROOT, SITE

CHAPTERS = sorted((ROOT / "notebooks").glob("*.ipynb"))
#: Bold in a chapter, but said with stress, or the name of something told on the spot: no terms of the book.
STRESSED = set(
    """last not text count full empty alive two billion dense frame address parameter loop vector generic types loads
    published others full empty tree shuffles two levels two streams best k yield and weak stage instruction inlined
    unrolled launch off by one""".split()
) | {
    "two levels", "two streams", "best k", "off by one", "warp slots", "issue slots", "truth table", "the others",
    "the published table", "a label", "a width", "a wrong letter", "a missing output", "monte carlo", "e4m3",
    "funnel shift", "interval arithmetic", "constant bank", "register allocation", "compute-sanitizer", "attention",
    "feed-forward", "lsu", "local array", "`setmaxnreg`", "types that numba lacks", "issued warp instructions", "hints",
}  # fmt: skip


def plain(term: str) -> str:
    """A term in the singular and in small letters, without quotation marks."""
    words = re.sub(r"[’']", "'", term.lower()).split()
    return " ".join(singular(word) for word in words)


def singular(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("ches"):
        return word[:-2]
    return re.sub(r"(?<=[a-z]{3})(?<!s)s$", "", word)


def terms() -> set[str]:
    """The glossary's terms, and what its explanations set in italics because they explain it too."""
    page = BeautifulSoup((SITE / "book/glossary.html").read_text(encoding="utf-8"), "html.parser")
    found = {name.strip() for tag in page.select("dl.glossary dt") for name in tag.contents[0].split(",")}
    found |= {tag.get_text() for tag in page.select("dl.glossary dd em, dl.glossary dd code")}
    known = {plain(term) for term in found}
    return known | {"scheduler"}  # listed as "warp scheduler"


def bold_terms(cells: list[str]) -> list[str]:
    """What stands in bold and may be a term: at most three words, no sentence, no heading of a paragraph."""
    marked = [bold for text in cells for bold in re.findall(r"\*\*([^*\n]+?)\*\*", text)]
    return [
        bold for bold in marked if len(bold.split()) <= 3 and re.fullmatch(r"[A-Za-z`][\w .'`’-]*[\w`]", bold)
    ]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: path.stem)
def test_what_a_chapter_introduces_is_explained(chapter: object) -> None:
    cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
    known = terms()
    texts = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]
    missing = [
        bold
        for bold in bold_terms(texts)
        if bold.lower() not in STRESSED
        and not any(form in known for form in forms(plain(bold.replace("`", ""))))
    ]
    assert missing == []


def forms(term: str) -> set[str]:
    """A term, and what it may be listed as: the noun of its verb or adjective, its last word, its longer name."""
    made = {term, re.sub(r"led$", "l", term), re.sub(r"ing$", "", term), re.sub(r"ent$", "ence", term)}
    made |= {term.split()[-1], term.replace("happen before", "happens-before")}
    made.add(f"{term} loop")
    return made | {term.replace("streaming multiprocessor", "sm")}


def test_openings_use_no_bold_word_that_is_not_explained() -> None:
    """The openings alone, without any exception."""
    known = terms()
    found = 0
    for chapter in CHAPTERS:
        cells = json.loads(chapter.read_text(encoding="utf-8"))["cells"]
        opening = "".join(cells[0]["source"])
        for bold in bold_terms([opening]):
            found += 1
            assert any(form in known for form in forms(plain(bold))), (chapter.stem, bold)
    assert found >= 6


def test_entries_have_anchors_and_stand_in_order() -> None:
    page = BeautifulSoup((SITE / "book/glossary.html").read_text(encoding="utf-8"), "html.parser")
    entries = page.select("dl.glossary dt")
    anchors = [tag.get("id", "") for tag in entries]
    assert len(entries) > 90 and all(anchor.startswith("term-") for anchor in anchors)
    assert len(set(anchors)) == len(anchors)
    names = [tag.contents[0].lower() for tag in entries]
    assert names == sorted(names)

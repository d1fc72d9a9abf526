"""The search leads from an instruction, a metric, a function or a term to the place that explains it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_plus, urlsplit

import pytest
import search_terms
from bs4 import BeautifulSoup
from site_pages import SITE

#: What is typed, and where one of the links shown above the results must lead.
ASKED = [
    ("mbarrier.try_wait", "book/ptx-reference.html#ptx-mbarrier-try-wait"),
    ("mbarrier.try_wait", "notebooks/12-asynchronous-copies.html"),
    ("mbarrier", "book/glossary.html#term-mbarrier"),
    ("st.release", "notebooks/11-caches-and-memory-order.html"),
    ("@%p1 ld.global.nc", "book/ptx-reference.html#ptx-ld"),
    ("st.rel", "book/ptx-reference.html#ptx-st"),
    ("ld.global.nc", "notebooks/11-caches-and-memory-order.html"),
    ("lop3", "book/ptx-reference.html#ptx-lop3"),
    ("LOP3", "book/ptx-reference.html#ptx-lop3"),
    ("shfl.sync.down", "notebooks/05-warps-that-talk.html"),
    ("%laneid", "notebooks/09-writing-ptx.html"),
    ("l1tex__t_sectors_pipe_lsu_mem_global_op_ld.sum", "notebooks/03-memory.html"),
    ("l1tex__t_sectors", "notebooks/03-memory.html"),
    ("sm__cycles_elapsed.max", "notebooks/06-occupancy-latency-roofline.html"),
    ("cuda.syncthreads", "notebooks/04-shared-memory.html"),
    ("smsim.profile", "notebooks/06-occupancy-latency-roofline.html"),
    ("warp divergence", "book/glossary.html#term-divergence"),
    ("Warps", "book/glossary.html#term-warp"),
    ("bank conflict", "book/glossary.html#term-bank"),
    ("long scoreboard", "book/glossary.html#term-scoreboard"),
    ("acquire", "book/glossary.html#term-acquire-release"),
    ("ILP", "book/glossary.html#term-instruction-level-parallelism-ILP"),
    ("PUE", "book/glossary.html#term-PUE"),
]

#: Sphinx's own search has ended: its scripts come after ours.
SEARCHED = (
    "/found|did not/.test(document.querySelector('#search-results .search-summary')?.textContent ?? '')"
)


@pytest.fixture(scope="module")
def window(browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    yield page
    page.close()


def shown(window: Any, address: str, asked: str) -> list[str]:
    """Return the links above the results, relative to the site's root, once Sphinx's own search has ended."""
    window.goto(f"{address}search.html?q={quote_plus(asked)}")
    window.wait_for_function(SEARCHED, timeout=10_000)
    links = window.evaluate("[...document.querySelectorAll('.search-terms a')].map(a => a.href)")
    assert all(link.startswith(address) for link in links)
    return [link.removeprefix(address) for link in links]


@pytest.mark.parametrize(("asked", "place"), ASKED)
def test_it_leads_there(window: Any, address: str, asked: str, place: str) -> None:
    links = shown(window, address, asked)
    assert any(link.startswith(place) for link in links), links


def test_an_instruction_comes_before_what_only_contains_its_name(window: Any, address: str) -> None:
    """Who asks for code gets the reference first; who asks in words, the glossary."""
    assert shown(window, address, "mbarrier.try_wait")[0].startswith(
        "book/ptx-reference.html#ptx-mbarrier-try-wait"
    )
    assert shown(window, address, "roofline")[0] == "book/glossary.html#term-roofline"


def test_words_of_no_term_show_no_box(window: Any, address: str) -> None:
    assert shown(window, address, "xylophone") == []
    assert window.locator(".search-terms").count() == 0


def test_what_is_typed_is_shown_as_text(window: Any, address: str) -> None:
    """A question is not markup."""
    shown(window, address, '<img src=x onerror="document.title=1">')
    assert window.title().startswith("Search")


def test_from_a_chapter_by_keyboard(window: Any, address: str) -> None:
    """Control and K, a name, Enter; the first link leads to a place on a page."""
    window.goto(address + "notebooks/08-reading-ptx.html")
    window.keyboard.press("Control+k")
    window.keyboard.type("lop3")
    window.keyboard.press("Enter")
    window.wait_for_selector(".search-terms a")
    window.locator(".search-terms a").first.click()
    window.wait_for_url("**/book/ptx-reference.html#*")
    assert window.evaluate("document.querySelector(':target').textContent").startswith("lop3.b32")


def test_every_place_exists() -> None:
    """No link of the index is dead."""
    import json

    text = (SITE / "_static" / search_terms.DATA).read_text(encoding="utf-8")
    index = json.loads(text.removeprefix("const bookTerms = ").rstrip().removesuffix(";"))
    places = {entry["at"] for kind in ("terms", "instructions") for entry in index[kind]}
    places |= {place for found in index["mentions"].values() for place in found}
    assert len(index["terms"]) > 80 and len(index["instructions"]) > 300 and len(index["mentions"]) > 200
    anchors: dict[str, set[str]] = {}
    for place in places:
        parts = urlsplit(place)
        if parts.path not in anchors:
            page = BeautifulSoup((SITE / parts.path).read_text(encoding="utf-8"), "html.parser")
            anchors[parts.path] = {tag["id"] for tag in page.find_all(id=True)}
        assert not parts.fragment or parts.fragment in anchors[parts.path], place
        assert parts.path in index["pages"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "use `ld.global.f32 %f1`, then st.release.gpu.global.u32;",
            ["ld.global.f32", "st.release.gpu.global.u32"],
        ),
        ("sm__cycles_elapsed.max and dram__bytes.sum", ["sm__cycles_elapsed.max", "dram__bytes.sum"]),
        ("cuda.jit(x); smsim.attach() from labkit.figures.roofline", ["cuda.jit", "smsim.attach"]),
        ("mov.u32 %r1, %tid.x; %laneid", ["mov.u32", "%tid.x", "%laneid"]),
        ("A sentence ends with st. The next is not an operand. %r1 %tidy last.sum", []),
    ],
)
def test_names_in_text(text: str, names: list[str]) -> None:
    assert search_terms.name_pattern({"ld", "st", "mov"}).findall(text) == names

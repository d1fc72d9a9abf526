"""Ticks: set by click and by keyboard, kept over a reload, imported from labkit's file; bad files lose nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from site_pages import ROOT, notebook_pages

from labkit import exercises
from labkit.record import store, transfer

CHAPTER, LAB = "notebooks/01-hello-threads", "labs/lab01-maps-and-guards"
OVERVIEW = "book/progress.html"

#: A browser that has no room for what we keep; the theme's own few bytes still fit.
FULL = """const set = Storage.prototype.setItem;
Storage.prototype.setItem = function (key, value) {
  if (key.startsWith('twenty-of-132')) throw new DOMException('full', 'QuotaExceededError');
  set.call(this, key, value);
}"""


@pytest.fixture
def window(browser: Any) -> Iterator[Any]:
    """A window with an empty storage of its own; what goes wrong in it fails the test."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, accept_downloads=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []


def ticks(window: Any) -> list[str]:
    """The pages that the sidebar shows as done, by their titles."""
    shown = window.locator("nav.bd-docs-nav a:has(.done-tick)")
    return [text.split(",  done")[0].strip() for text in shown.all_text_contents()]


def kept(window: Any) -> dict[str, Any]:
    return window.evaluate("bookProgress.load()")


def choose(window: Any, name: str, content: str | bytes) -> str:
    """Choose a file of this content; return what the page says."""
    data = content.encode() if isinstance(content, str) else content
    said = window.locator(".progress-overview [role=status]")
    before = said.text_content()
    window.locator("#progress-file").set_input_files({"name": name, "mimeType": "text/plain", "buffer": data})
    if not before:
        window.wait_for_function(
            "document.querySelector('.progress-overview [role=status]').textContent !== ''"
        )
    window.wait_for_timeout(100)
    return said.text_content()


def solved(lab: str) -> dict[str, Any]:
    """A progress file as labkit writes it, with every exercise of one lab solved."""
    state = store.empty()
    for name in exercises.of_lab(lab):
        state["exercises"][name] = {"checks": 2, "solved": True, "hints": 1}
    return state


def test_marked_by_click_and_kept_over_a_reload(window: Any, address: str) -> None:
    window.goto(f"{address}{CHAPTER}.html")
    button = window.get_by_role("button", name="Done with this chapter")
    assert button.get_attribute("aria-pressed") == "false" and ticks(window) == []
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert len(ticks(window)) == 1
    assert "this browser only" in window.locator(".done-said").inner_text()
    window.reload()
    assert window.get_by_role("button", name="Done with this chapter").get_attribute("aria-pressed") == "true"
    window.goto(f"{address}book/glossary.html")
    assert len(ticks(window)) == 1 and "Hello, threads" in ticks(window)[0]
    window.goto(address + OVERVIEW)
    assert window.get_by_role("checkbox", name="Done: 1. Hello, threads").is_checked()
    assert "1 of" in window.locator("[data-count=chapter]").inner_text()


def test_marked_by_keyboard_and_unmarked(window: Any, address: str) -> None:
    window.goto(f"{address}{LAB}.html")
    window.get_by_role("button", name="Done with this lab").focus()
    window.keyboard.press("Space")
    assert kept(window)["pages"] == {LAB: True}
    window.keyboard.press("Enter")
    assert kept(window)["pages"] == {} and ticks(window) == []
    window.goto(address + OVERVIEW)
    window.get_by_role("checkbox", name="Done: Lab 1:").focus()
    window.keyboard.press("Space")
    assert kept(window)["pages"] == {LAB: True} and len(ticks(window)) == 1


def test_every_chapter_and_lab_is_listed_and_no_solution(window: Any, address: str) -> None:
    window.goto(address + OVERVIEW)
    listed = window.evaluate(
        "[...document.querySelectorAll('li[data-page]')].map(e => e.dataset.page + '.html')"
    )
    assert sorted(listed) == [page for page in notebook_pages() if "solutions" not in page]
    assert window.locator("li[data-page] a").count() == len(listed)
    window.goto(f"{address}labs/solutions/lab01-maps-and-guards.html")
    assert window.locator(".done-button").count() == 0


def test_labkit_s_own_export_is_imported(
    window: Any, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The file is written by labkit itself. A whole lab gets its tick, a part of one does not."""
    monkeypatch.setenv("TWENTY_PROGRESS_DIR", str(tmp_path))
    for name in exercises.of_lab("lab01"):
        store.remember_check(name, right=True, attempted=True)
    store.remember_check("lab02.count", right=True, attempted=True)
    transfer.export_progress(tmp_path / "mine.json")
    window.goto(address + OVERVIEW)
    window.get_by_role("checkbox", name="Done: 3. Memory").check()
    said = choose(window, "mine.json", (tmp_path / "mine.json").read_text())
    number = len(exercises.of_lab("lab01")) + 1
    assert said == f"Imported. {number} exercises are solved now."
    assert window.get_by_role("checkbox", name="Done: Lab 1:").is_checked()
    assert not window.get_by_role("checkbox", name="Done: Lab 2").is_checked()
    assert window.get_by_role("checkbox", name="Done: 3. Memory").is_checked()
    count = len(exercises.of_lab("lab02"))
    assert f"1 of {count} exercises solved" in window.locator("li[data-page^='labs/lab02']").inner_text()
    window.reload()
    assert window.get_by_role("checkbox", name="Done: Lab 1:").is_checked()


def test_what_is_saved_here_labkit_reads(window: Any, address: str) -> None:
    window.goto(address + OVERVIEW)
    choose(window, "mine.json", json.dumps(solved("lab03")))
    with window.expect_download() as started:
        window.get_by_role("button", name="Save to a file").click()
    text = Path(started.value.path()).read_text()
    assert started.value.suggested_filename == "twenty-progress.json"
    state = store.parse(text)
    assert state["exercises"] == solved("lab03")["exercises"]
    assert state["pages"] == {"labs/lab03-race-hunt": True}
    window.evaluate("localStorage.clear()")
    window.reload()
    assert choose(window, "twenty-progress.json", text).startswith("Imported.")
    assert window.get_by_role("checkbox", name="Done: Lab 3").is_checked()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "it is not JSON"),
        ("{'version': 1}", "it is not JSON"),
        (b"\xff\xfe\x00\x01PNG", "it is not JSON"),
        ("[1, 2]", "it is not a progress file"),
        ("{}", "it is not a progress file"),
        ('{"version": "1"}', "it is not a progress file"),
        ('{"version": 9, "exercises": {}, "predictions": {}}', "newer version of the book (9)"),
        ('{"version": 1, "exercises": [], "predictions": {}}', "its part 'exercises' is damaged"),
        (
            '{"version": 1, "exercises": {"lab01.map": 3}, "predictions": {}}',
            "its part 'exercises' is damaged",
        ),
        ('{"version": 1, "exercises": {"a": {"checks": "x"}}, "predictions": {}}', "'exercises' is damaged"),
        ('{"version": 1, "exercises": {}}', "its part 'predictions' is damaged"),
        (
            '{"version": 1, "exercises": {}, "predictions": {}, "pages": {"a": 1}}',
            "its part 'pages' is damaged",
        ),
        ("[" * 2_000_000, "far larger than a progress file can be"),
    ],
)
def test_a_bad_file_is_named_and_nothing_is_lost(
    window: Any, address: str, content: str | bytes, why: str
) -> None:
    window.goto(address + OVERVIEW)
    window.get_by_role("checkbox", name="Done: 1. Hello, threads").check()
    before = window.evaluate("localStorage.getItem(bookProgress.KEY)")
    said = choose(window, "other.json", content)
    assert "“other.json” was not imported" in said and why in said
    assert "labkit.export_progress()" in said and "Nothing was changed" in said
    assert window.evaluate("localStorage.getItem(bookProgress.KEY)") == before
    assert window.get_by_role("checkbox", name="Done: 1. Hello, threads").is_checked()
    assert choose(window, "good.json", json.dumps(solved("lab01")))
    window.wait_for_function(
        "document.querySelector('.progress-overview [role=status]').textContent.startsWith('Imp')"
    )


def test_a_damaged_store_is_set_aside(window: Any, address: str) -> None:
    window.goto(address + OVERVIEW)
    window.evaluate("localStorage.setItem(bookProgress.KEY, 'not json')")
    window.reload()
    window.get_by_role("checkbox", name="Done: 1. Hello, threads").check()
    assert window.evaluate("localStorage.getItem(bookProgress.KEY + '.unreadable')") == "not json"
    assert kept(window)["pages"] == {CHAPTER: True}


def test_a_browser_that_keeps_nothing_says_so(window: Any, address: str) -> None:
    window.add_init_script(FULL)
    window.goto(f"{address}{CHAPTER}.html")
    window.get_by_role("button", name="Done with this chapter").click()
    assert "keeps nothing" in window.locator(".done-said").inner_text()
    assert (
        window.get_by_role("button", name="Done with this chapter").get_attribute("aria-pressed") == "false"
    )


def test_two_tabs_agree(window: Any, address: str) -> None:
    window.goto(address + OVERVIEW)
    other = window.context.new_page()
    other.goto(f"{address}{CHAPTER}.html")
    other.get_by_role("button", name="Done with this chapter").click()
    window.wait_for_function("document.querySelector('nav.bd-docs-nav .done-tick') !== null")
    assert window.get_by_role("checkbox", name="Done: 1. Hello, threads").is_checked()


def drawn(rng: np.random.Generator) -> dict[str, Any]:
    """A random progress, all that labkit can write among it."""
    state = store.empty()
    for name in rng.choice(
        ["lab01.map", "lab01.guard", "lab05.tile", "__proto__", "toString"], 3, replace=False
    ):
        entry: dict[str, Any] = {}
        if rng.random() < 0.7:
            entry = {"checks": int(rng.integers(1, 9)), "solved": bool(rng.random() < 0.5)}
        if rng.random() < 0.5:
            entry["hints"] = int(rng.integers(1, 4))
        if entry.get("solved") and rng.random() < 0.5:
            entry["score"] = float(rng.integers(1, 50)) / 8
        state["exercises"][str(name)] = entry
    for name in rng.choice(["05.sum", "06.limit", "07.time"], 2, replace=False):
        kind = str(rng.choice(["within_two", "right"]))
        state["predictions"][str(name)] = {kind: bool(rng.random() < 0.5)}
    return state


def test_merging_is_what_labkit_does(window: Any, address: str) -> None:
    """The page and labkit.import_progress make the same of any two files."""
    rng = np.random.default_rng(5)
    pairs = [(drawn(rng), drawn(rng)) for _ in range(300)]
    window.goto(address + OVERVIEW)
    merged = window.evaluate(
        "text => JSON.parse(text).map(pair => JSON.stringify(bookProgress.merge(...pair.map(one => "
        "bookProgress.parse(JSON.stringify(one))))))",
        json.dumps(pairs),
    )
    for (ours, theirs), text in zip(pairs, merged):
        found = json.loads(text)
        assert found.pop("pages") == {}
        assert found == transfer.merge(ours, theirs)


def test_the_sources_are_named() -> None:
    """The format is one: the page's file says where the other half is."""
    script = (ROOT / "book/assets/scripts/progress-store.js").read_text(encoding="utf-8")
    assert "src/labkit/record/store.py" in script and f"VERSION = {store.VERSION}" in script

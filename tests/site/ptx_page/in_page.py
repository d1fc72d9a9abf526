"""A window with PTX in the page, operated as a reader would, with NumPy's wheel from this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fetch_pyodide
import page_kernels
import pytest
from site_pages import ROOT, SITE

from smsim.inpage import Session

PAGE = "book/ptx-in-the-page.html"
KERNELS = {entry["name"]: entry for entry in json.loads(page_kernels.WRITTEN.read_text(encoding="utf-8"))}
PACKAGES = "https://cdn.jsdelivr.net/**"
#: Loading Python and running in WebAssembly; a test may take as long as the machine needs.
PATIENCE = 240_000
ENGINE = SITE / "_static" / "ptx-in-the-page" / "engine.json"
IDLE = "host => host.getAttribute('aria-busy') === 'false'"


def wheel() -> Path:
    """NumPy's wheel, of the hash that Pyodide lists; skips where it cannot be had."""
    try:
        return fetch_pyodide.numpy_wheel(fetch_pyodide.fetch(ROOT / ".cache"))
    except fetch_pyodide.Unavailable as reason:
        pytest.skip(str(reason))


def here(name: str, **fields: str) -> dict[str, Any]:
    """What the same request is answered by this Python."""
    return json.loads(Session().run(json.dumps({**KERNELS[name], **fields})))


class InPage:
    """The element in a window.

    Attributes:
        page: the window.
        host: the element.
        sent: the address of every request so far.
        errors: what the browser's console called an error.
    """

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.sent: list[str] = []
        self.errors: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("request", lambda request: self.sent.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        self.host = page.locator("div.ptx-in-the-page")

    def go(self, kernel: str | None = None) -> InPage:
        """Load the page."""
        self.page.goto(self.address + PAGE + (f"?kernel={kernel}" if kernel else ""))
        self.editor.wait_for()
        return self

    def open(self, kernel: str) -> InPage:
        """Choose a kernel, in its original form."""
        self.page.get_by_label("Kernel", exact=True).select_option(kernel)
        back = self.page.get_by_role("button", name="Take back my changes")
        if back.is_enabled():
            back.click()
        return self

    @property
    def editor(self) -> Any:
        return self.page.get_by_label("PTX", exact=True)

    @property
    def text(self) -> str:
        return self.editor.input_value()

    @property
    def said(self) -> str:
        """What the live region says."""
        return self.host.get_by_role("status").text_content()

    def press(self, button: str) -> str:
        """Press a button, wait until nothing runs, and return what is said then."""
        self.page.get_by_role("button", name=button, exact=True).click()
        return self.wait()

    def wait(self) -> str:
        self.page.wait_for_function(IDLE, arg=self.host.element_handle())
        return self.said

    def edit(self, old: str, new: str) -> None:
        """Select a place of the text and type over it."""
        text = self.text
        assert text.count(old) == 1, old
        at = text.index(old)
        self.editor.focus()
        self.editor.evaluate("(field, [from, to]) => field.setSelectionRange(from, to)", [at, at + len(old)])
        self.page.keyboard.insert_text(new) if new else self.page.keyboard.press("Delete")

    def caret(self, words: str) -> int:
        """Put the caret into the line that holds these words; returns its number."""
        at = self.text.index(words)
        self.editor.focus()
        self.editor.evaluate("(field, at) => field.setSelectionRange(at, at)", at)
        return self.text[:at].count("\n") + 1

    def marks(self, kind: str) -> list[int]:
        """Lines that are marked ``"next"`` or ``"wrong"``."""
        bands = self.host.locator(f".pip-band.pip-{kind}")
        return sorted(int(band.get_attribute("data-line")) for band in bands.all())

    def marked_texts(self, kind: str) -> list[str]:
        lines = self.text.split("\n")
        return [lines[number - 1].strip() for number in self.marks(kind)]

    def array(self, name: str) -> list[list[str]]:
        """The rows that the page shows of an array, each cell as text."""
        return self.host.locator(f'[data-array="{name}"] tbody tr').evaluate_all(
            "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
        )

    def table(self, label: str) -> list[list[str]]:
        """The rows of a table, each cell as text."""
        return self.host.get_by_role("region", name=label, exact=True).evaluate(
            "t => [...t.querySelectorAll('tbody tr')].map(row => [...row.cells].map(cell => cell.textContent))"
        )


@contextmanager
def window(browser: Any, address: str, numpy: Path, **settings: Any) -> Iterator[InPage]:
    """A window of its own, with storage of its own, in which NumPy's wheel comes from ``numpy``."""
    context = browser.new_context(**{"viewport": {"width": 1400, "height": 900}, **settings})
    headers = {"Access-Control-Allow-Origin": "*"}
    context.route(PACKAGES, lambda route: route.fulfill(path=str(numpy), headers=headers))
    yield InPage(context.new_page(), address)
    context.close()

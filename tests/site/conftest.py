"""Fixtures for the tests of the built site: a server on this machine, and a browser if there is one."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from site_pages import SITE

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
#: A browser that asks nobody anything but the page's own server.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
)


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Print nothing for each request."""


@pytest.fixture(scope="session", autouse=True)
def built_site() -> None:
    """Fail early, in words, where the site has not been built."""
    if not (SITE / "index.html").exists():
        pytest.fail("_build/html holds no site: run `make site` first, or `make test-site`", pytrace=False)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Serve the site on this machine; the address ends with a slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(SITE)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start a Chromium that is installed here; skip where there is none."""
    named = os.environ.get("TWENTY_BROWSER")
    program = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("no Chromium, Chrome or Edge found; name one with TWENTY_BROWSER=/path/to/it")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield started
        started.close()


VIEWS = {"desk-light": ((1400, 900), "light"), "phone-dark": ((390, 844), "dark")}


@pytest.fixture(scope="module", params=VIEWS)
def window(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    """A window, in daylight on a desk or in the dark on a phone; no page glides to what has the focus."""
    (width, height), theme = VIEWS[request.param]
    size = {"width": width, "height": height}
    context = browser.new_context(viewport=size, color_scheme=theme, reduced_motion="reduce")
    context.set_default_timeout(120_000)  # a busy machine is no fault of the page
    context.add_init_script(f"localStorage.mode = '{theme}'; localStorage.theme = '{theme}'")
    yield context.new_page()
    context.close()

"""How long a reader waits for PTX in the page: ``make site``, then ``python -m benchmarks.in_page``.

The built site is served from this machine to Chromium, and NumPy's wheel from .cache, so no network is in it. *First*
is from the click on Run to the result, nothing loaded before, in a fresh browser each time; *again* the same kernel
after an edit; *step* one step. Seconds of the clock, the best of the runs, and of processor time of all of the
browser's processes, which a busy machine changes less.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import fetch_pyodide  # noqa: E402

SITE = ROOT / "_build" / "html"
ENGINE = "_static/ptx-in-the-page/engine.json"
RUNS = 3
FIRST_GOAL, AGAIN_GOAL = 8.0, 1.0  # seconds
IDLE = "document.querySelector('.pip').getAttribute('aria-busy') === 'false'"


@contextmanager
def _served() -> Iterator[str]:
    """The repository's folder on this machine, by a process of its own: the built site, and .cache."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    where = ["--bind", "127.0.0.1", "--directory", str(ROOT), str(port)]
    command = [sys.executable, "-m", "http.server", *where]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()


@contextmanager
def _opened(address: str, kernel: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    wheel = fetch_pyodide.numpy_wheel(fetch_pyodide.fetch(ROOT / ".cache"))
    program = os.environ.get("TWENTY_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(300_000)
        told = json.loads((SITE / ENGINE).read_text(encoding="utf-8"))
        told["numpy"]["url"] = f"{address}.cache/{wheel.parent.name}/{wheel.name}"
        page.route("**/engine.json", lambda route: route.fulfill(body=json.dumps(told)))
        page.goto(f"{address}_build/html/book/ptx-in-the-page.html?kernel={kernel}")
        page.get_by_label("PTX", exact=True).wait_for()
        yield page
        browser.close()


def _processor() -> float:
    """Seconds of processor time that this process's browsers have used."""
    total = 0.0
    for process in psutil.Process().children(recursive=True):
        if "chrom" in process.name():
            spent = process.cpu_times()
            total += spent.user + spent.system
    return total


def _timed(page: Any, button: str) -> tuple[float, float]:
    """Seconds of the clock and of processor time from the click to the answer."""
    spent, start = _processor(), time.perf_counter()
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_function(IDLE)
    return time.perf_counter() - start, _processor() - spent


def _edit(page: Any) -> None:
    editor = page.get_by_label("PTX", exact=True)
    editor.fill(editor.input_value() + "// edited\n")


def _best(measured: Callable[[], tuple[float, float]], runs: int = RUNS) -> tuple[float, float]:
    found = [measured() for _ in range(runs)]
    return min(clock for clock, _ in found), min(processor for _, processor in found)


def _row(name: str, measured: tuple[float, float], goal: float | None = None) -> None:
    missed = f" ({goal:g})" if goal is not None and measured[0] > goal else ""
    print(f"{name:<24} {measured[0]:>6.2f} s{missed:<6} {measured[1]:>6.2f} s of processor", flush=True)


def main() -> None:
    kernels = json.loads((ROOT / "book/assets/ptx-in-the-page/kernels.json").read_text(encoding="utf-8"))
    print(
        f"Load of this machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores. In brackets: a goal that is missed."
    )
    with _served() as address:

        def first() -> tuple[float, float]:
            with _opened(address, "saxpy") as page:
                return _timed(page, "Run")

        _row("first", _best(first), FIRST_GOAL)
        with _opened(address, "saxpy") as page:
            _timed(page, "Run")
            for kernel in kernels:
                page.get_by_label("Kernel", exact=True).select_option(kernel["name"])

                def again() -> tuple[float, float]:
                    _edit(page)
                    return _timed(page, "Run")

                _row(f"again, {kernel['name']}", _best(again), AGAIN_GOAL)
            page.get_by_label("Kernel", exact=True).select_option("block-sum")
            _timed(page, "Step")
            _row("step, block-sum", _best(lambda: _timed(page, "Step"), 10), AGAIN_GOAL)


if __name__ == "__main__":
    main()

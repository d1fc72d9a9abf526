"""Fixtures: NumPy's wheel, and a window in which Python is loaded once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from in_page import ENGINE, InPage, wheel, window


@pytest.fixture(scope="session")
def numpy() -> Path:
    found = wheel()
    if json.loads(ENGINE.read_text(encoding="utf-8"))["missing"]:
        pytest.fail(
            "the site was built when Pyodide could not be fetched: run `make site` again", pytrace=False
        )
    return found


@pytest.fixture(scope="session")
def page(browser: Any, address: str, numpy: Path) -> Iterator[InPage]:
    """One window in which Python is loaded once, for all tests that do not ask for another."""
    with window(browser, address, numpy) as opened:
        yield opened.go()
        assert [e for e in opened.errors if "theme mode" not in e] == []

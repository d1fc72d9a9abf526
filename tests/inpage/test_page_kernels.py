"""The kernels that the page offers are those of the book's notebooks, as they are now."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import page_kernels
from page_texts import KERNELS


def test_they_are_current() -> None:
    """Texts as the notebooks have them, compiled ones as the compiler writes them."""
    done = subprocess.run(
        [sys.executable, str(page_kernels.ROOT / "tools" / "page_kernels.py"), "--check"],
        env={**os.environ, "SMSIM": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_notebook_would_be_noticed() -> None:
    other = [{**entry, "ptx": entry["ptx"].replace("ret;", "exit;")} for entry in KERNELS.values()]
    assert page_kernels.text_of(other) != page_kernels.WRITTEN.read_text(encoding="utf-8")
    assert json.loads(page_kernels.text_of(list(KERNELS.values()))) == list(KERNELS.values())


def test_every_chapter_of_the_issue_has_some() -> None:
    chapters = {entry["chapter"].split("/")[1][:5] for entry in KERNELS.values()}
    assert chapters == {"08-re", "09-wr", "11-ca", "lab06"}


def test_names_can_stand_in_an_address_and_compiled_texts_have_short_ones() -> None:
    for name, entry in KERNELS.items():
        assert name.replace("-", "").isalnum()
        assert max(map(len, entry["ptx"].splitlines())) < 100
        assert "_ZN" not in entry["ptx"] and '"' not in entry["ptx"]

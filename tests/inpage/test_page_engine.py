"""What the site's build puts beside the pages: the engine, packed, and the word whether it is there."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import fetch_pyodide
import ptx_in_the_page
import pytest
from docutils import nodes


@pytest.fixture
def pyodide(tmp_path: Path) -> Path:
    """Stands in for Pyodide's folder; what is in the files does not matter to those who copy them."""
    folder = tmp_path / "pyodide"
    folder.mkdir()
    for name in ptx_in_the_page.SERVED:
        (folder / name).write_text(name)
    listed = {"packages": {"numpy": {"file_name": "numpy-1.whl", "sha256": "00ff"}}}
    (folder / "pyodide-lock.json").write_text(json.dumps(listed))
    return folder


def test_the_archive_holds_the_engine_and_is_the_same_each_time(tmp_path: Path) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    ptx_in_the_page.pack(one)
    ptx_in_the_page.pack(two)
    assert one.read_bytes() == two.read_bytes()
    names = set(zipfile.ZipFile(one).namelist())
    needed = {
        "lark/LICENSE",
        "smsim/inpage/session.py",
        "smsim/ptx/grammar.lark",
        "smsim/devices/h800.toml",
        "lark/lark.py",
    }
    assert needed <= names
    assert not any(name.split("/")[1] in ptx_in_the_page.LEFT_OUT or "pycache" in name for name in names)


def test_without_pyodide_the_site_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(cache: Path) -> Path:
        raise fetch_pyodide.Unavailable("npm is not installed")

    monkeypatch.setattr(fetch_pyodide, "core", unavailable)
    ptx_in_the_page.put_engine(tmp_path, tmp_path / "cache")
    assert ptx_in_the_page.why_ptx_cannot_run(tmp_path) == "npm is not installed"
    folder = tmp_path / "ptx-in-the-page"
    assert json.loads((folder / "engine.json").read_text())["missing"] == "npm is not installed"
    assert [file.name for file in folder.iterdir()] == ["engine.json"]


def test_without_node_the_source_is_served(
    tmp_path: Path, pyodide: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetch_pyodide, "core", lambda cache: pyodide)
    monkeypatch.setenv("PATH", "")
    cache = tmp_path / "cache"
    cache.mkdir()
    ptx_in_the_page.put_engine(tmp_path, cache)
    assert ptx_in_the_page.why_ptx_cannot_run(tmp_path) is None
    folder = tmp_path / "ptx-in-the-page"
    assert "smsim/inpage/session.py" in zipfile.ZipFile(folder / "smsim.zip").namelist()
    assert {file.name for file in (folder / "pyodide").iterdir()} == set(ptx_in_the_page.SERVED)
    told = json.loads((folder / "engine.json").read_text())
    assert told["missing"] is None
    url = f"https://cdn.jsdelivr.net/pyodide/v{fetch_pyodide.VERSION}/full/numpy-1.whl"
    assert told["numpy"] == {"url": url, "sha256": "00ff"}
    assert list(cache.iterdir()) == [], "nothing half done is kept"


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (nodes.raw("", '<div class="ptx-in-the-page">', format="html"), True),
        (nodes.reference("", "", refuri="../book/ptx-in-the-page.html?kernel=saxpy"), True),
        (nodes.reference("", "", refuri="../book/ptx-in-the-page.html"), False),
        (nodes.raw("", "<div>", format="html"), False),
    ],
)
def test_which_pages_need_the_script(node: nodes.Node, expected: bool) -> None:
    page = nodes.document(None, None)
    page += node
    assert ptx_in_the_page.needs_element(page) == expected
    assert not ptx_in_the_page.needs_element(None)

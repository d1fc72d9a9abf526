"""Sphinx extension: what the reader's browser needs to run PTX, put beside the built pages.

Pages that hold the element, or a link to one of its kernels, get its script and style; no other page does. After the
build, Pyodide's own files are copied from .cache (fetched from npm once, against a pinned hash), and the engine is
packed: smsim and Lark, compiled where Node.js is there to do it. ``engine.json`` tells the page where all this lies.
Where Pyodide cannot be fetched, the site is built without it, and the page says so.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import fetch_pyodide
from docutils import nodes
from sphinx.util import logging

ROOT = Path(__file__).resolve().parent.parent
PAGE = "book/ptx-in-the-page"
FOLDER = "ptx-in-the-page"  # within the site's static files
#: What a browser loads of Pyodide. The rest of its package is for Node.js and for developers.
SERVED = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
#: Where Pyodide's makers keep its packages.
PACKAGES = f"https://cdn.jsdelivr.net/pyodide/v{fetch_pyodide.VERSION}/full/"
#: Rooms of smsim that the page never enters.
LEFT_OUT = {"calibration", "occupying", "profiling", "sass"}
_PACKED = {".py", ".toml", ".lark"}
#: Compiled engines that stay in the cache: one for each state of the sources that somebody goes back and forth between.
KEPT = 4

_log = logging.getLogger(__name__)


def pack(there: Path) -> None:
    """Write smsim and Lark, with Lark's licence, into one archive, the same bytes each time."""
    with zipfile.ZipFile(there, "w") as archive:
        for package, left_out in (("smsim", LEFT_OUT), ("lark", {"__pyinstaller", "tools"})):
            folder = Path(importlib.util.find_spec(package).origin).parent
            for file in sorted(folder.rglob("*")):
                inside = file.relative_to(folder)
                if file.suffix in _PACKED and inside.parts[0] not in left_out:
                    _put(archive, f"{package}/{inside.as_posix()}", file.read_bytes())
        for file in importlib.metadata.files("lark") or ():
            if file.name == "LICENSE":
                _put(archive, "lark/LICENSE", file.read_binary())


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=9)


def compiled(source: Path, pyodide: Path, cache: Path) -> Path:
    """The archive with its modules compiled for Pyodide's Python, which spares each reader a second; kept in ``cache``.

    The archive itself where Node.js is missing or fails: it does the same, later.
    """
    key = hashlib.sha256(source.read_bytes() + fetch_pyodide.VERSION.encode()).hexdigest()[:16]
    there = cache / f"engine-{key}.zip"
    if not there.exists():
        made = cache / f"{there.name}.{os.getpid()}"
        command = [
            "node",
            str(Path(__file__).with_name("compile_engine.mjs")),
            *map(str, (pyodide, source, made)),
        ]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=300)
        except (OSError, subprocess.SubprocessError) as problem:
            _log.info(f"The engine of PTX in the page is served as source: {problem}")
            return source
        made.rename(there)
        for old in sorted(cache.glob("engine-*.zip"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
            old.unlink(missing_ok=True)
    return there


def put_engine(static: Path, cache: Path) -> None:
    """Put all that the page loads into the site's static files.

    Args:
        static: the built site's ``_static`` folder.
        cache: where Pyodide is kept between builds.
    """
    folder = static / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    told: dict[str, Any] = {"missing": None}
    try:
        pyodide = fetch_pyodide.core(cache)
    except fetch_pyodide.Unavailable as reason:
        told["missing"] = str(reason)
    else:
        (folder / "pyodide").mkdir(exist_ok=True)
        for name in SERVED:
            shutil.copyfile(pyodide / name, folder / "pyodide" / name)
        archive = folder / "smsim.zip"
        pack(archive)
        ready = compiled(archive, pyodide, cache)
        if ready != archive:
            shutil.copyfile(ready, archive)
        numpy = fetch_pyodide.listed(pyodide)
        told["numpy"] = {"url": PACKAGES + numpy["file_name"], "sha256": numpy["sha256"]}
    (folder / "engine.json").write_text(json.dumps(told), encoding="utf-8")


def why_ptx_cannot_run(static: Path) -> str | None:
    """What :func:`put_engine` said of a built site: why PTX cannot be run in it, ``None`` if it can."""
    return json.loads((static / FOLDER / "engine.json").read_text(encoding="utf-8"))["missing"]


def needs_element(doctree: nodes.document | None) -> bool:
    """Whether a page holds the element, or a link that opens one of its kernels."""
    if doctree is None:
        return False
    held = any(f'class="{FOLDER}"' in raw.astext() for raw in doctree.findall(nodes.raw))
    return held or any(
        f"{FOLDER}.html?kernel=" in link.get("refuri", "") for link in doctree.findall(nodes.reference)
    )


def _add_script(app: Any, page: str, template: str, context: dict, doctree: nodes.document | None) -> None:
    if needs_element(doctree):
        app.add_js_file(f"{FOLDER}/start.mjs", type="module")
        app.add_css_file(f"{FOLDER}/look.css")


def _after_build(app: Any, problem: Exception | None) -> None:
    if problem is None and app.builder.format == "html":
        put_engine(Path(app.outdir) / "_static", ROOT / ".cache")


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("html-page-context", _add_script)
    app.connect("build-finished", _after_build)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

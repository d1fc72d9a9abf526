"""Sphinx extension: leave out sphinx-thebe's scripts.

Jupyter Book loads sphinx-thebe always, though this book's code is run in Colab or at home. Its script declares
a constant twice on every page, which browsers report as an error.
"""

from __future__ import annotations

from typing import Any


def _is_thebe(file: Any) -> bool:
    body = getattr(file, "attributes", {}).get("body") or ""
    return "sphinx-thebe" in str(getattr(file, "filename", "")) or "THEBE_JS_URL" in body


def _drop(app: Any, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    for kind in ("script_files", "css_files"):
        context[kind] = [file for file in context[kind] if not _is_thebe(file)]


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("html-page-context", _drop, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

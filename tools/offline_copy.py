"""The whole site as one zip, to be read without a network: unpack it, open index.html.

Search, figures to operate, the calculator and the theme work from a folder as they do from a server.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

NAME = "twenty-of-132-offline.zip"
#: For servers and search engines only, or a zip of the zip.
LEFT_OUT = {NAME, "404.html", "robots.txt", "sitemap.xml", "objects.inv", ".buildinfo"}
#: Every file gets this date, so that the same site gives the same zip.
DATE = (2020, 1, 1, 0, 0, 0)
PACKED = {".png", ".woff", ".woff2", ".jpg", ".whl", ".zip"}


def write_offline_copy(site: Path) -> Path:
    """Write the zip into the built site, everything within one folder; return where."""
    target = site / NAME
    target.unlink(missing_ok=True)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(site.rglob("*")):
            name = path.relative_to(site).as_posix()
            if path.is_file() and name not in LEFT_OUT:
                entry = zipfile.ZipInfo(f"twenty-of-132/{name}", DATE)
                entry.external_attr = 0o644 << 16
                kind = zipfile.ZIP_STORED if path.suffix in PACKED else zipfile.ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), kind)
    return target

"""Where the book's PTX reference says what an instruction does: one address for every row of the table."""

from __future__ import annotations

import re
from zlib import crc32

from smsim.ptx.rows import Row

#: The book's site. tools/set_repository.py rewrites it with the repository's address.
SITE = "https://twenty-of-132.github.io/book/"
PAGE = "book/ptx-reference.html"

_LONGEST, _KEPT = 48, 36


def anchor(row: Row) -> str:
    """The row's anchor on the page: its syntax in letters, digits and hyphens; what is long ends in a checksum."""
    name = "ptx-" + re.sub(r"[^a-z0-9]+", "-", row.syntax.lower().replace("...", " v ")).strip("-")
    return name if len(name) <= _LONGEST else f"{name[:_KEPT]}-{crc32(row.syntax.encode()):08x}"


def address(row: Row) -> str:
    """The full address of what the book says about a row."""
    return f"{SITE}{PAGE}#{anchor(row)}"

"""Where the book's PTX reference says what an instruction does: one address for every row of the table."""

from __future__ import annotations

import re

from smsim.ptx.rows import Row

#: The book's site. tools/set_repository.py rewrites it with the repository's address.
SITE = "https://twenty-of-132.github.io/book/"
PAGE = "book/ptx-reference.html"


def anchor(row: Row) -> str:
    """The row's anchor on the page: its syntax in letters, digits and hyphens."""
    return "ptx-" + re.sub(r"[^a-z0-9]+", "-", row.syntax.lower()).strip("-")


def address(row: Row) -> str:
    """The full address of what the book says about a row."""
    return f"{SITE}{PAGE}#{anchor(row)}"

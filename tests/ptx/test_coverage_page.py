"""The pages "What it executes" and "PTX reference": what they count, and that they name nothing twice."""

from __future__ import annotations

import coverage_page
import pytest
import reference_page
from ptx_isa import REFUSED

from smsim.listing.reference import anchor
from smsim.ptx.rows import UNITS, matching_rows
from smsim.ptx.syntax import pattern
from smsim.ptx.table import ROWS


def test_spellings() -> None:
    assert coverage_page.spellings("bra{.uni} t:label") == {"bra", "bra.uni"}
    assert coverage_page.spellings("x.a|.b{.c{.d}|.e}.f y") == {
        f"x.{first}{middle}.f" for first in "ab" for middle in ("", ".c", ".c.d", ".e")
    }
    assert len(coverage_page.spellings("add{.rn|.rz|.rm|.rp}{.ftz}{.sat}.f32 d, a, b")) == 20


@pytest.mark.parametrize("row", ROWS[::7], ids=lambda row: row.syntax[:40])
def test_the_spellings_of_a_row_fit_it(row) -> None:
    for spelling in sorted(coverage_page.spellings(row.syntax))[:50]:
        assert pattern(row.syntax).fits(tuple(spelling.split(".")[1:]))


def test_every_row_stands_on_the_page() -> None:
    shown = [row for rows in reference_page.rows_by_subject().values() for row in rows]
    assert sorted(row.syntax for row in shown) == sorted(row.syntax for row in ROWS)
    assert set(reference_page.UNITS) == set(UNITS)


def test_each_row_and_each_opcode_has_an_anchor_of_its_own() -> None:
    rows = {anchor(row) for row in ROWS}
    assert len(rows) == len(ROWS)
    alone = {row.opcode for row in ROWS} - {row.syntax for row in ROWS}
    assert not rows & {f"ptx-{opcode}" for opcode in alone}


def test_what_is_refused_is_not_in_the_table() -> None:
    opcodes = {row.opcode for row in ROWS}
    for _, names in REFUSED.values():
        for name in names:
            opcode, *modifiers = name.split(".")
            if modifiers and opcode in opcodes:
                known = {
                    m
                    for row in ROWS
                    if row.opcode == opcode
                    for group in pattern(row.syntax).groups
                    for m in group
                }
                assert not set(modifiers) <= known, name
            else:
                assert opcode not in opcodes, name
            assert not matching_rows(opcode, tuple(modifiers))

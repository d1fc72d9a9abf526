"""Every PTX listing in the book's text is PTX: NVIDIA's assembler reads it."""

from __future__ import annotations

import pytest
from book_listings import Listing, fenced
from ptx_assembler import complaints


def test_fenced_listings_are_what_they_say() -> None:
    """A fence that says ``ptx wrong`` holds what the assembler refuses, any other what it accepts."""
    listings = fenced()
    answers = complaints([listing.module for listing in listings])
    amiss = [
        (one.place, said)
        for one, said in zip(listings, answers, strict=True)
        if (said is not None) != one.wrong
    ]
    assert listings and not amiss


WRONG = {
    "a register of the wrong width": "add.s32 %r1, %rd1, 1;",
    "an operation that there is not": "addd.s32 %r1, %r2, 1;",
    "no rounding where one is due": "fma.f32 %f1, %f2, %f3, %f4;",
    "a missing semicolon": "add.s32 %r1, %r2, 1\nadd.s32 %r1, %r1, 1;",
}


@pytest.mark.parametrize("mistake", WRONG)
def test_mistakes_in_fragments_are_found(mistake: str) -> None:
    assert complaints([Listing("here", WRONG[mistake], False).module]) != [None]


def test_what_surrounds_a_fragment_is_no_mistake() -> None:
    fragments = [
        "@%p1 bra DONE;\nst.global.f32 [%rd1+4], %f1;  // [%rd9] is not there",
        "LOOP:\nadd.s32 %r1, %r1, 1;\nsetp.lt.s32 %p2, %r1, 10;\n@%p2 bra LOOP;",
        "ld.param.u64 %rd1, [x];\ncvta.to.global.u64 %rd2, %rd1;",
        ".reg .b16 %h<3>;\nadd.f16 %h1, %h2, %h2;\nmov.u32 %r1, %tid.x;",
        ".visible .entry nothing()\n{\n    ret;\n}",
    ]
    assert complaints([Listing("here", text, False).module for text in fragments]) == [None] * len(fragments)

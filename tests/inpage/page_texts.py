"""The book's kernels as the page has them, and requests made from them."""

from __future__ import annotations

import json
from typing import Any

import page_kernels

KERNELS = {entry["name"]: entry for entry in json.loads(page_kernels.WRITTEN.read_text(encoding="utf-8"))}

#: It polls a word that nobody changes.
ENDLESS = """\
.version 9.0
.target sm_90a
.address_size 64
.visible .entry endless(.param .u64 x)
{
    .reg .b32 %r<2>;  .reg .b64 %rd<2>;  .reg .pred %p<2>;
    ld.param.u64 %rd1, [x];
$again:
    ld.volatile.global.u32 %r1, [%rd1];
    setp.eq.u32 %p1, %r1, 0;
    @%p1 bra $again;
    ret;
}
"""


def changed(name: str, old: str, new: str, **fields: str) -> dict[str, Any]:
    """A kernel of the book with one place of its text changed, and other fields as given."""
    entry = KERNELS[name]
    assert entry["ptx"].count(old) == 1, old
    return {**entry, "ptx": entry["ptx"].replace(old, new), **fields}

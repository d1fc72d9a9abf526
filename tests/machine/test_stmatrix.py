"""``stmatrix``: it writes what ``ldmatrix`` reads, and each value lies where the ISA says."""

from __future__ import annotations

import numpy as np
import pytest
from raw_ptx import kernel, run

#: Lane n of 32 names row n; rows are 16 bytes, here with a gap of 16 behind each.
ROW = "mov.u32 %r7, tile; mul.lo.u32 %r8, %r1, 32; add.u32 %r7, %r7, %r8;"
TILE = ".shared .align 16 .b8 tile[1024];"
NAMES = "%r10, %r11, %r12, %r13".split(", ")


def registers(count: int) -> str:
    return "{" + ", ".join(NAMES[:count]) + "}"


def own(count: int, write: bool) -> str:
    """Each lane's ``count`` words from or to ``x[thread][0 ...]``, whose address is in %rd1 or %rd2."""
    base = "%rd2" if write else "%rd1"
    lines = [f"mul.lo.u64 %rd9, %rd9, {4 * count};" if not write else "", f"add.u64 %rd10, {base}, %rd9;"]
    for n in range(count):
        at = f"[%rd10+{4 * n}]"
        lines.append(f"st.global.u32 {at}, {NAMES[n]};" if write else f"ld.global.u32 {NAMES[n]}, {at};")
    return "\n".join(lines)


@pytest.mark.parametrize("count", [1, 2, 4])
@pytest.mark.parametrize("transposed", ["", ".trans"])
def test_what_it_writes_ldmatrix_reads(count: int, transposed: str) -> None:
    words = np.random.default_rng(count).integers(0, 1 << 32, (32, count), dtype=np.uint32)
    move = "{op}.sync.aligned.m8n8.x{n}{t}.shared.b16 {operands};"
    body = "\n".join(
        [
            own(count, write=False), ROW,
            move.format(op="stmatrix", n=count, t=transposed, operands=f"[%r7], {registers(count)}"),
            "bar.warp.sync 0xffffffff;",
            *(f"mov.u32 {name}, 0;" for name in NAMES[:count]),
            move.format(op="ldmatrix", n=count, t=transposed, operands=f"{registers(count)}, [%r7]"),
            own(count, write=True),
        ]
    )  # fmt: skip
    out = run(kernel(body, 2, top=TILE), words, np.zeros_like(words))[1]
    assert np.array_equal(out, words)


@pytest.mark.parametrize("transposed", [False, True])
def test_where_each_value_lies(transposed: bool) -> None:
    """Lane n's register holds values 2 (n % 4) and the next of row n // 4 (PTX ISA, "stmatrix")."""
    halves = np.arange(64, dtype=np.uint16).reshape(32, 2)
    dump = "mul.lo.u32 %r8, %r1, 16; mov.u32 %r7, tile; add.u32 %r7, %r7, %r8;"
    op = f"stmatrix.sync.aligned.m8n8.x1{'.trans' if transposed else ''}.shared.b16 [%r7], {{%r10}};"
    read = (
        "mov.u32 %r7, tile; shl.b32 %r8, %r1, 2; add.u32 %r7, %r7, %r8; ld.shared.u32 %r10, [%r7];"
        "add.u64 %rd10, %rd2, %rd9; st.global.u32 [%rd10], %r10;"
    )
    body = own(1, write=False) + dump + op + "bar.warp.sync 0xffffffff;" + read
    text = kernel(body, 2, top=TILE)
    found = run(text, halves.view(np.uint32), np.zeros(32, np.uint32))[1].view(np.uint16).reshape(8, 8)
    lane, row = np.arange(32), np.zeros((8, 8), np.uint16)
    for half in (0, 1):
        row[lane // 4, 2 * (lane % 4) + half] = halves[lane, half]
    assert np.array_equal(found, row.T if transposed else row)

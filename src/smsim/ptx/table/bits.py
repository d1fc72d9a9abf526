"""Logic, shifts, and other work on single bits."""

from __future__ import annotations

from smsim.ptx.rows import Row

_WORDS = ".b16|.b32|.b64"

ROWS = (
    Row(f"and.pred|{_WORDS} d, a, b", "bits.bitwise_and", "alu", (1, 0), 10, "Bitwise and."),
    Row(f"or.pred|{_WORDS} d, a, b", "bits.bitwise_or", "alu", (1, 0), 10, "Bitwise or."),
    Row(f"xor.pred|{_WORDS} d, a, b", "bits.bitwise_xor", "alu", (1, 0), 10, "Bitwise exclusive or."),
    Row(f"not.pred|{_WORDS} d, a", "bits.bitwise_not", "alu", (1, 0), 10, "Turns every bit over."),
    Row(f"cnot{_WORDS} d, a", "bits.cnot", "alu", (1, 0), 10, "1 if a is 0, else 0, as C's ! does."),
    Row("lop3.b32 d, a, b, c, immLut", "bits.lop3", "alu", (4, 3), 50,
        "Any bitwise function of three operands, given as the table of its eight results."),
    Row("lop3.and|.or.b32 d|p, a, b, c, immLut, {!}q:pred", "bits.lop3_predicate", "alu", (8, 2), 70,
        "lop3, and in p whether the result is not 0, combined with q."),
    Row(f"shl{_WORDS} d, a, b:u32", "bits.shl", "alu", (1, 0), 10,
        "Shifts left, filling with zeros; by the width or more it leaves 0."),
    Row(f"shr{_WORDS}|.u16|.u32|.u64|.s16|.s32|.s64 d, a, b:u32", "bits.shr", "alu", (1, 0), 10,
        "Shifts right, filling with the sign for signed types, else with zeros."),
    Row("shf.l|.r.clamp|.wrap.b32 d, a, b, c:u32", "bits.shf", "alu", (3, 1), 32,
        "Shifts the 64 bits of b and a as one and keeps 32 of them."),
    Row("prmt.b32{.f4e|.b4e|.rc8|.ecl|.ecr|.rc16} d, a, b, c", "bits.prmt", "alu", (2, 0), 20,
        "Picks any four bytes out of the eight of two registers."),
    Row("bfe.u32|.u64|.s32|.s64 d, a, b:u32, c:u32", "bits.bfe", "alu", (2, 0), 20,
        "Extracts the c bits of a that begin at bit b."),
    Row("bfi.b32|.b64 d, a, b, c:u32, e:u32", "bits.bfi", "alu", (2, 0), 20,
        "Puts the low e bits of a into b, beginning at bit c."),
    Row("bfind{.shiftamt}.u32|.u64|.s32|.s64 d:u32, a", "bits.bfind", "xu", (2, 0), 20,
        "Finds the highest bit that is not a copy of the sign."),
    Row("bmsk.clamp|.wrap.b32 d, a:u32, b:u32", "bits.bmsk", "alu", (7, 6), 70,
        "A mask of b ones that begins at bit a."),
    Row("szext.clamp|.wrap.u32|.s32 d, a, b:u32", "bits.szext", "alu", (7, 6), 70,
        "Extends the low b bits of a by their sign or by zeros."),
    Row("popc.b32|.b64 d:u32, a", "bits.popc", "xu", (2, 0), 20, "Counts the bits that are set."),
    Row("clz.b32|.b64 d:u32, a", "bits.clz", "xu", (2, 0), 20, "Counts the zeros at the top."),
    Row("brev.b32|.b64 d, a", "bits.brev", "xu", (2, 0), 20, "Reverses the order of the bits."),
    Row("fns.b32 d, mask, base, offset:s32", "bits.fns", "alu", (6, 0), 30,
        "Finds the n-th set bit, counted from bit base."),
)  # fmt: skip

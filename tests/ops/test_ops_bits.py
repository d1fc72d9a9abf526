"""Instructions on single bits, against Python's integers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_harness import as_signed, batches, check, pattern_of, quick, value_of

WORDS = ["b16", "b32", "b64"]


@pytest.mark.parametrize("kind", [*WORDS, "pred"])
@given(data=st.data())
@quick
def test_logic(kind: str, data: st.DataObject) -> None:
    cases = data.draw(batches(kind, kind))
    ones = True if kind == "pred" else (1 << int(kind[1:])) - 1
    check(f"and.{kind}", cases, lambda a, b: a & b)
    check(f"or.{kind}", cases, lambda a, b: a | b)
    check(f"xor.{kind}", cases, lambda a, b: a ^ b)
    check(f"not.{kind}", [c[:1] for c in cases], lambda a: a ^ ones)
    if kind != "pred":
        check(f"cnot.{kind}", [c[:1] for c in cases], lambda a: int(a == 0))


@pytest.mark.parametrize("kind", [*WORDS, "u16", "u32", "u64", "s16", "s32", "s64"])
@given(data=st.data())
@quick
def test_shifts(kind: str, data: st.DataObject) -> None:
    bits = int(kind[1:])
    cases = data.draw(batches(kind, "u32"))
    cases += [(cases[0][0], n) for n in (bits - 1, bits, bits + 1, 64, 256, 65536, 65537, 1 << 31)]
    check(f"shr.{kind}", cases, lambda a, n: pattern_of(value_of(a, kind) >> min(n, 64), kind))
    if kind.startswith("b"):
        check(f"shl.{kind}", cases, lambda a, n: pattern_of(a << min(n, 64), kind))


@given(batches("b32", "b32", "u32"))
@quick
def test_funnel_shift(cases: list[tuple[int, ...]]) -> None:
    for mode, limit in (("clamp", lambda n: min(n, 32)), ("wrap", lambda n: n % 32)):
        check(
            f"shf.l.{mode}.b32",
            cases,
            lambda a, b, n, limit=limit: (((b << 32 | a) << limit(n)) >> 32) & 0xFFFFFFFF,
        )
        check(
            f"shf.r.{mode}.b32",
            cases,
            lambda a, b, n, limit=limit: ((b << 32 | a) >> limit(n)) & 0xFFFFFFFF,
        )


def lookup(a: int, b: int, c: int, table: int) -> int:
    result = 0
    for k in range(32):
        row = (a >> k & 1) * 4 + (b >> k & 1) * 2 + (c >> k & 1)
        result |= (table >> row & 1) << k
    return result


@given(batches("b32", "b32", "b32"), st.integers(0, 255), st.booleans())
@quick
def test_lop3(cases: list[tuple[int, ...]], table: int, q: bool) -> None:
    check("lop3.b32", [(*c, table) for c in cases], lookup)
    check("lop3.b32", [(0xF0F0F0F0, 0xCCCCCCCC, 0xAAAAAAAA, table)] * 2, lookup)
    for name, combine in (("and", lambda x, y: x and y), ("or", lambda x, y: x or y)):
        check(
            f"lop3.{name}.b32",
            [(*c, table, q) for c in cases],
            lambda a, b, c, t, q, f=combine: (lookup(a, b, c, t), f(lookup(a, b, c, t) != 0, q)),
        )


@pytest.mark.parametrize("kind", ["u32", "u64", "s32", "s64"])
@given(data=st.data())
@quick
def test_extract(kind: str, data: st.DataObject) -> None:
    bits = int(kind[1:])

    def oracle(a: int, position: int, length: int) -> int:
        """Bit by bit, as the ISA describes it."""
        position, length = position & 255, length & 255
        signed = kind.startswith("s") and length
        sign = a >> min(position + length - 1, bits - 1) & 1 if signed else 0
        result = 0
        for k in range(bits):
            bit = a >> (position + k) & 1 if k < length and position + k < bits else sign
            result |= bit << k
        return result

    cases = data.draw(batches(kind, "u32", "u32"))
    cases += [(cases[0][0], p, n) for p in (0, 3, bits - 1, bits) for n in (0, 1, 7, bits, 255)]
    check(f"bfe.{kind}", cases, oracle)


@pytest.mark.parametrize("kind", ["b32", "b64"])
@given(data=st.data())
@quick
def test_insert(kind: str, data: st.DataObject) -> None:
    bits = int(kind[1:])

    def oracle(a: int, b: int, position: int, length: int) -> int:
        position, length = position & 255, length & 255
        for k in range(length):
            if position + k < bits:
                b = b & ~(1 << (position + k)) | (a >> k & 1) << (position + k)
        return b

    cases = data.draw(batches(kind, kind, "u32", "u32"))
    cases += [(*cases[0][:2], p, n) for p in (0, 3, bits - 1, bits) for n in (0, 1, 7, bits, 255)]
    check(f"bfi.{kind}", cases, oracle)


@pytest.mark.parametrize("kind", ["b32", "b64"])
@given(data=st.data())
@quick
def test_counting(kind: str, data: st.DataObject) -> None:
    bits = int(kind[1:])
    cases = data.draw(batches(kind))
    check(f"popc.{kind}", cases, lambda a: a.bit_count())
    check(f"clz.{kind}", cases, lambda a: bits - a.bit_length())
    check(f"brev.{kind}", cases, lambda a: int(f"{a:0{bits}b}"[::-1], 2))


@pytest.mark.parametrize("kind", ["u32", "u64", "s32", "s64"])
@given(data=st.data())
@quick
def test_find_highest(kind: str, data: st.DataObject) -> None:
    bits = int(kind[1:])

    def highest(a: int) -> int:
        value = value_of(a, kind)
        return (value if value >= 0 else ~value).bit_length() - 1

    cases = data.draw(batches(kind))
    check(f"bfind.{kind}", cases, lambda a: pattern_of(highest(a), "u32"))
    check(
        f"bfind.shiftamt.{kind}",
        cases,
        lambda a: bits - 1 - highest(a) if highest(a) >= 0 else 0xFFFFFFFF,
    )


@given(batches("b32"), st.integers(0, 31), st.integers(-6, 6))
@quick
def test_find_nth(masks: list[tuple[int, ...]], base: int, offset: int) -> None:
    def oracle(mask: int, base: int, offset: int) -> int:
        offset = as_signed(offset, 32)
        if offset == 0:
            return base if mask >> base & 1 else 0xFFFFFFFF
        places = range(base, 32) if offset > 0 else range(base, -1, -1)
        found = [k for k in places if mask >> k & 1]
        return found[abs(offset) - 1] if len(found) >= abs(offset) else 0xFFFFFFFF

    check("fns.b32", [(m, base, offset & 0xFFFFFFFF) for (m,) in masks], oracle)


@given(batches("b32", "b32", "b32"))
@quick
def test_permute(cases: list[tuple[int, ...]]) -> None:
    def pick(a: int, b: int, choices: list[int]) -> int:
        source = (b << 32 | a).to_bytes(8, "little")
        out = 0
        for place, choice in enumerate(choices):
            byte = source[choice & 7]
            if choice & 8:
                byte = 255 if byte & 128 else 0
            out |= byte << 8 * place
        return out

    check("prmt.b32", cases, lambda a, b, c: pick(a, b, [c >> 4 * k & 15 for k in range(4)]))
    # The ISA's table, most significant byte first.
    modes = {
        "f4e": ["3210", "4321", "5432", "6543"],
        "b4e": ["5670", "6701", "7012", "0123"],
        "rc8": ["0000", "1111", "2222", "3333"],
        "ecl": ["3210", "3211", "3222", "3333"],
        "ecr": ["0000", "1110", "2210", "3210"],
        "rc16": ["1010", "3232", "1010", "3232"],
    }
    for mode, table in modes.items():
        check(
            f"prmt.b32.{mode}",
            cases,
            lambda a, b, c, table=table: pick(a, b, [int(d) for d in reversed(table[c & 3])]),
        )


@given(batches("u32", "u32"))
@quick
def test_masks_and_extension(cases: list[tuple[int, ...]]) -> None:
    for mode, limit in (("clamp", lambda n: min(n, 32)), ("wrap", lambda n: n % 32)):
        check(
            f"bmsk.{mode}.b32",
            cases,
            lambda a, b, limit=limit: (((1 << limit(b)) - 1) << limit(a)) & 0xFFFFFFFF,
        )
        check(f"szext.{mode}.u32", cases, lambda a, n, limit=limit: a & ((1 << limit(n)) - 1))

        def extended(a: int, n: int, limit=limit) -> int:
            n = limit(n)
            return as_signed(a & ((1 << n) - 1), n) & 0xFFFFFFFF if n else 0

        check(f"szext.{mode}.s32", cases, extended)

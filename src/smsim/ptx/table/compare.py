"""Comparison and selection."""

from __future__ import annotations

from smsim.ptx.rows import Row

_SIGNED = ".eq|.ne|.lt|.le|.gt|.ge"
_UNSIGNED = ".eq|.ne|.lt|.le|.gt|.ge|.lo|.ls|.hi|.hs"
FLOAT_COMPARISONS = ".eq|.ne|.lt|.le|.gt|.ge|.equ|.neu|.ltu|.leu|.gtu|.geu|.num|.nan"

#: The comparisons that each kind of type has, how ``.ftz`` goes with it, the unit that compares, the oldest GPU.
_KINDS = (
    (".eq|.ne", "", ".b16|.b32|.b64", "alu", "bit patterns", 10),
    (_UNSIGNED, "", ".u16|.u32|.u64", "alu", "unsigned integers", 10),
    (_SIGNED, "", ".s16|.s32|.s64", "alu", "signed integers", 10),
    (FLOAT_COMPARISONS, "{.ftz}", ".f32", "alu", "floats", 10),
    (FLOAT_COMPARISONS, "", ".f64", "fp64", "doubles", 13),
)

BOOLEAN = ".and|.or|.xor"


def _setp_rows() -> tuple[Row, ...]:
    """Each comparison with one or two destinations, and alone or combined with a third predicate."""
    rows = []
    for comparisons, ftz, types, unit, noun, sm in _KINDS:
        for destination, also in (("p:pred", ""), ("p:pred|q:pred", "; its opposite goes into q")):
            rows.append(
                Row(f"setp{comparisons}{ftz}{types} {destination}, a, b", "compare.setp", unit, (1, 0), sm,
                    f"Compares {noun} and sets a predicate{also}.")
            )  # fmt: skip
            rows.append(
                Row(f"setp{comparisons}{BOOLEAN}{ftz}{types} {destination}, a, b, {{!}}c:pred",
                    "compare.setp", unit, (1, 0), sm,
                    f"Compares {noun} and combines the outcome with predicate c{also}.")
            )  # fmt: skip
    return tuple(rows)


def _set_rows() -> tuple[Row, ...]:
    rows = []
    for comparisons, ftz, types, unit, noun, sm in _KINDS:
        head = "set" + comparisons
        rows.append(
            Row(f"{head}{ftz}.u32|.s32|.f32{types} d:0, a, b", "compare.set", unit, (1, 0), sm,
                f"Compares {noun}: all ones (or 1.0) if true, else 0.")
        )  # fmt: skip
        rows.append(
            Row(f"{head}{BOOLEAN}{ftz}.u32|.s32|.f32{types} d:0, a, b, {{!}}c:pred", "compare.set", unit,
                (1, 0), sm, f"Compares {noun} and combines the outcome with predicate c.")
        )  # fmt: skip
    return tuple(rows)


def _set_half_rows() -> tuple[Row, ...]:
    """``set`` with a 16-bit float as its result, from any type."""
    rows = []
    kinds = [
        *(k[:3] for k in _KINDS[:3]),
        (FLOAT_COMPARISONS, "", ".f16|.f32|.f64|.bf16"),
    ]
    for boolean, third in (("", ""), (BOOLEAN, ", {!}c:pred")):
        for comparisons, _, types in kinds:
            for target, sm, version in ((".f16", 53, (4, 2)), (".bf16", 90, (7, 8))):
                own = types.replace("|.bf16", "") if target == ".f16" else types
                rows.append(
                    Row(f"set{comparisons}{boolean}{target}{own} d:0, a, b{third}", "compare.set", "alu",
                        version, sm, "Compares two numbers: 1.0 if true, else 0, in 16 bits.")
                )  # fmt: skip
        rows.append(
            Row(f"set{FLOAT_COMPARISONS}{boolean}.ftz.f16.f16|.f32 d:0, a, b{third}", "compare.set", "alu",
                (4, 2), 53, "Compares two numbers, subnormal ones as zeros: 1.0 if true, else 0.")
        )  # fmt: skip
    return tuple(rows)


_ANY = ".b16|.b32|.b64|.u16|.u32|.u64|.s16|.s32|.s64|.f32|.f64"

_SELECTION = (
    Row(f"selp{_ANY} d, a, b, {{!}}c:pred", "compare.selp", "alu", (1, 0), 10,
        "Chooses a where the predicate holds, else b."),
    Row(f"slct{_ANY}.s32 d:0, a:0, b:0, c", "compare.slct", "alu", (1, 0), 10,
        "Chooses a where the integer c is not negative, else b."),
    Row(f"slct{{.ftz}}{_ANY}.f32 d:0, a:0, b:0, c", "compare.slct", "alu", (1, 0), 10,
        "Chooses a where the float c is not negative, else b."),
    Row("testp.finite|.infinite|.number|.notanumber|.normal|.subnormal.f32|.f64 p:pred, a",
        "compare.testp", "alu", (2, 0), 20, "Asks what kind of number a float is."),
)  # fmt: skip

ROWS = _setp_rows() + _set_rows() + _set_half_rows() + _SELECTION

"""Floats of 16 bits: f16 and bf16, and two of them in a register of 32 bits."""

from __future__ import annotations

from smsim.ptx.rows import Row
from smsim.ptx.table.compare import BOOLEAN, FLOAT_COMPARISONS

_F16, _BF16 = ".f16|.f16x2", ".bf16|.bf16x2"


def _arithmetic() -> tuple[Row, ...]:
    rows = []
    for name, says in (("add", "Adds"), ("sub", "Subtracts"), ("mul", "Multiplies")):
        rows.append(
            Row(f"{name}{{.rn}}{{.ftz}}{{.sat}}{_F16} d, a, b", f"half.{name}", "fma", (4, 2), 53,
                f"{says} halves, alone or two at once.")
        )  # fmt: skip
        rows.append(
            Row(f"{name}{{.rn}}{_BF16} d, a, b", f"half.{name}", "fma", (7, 8), 90,
                f"{says} bfloat16 numbers, alone or two at once.")
        )  # fmt: skip
    return tuple(rows)


_FUSED = (
    Row(f"fma.rn{{.ftz}}{{.sat}}{_F16} d, a, b, c", "half.fma", "fma", (4, 2), 53,
        "Fused multiply-add of halves: a * b + c, rounded once."),
    Row(f"fma.rn{{.ftz}}.relu{_F16} d, a, b, c", "half.fma", "fma", (7, 0), 80,
        "Fused multiply-add of halves; a negative result becomes 0."),
    Row(f"fma.rn{{.relu}}{_BF16} d, a, b, c", "half.fma", "fma", (7, 0), 80,
        "Fused multiply-add of bfloat16 numbers; with .relu a negative result becomes 0."),
)  # fmt: skip


def _sign_and_order() -> tuple[Row, ...]:
    rows = [
        Row(f"neg{{.ftz}}{_F16} d, a", "half.neg", "alu", (6, 0), 53, "Turns the sign of a half over."),
        Row(f"neg{_BF16} d, a", "half.neg", "alu", (7, 0), 80, "Turns the sign of a bfloat16 over."),
        Row(f"abs{{.ftz}}{_F16} d, a", "half.absolute", "alu", (6, 5), 53, "The absolute value of a half."),
        Row(f"abs{_BF16} d, a", "half.absolute", "alu", (7, 0), 80, "The absolute value of a bfloat16."),
    ]
    for name, function, word in (("min", "minimum", "smaller"), ("max", "maximum", "larger")):
        for ftz, types, noun in (("{.ftz}", _F16, "halves"), ("", _BF16, "bfloat16 numbers")):
            rows.append(
                Row(f"{name}{ftz}{{.NaN}}{{.xorsign.abs}}{types} d, a, b", f"half.{function}", "alu", (7, 0), 80,
                    f"The {word} of two {noun}; of a number and NaN, the number, or with .NaN the NaN.")
            )  # fmt: skip
    return tuple(rows)


_APPROXIMATE = (
    Row(f"ex2.approx{_F16} d, a", "half.ex2", "xu", (7, 0), 75,
        "2 to the power a; relative error at most 2^-9.9."),
    Row(f"ex2.approx.ftz{_BF16} d, a", "half.ex2", "xu", (7, 8), 90,
        "2 to the power a; relative error at most 2^-7."),
    Row(f"tanh.approx{_F16} d, a", "half.tanh", "xu", (7, 0), 75,
        "The hyperbolic tangent; absolute error at most 2^-10.987."),
    Row(f"tanh.approx{_BF16} d, a", "half.tanh", "xu", (7, 8), 90,
        "The hyperbolic tangent; absolute error at most 2^-8."),
)  # fmt: skip


def _comparisons() -> tuple[Row, ...]:
    """``setp`` and ``set``, alone and combined with a third predicate."""
    rows = []
    for boolean, third, also in (
        ("", "", ""),
        (BOOLEAN, ", {!}c:pred", " and combines the outcome with predicate c"),
    ):
        for ftz, kind, noun, version, sm in (
            ("{.ftz}", ".f16", "halves", (4, 2), 53),
            ("", ".bf16", "bfloat16 numbers", (7, 8), 90),
        ):
            head = f"{FLOAT_COMPARISONS}{boolean}{ftz}"
            rows += [
                Row(f"setp{head}{kind} p:pred, a, b{third}", "compare.setp", "alu", version, sm,
                    f"Compares two {noun}{also}."),
                Row(f"setp{head}{kind}x2 p:pred, a, b{third}", "half.setp", "alu", version, sm,
                    f"Compares the lower {noun} of a and b{also}."),
                Row(f"setp{head}{kind}x2 p:pred|q:pred, a, b{third}", "half.setp", "alu", version, sm,
                    f"Compares the lower {noun} into p, the upper ones into q{also}."),
                Row(f"set{head}.u16|.s16|.u32|.s32{kind} d:0, a, b{third}", "compare.set", "alu",
                    max(version, (6, 5)), sm, f"Compares two {noun}{also}: all ones if true, else 0."),
                Row(f"set{head}.u32|.s32{kind}x2 d:0, a, b{third}", "half.set", "alu",
                    max(version, (6, 5)), sm,
                    f"Compares {noun} by twos{also}: 16 ones if true, else 0, each in its half."),
                Row(f"set{head}{kind}x2{kind}x2 d:0, a, b{third}", "half.set", "alu", version, sm,
                    f"Compares {noun} by twos{also}: 1.0 if true, else 0, each in its half."),
            ]  # fmt: skip
    return tuple(rows)


ROWS = _arithmetic() + _FUSED + _sign_and_order() + _APPROXIMATE + _comparisons()

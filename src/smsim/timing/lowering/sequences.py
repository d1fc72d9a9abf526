"""Which instructions the assembler emits for one PTX instruction, by class.

The lengths of what ``tests/timing/counted_sequences.py`` lists are counted in SASS for sm_90a, on the path that
ordinary numbers take: where a sequence calls a subroutine for subnormal numbers or overflow, that call is left out, and
the branch around it counts as ``logic``. What is not in that list follows the instructions that are most like it, which
is a guess: ``match`` and ``redux``, 64-bit division (as long as the subroutine in whole kernels), packed and
saturating arithmetic, bit fields of 64 bits. Which class comes where within a sequence is a guess too: each
needs the one before it, so a sequence is at least as long a chain as the real one.
"""

from __future__ import annotations

from smsim.ptx.nodes import Immediate, Instruction
from smsim.ptx.rows import Form
from smsim.ptx.syntax import TYPE_BITS

Sequence = tuple[str, ...]

#: By semantics and bits of the type.
_LONG: dict[tuple[str, str], Sequence] = {
    ("division.div", "s32"): ("logic",) * 4 + ("cvt", "mufu", "iadd", "cvt") + ("imad", "iadd") * 8,
    ("division.div", "u32"): ("cvt", "mufu", "iadd", "cvt") + ("imad", "iadd") * 7,
    ("division.rem", "s32"): ("logic",) * 4 + ("cvt", "mufu", "iadd", "cvt") + ("imad", "iadd") * 7,
    ("division.rem", "u32"): ("cvt", "mufu", "iadd", "cvt", "imad") + ("imad", "iadd") * 6,
    ("quotient.div", "f32"): ("mufu", "logic") + ("ffma",) * 5 + ("logic",),
    ("quotient.rcp", "f32"): ("iadd", "logic", "iadd", "logic", "mufu", "ffma", "ffma", "ffma"),
    ("quotient.sqrt", "f32"): ("mufu", "iadd", "iadd", "logic") + ("ffma",) * 4,
    ("quotient.div", "f64"): ("logic", "mufu", "logic") + ("fp64",) * 8 + ("ffma", "logic", "logic"),
    ("quotient.rcp", "f64"): ("iadd", "mufu", "logic") + ("fp64",) * 5 + ("logic",),
    ("quotient.sqrt", "f64"): ("logic", "imad", "mufu", "iadd", "iadd") + ("fp64",) * 8 + ("iadd", "iadd", "logic"),
    ("approx.sin", "f32"): ("ffma", "mufu"),
    ("approx.cos", "f32"): ("ffma", "mufu"),
    ("approx.ex2", "f32"): ("logic", "ffma", "mufu", "ffma"),
    ("approx.lg2", "f32"): ("logic", "ffma", "mufu", "ffma"),
    ("approx.div", "f32"): ("logic", "ffma", "ffma", "mufu", "ffma"),
    ("approx.sqrt", "f32"): ("logic", "ffma", "mufu", "ffma"),
    ("approx.rsqrt", "f32"): ("logic", "ffma", "mufu", "ffma"),
    ("approx.rcp", "f32"): ("imad",) + ("logic",) * 4 + ("ffma", "mufu", "ffma"),
    ("approx.div_full", "f32"): ("logic", "logic", "ffma", "ffma", "ffma", "ffma", "mufu", "ffma"),
    ("floating.minimum", "f64"): ("fp64",) + ("imad",) * 3 + ("logic",) * 3,
    ("floating.maximum", "f64"): ("fp64",) + ("imad",) * 3 + ("logic",) * 3,
    ("bits.clz", "b32"): ("bits", "iadd"),
    ("bits.clz", "b64"): ("logic", "logic", "bits", "iadd", "iadd", "iadd"),
    ("bits.brev", "b64"): ("bits", "bits"),
    ("bits.bfind", "u64"): ("bits", "bits", "logic", "iadd", "logic"),
    ("bits.bfind", "s64"): ("bits", "bits", "logic", "iadd", "logic"),
    ("integer.absolute", "s64"): ("iadd", "iadd", "logic", "logic", "logic"),
    ("integer.minimum", "s64"): ("iadd", "iadd", "logic", "logic"),
    ("integer.maximum", "s64"): ("iadd", "iadd", "logic", "logic"),
    ("integer.minimum", "u64"): ("iadd", "iadd", "logic", "logic"),
    ("integer.maximum", "u64"): ("iadd", "iadd", "logic", "logic"),
}  # fmt: skip
_SCALED = {"approx.ex2", "approx.lg2", "approx.sqrt", "approx.rsqrt", "approx.rcp"}
_DIVISION_64 = ("logic",) * 8 + ("cvt64", "mufu", "cvt64") + ("imad", "iadd", "imad") * 21
_CONVERSIONS = ("convert.", "convert_small.")
#: Bit fields of 32 bits at a place that is no constant; two instructions where it is.
_FIELDS = {"bits.bfe": 5, "bits.bfi": 6}
_ON_XU = {"bits.popc", "bits.clz", "bits.bfind", "bits.brev"}


def sequence(instruction: Instruction, form: Form) -> Sequence:
    """The classes of the instructions for one PTX instruction that computes, in the order of their chain."""
    name, kind = form.row.semantics, form.type
    wide = TYPE_BITS.get(kind, 32) == 64
    if "ftz" in form.flags and name in _SCALED:
        return ("mufu",)  # nothing to scale where subnormal numbers count as zero
    if (name, kind) in _LONG:
        return _LONG[name, kind]
    if name in ("division.div", "division.rem"):
        return _DIVISION_64 if wide else _LONG[name, "u32"]
    if form.row.semantics.startswith("approx."):
        return ("mufu",)
    if name.startswith(_CONVERSIONS):
        return _conversion(form)
    if name in _ON_XU:
        return ("bits", "bits", "iadd") if wide else ("bits",)
    if name in _FIELDS and not wide:
        constant = all(isinstance(one, Immediate) for one in instruction.operands[-2:])
        return ("logic", "logic") if constant else ("logic",) * _FIELDS[name]
    if kind in ("f64",) and form.row.unit == "fp64":
        return ("fp64",)
    if name.startswith(("half.", "halves.")) or kind in ("f16", "f16x2", "bf16", "bf16x2"):
        return ("half",)
    if kind == "f32":
        return ("ffma",) if form.row.unit == "fma" else ("logic",)
    if name in ("integer.mul", "integer.mad", "carry.mad_cc", "carry.madc"):
        return _product(instruction, form, wide)
    if form.row.unit == "fma":
        return ("imad",)
    one = "iadd" if name.startswith(("integer.", "carry.", "packed.")) else "logic"
    if name == "bits.prmt" or kind == "pred":
        return ("logic",)
    return (one, one) if wide else (one,)


def _product(instruction: Instruction, form: Form, wide: bool) -> Sequence:
    """A 32-bit product is one IMAD; a 64-bit one is IMAD.WIDE.U32, two IMAD and an IADD3.

    A factor that is a power of two makes it a shift, of 64 bits in two.
    """
    if not wide:
        return ("imad",)
    factor = instruction.operands[2]
    if isinstance(factor, Immediate) and factor.value > 0 and factor.value & (factor.value - 1) == 0:
        return ("logic", "logic")
    if "hi" in form.flags:
        unsigned = ("imad",) * 4 + ("iadd",) * 2 + ("logic",)
        return unsigned if form.type.startswith("u") else unsigned + ("imad",) * 4 + ("iadd", *("logic",) * 5)
    return ("imad", "imad", "imad", "iadd")


def _conversion(form: Form) -> Sequence:
    """Between integers a PRMT, SHF or LOP3; with a 64-bit side at a quarter of the rate, or less."""
    if form.row.semantics == "convert.integer_to_integer" or form.row.semantics.endswith("pack"):
        return ("logic",)
    if any(TYPE_BITS.get(kind, 32) == 64 for kind in form.types):
        return ("cvt64",)
    return ("cvt",)

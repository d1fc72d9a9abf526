"""``lab06.registers``: what four registers of one thread hold after fourteen instructions."""

from __future__ import annotations

from typing import Any

import numpy as np

from labkit.exercises.lab06.module import kernel, module, swapped
from labkit.exercises.lab06.reading import Misreading, ReadingExercise, Result

LISTING = """
mov.u32         %r1, %tid.x;
sub.s32         %r2, %r1, %r10;
cvt.s64.s32     %rd2, %r2;
shr.s64         %rd3, %rd2, 63;
and.b64         %rd4, %rd3, %rd10;
add.s64         %rd5, %rd4, %rd2;
add.s64         %rd7, %rd11, %rd5;
ld.global.s8    %r3, [%rd7];
mul.wide.s32    %rd8, %r3, %r11;
mov.b32         %r5, %f1;
shr.u32         %r6, %r5, 23;
setp.lt.s32     %p1, %r3, 0;
selp.b32        %r7, %r2, %r6, %p1;
@!%p1 sub.s32   %r7, %r7, %r3;
"""

PARAMETERS = (".u64 data", ".u64 size", ".s32 back", ".s32 scale", ".f32 a", ".u64 out", ".u32 t")

#: Lets one thread go on: of the others, some would read before the array's start.
_BEFORE = """
ld.param.u32    %r12, [t];
mov.u32         %r1, %tid.x;
setp.ne.u32     %p2, %r1, %r12;
@%p2 ret;
ld.param.u64    %rd11, [data];
ld.param.u64    %rd10, [size];
ld.param.s32    %r10, [back];
ld.param.s32    %r11, [scale];
ld.param.f32    %f1, [a];
"""

#: Keeps the four registers as four 64-bit numbers.
_AFTER = """
ld.param.u64    %rd12, [out];
cvt.s64.s32     %rd14, %r6;
cvt.s64.s32     %rd15, %r7;
st.global.u64   [%rd12], %rd5;
st.global.u64   [%rd12+8], %rd8;
st.global.u64   [%rd12+16], %rd14;
st.global.u64   [%rd12+24], %rd15;
"""


def executed(
    listing: str, t: int, back: int, data: bytes, scale: int, a: float
) -> tuple[int, int, int, int] | None:
    """``(%rd5, %rd8, %r6, %r7)`` of thread ``t``, as the simulated SM leaves them; ``None`` where it stops."""
    import smsim

    launch = kernel(module(PARAMETERS, _BEFORE, listing, _AFTER))[1, t + 1]
    out = np.zeros(4, np.int64)
    values = np.frombuffer(data, np.int8).copy()
    report = smsim.check(launch, values, values.size, back, scale, np.float32(a), out, t)
    if report.errors:
        return None
    return tuple(int(value) for value in report.results[-2])


def _truth(**inputs: Any) -> tuple[int, ...]:
    found = executed(LISTING, **inputs)
    if found is None:
        raise RuntimeError("the listing of lab06.registers was stopped by the simulated SM")
    return found


def _misread(label: str, name: str, message: str, *changes: tuple[str, str]) -> Misreading:
    """The listing with other instructions in place of those that were misread."""
    listing = swapped(LISTING, *changes)
    place = [result.label for result in RESULTS].index(label)

    def value(**inputs: Any) -> int | None:
        found = executed(listing, **inputs)
        return None if found is None else found[place]

    return Misreading(label, name, message, value)


RESULTS = (Result("%rd5", 64), Result("%rd8", 64), Result("%r6", 32), Result("%r7", 32))

_DATA = bytes([7, 250, 100, 129, 0, 66, 200, 255])

READABLE = (
    {"t": 2, "back": 0, "data": _DATA, "scale": 10, "a": 1.0},
    {"t": 1, "back": 0, "data": _DATA, "scale": 10, "a": 0.5},
    {"t": 0, "back": 3, "data": _DATA[:5], "scale": 10, "a": 1.0},
    {"t": 6, "back": 6, "data": _DATA, "scale": 2_000_000_000, "a": 2.5},
    {"t": 7, "back": 4, "data": _DATA, "scale": -2_000_000_000, "a": -2.5},
    {"t": 3, "back": 5, "data": _DATA, "scale": -3, "a": -1.0},
)


def _drawn(rng: np.random.Generator) -> dict[str, Any]:
    size = int(rng.integers(4, 13))
    t = int(rng.integers(0, size))
    return {
        "t": t,
        "back": int(rng.integers(0, size + t + 1)),
        "data": rng.integers(0, 256, size, dtype=np.uint8).tobytes(),
        "scale": int(rng.integers(-(2**31), 2**31)),
        "a": float(np.float32(rng.normal() * 10.0 ** rng.integers(-20, 20))),
    }


_MASK = ("shr.s64         %rd3, %rd2, 63;", "shr.u64         %rd3, %rd2, 63;")
#: A misread index may lie outside of the array; what is asked for comes before the load.
_NO_LOAD = ("ld.global.s8    %r3, [%rd7];", "mov.b32 %r3, 0;")
_BYTE = ("ld.global.s8", "ld.global.u8")
_SELECTED = "selp.b32        %r7, %r2, %r6, %p1;"
_GUARDED = "@!%p1 sub.s32   %r7, %r7, %r3;"

EXERCISE = ReadingExercise(
    name="lab06.registers",
    results=RESULTS,
    truth=_truth,
    readable=READABLE,
    drawn=_drawn,
    fresh=16,
    misreadings=(
        _misread(
            "%rd5",
            "no fix-up",
            "`shr`, `and`, `add` change a negative index: the shift leaves all ones there, and the size is added.",
            ("and.b64         %rd4, %rd3, %rd10;", "mov.b64 %rd4, 0;"),
            _NO_LOAD,
        ),
        _misread(
            "%rd5",
            "always fixed up",
            "the size is added to every index. Of an index that is not negative, the shift by 63 leaves zeros.",
            ("and.b64         %rd4, %rd3, %rd10;", "mov.b64 %rd4, %rd10;"),
            _NO_LOAD,
        ),
        _misread(
            "%rd5",
            "unsigned shift",
            "you let zeros in from the left, so that a negative index gives the mask 1. `shr.s64` copies the sign: "
            "the mask is -1, all ones, and lets the whole size through.",
            _MASK,
            _NO_LOAD,
        ),
        Misreading(
            "%rd5",
            "index turned round",
            "`sub.s32 d, a, b` is a - b: the thread minus `back`, not `back` minus the thread.",
            lambda t, back, data, scale, a: back - t + (len(data) if back < t else 0),
        ),
        _misread(
            "%rd8",
            "sign not extended",
            "`ld.global.s8` fills the register with copies of the byte's sign. A byte of 128 or more is negative.",
            _BYTE,
        ),
        _misread(
            "%rd8",
            "low half of a product",
            "you kept 32 bits of the product. `mul.wide` keeps all 64; `mul.lo` would cut it off.",
            (
                "mul.wide.s32    %rd8, %r3, %r11;",
                "mul.lo.s32 %r12, %r3, %r11; cvt.s64.s32 %rd8, %r12;",
            ),
        ),
        _misread(
            "%rd8",
            "low half of a product",
            "you kept 32 bits of the product. `mul.wide` keeps all 64; `mul.lo` would cut it off.",
            (
                "mul.wide.s32    %rd8, %r3, %r11;",
                "mul.lo.s32 %r12, %r3, %r11; cvt.u64.u32 %rd8, %r12;",
            ),
        ),
        _misread(
            "%rd8",
            "unsigned product",
            "you took both factors as unsigned. `mul.wide.s32` takes 32 bits as a signed number.",
            ("mul.wide.s32    %rd8", "mul.wide.u32    %rd8"),
        ),
        _misread(
            "%r6",
            "value for bits",
            "you converted the float to a whole number. `mov.b32` copies its 32 bits as they are; converting is "
            "what `cvt` does.",
            ("mov.b32         %r5, %f1;", "cvt.rzi.s32.f32 %r5, %f1;"),
        ),
        Misreading(
            "%r6",
            "value for bits",
            "you converted the float to a whole number. `mov.b32` copies its 32 bits as they are; converting is "
            "what `cvt` does.",
            lambda t, back, data, scale, a: int(a) >> 23,
        ),
        _misread(
            "%r6",
            "signed shift",
            "you let copies of the sign in from the left. `shr.u32` lets zeros in, whatever the top bit is.",
            ("shr.u32         %r6, %r5, 23;", "shr.s32         %r6, %r5, 23;"),
        ),
        _misread(
            "%r6",
            "sign bit dropped",
            "a shift by 23 leaves nine bits: the eight of the exponent, and above them the sign of `a`.",
            (
                "shr.u32         %r6, %r5, 23;",
                "shr.u32         %r6, %r5, 23; and.b32 %r6, %r6, 255;",
            ),
        ),
        _misread(
            "%r7",
            "guard not negated",
            "`@!%p1` is for threads whose `%p1` is false. Yours subtracts where it is true.",
            (_GUARDED, _GUARDED.replace("@!", "@")),
        ),
        _misread(
            "%r7",
            "guard ignored",
            "the last line has a guard: where `%p1` is true it does nothing at all.",
            (_GUARDED, _GUARDED.replace("@!%p1", "")),
        ),
        _misread(
            "%r7",
            "selp turned round",
            "`selp d, a, b, p` gives `a` where `p` is true, else `b`.",
            (_SELECTED, "selp.b32 %r7, %r6, %r2, %p1;"),
        ),
        _misread(
            "%r7",
            "predicate turned round",
            "`setp.lt` sets `%p1` where the byte is less than 0. You have both lines behind it the other way.",
            ("setp.lt.s32", "setp.ge.s32"),
        ),
        _misread(
            "%r7",
            "guarded line clears",
            "a line whose guard is false leaves its register as it was, with what `selp` put there.",
            (_GUARDED, f"{_GUARDED} @%p1 mov.b32 %r7, 0;"),
        ),
        _misread(
            "%r7",
            "index after the fix-up",
            "`selp` takes `%r2`, the index before the fix-up, which may be negative.",
            (_SELECTED, "cvt.u32.u64 %r12, %rd5; selp.b32 %r7, %r12, %r6, %p1;"),
        ),
    ),
)

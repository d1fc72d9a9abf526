"""Planted wrong answers to the maps of lab 7, ``quantise`` and ``scale``."""

from lab07_texts import Text, changed, written

ROUND, CVT = "lab07.quantise", "cvt.rni.sat.s8.f32 %rs1, %f3;"
SCALE = "lab07.scale"


def _round(label: str, misconception: str, *edits: tuple[str, str]) -> Text:
    return Text(ROUND, label, changed(ROUND, *edits), misconception)


def _scale(label: str, misconception: str, *edits: tuple[str, str]) -> Text:
    return Text(SCALE, label, changed(SCALE, *edits), misconception)


HOLD = "min.s32 %r9, %r9, 127; max.s32 %r9, %r9, -128; cvt.u16.u32 %rs1, %r9;"
GUARD = "setp.ge.u32 %p1, %r4, %r5;\n    @%p1 bra $done;\n"

ROUNDED = [
    _round("toward zero", "wrong rounding mode", (".rni", ".rzi")),
    _round("down", "wrong rounding mode", (".rni", ".rmi")),
    _round("up", "wrong rounding mode", (".rni", ".rpi")),
    _round(
        "a half and down",
        "wrong rounding mode",
        (CVT, "add.rn.f32 %f3, %f3, 0.5; cvt.rmi.sat.s8.f32 %rs1, %f3;"),
    ),
    _round(
        "a half and toward zero",
        "wrong rounding mode",
        (CVT, "add.rn.f32 %f3, %f3, 0.5; cvt.rzi.sat.s8.f32 %rs1, %f3;"),
    ),
    _round(
        "half away from zero",
        "wrong rounding mode",
        (CVT, "copysign.f32 %f4, %f3, 0.5; add.rn.f32 %f3, %f3, %f4; cvt.rzi.s8.f32 %rs1, %f3;"),
    ),
    _round("toward zero and not held", "wrong rounding mode", (CVT, "cvt.rzi.s16.f32 %rs1, %f3;")),
    _round(
        "x made whole first",
        "rounded before scaling",
        ("mul.rn.f32 %f3, %f2, %f1;", "cvt.rni.f32.f32 %f2, %f2;\n    mul.rn.f32 %f3, %f2, %f1;"),
    ),
    _round("to 16 bits", "no clamp", ("sat.s8", "sat.s16")),
    _round(
        "low byte of a 32-bit number",
        "wraps around",
        (CVT, "cvt.rni.s32.f32 %r9, %f3; cvt.s8.s32 %r9, %r9; cvt.u16.u32 %rs1, %r9;"),
    ),
    _round("unsigned bytes", "clamped as unsigned", ("sat.s8", "sat.u8")),
    _round(
        "unsigned number and a min",
        "clamped as unsigned",
        (CVT, "cvt.rni.u32.f32 %r9, %f3; min.u32 %r9, %r9, 127; cvt.u16.u32 %rs1, %r9;"),
    ),
    _round(
        "no max",
        "one side only",
        (CVT, "cvt.rni.s32.f32 %r9, %f3; " + HOLD.replace("max.s32 %r9, %r9, -128;", "")),
    ),
    _round(
        "no min",
        "one side only",
        (CVT, "cvt.rni.s32.f32 %r9, %f3; " + HOLD.replace("min.s32 %r9, %r9, 127;", "")),
    ),
    _round("a store of one byte", "a byte of two", ("st.global.u16", "st.global.u8")),
    _round(
        "four bytes for out",
        "bytes for elements",
        ("mul.wide.u32 %rd4, %r4, 2;", "mul.wide.u32 %rd4, %r4, 4;"),
    ),
    _round(
        "two bytes for x", "bytes for elements", ("mul.wide.u32 %rd3, %r4, 4;", "mul.wide.u32 %rd3, %r4, 2;")
    ),
    _round("index as bytes", "bytes for elements", ("mul.wide.u32 %rd3, %r4, 4;", "cvt.u64.u32 %rd3, %r4;")),
    _round("no guard", "no guard", (GUARD, "")),
    _round("guard lets one more in", "no guard", ("setp.ge.u32", "setp.gt.u32")),
    _round("thread of the block", "local index", ("mad.lo.u32 %r4, %r1, %r2, %r3;", "mov.u32 %r4, %r3;")),
    _round("guard the wrong way round", "guard inverted", ("@%p1 bra", "@!%p1 bra")),
    _round("no address of out", "never written", ("add.u64 %rd6, %rd2, %rd4;\n", "")),
    _round("comma forgotten", "does not assemble", ("%f3, %f2, %f1", "%f3, %f2 %f1")),
    _round("float in an integer register", "does not assemble", ("ld.global.f32 %f2", "ld.global.f32 %rs2")),
    _round("no rounding mode", "unknown instruction", ("cvt.rni.sat", "cvt.sat")),
    _round("parameter as memory", "does not assemble", ("ld.param.u32 %r5, [n]", "ld.global.u32 %r5, [n]")),
    _round("no such opcode", "unknown instruction", ("mul.rn.f32", "multiply.rn.f32")),
    _round("renamed", "no such kernel", (".entry quantise", ".entry quantize")),
    _round(
        "a parameter too few",
        "other parameters",
        (", .param .u32 n", ""),
        ("ld.param.u32 %r5, [n]", "mov.u32 %r5, 64"),
    ),
]

#: ``n - 4`` of an unsigned ``n`` below 4 is nearly 2 to the 32.
VECTORS_IN_ELEMENTS = """
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    ld.param.s32 %r1, [a];
    ld.param.u32 %r2, [n];
    mov.u32 %r3, %ctaid.x;
    mov.u32 %r5, %tid.x;
    mad.lo.u32 %r6, %r3, 64, %r5;
    shl.b32 %r7, %r6, 2;
    sub.u32 %r8, %r2, 4;
$turn:
    setp.gt.u32 %p1, %r7, %r8;
    @%p1 bra $tail;
    mul.wide.u32 %rd3, %r7, 4;
    add.u64 %rd4, %rd1, %rd3;
    add.u64 %rd5, %rd2, %rd3;
    ld.global.v4.u32 {%r11, %r12, %r13, %r14}, [%rd4];
    mul.lo.s32 %r11, %r11, %r1;
    mul.lo.s32 %r12, %r12, %r1;
    mul.lo.s32 %r13, %r13, %r1;
    mul.lo.s32 %r14, %r14, %r1;
    st.global.v4.u32 [%rd5], {%r11, %r12, %r13, %r14};
    add.u32 %r7, %r7, 512;
    bra $turn;
$tail:
    and.b32 %r15, %r2, 0xfffffffc;
    add.u32 %r15, %r15, %r6;
    setp.ge.u32 %p2, %r15, %r2;
    @%p2 bra $done;
    mul.wide.u32 %rd3, %r15, 4;
    add.u64 %rd4, %rd1, %rd3;
    add.u64 %rd5, %rd2, %rd3;
    ld.global.u32 %r11, [%rd4];
    mul.lo.s32 %r11, %r11, %r1;
    st.global.u32 [%rd5], %r11;
"""

SCALED = [
    _scale("vectors only", "no tail", ("@%p1 bra $tail;", "@%p1 bra $done;")),
    _scale(
        "tail without an offset",
        "tail at the front",
        (
            "shl.b32 %r15, %r9, 2;\n    add.u32 %r15, %r15, %r6;\n    setp.ge.u32 %p2, %r15, %r2;",
            "and.b32 %r16, %r2, 3;\n    mov.u32 %r15, %r6;\n    setp.ge.u32 %p2, %r15, %r16;",
        ),
    ),
    _scale(
        "vectors rounded up",
        "last vector too long",
        ("shr.u32 %r9, %r2, 2;", "add.u32 %r9, %r2, 3;\n    shr.u32 %r9, %r9, 2;"),
    ),
    Text(SCALE, "unsigned n minus 4", written(SCALE, VECTORS_IN_ELEMENTS), "wraps below zero"),
    _scale("one vector a thread", "one pass only", ("bra.uni $turn;", "bra.uni $tail;")),
    _scale(
        "four bytes a vector",
        "bytes for elements",
        ("mul.wide.u32 %rd3, %r6, 16;", "mul.wide.u32 %rd3, %r6, 4;"),
    ),
    _scale("index as bytes", "bytes for elements", ("mul.wide.u32 %rd3, %r6, 16;", "cvt.u64.u32 %rd3, %r6;")),
    _scale(
        "stride as bytes", "bytes for elements", ("mul.wide.u32 %rd6, %r8, 16;", "cvt.u64.u32 %rd6, %r8;")
    ),
    _scale(
        "stride of elements",
        "stride in elements",
        (
            "mul.wide.u32 %rd6, %r8, 16;",
            "shl.b32 %r8, %r8, 2;\n    mul.wide.u32 %rd6, %r8, 16;",
        ),
    ),
    _scale(
        "only the first multiplied",
        "one of four",
        *((f"mul.lo.s32 %r{r}, %r{r}, %r1;\n", "") for r in (12, 13, 14)),
    ),
    _scale(
        "the first stored four times",
        "one of four",
        ("[%rd5], {%r11, %r12, %r13, %r14}", "[%rd5], {%r11, %r11, %r11, %r11}"),
    ),
    _scale("tail not guarded", "no guard", ("@%p2 bra $done;", "")),
    _scale(
        "no step",
        "never ends",
        ("add.u32 %r10, %r10, %r8;\n", ""),
        ("add.u64 %rd4, %rd4, %rd6;\n", ""),
        ("add.u64 %rd5, %rd5, %rd6;\n", ""),
    ),
    _scale(
        "three registers of four",
        "does not assemble",
        ("[%rd5], {%r11, %r12, %r13, %r14}", "[%rd5], {%r11, %r12, %r13}"),
    ),
]
WRONG = ROUNDED + SCALED

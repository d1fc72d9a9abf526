"""Right answers to lab 7 in other styles than our own."""

from lab07_texts import Text, changed, written

ROUND, SCALE, SUM, COMPACT = "lab07.quantise", "lab07.scale", "lab07.block_sum", "lab07.compact"
CVT = "cvt.rni.sat.s8.f32 %rs1, %f3;"


def _changed(exercise: str, label: str, *edits: tuple[str, str]) -> Text:
    return Text(exercise, label, changed(exercise, *edits))


def _written(exercise: str, label: str, body: str) -> Text:
    return Text(exercise, label, written(exercise, body))


QUANTISED = [
    _changed(ROUND, "without sat", (".rni.sat.s8", ".rni.s8")),
    _changed(
        ROUND,
        "min and max of whole numbers",
        (
            CVT,
            "cvt.rni.s32.f32 %r9, %f3; min.s32 %r9, %r9, 127; max.s32 %r9, %r9, -128; cvt.u16.u32 %rs1, %r9;",
        ),
    ),
    _changed(
        ROUND,
        "min and max of floats",
        (CVT, "min.f32 %f3, %f3, 127.0; max.f32 %f3, %f3, -128.0; cvt.rni.s16.f32 %rs1, %f3;"),
    ),
    _changed(ROUND, "whole float first", (CVT, "cvt.rni.f32.f32 %f3, %f3; cvt.rzi.s8.f32 %rs1, %f3;")),
    _changed(ROUND, "sat from 32 bits", (CVT, "cvt.rni.s32.f32 %r9, %f3; cvt.sat.s8.s32 %rs1, %r9;")),
    _changed(
        ROUND,
        "adding 1.5 times 2 to the 23",
        (
            CVT,
            "min.f32 %f3, %f3, 127.0; max.f32 %f3, %f3, -128.0; add.rn.f32 %f3, %f3, 0f4B400000;\n"
            "    mov.b32 %r9, %f3; sub.s32 %r9, %r9, 0x4B400000; cvt.u16.u32 %rs1, %r9;",
        ),
    ),
    _changed(
        ROUND,
        "global addresses",
        (
            "add.u64 %rd5, %rd1, %rd3;",
            "cvta.to.global.u64 %rd1, %rd1;\n    cvta.to.global.u64 %rd2, %rd2;\n    add.u64 %rd5, %rd1, %rd3;",
        ),
    ),
    _changed(ROUND, "generic accesses", ("ld.global", "ld"), ("st.global", "st")),
    _written(
        ROUND,
        "everything under a predicate",
        """
    ld.param.u32 %r9, [n];
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %ctaid.x;
    shl.b32 %r1, %r1, 6;
    mov.u32 %r2, %tid.x;
    or.b32 %r1, %r1, %r2;
    setp.lt.s32 %p1, %r1, %r9;
    mad.wide.u32 %rd3, %r1, 4, %rd1;
    mad.wide.u32 %rd4, %r1, 2, %rd2;
    @%p1 ld.global.f32 %f1, [%rd3];
    ld.param.f32 %f2, [scale];
    @%p1 mul.f32 %f1, %f1, %f2;
    @%p1 cvt.rni.s8.f32 %rs1, %f1;
    @%p1 st.global.s16 [%rd4], %rs1;
""",
    ),
]

ONE_BY_ONE = """
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    ld.param.s32 %r1, [a];
    ld.param.u32 %r2, [n];
    mov.u32 %r3, %ctaid.x;
    mov.u32 %r4, %tid.x;
    mad.lo.u32 %r5, %r3, 64, %r4;
$turn:
    setp.ge.u32 %p1, %r5, %r2;
    @%p1 bra $done;
    mul.wide.u32 %rd3, %r5, 4;
    add.u64 %rd4, %rd1, %rd3;
    add.u64 %rd5, %rd2, %rd3;
    ld.global.s32 %r6, [%rd4];
    mul.lo.s32 %r6, %r6, %r1;
    st.global.s32 [%rd5], %r6;
    add.u32 %r5, %r5, 128;
    bra $turn;
"""

#: Index in elements, compared as signed: nothing wraps where ``n`` is small.
IN_ELEMENTS = """
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    ld.param.s32 %r1, [a];
    ld.param.u32 %r2, [n];
    mov.u32 %r3, %ctaid.x;
    mov.u32 %r5, %tid.x;
    mad.lo.u32 %r6, %r3, 64, %r5;
    shl.b32 %r7, %r6, 2;
    sub.s32 %r8, %r2, 4;
$turn:
    setp.gt.s32 %p1, %r7, %r8;
    @%p1 bra $tail;
    mul.wide.u32 %rd3, %r7, 4;
    add.u64 %rd4, %rd1, %rd3;
    add.u64 %rd5, %rd2, %rd3;
    ld.global.v4.b32 {%r11, %r12, %r13, %r14}, [%rd4];
    mul.lo.s32 %r11, %r11, %r1;
    mul.lo.s32 %r12, %r12, %r1;
    mul.lo.s32 %r13, %r13, %r1;
    mul.lo.s32 %r14, %r14, %r1;
    st.global.v4.b32 [%rd5], {%r11, %r12, %r13, %r14};
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
    _written(SCALE, "one by one", ONE_BY_ONE),
    _written(SCALE, "index in elements", IN_ELEMENTS),
    _changed(
        SCALE,
        "pairs of pairs",
        (
            "ld.global.v4.u32 {%r11, %r12, %r13, %r14}, [%rd4];",
            "ld.global.v2.u32 {%r11, %r12}, [%rd4];\n    ld.global.v2.u32 {%r13, %r14}, [%rd4 + 8];",
        ),
    ),
    _changed(
        SCALE,
        "read-only and streaming",
        ("ld.global.v4", "ld.global.nc.v4"),
        ("st.global.v4", "st.global.cs.v4"),
    ),
    _changed(
        SCALE,
        "tail by the last threads",
        (
            "add.u32 %r15, %r15, %r6;",
            "sub.u32 %r16, %r8, %r6;\n    sub.u32 %r16, %r16, 1;\n    add.u32 %r15, %r15, %r16;",
        ),
    ),
]

TREE = """
    .shared .align 4 .b32 all[128];
    ld.param.u64 %rd1, [x];
    ld.param.u32 %r1, [n];
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %tid.x;
    mad.lo.u32 %r4, %r2, 128, %r3;
    setp.lt.u32 %p1, %r4, %r1;
    mov.u32 %r5, 0;
    mad.wide.u32 %rd2, %r4, 4, %rd1;
    @%p1 ld.global.u32 %r5, [%rd2];
    mov.u32 %r6, all;
    mad.lo.u32 %r6, %r3, 4, %r6;
    st.shared.u32 [%r6], %r5;
    mov.u32 %r7, 64;
$round:
    bar.sync 0;
    setp.lt.u32 %p2, %r3, %r7;
    mad.lo.u32 %r8, %r7, 4, %r6;
    @%p2 ld.shared.u32 %r9, [%r8];
    @%p2 ld.shared.u32 %r10, [%r6];
    @%p2 add.s32 %r10, %r10, %r9;
    @%p2 st.shared.u32 [%r6], %r10;
    shr.u32 %r7, %r7, 1;
    setp.ne.u32 %p3, %r7, 0;
    @%p3 bra $round;
    setp.ne.u32 %p4, %r3, 0;
    @%p4 bra $done;
    ld.param.u64 %rd3, [out];
    mad.wide.u32 %rd4, %r2, 4, %rd3;
    st.global.u32 [%rd4], %r10;
"""
SHUFFLES = "".join(
    f"    shfl.sync.down.b32 %r6, %r5, {d}, 0x1f, 0xffffffff;\n    add.s32 %r5, %r5, %r6;\n"
    for d in (16, 8, 4, 2, 1)
)
STORED = "@%p2 st.shared.u32 [%r9], %r5;"

SUMS = [
    _written(SUM, "tree in shared memory", TREE),
    _changed(SUM, "redux", (SHUFFLES, "    redux.sync.add.s32 %r5, %r5, 0xffffffff;\n")),
    _changed(SUM, "in pairs", ("shfl.sync.down", "shfl.sync.bfly")),
    _changed(SUM, "barrier for 128", ("bar.sync 0;", "bar.sync 0, 128;")),
    _changed(SUM, "barrier 7 by its long name", ("bar.sync 0;", "barrier.cta.sync.aligned 7;")),
    _changed(
        SUM,
        "generic address of shared memory",
        (
            STORED,
            "cvta.shared.u64 %rd9, part;\n    cvt.u64.u32 %rd10, %r8;\n    add.u64 %rd9, %rd9, %rd10;\n"
            "    @%p2 st.u32 [%rd9], %r5;",
        ),
    ),
    _changed(
        SUM,
        "the four sums as one vector",
        ("    .shared .align 4 .b32 part[4];", "    .shared .align 16 .b32 part[4];"),
        (
            "ld.shared.u32 %r10, [part];\n    ld.shared.u32 %r11, [part + 4];\n    ld.shared.u32 %r12, [part + 8];\n"
            "    ld.shared.u32 %r13, [part + 12];",
            "ld.shared.v4.u32 {%r10, %r11, %r12, %r13}, [part];",
        ),
    ),
    _changed(
        SUM,
        "others only arrive",
        (
            "bar.sync 0;\n\n    setp.ne.u32 %p3, %r3, 0;",
            "setp.ge.u32 %p5, %r3, 32;\n    @%p5 bar.arrive 1, 128;\n    @%p5 bra $done;\n    bar.sync 1, 128;\n"
            "    setp.ne.u32 %p3, %r3, 0;",
        ),
    ),
]

ATOM = "@%p3 atom.global.add.u32 %r9, [%rd4], %r7;"
BALLOT = "vote.sync.ballot.b32 %r6, %p2, 0xffffffff;"
HANDED = "shfl.sync.idx.b32 %r9, %r9, 0, 0x1f, 0xffffffff;\n"
GUARDED = "setp.lt.u32 %p1, %r4, %r1;\n", "setp.ge.u32 %p1, %r4, %r1;\n    @%p1 bra $done;\n"
LOAD = "@%p1 ld.global.u32 %r5, [%rd3];"

COMPACTED = [
    _changed(COMPACT, "lanes without an element leave", GUARDED, (LOAD, LOAD[5:])),
    _changed(
        COMPACT,
        "an atomic for every lane",
        (ATOM, "@%p2 atom.global.add.u32 %r9, [%rd4], 1;"),
        (HANDED, ""),
        ("add.u32 %r10, %r10, %r9;", "mov.u32 %r10, %r9;"),
    ),
    _changed(
        COMPACT,
        "the last lane leads",
        ("setp.eq.u32 %p3, %r8, 0;", "setp.eq.u32 %p3, %r8, 31;"),
        ("%r9, %r9, 0, 0x1f", "%r9, %r9, 31, 0x1f"),
    ),
    _changed(
        COMPACT,
        "relaxed, and an atomic of another form",
        (ATOM, "@%p3 atom.relaxed.gpu.global.add.u32 %r9, [%rd4], %r7;"),
    ),
    _changed(
        COMPACT,
        "bits of the lower lanes by a shift",
        (
            "mov.u32 %r10, %lanemask_lt;",
            "mov.u32 %r10, 1;\n    shl.b32 %r10, %r10, %r8;\n    sub.u32 %r10, %r10, 1;",
        ),
    ),
    _changed(
        COMPACT,
        "only those that keep, by activemask",
        (
            BALLOT,
            "@!%p2 bra $done;\n    activemask.b32 %r6;",
        ),
        (
            "setp.eq.u32 %p3, %r8, 0;",
            "mov.u32 %r11, %lanemask_lt;\n    and.b32 %r11, %r11, %r6;\n    setp.eq.u32 %p3, %r11, 0;",
        ),
        (
            HANDED,
            "brev.b32 %r12, %r6;\n    clz.b32 %r12, %r12;\n    shfl.sync.idx.b32 %r9, %r9, %r12, 0x1f, %r6;\n",
        ),
    ),
]

RIGHT = QUANTISED + SCALED + SUMS + COMPACTED

"""Planted wrong answers to the exercises of lab 7 in which threads work together, ``block_sum`` and ``compact``."""

from lab07_texts import Text, changed

SUM, COMPACT = "lab07.block_sum", "lab07.compact"


def _sum(label: str, misconception: str, *edits: tuple[str, str]) -> Text:
    return Text(SUM, label, changed(SUM, *edits), misconception)


def _compact(label: str, misconception: str, *edits: tuple[str, str]) -> Text:
    return Text(COMPACT, label, changed(COMPACT, *edits), misconception)


LOAD = "@%p1 ld.global.u32 %r5, [%rd3];"
LEAVE = "setp.ge.u32 %p1, %r4, %r1;\n    @%p1 bra $done;\n"

SUMS = [
    _sum("no barrier", "missing barrier", ("bar.sync 0;", "")),
    _sum("barrier of the warp only", "missing barrier", ("bar.sync 0;", "bar.warp.sync 0xffffffff;")),
    _sum("fence for a barrier", "missing barrier", ("bar.sync 0;", "membar.cta;")),
    _sum("a warp too few at the barrier", "barrier count", ("bar.sync 0;", "bar.sync 0, 96;")),
    _sum("a warp too many at the barrier", "barrier count", ("bar.sync 0;", "bar.sync 0, 160;")),
    _sum("one thread too few at the barrier", "does not assemble", ("bar.sync 0;", "bar.sync 0, 127;")),
    _sum("number of warps at the barrier", "does not assemble", ("bar.sync 0;", "bar.sync 0, 4;")),
    _sum(
        "one thread too few in a register",
        "barrier count",
        ("bar.sync 0;", "mov.u32 %r14, 127;\n    bar.sync 0, %r14;"),
    ),
    _sum(
        "barrier in a branch",
        "barrier in a branch",
        (
            "bar.sync 0;\n\n    setp.ne.u32 %p3, %r3, 0;\n    @%p3 bra $done;",
            "setp.ne.u32 %p3, %r3, 0;\n    @%p3 bra $done;\n    bar.sync 0;",
        ),
    ),
    _sum(
        "store to global",
        "wrong state space",
        ("@%p2 st.shared.u32 [%r9], %r5;", "cvt.u64.u32 %rd9, %r9;\n    @%p2 st.global.u32 [%rd9], %r5;"),
    ),
    _sum(
        "load from global",
        "wrong state space",
        ("ld.shared.u32 %r10, [part];", "mov.u64 %rd9, part;\n    ld.global.u32 %r10, [%rd9];"),
    ),
    _sum(
        "generic store",
        "wrong state space",
        ("@%p2 st.shared.u32 [%r9], %r5;", "cvt.u64.u32 %rd9, %r9;\n    @%p2 st.u32 [%rd9], %r5;"),
    ),
    _sum("x read as shared", "out of bounds", ("ld.global.u32 %r5", "ld.shared.u32 %r5")),
    _sum("mask of lane 0", "wrong mask", ("0xffffffff", "1")),
    _sum("mask of lower half", "wrong mask", ("0xffffffff", "0xffff")),
    _sum(
        "lanes without an element leave",
        "lanes missing from a shuffle",
        ("setp.lt.u32 %p1, %r4, %r1;\n", LEAVE),
        (LOAD, LOAD[5:]),
    ),
    _sum("load not guarded", "no guard", (LOAD, LOAD[5:])),
    _sum("no zero", "never written", ("mov.u32 %r5, 0;\n", "")),
    _sum(
        "only the first warp",
        "only the first warp",
        *(
            (f"add.s32 {line};\n", "")
            for line in ("%r10, %r10, %r11", "%r12, %r12, %r13", "%r10, %r10, %r12")
        ),
    ),
    _sum(
        "every warp stores",
        "every warp writes",
        (
            "setp.ne.u32 %p3, %r3, 0;",
            "setp.ne.u32 %p3, %r7, 0;",
        ),
        ("ld.shared.u32 %r10, [part];", "mov.u32 %r10, %r5;"),
    ),
    _sum("clamp 0", "clamp", ("0x1f", "0")),
    _sum(
        "no round of 16",
        "a round is missing",
        (
            "shfl.sync.down.b32 %r6, %r5, 16, 0x1f, 0xffffffff;\n    add.s32 %r5, %r5, %r6;\n",
            "",
        ),
    ),
    _sum(
        "no round of 1",
        "a round is missing",
        (
            "shfl.sync.down.b32 %r6, %r5, 1, 0x1f, 0xffffffff;\n    add.s32 %r5, %r5, %r6;\n",
            "",
        ),
    ),
    _sum(
        "a fifth sum",
        "reads what nobody wrote",
        ("[part + 12]", "[part + 16]"),
        ("b32 part[4]", "b32 part[8]"),
    ),
    _sum("past the end of part", "out of bounds", ("[part + 12]", "[part + 16]")),
    _sum("upwards", "wrong direction", ("shfl.sync.down.b32", "shfl.sync.up.b32"), ("0x1f", "0")),
    _sum("sum of the last lane", "wrong lane", ("setp.eq.u32 %p2, %r7, 0;", "setp.eq.u32 %p2, %r7, 31;")),
    _sum("shared address in four-byte steps forgotten", "misaligned", ("shl.b32 %r8, %r8, 2;\n", "")),
]

ATOM = "@%p3 atom.global.add.u32 %r9, [%rd4], %r7;"
BALLOT = "vote.sync.ballot.b32 %r6, %p2, 0xffffffff;"

COMPACTED = [
    _compact(
        "load, add, store",
        "lost update",
        (
            ATOM,
            "@%p3 ld.global.u32 %r9, [%rd4];\n    add.u32 %r11, %r9, %r7;\n    @%p3 st.global.u32 [%rd4], %r11;",
        ),
    ),
    _compact(
        "volatile load, add, store",
        "lost update",
        (
            ATOM,
            "@%p3 ld.volatile.global.u32 %r9, [%rd4];\n    add.u32 %r11, %r9, %r7;\n"
            "    @%p3 st.volatile.global.u32 [%rd4], %r11;",
        ),
    ),
    _compact(
        "base not handed on", "base not handed on", ("shfl.sync.idx.b32 %r9, %r9, 0, 0x1f, 0xffffffff;\n", "")
    ),
    _compact("base of lane 1", "base not handed on", ("%r9, %r9, 0, 0x1f", "%r9, %r9, 1, 0x1f")),
    _compact(
        "vote without those who keep nothing", "leader gone", (BALLOT, "@!%p2 bra $done;\n    " + BALLOT)
    ),
    _compact(
        "shuffle after the branch",
        "leader gone",
        ("shfl.sync.idx.b32 %r9, %r9, 0, 0x1f, 0xffffffff;\n", ""),
        ("@%p4 bra $done;", "@%p4 bra $done;\n    shfl.sync.idx.b32 %r9, %r9, 0, 0x1f, 0xffffffff;"),
    ),
    _compact(
        "vote in a branch",
        "wrong mask",
        (
            BALLOT,
            "mov.u32 %r6, 0;\n    @!%p2 bra $voted;\n    " + BALLOT + "\n$voted:",
        ),
    ),
    _compact("vote under a guard", "wrong mask", (BALLOT, "mov.u32 %r6, 0;\n    @%p2 " + BALLOT)),
    _compact("vote under a guard into nothing", "never written", (BALLOT, "@%p2 " + BALLOT)),
    _compact("mask of lower half", "wrong mask", ("%p2, 0xffffffff", "%p2, 0xffff")),
    _compact("own bit counted", "own bit counted", ("%lanemask_lt", "%lanemask_le")),
    _compact(
        "higher lanes counted as well",
        "one place for several",
        ("and.b32 %r10, %r10, %r6;", "mov.u32 %r10, %r6;"),
    ),
    _compact(
        "every place the base", "one place for several", ("add.u32 %r10, %r10, %r9;", "mov.u32 %r10, %r9;")
    ),
    _compact("no base", "one place for several", ("add.u32 %r10, %r10, %r9;\n", "")),
    _compact(
        "lane for rank",
        "lane for rank",
        (
            "mov.u32 %r10, %lanemask_lt;\n    and.b32 %r10, %r10, %r6;\n    popc.b32 %r10, %r10;",
            "mov.u32 %r10, %laneid;",
        ),
    ),
    _compact(
        "every lane reserves for all",
        "too much room",
        ("@%p3 atom", "atom"),
        ("shfl.sync.idx.b32 %r9, %r9, 0, 0x1f, 0xffffffff;\n", ""),
    ),
    _compact("reserves 32", "too much room", ("[%rd4], %r7;", "[%rd4], 32;")),
    _compact("unsigned compare", "unsigned compare", ("setp.gt.s32 %p2", "setp.gt.u32 %p2")),
    _compact("zeros kept", "wrong condition", ("setp.gt.s32 %p2, %r5, 0", "setp.ge.s32 %p2, %r5, 0")),
    _compact("load not guarded", "no guard", (LOAD, LOAD[5:])),
    _compact("byte for element", "misaligned", ("mul.wide.u32 %rd6, %r10, 4;", "cvt.u64.u32 %rd6, %r10;")),
]
WRONG = SUMS + COMPACTED

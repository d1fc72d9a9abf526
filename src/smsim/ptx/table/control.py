"""Rows that steer: branches, calls, barriers, and what the lanes of a warp do together.

Sources: PTX ISA, chapters "Control flow" and "Parallel synchronization and communication"; versions as
the notes of each instruction give them.
"""

from smsim.ptx.rows import Row

_FLOW = (
    Row(
        "bra{.uni} t:label",
        "control.branch", "branch", (1, 0), 10,
        "Go on at a label; under a guard, only the lanes whose predicate holds. .uni: all go, or none.",
    ),
    Row(
        "brx.idx{.uni} a:u32, t:label",
        "control.indexed_branch", "branch", (6, 0), 30,
        "Go on at the label of that index in a .branchtargets list.",
    ),
    Row(
        "call{.uni} d:group, f:function, a:group{, t:label}",
        "control.call", "branch", (1, 0), 10,
        "Run a function. Through a register, .callprototype or .calltargets says what it may be.",
    ),
    Row(
        "ret{.uni}",
        "control.return", "branch", (1, 0), 10,
        "Go back to the caller; from a kernel, end the thread.",
    ),
    Row("exit", "control.exit", "branch", (1, 0), 10, "End the thread, however deep in calls it is."),
    Row("trap", "control.trap", "branch", (1, 0), 10, "End the whole launch with an error."),
    Row("brkpt", "control.trap", "branch", (1, 0), 11, "Stop for a debugger; without one, as trap."),
    Row(
        "nanosleep.u32 t",
        "control.nanosleep", "none", (6, 3), 70,
        "Wait for about that many nanoseconds, at most twice as long, and at most a millisecond.",
    ),
    Row(
        "pmevent{.mask} a:u32",
        "control.nothing", "none", (1, 4), 10,
        "Tell a profiler that this place was passed. It changes no value.",
    ),
    Row(
        "griddepcontrol.launch_dependents|.wait",
        "control.nothing", "none", (7, 8), 90,
        "Let the next grid begin early, or wait for the one before. Here a grid begins when that has ended.",
    ),
)  # fmt: skip

_BARRIERS = (
    Row(
        "bar{.cta}.sync a:u32{, b:u32}",
        "barrier.barrier", "barrier", (1, 0), 10,
        "Wait until all threads of the block, or b of them, are at barrier a. Orders their memory accesses.",
    ),
    Row(
        "bar{.cta}.arrive a:u32, b:u32",
        "barrier.arrive", "barrier", (2, 0), 20,
        "Count at barrier a without waiting there.",
    ),
    Row(
        "bar{.cta}.red.popc.u32 d, a:u32{, b:u32}, {!}c:pred",
        "barrier.reduce", "barrier", (2, 0), 20,
        "A barrier that tells everybody how many came with c true.",
    ),
    Row(
        "bar{.cta}.red.and|.or.pred d, a:u32{, b:u32}, {!}c:pred",
        "barrier.reduce", "barrier", (2, 0), 20,
        "A barrier that tells everybody whether c was true for all, or for any.",
    ),
    Row(
        "barrier{.cta}.sync{.aligned} a:u32{, b:u32}",
        "barrier.barrier", "barrier", (6, 0), 30,
        "As bar.sync; without .aligned the lanes of a warp may come from different places.",
    ),
    Row(
        "barrier{.cta}.arrive{.aligned} a:u32, b:u32",
        "barrier.arrive", "barrier", (6, 0), 30,
        "As bar.arrive; without .aligned the lanes of a warp may come from different places.",
    ),
    Row(
        "barrier{.cta}.red.popc{.aligned}.u32 d, a:u32{, b:u32}, {!}c:pred",
        "barrier.reduce", "barrier", (6, 0), 30,
        "As bar.red.popc; without .aligned the lanes of a warp may come from different places.",
    ),
    Row(
        "barrier{.cta}.red.and|.or{.aligned}.pred d, a:u32{, b:u32}, {!}c:pred",
        "barrier.reduce", "barrier", (6, 0), 30,
        "As bar.red; without .aligned the lanes of a warp may come from different places.",
    ),
    Row(
        "bar.warp.sync m:b32",
        "barrier.warp_sync", "barrier", (6, 0), 30,
        "Wait until all lanes of mask m are here. Orders their memory accesses.",
    ),
)  # fmt: skip

_WARP = (
    Row(
        "shfl.sync.up|.down|.bfly|.idx.b32 d{|p}, a, b:b32, c:b32, m:b32",
        "warp.shuffle", "lsu", (6, 0), 30,
        "Read register a of another lane. p says whether that lane was in range.",
    ),
    Row(
        "vote.sync.all|.any|.uni.pred d, {!}a, m:b32",
        "warp.vote", "alu", (6, 0), 30,
        "Whether a is true in all lanes of mask m, in any, or the same in all.",
    ),
    Row(
        "vote.sync.ballot.b32 d, {!}a:pred, m:b32",
        "warp.vote", "alu", (6, 0), 30,
        "A bit for each lane of mask m: its a.",
    ),
    Row(
        "match.any.sync.b32|.b64 d:b32, a, m:b32",
        "warp.match", "alu", (6, 0), 70,
        "A bit for each lane of mask m that has the same a.",
    ),
    Row(
        "match.all.sync.b32|.b64 d:b32{|p}, a, m:b32",
        "warp.match", "alu", (6, 0), 70,
        "Mask m if all its lanes have the same a, else 0; p says which.",
    ),
    Row(
        "activemask.b32 d",
        "warp.active_mask", "alu", (6, 2), 30,
        "A bit for each lane that runs this instruction now.",
    ),
    Row(
        "redux.sync.add|.min|.max.u32|.s32 d, a, m:b32",
        "warp.redux", "alu", (7, 0), 80,
        "The sum, the smallest or the largest of a over the lanes of mask m.",
    ),
    Row(
        "redux.sync.and|.or|.xor.b32 d, a, m:b32",
        "warp.redux", "alu", (7, 0), 80,
        "a of all lanes of mask m, combined bit by bit.",
    ),
    Row(
        "elect.sync d:b32|p, m:b32",
        "warp.elect", "alu", (8, 0), 90,
        "Choose one lane of mask m: p is true in it alone, d is its number.",
    ),
)  # fmt: skip

_REGISTERS = (
    Row(
        "setmaxnreg.inc|.dec.sync.aligned.u32 a",
        "warp.registers", "none", (8, 0), 90,
        "Give registers back to the block, or wait until it has as many to spare; all warps of a warpgroup do it.",
    ),
)  # fmt: skip

ROWS = (*_FLOW, *_BARRIERS, *_WARP, *_REGISTERS)

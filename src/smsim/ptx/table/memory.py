"""Rows that reach memory, and `mov`, which reaches for an address without touching it.

Orderings are rows of their own: a plain access is weak, `.relaxed` and stronger ones came with the
memory model of PTX 6.0 and need sm_70. Sources: PTX ISA, chapter "Data movement and conversion" and
"Parallel synchronization"; versions as its notes give them.
"""

from smsim.ptx.rows import Row

_VALUES = ".b8|.b16|.b32|.b64|.b128|.u8|.u16|.u32|.u64|.s8|.s16|.s32|.s64|.f32|.f64"
_SCOPE = ".cta|.cluster|.gpu|.sys"
_READ_SPACE = (
    "{.global|.shared|.shared::cta|.shared::cluster|.local|.const|.param|.param::entry|.param::func}"
)
_WRITE_SPACE = "{.global|.shared|.shared::cta|.shared::cluster|.local|.param|.param::func}"
# Where several threads can meet.
_SHARED_SPACE = "{.global|.shared|.shared::cta|.shared::cluster}"
# How long a line is wanted in L1. The likes for L2 go with 32-byte accesses, which need sm_100.
_KEEP = ".L1::evict_normal|.L1::evict_unchanged|.L1::evict_first|.L1::evict_last|.L1::no_allocate"
_HINT = "{.L2::cache_hint}"
_FETCH = "{.L2::64B|.L2::128B|.L2::256B}"
_VECTOR = "{.v2|.v4}"

_LOADS = (
    Row(
        f"ld{{.weak}}{_READ_SPACE}{{.ca|.cg|.cs|.lu|.cv|{_KEEP}}}{_HINT}{_FETCH}{_VECTOR}"
        f"{_VALUES} d, [a]{{, policy:b64}}",
        "memory.load", "lsu", (1, 0), 10,
        "Read from memory; a narrower value is widened to the register, by its sign if the type is signed.",
    ),
    Row(
        f"ld.global{{.ca|.cg|.cs}}.nc{{{_KEEP}}}{_HINT}{_FETCH}{_VECTOR}"
        f"{_VALUES} d, [a]{{, policy:b64}}",
        "memory.load", "lsu", (3, 1), 32,
        "Read from global memory that nobody writes while the kernel runs, through the read-only path.",
    ),
    Row(
        f"ld.volatile{_SHARED_SPACE}{_FETCH}{_VECTOR}{_VALUES} d, [a]",
        "memory.load", "lsu", (1, 1), 10,
        "Read each time it is reached, as a relaxed read at system scope; it orders nothing else.",
    ),
    Row(
        f"ld.relaxed|.acquire{_SCOPE}{_SHARED_SPACE}{{{_KEEP}}}{_HINT}{_FETCH}{_VECTOR}"
        f"{_VALUES} d, [a]{{, policy:b64}}",
        "memory.load", "lsu", (6, 0), 70,
        "Read what other threads may write; with .acquire, what they wrote before their release is seen.",
    ),
    Row(
        f"ld.mmio.relaxed.sys{{.global}}{_VALUES} d, [a]",
        "memory.load", "lsu", (8, 2), 70,
        "Read a device's register: exactly once, never merged with another read.",
    ),
    Row(
        f"ldu{{.global}}{{.v2|.v4}}{_VALUES} d, [a]",
        "memory.load", "lsu", (2, 0), 20,
        "Read from global memory at an address that is the same in all lanes of the warp.",
    ),
)  # fmt: skip

_STORES = (
    Row(
        f"st{{.weak}}{_WRITE_SPACE}{{.wb|.cg|.cs|.wt|{_KEEP}}}{_HINT}{_VECTOR}"
        f"{_VALUES} [a], b{{, policy:b64}}",
        "memory.store", "lsu", (1, 0), 10,
        "Write to memory.",
    ),
    Row(
        f"st.volatile{_SHARED_SPACE}{_VECTOR}{_VALUES} [a], b",
        "memory.store", "lsu", (1, 1), 10,
        "Write each time it is reached, as a relaxed write at system scope; it orders nothing else.",
    ),
    Row(
        f"st.relaxed|.release{_SCOPE}{_SHARED_SPACE}{{{_KEEP}}}{_HINT}{_VECTOR}"
        f"{_VALUES} [a], b{{, policy:b64}}",
        "memory.store", "lsu", (6, 0), 70,
        "Write what other threads may read; with .release, they also see all that was written before.",
    ),
    Row(
        f"st.mmio.relaxed.sys{{.global}}{_VALUES} [a], b",
        "memory.store", "lsu", (8, 2), 70,
        "Write a device's register: exactly once, never merged with another write.",
    ),
)  # fmt: skip

# Operation, types, first ISA version and target, for atom (returns the old value) and red (does not).
_OPERATIONS = (
    (".add", ".u32|.s32", (1, 1), 11, "add"),
    (".add", ".u64", (1, 2), 12, "add"),
    (".add", ".f32", (2, 0), 20, "add, rounding each sum to nearest"),
    (".add", ".f64", (5, 0), 60, "add, rounding each sum to nearest"),
    (".add.noftz", ".f16|.f16x2", (6, 2), 60, "add 16-bit floats, keeping subnormals"),
    (".add.noftz", ".bf16|.bf16x2", (7, 8), 90, "add bfloat16 numbers, keeping subnormals"),
    (".add", ".v2|.v4.f32", (8, 1), 90, "add two or four floats, each by itself"),
    (".add|.min|.max.noftz", ".v2|.v4|.v8.f16|.bf16", (8, 1), 90, "combine several 16-bit floats"),
    (".add|.min|.max.noftz", ".v2|.v4.f16x2|.bf16x2", (8, 1), 90, "combine several pairs of 16-bit floats"),
    (".inc|.dec", ".u32", (1, 1), 11, "count up, or down, from 0 to b and around"),
    (".min|.max", ".u32|.s32", (1, 1), 11, "keep the smaller, or the larger"),
    (".min|.max", ".u64|.s64", (3, 1), 32, "keep the smaller, or the larger"),
    (".and|.or|.xor", ".b32", (1, 1), 11, "combine bit by bit"),
    (".and|.or|.xor", ".b64", (3, 1), 32, "combine bit by bit"),
)


def _meeting_place(types: str) -> str:
    """Vectors are combined in global memory only."""
    return "{.global}" if types.startswith(".v") else _SHARED_SPACE


def _atom(operation: str, types: str, sources: str, ptx: tuple[int, int], sm: int, verb: str) -> Row:
    return Row(
        f"atom{{.relaxed|.acquire|.release|.acq_rel}}{{{_SCOPE}}}{_meeting_place(types)}{operation}"
        + (f"{_HINT}{types} d, [a], b{{, policy:b64}}" if sources == "b" else f"{types} d, [a], {sources}"),
        "memory.atomic", "lsu", ptx, sm,
        f"In one indivisible step: {verb}. The result is the value that was there before.",
    )  # fmt: skip


def _red(operation: str, types: str, ptx: tuple[int, int], sm: int, verb: str) -> Row:
    return Row(
        f"red{{.relaxed|.release}}{{{_SCOPE}}}{_meeting_place(types)}{operation}{_HINT}{types}"
        " [a], b{, policy:b64}",
        "memory.reduce", "lsu", max(ptx, (1, 2)), sm,
        f"In one indivisible step: {verb}. Nothing is returned.",
    )  # fmt: skip


_ATOMICS = (
    *(_atom(operation, types, "b", *rest) for operation, types, *rest in _OPERATIONS),
    _atom(".exch", ".b32", "b", (1, 1), 11, "write b"),
    _atom(".exch", ".b64", "b", (1, 2), 12, "write b"),
    _atom(".exch", ".b128", "b", (8, 3), 90, "write b"),
    _atom(".cas", ".b32", "b, c", (1, 1), 11, "write c if b is there"),
    _atom(".cas", ".b64", "b, c", (1, 2), 12, "write c if b is there"),
    _atom(".cas", ".b16", "b, c", (6, 3), 70, "write c if b is there"),
    _atom(".cas", ".b128", "b, c", (8, 3), 90, "write c if b is there"),
    *(_red(operation, types, *rest) for operation, types, *rest in _OPERATIONS),
)

_ORDER = (
    Row(
        "membar.cta|.gl|.sys",
        "memory.fence", "lsu", (1, 4), 10,
        "No access before it may be seen after one behind it, by the block, the GPU or the system.",
    ),
    Row(
        "fence{.sc|.acq_rel|.acquire|.release}.cta|.cluster|.gpu|.sys",
        "memory.fence", "lsu", (6, 0), 70,
        "Order the accesses before it and behind it, for the threads in the scope that is named.",
    ),
    Row(
        "prefetch{.global|.local}.L1|.L2 [a]",
        "memory.prefetch", "lsu", (2, 0), 20,
        "Bring a line into a cache. It changes no value.",
    ),
    Row(
        "prefetch.global.L2::evict_last|.L2::evict_normal [a]",
        "memory.prefetch", "lsu", (7, 4), 80,
        "Bring a line into L2, and say how long it is wanted. It changes no value.",
    ),
    Row(
        "prefetchu.L1 [a]",
        "memory.prefetch", "lsu", (2, 0), 20,
        "Bring a line that all lanes of a warp share into the uniform cache. It changes no value.",
    ),
)  # fmt: skip

_PRIORITY = ".L2::evict_last|.L2::evict_normal|.L2::evict_first|.L2::evict_unchanged"
_OTHERWISE = "{.L2::evict_first|.L2::evict_unchanged}"

_POLICIES = (
    Row(
        "applypriority{.global}.L2::evict_normal [a], size:u32",
        "memory.prefetch", "lsu", (7, 4), 80,
        "Say that a line of L2 is wanted no longer than others. It changes no value.",
    ),
    Row(
        f"createpolicy.fractional{_PRIORITY}{_OTHERWISE}.b64 d{{, fraction:f32}}",
        "memory.policy", "lsu", (7, 4), 80,
        "A policy for .L2::cache_hint: how long a part of the lines, and the others, are wanted.",
    ),
    Row(
        f"createpolicy.range{{.global}}{_PRIORITY}{_OTHERWISE}.b64 d, [a], primary:u32, total:u32",
        "memory.policy", "lsu", (7, 4), 80,
        "A policy for .L2::cache_hint: how long the lines from a on, and those behind them, are wanted.",
    ),
    Row(
        "createpolicy.cvt.L2.b64 d, a",
        "memory.policy", "lsu", (7, 4), 80,
        "A policy for .L2::cache_hint from an access property of CUDA C.",
    ),
)  # fmt: skip

_WINDOW = ".const|.global|.local|.shared|.shared::cta|.shared::cluster|.param|.param::entry"

_ADDRESSES = (
    Row(
        f"cvta{_WINDOW}.u64 d, a",
        "memory.convert_address", "alu", (2, 0), 20,
        "The generic address of a place that is given by its address within a state space.",
    ),
    Row(
        f"cvta.to{_WINDOW}.u64 d, a",
        "memory.convert_address", "alu", (2, 0), 20,
        "The address within a state space of a place that is given by its generic address.",
    ),
    Row(
        f"isspacep{_WINDOW} p:pred, a:u64",
        "memory.is_space", "alu", (2, 0), 20,
        "Whether a generic address lies in a state space.",
    ),
)  # fmt: skip

_MOVES = (
    Row(
        "mov.pred|.b16|.b32|.b64|.b128|.u16|.u32|.u64|.s16|.s32|.s64|.f32|.f64 d, a",
        "move.move", "alu", (1, 0), 10,
        "Copy a register, a constant, a special register, or the address of a variable or function.",
    ),
    Row(
        "mov.b16|.b32|.b64|.b128 d, {a...}",
        "move.move", "alu", (1, 0), 10,
        "Pack two or four registers into one, the first into the lowest bits.",
    ),
    Row(
        "mov.b16|.b32|.b64|.b128 {d...}, a",
        "move.move", "alu", (1, 0), 10,
        "Unpack one register into two or four, the lowest bits into the first.",
    ),
)  # fmt: skip

ROWS = (*_LOADS, *_STORES, *_ATOMICS, *_ORDER, *_POLICIES, *_ADDRESSES, *_MOVES)

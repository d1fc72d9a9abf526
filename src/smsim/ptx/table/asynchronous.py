"""Rows of asynchronous copies, of the mbarriers that count them, and of the fences between the two ways to memory.

Sources: PTX ISA, "Data movement and conversion instructions: asynchronous copy" and "Parallel synchronization and
communication: mbarrier"; versions as the notes of each instruction give them.
"""

from smsim.ptx.rows import Row

_HINT = "{.L2::cache_hint}"
_PREFETCH = "{.L2::64B|.L2::128B|.L2::256B}"
_SHARED = "{.shared|.shared::cta}"
_ANY_SHARED = "{.shared|.shared::cta|.shared::cluster}"


def _copy(cache: str, hint: str, policy: str, said: str) -> Row:
    return Row(
        f"cp.async{cache}.shared|.shared::cta.global{hint}{_PREFETCH} [a], [b], size:u32{{, source:u32}}{policy}",
        "async.copy", "lsu", (7, 0), 80,
        f"Copy {said} from global to shared memory, and go on: they are there after a wait for their group.",
    )  # fmt: skip


_COPIES = (
    _copy(".ca", "", "", "4, 8 or 16 bytes"),
    _copy(".ca", ".L2::cache_hint", ", policy:b64", "4, 8 or 16 bytes, under a cache policy,"),
    _copy(".cg", "", "", "16 bytes, past L1,"),
    _copy(".cg", ".L2::cache_hint", ", policy:b64", "16 bytes, past L1 and under a cache policy,"),
    Row(
        "cp.async.commit_group",
        "async.commit", "lsu", (7, 0), 80,
        "Make a group of this thread's copies that are in none yet.",
    ),
    Row(
        "cp.async.wait_group n:u32",
        "async.wait_group", "lsu", (7, 0), 80,
        "Wait until no more than the n latest groups of this thread are under way.",
    ),
    Row(
        "cp.async.wait_all",
        "async.wait_group", "lsu", (7, 0), 80,
        "Wait for all copies of this thread, in a group or not.",
    ),
    Row(
        f"cp.async.mbarrier.arrive{{.noinc}}{_SHARED}.b64 [a]",
        "async.copies_arrive", "lsu", (7, 0), 80,
        "Arrive at an mbarrier as soon as this thread's copies so far are done. .noinc: init has counted that.",
    ),
)  # fmt: skip

_BULK = (
    Row(
        f"cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes{_HINT}"
        " [a], [b], size:u32, [m]{, policy:b64}",
        "async.bulk_load", "lsu", (8, 0), 90,
        "One thread has size bytes copied from global to shared memory; an mbarrier counts their arrival.",
    ),
    Row(
        f"cp.async.bulk.shared::cta.global.mbarrier::complete_tx::bytes{_HINT}"
        " [a], [b], size:u32, [m]{, policy:b64}",
        "async.bulk_load", "lsu", (8, 6), 90,
        "One thread has size bytes copied from global to shared memory; an mbarrier counts their arrival.",
    ),
    Row(
        f"cp.async.bulk.global.shared::cta.bulk_group{_HINT} [a], [b], size:u32{{, policy:b64}}",
        "async.bulk_store", "lsu", (8, 0), 90,
        "One thread has size bytes copied from shared to global memory; a bulk group says when.",
    ),
    Row(
        "cp.async.bulk.commit_group",
        "async.bulk_commit", "lsu", (8, 0), 90,
        "Make a group of this thread's bulk copies that are in none yet.",
    ),
    Row(
        "cp.async.bulk.wait_group{.read} n:u32",
        "async.bulk_wait_group", "lsu", (8, 0), 90,
        "Wait until no more than the n latest bulk groups are under way; .read: until their sources are read.",
    ),
    Row(
        f"cp.async.bulk.prefetch.L2.global{_HINT} [a], size:u32{{, policy:b64}}",
        "memory.prefetch", "lsu", (8, 0), 90,
        "Bring size bytes into L2. It changes no value.",
    ),
)  # fmt: skip


def _arrive(name: str, count: str, said: str, ptx: tuple[int, int], sm: int, scope: str = "") -> Row:
    return Row(
        f"mbarrier.{name}{scope}{_SHARED}.b64 d, [a]{count}",
        "async.arrive", "lsu", ptx, sm, said,
    )  # fmt: skip


_RELEASE = "{.release.cta|.release.cluster}"
_ACQUIRE = "{.acquire.cta|.acquire.cluster}"
_ARRIVES = "Count at an mbarrier, once or count times; d is its phase before, for a wait."
_DROPS = "Arrive at an mbarrier, and be expected there no more."


def _wait(name: str, operand: str, hint: str, ptx: tuple[int, int], sm: int, said: str) -> Row:
    return Row(
        f"mbarrier.{name}{_ACQUIRE}{_SHARED}.b64 p:pred, [a], {operand}{hint}",
        "async.wait", "lsu", ptx, sm, said,
    )  # fmt: skip


_TEST = "Whether the phase that {} is complete; if so, see all that was done before it."
_TRY = "As test_wait, but the thread may sleep a while before it says no."

_MBARRIERS = (
    Row(
        f"mbarrier.init{_SHARED}.b64 [a], count:u32",
        "async.init", "lsu", (7, 0), 80,
        "Make an mbarrier of 8 bytes of shared memory, whose phases are for count arrivals.",
    ),
    Row(
        f"mbarrier.inval{_SHARED}.b64 [a]",
        "async.inval", "lsu", (7, 0), 80,
        "End an mbarrier; its 8 bytes are plain memory again.",
    ),
    Row(
        f"mbarrier.expect_tx{{.relaxed.cta|.relaxed.cluster}}{_ANY_SHARED}.b64 [a], bytes:u32",
        "async.expect", "lsu", (8, 0), 90,
        "Have an mbarrier wait for so many bytes more in its present phase.",
    ),
    Row(
        f"mbarrier.complete_tx{{.relaxed.cta|.relaxed.cluster}}{_ANY_SHARED}.b64 [a], bytes:u32",
        "async.complete", "lsu", (8, 0), 90,
        "Tell an mbarrier that so many bytes have come, as a bulk copy does by itself.",
    ),
    _arrive("arrive", "{, count:u32}", _ARRIVES, (7, 0), 80, _RELEASE),
    _arrive("arrive_drop", "{, count:u32}", _DROPS, (7, 0), 80, _RELEASE),
    _arrive("arrive.expect_tx", ", bytes:u32", "Have an mbarrier wait for bytes more, and arrive there.",
            (8, 0), 90, _RELEASE),
    _arrive("arrive_drop.expect_tx", ", bytes:u32", "Have an mbarrier wait for bytes more, arrive, and leave it.",
            (8, 0), 90, _RELEASE),
    _arrive("arrive.noComplete", ", count:u32", "Arrive where that must not complete the phase.",
            (7, 0), 80, "{.release.cta}"),
    _arrive("arrive_drop.noComplete", ", count:u32", "Arrive, which must not complete the phase, and leave.",
            (7, 0), 80, "{.release.cta}"),
    _wait("test_wait", "state:b64", "", (7, 0), 80, _TEST.format("a state names")),
    _wait("test_wait.parity", "parity:u32", "", (7, 1), 80, _TEST.format("has this parity, 0 or 1,")),
    _wait("try_wait", "state:b64", "{, hint:u32}", (7, 8), 90, _TRY),
    _wait("try_wait.parity", "parity:u32", "{, hint:u32}", (7, 8), 90, _TRY),
    Row(
        "mbarrier.pending_count.b64 d:u32, state:b64",
        "async.pending_count", "alu", (7, 0), 80,
        "How many arrivals were still to come in a state that an arrival gave.",
    ),
)  # fmt: skip

_FENCES = (
    Row(
        "fence.proxy.async{.global|.shared::cta|.shared::cluster}",
        "async.proxy_fence", "lsu", (8, 0), 90,
        "Let bulk copies behind it see what ordinary accesses before it did, and the other way round.",
    ),
    Row(
        "fence.proxy.alias",
        "memory.prefetch", "lsu", (7, 5), 70,
        "Order accesses to one place by different addresses. Here a place has one address.",
    ),
    Row(
        "fence.mbarrier_init.release.cluster",
        "memory.prefetch", "lsu", (8, 0), 90,
        "Let other blocks of the cluster see the mbarriers that were made before it.",
    ),
)  # fmt: skip

ROWS = (*_COPIES, *_BULK, *_MBARRIERS, *_FENCES)

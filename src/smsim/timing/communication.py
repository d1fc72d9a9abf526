"""Whether the threads of a kernel wait for what other threads write, and a log of what they read and wrote."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from smsim.machine.bind.atomics import OPERATIONS
from smsim.machine.bind.binding import Step
from smsim.machine.frame import Frame
from smsim.machine.launch import Launch
from smsim.machine.loops import may_wait
from smsim.machine.program import Program
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Register
from smsim.timing.records import is_grid_barrier
from smsim.timing.trace import SHARED
from smsim.timing.warprows import WarpRows

#: Keys of words in shared memory begin here; each block has room for a megabyte.
_SHARED_KEYS = 1 << 61
_KEYS_OF_A_BLOCK = 1 << 20
#: A poll that concerns threads of the own block only.
MBARRIER_WAIT = "async.wait"
WRITES = ("memory.store", "memory.atomic", "memory.reduce")


def how_it_communicates(launch: Launch) -> str | None:
    """What may make the kernel's blocks wait for each other; ``None``: nothing."""
    for program in launch.kernel.programs(launch.program is not launch.kernel.program):
        for number, code in enumerate(program.blocks):
            for step in _polls_of(program, number):
                if step.form.row.semantics != MBARRIER_WAIT:
                    return f"it goes round a loop until line {step.instruction.line} of its PTX sees what it wants"
            if code.ending is not None and is_grid_barrier(code.ending):
                return "it waits for its whole grid (grid.sync)"
    return None


def polls(launch: Launch) -> bool:
    """Whether any thread of the kernel polls memory, or an mbarrier, until another changes it."""
    return any(
        code.polls_to >= 0
        for program in launch.kernel.programs(launch.program is not launch.kernel.program)
        for code in program.blocks
    )


def _polls_of(program: Program, number: int) -> list[Step]:
    """What the loop that begins with a block polls by; nothing if it is no such loop."""
    last = program.blocks[number].polls_to
    return [step for code in program.blocks[number : last + 1] for step in code.steps if may_wait(step)]


@dataclass(eq=False)
class Entry:
    """One memory instruction as several warps executed it together.

    Attributes:
        batch, place: which batch of events, and which of its records; batch -1: blocks that are not recorded.
        keys: the words that each lane touches, int64 ``(rows, 32 * words)``.
        active: which of ``keys`` count; of an atomic's as writes only those that changed something.
        reads: a strong load or an atomic.
        writes: ``None`` if it is a load, else which of ``keys`` were written.
        adds: what it leaves in memory depends on what was there: an atomic, but no exchange.
        late: it happens later than its instruction: a copy lands.
    """

    batch: int
    place: int
    keys: np.ndarray
    active: np.ndarray
    reads: bool
    writes: np.ndarray | None
    adds: bool = False
    late: bool = False


class Log:
    """The accesses by which threads may learn of each other, in the order of the run.

    Args:
        grain: bytes of the smallest access.
        warps: warps of a block.
    """

    def __init__(self, grain: int, warps: int) -> None:
        self.grain, self.warps = grain, warps
        self.entries: list[Entry] = []
        self._now: list[tuple[Entry, WarpRows]] = []
        self._given: list[np.ndarray] = []

    def clear(self) -> None:
        """Forget everything: the run begins anew."""
        self.entries.clear()
        self._now.clear()

    def access(
        self,
        frame: Frame,
        step: Step,
        where: tuple[int, int],
        space: int,
        rows: WarpRows,
        grid_warp: np.ndarray,
        address: np.ndarray,
        active: np.ndarray,
        width: int,
    ) -> None:
        """Lanes are about to access shared or global memory; ``where`` is their batch and place."""
        semantics = step.form.row.semantics
        writes = semantics in WRITES
        if not writes and not may_wait(step):
            return
        words = max(width // self.grain, 1)
        keys = address // self.grain
        if space == SHARED:
            keys = keys + (_SHARED_KEYS + grid_warp // self.warps * _KEYS_OF_A_BLOCK)[:, None]
        keys = np.concatenate([keys + n for n in range(words)], axis=1)
        active = np.tile(active, words)
        operation = _operation(step)
        entry = Entry(
            *where,
            keys,
            active,
            may_wait(step),
            active if writes else None,
            operation not in (None, "exch", "cas"),
        )
        self.entries.append(entry)
        if semantics == "memory.atomic":
            if not self._now:
                self._given = _operands(frame, step)
            self._now.append((entry, rows))

    def done(self, frame: Frame, step: Step) -> None:
        """They have: of an atomic it is now known what it saw."""
        if not self._now:
            return
        changed = _changed(frame, step, self._given)
        for entry, rows in self._now:
            if changed is not None:
                words = entry.keys.shape[1] // rows.active.shape[1]
                entry.writes = entry.active & np.tile(rows.of(frame, changed), words)
        self._now.clear()


def _operation(step: Step) -> str | None:
    """What an atomic does; ``None`` for loads and stores."""
    if step.form.row.semantics not in ("memory.atomic", "memory.reduce"):
        return None
    return next(o for o in OPERATIONS if o in step.form.flags)


def _operands(frame: Frame, step: Step) -> list[np.ndarray]:
    """What the lanes give to an atomic. The register may be the one that receives the old value."""
    if DTYPES.get(step.form.type) is None or step.form.vector > 1:
        return []
    count = 2 if _operation(step) == "cas" else 1
    slots = [
        frame.program.binding.source(operand, step.form.type, step.instruction)
        for operand in step.instruction.operands[2 : 2 + count]
    ]
    return [np.asarray(retype(frame.R[slot], DTYPES[step.form.type])) for slot in slots]


def _changed(frame: Frame, step: Step, given: list[np.ndarray]) -> np.ndarray | None:
    """Which lanes' atomics changed what was in memory; ``None``: all of them, as far as can be told."""
    target, kind = step.instruction.operands[0], step.form.type
    if not given or not isinstance(target, Register) or kind.endswith("x2") or kind == "b128":
        return None
    old = np.asarray(retype(frame.R[frame.program.slots.register(target.name)], DTYPES[kind]))
    a, operation = given[0], _operation(step)
    if operation in ("add", "xor"):
        return a != 0
    if operation == "or":
        return (old | a) != old
    if operation == "and":
        return (old & a) != old
    if operation == "exch":
        return a != old
    if operation == "cas":
        return (old == a) & (given[1] != old)
    if operation == "min":
        return a < old
    if operation == "max":
        return a > old
    return None

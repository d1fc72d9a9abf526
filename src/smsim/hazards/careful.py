"""The careful run: follow suspected values to where they are used, or see them forgotten.

NVIDIA's compiler loads early. ``if c: v = s[k]`` becomes a load by every thread and a ``selp`` that
picks it or not, so right programs read bytes that nobody wrote, and bytes that others are writing.
Such a read is no error unless its value gets somewhere: into an address, a branch, a store, an atomic.
So a suspicion ends the run; the launch starts again, and this time the suspected values carry a tag
from register to register.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.faults import AccessFault
from smsim.machine.retype import merge

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk
    from smsim.machine.frame import Frame, Mask
    from smsim.machine.launch import Launch


#: Kernels behind methods of Numba's device arrays, such as ``array.T``: they copy whatever there is.
_NUMBAS_OWN = "_ZN5numba4cuda7kernels"


class Suspicion(Exception):
    """Something may be wrong: run again, and look closer.

    Attributes:
        sites: load instructions whose values are to be followed.
        full: allocations (by base address) of which every access is to be entered.
        follow: whether values are to be followed at all.
    """

    def __init__(self, sites: set[object], full: set[int] | None = None) -> None:
        super().__init__("suspected reads")
        self.sites, self.full = sites, full or set()
        self.follow = bool(sites) or not self.full


class Tag:
    """The mark that a suspected value carries.

    Attributes:
        unwritten: it was loaded from where nobody had written.
        of_records: that was an array of records.
        missing: which bytes nobody had written, ``(T, B)`` for each byte of the value; empty: all of them.
        changed: registers that hold something computed from it, rather than the value itself.

    A lane's value may be known to be bad when it is loaded, or become so later, when a write that
    races with the load is seen; it may be used before or after that. Whichever comes second finds it.
    """

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.bad = np.zeros(chunk.lanes.shape, bool)
        self.used = np.zeros(chunk.lanes.shape, bool)
        self.unwritten = self.of_records = False
        self.missing: list[np.ndarray] = []
        self.changed: set[int] = set()
        self._errors: list[tuple[np.ndarray, Callable[[int, int], Exception]]] = []

    def poison(self, lanes: np.ndarray, error: Callable[[int, int], Exception]) -> None:
        """The value is bad in ``lanes``; ``error(row, column)`` says why."""
        self.bad |= lanes
        self._errors.append((lanes, error))
        self._check()

    def use(self, lanes: np.ndarray) -> None:
        """The value got somewhere in ``lanes``."""
        self.used |= lanes
        self._check()

    def _check(self) -> None:
        wrong = self.bad & self.used
        if not wrong.any():
            return
        column, row = (int(x[0]) for x in np.nonzero(wrong.T))
        for lanes, error in self._errors:
            if lanes[row, column]:
                self.chunk.launch.found(error(row, column))
                self.bad &= ~wrong  # told once
                return


class CarefulRun:
    """Executes steps as usual, and moves tags along with the values.

    Args:
        launch: the launch that is being repeated.
        sites: load instructions whose values are followed.

    Attributes:
        into: the register that receives the element now being loaded of a vector; -1: none does.
    """

    def __init__(self, launch: Launch, sites: set[object]) -> None:
        self.launch, self.sites = launch, sites
        self.into: int | None = None
        self._fresh: list[tuple[Tag, int | None]] = []
        self._stored: list[tuple[str, object, int, Mask]] = []

    def follow(self, frame: Frame, chunk: Chunk) -> Tag:
        """A tag for the value that the instruction now running loads."""
        tag = Tag(chunk)
        self._fresh.append((tag, self.into))
        return tag

    def beside(self, frame: Frame, step: Step, fault: AccessFault) -> None:
        """The element now being loaded lies outside its array in the lanes of ``fault``."""
        explain, shape = self.launch.explain, frame.lanes.shape

        def error(row: int, column: int) -> Exception:
            lane = np.zeros(shape, bool)
            lane[row, column] = True
            return explain.fault(
                frame,
                step,
                AccessFault(fault.reason, lane, fault.address, fault.size, fault.space, fault.extent),
            )

        self.follow(frame, frame.chunk).poison(np.broadcast_to(fault.lanes, shape), error)

    def initial_taint(self, frame: Frame) -> dict[int, dict[Tag, np.ndarray]]:
        """Registers that may be read before anything wrote them, at the start of a kernel."""
        taint = {}
        everyone = np.ones(frame.lanes.shape, bool)
        program = frame.program
        names = {slot: name for name, slot in program.slots.registers.items()}
        for slot in range(program.unset.bit_length()):
            if program.unset >> slot & 1:
                tag = Tag(frame.chunk)
                name = names[slot]
                tag.poison(
                    everyone,
                    lambda row, column, name=name: self.launch.explain.unset_register(
                        frame.chunk, name, row, column
                    ),
                )
                taint[slot] = {tag: everyone}
        return taint

    def undefined(self, frame: Frame, step: Step, slot: int, lanes: np.ndarray) -> None:
        """The result of ``step`` in ``slot`` is undefined in ``lanes``."""
        tag = Tag(frame.chunk)
        chunk = frame.chunk
        tag.poison(lanes, lambda row, column: self.launch.explain.undefined(chunk, step, row, column))
        frame.taint.setdefault(slot, {})[tag] = np.broadcast_to(lanes, frame.lanes.shape)

    def overwritten(self, frame: Frame, slot: int, lanes: Mask) -> None:
        """``slot`` holds a new, good value in ``lanes``."""
        before = frame.taint.pop(slot, {})
        if lanes is not None:
            after = {tag: old & ~lanes for tag, old in before.items()}
            frame.taint.update({slot: left} if (left := {t: o for t, o in after.items() if o.any()}) else {})

    def loading(self, slot: int | None) -> None:
        """The ending of a block is about to load a value into ``slot``."""
        self._fresh.clear()
        self.into = -1 if slot is None else slot

    def loaded(self, frame: Frame, slot: int, lanes: Mask) -> None:
        """It has, in ``lanes``; ``slot`` takes over the tags of what was loaded."""
        self.overwritten(frame, slot, lanes)
        everyone = np.broadcast_to(True if lanes is None else lanes, frame.lanes.shape)
        for tag, into in self._fresh:
            if into == slot:
                tag.changed.add(slot)
                frame.taint.setdefault(slot, {})[tag] = everyone
        self.into = None

    def run(self, frame: Frame, steps: list[Step], needed: int) -> None:
        from smsim.machine.chunk import bits

        for step in steps:
            active = self._active(frame, step)
            copied = self._copied(frame, step, active)
            self.use(frame, step, active, copied)
            incoming = self._incoming(frame, step) if frame.taint else {}
            self._fresh.clear()
            old = [(slot, frame.R[slot]) for slot in bits(step.writes & needed)]
            self._stored.clear()
            step.run(frame)
            for slot, value in old:
                frame.R[slot] = merge(frame.mask, frame.R[slot], value)
            self._forget(frame, copied)
            self._settle(frame, step, active, incoming)

    def use(
        self,
        frame: Frame,
        step: Step,
        active: np.ndarray | None = None,
        copied: dict[Tag, np.ndarray] | None = None,
    ) -> None:
        """The values of ``step.decides`` get somewhere, but for those that are merely ``copied``."""
        if not frame.taint:
            return
        deciding = active
        if active is None:  # the end of a block: its guard is used by all, the rest by those it lets through
            deciding, active = self._active(frame, None), self._active(frame, step)
        guard = step.instruction.guard
        guard_slot = None if guard is None else frame.program.slots.register(guard.name)
        for slot in step.decides:
            for tag, lanes in frame.taint.get(slot, {}).items():
                if not copied or tag not in copied:
                    tag.use(lanes & (deciding if slot == guard_slot else active))

    # -- records are copied whole, padding and all -------------------------------------------------------

    def stored(self) -> None:
        """An instruction that ends a block has written what it had to write."""
        self._stored.clear()

    def storing(self, space: str, address: object, size: int, mask: Mask) -> None:
        """The instruction now running writes ``size`` bytes at ``address`` in the lanes of ``mask``."""
        self._stored.append((space, address, size, mask))

    def _copied(self, frame: Frame, step: Step, active: np.ndarray) -> dict[Tag, np.ndarray]:
        """Values, with their lanes, that a store puts down as they were loaded, from or into an array of
        records, or in one of Numba's own kernels. They stay unwritten where they go."""
        if not frame.taint or step.form.row.semantics != "memory.store":
            return {}
        operands = step.decides if step.instruction.guard is None else step.decides[:-1]
        if len(operands) != 2 or operands[0] in frame.taint:
            return {}
        place, value = operands
        tags = frame.taint.get(value, {})
        if not all(tag.unwritten and value not in tag.changed for tag in tags):
            return {}
        own = self.launch.kernel.name.startswith(_NUMBAS_OWN)
        if not own and not all(tag.of_records for tag in tags):
            address = np.asarray(frame.R[place]).astype(np.int64, copy=False)
            into = int(np.broadcast_to(address, frame.lanes.shape)[active][0]) if active.any() else 0
            if not self.launch.watch.written.is_of_records(into):
                return {}
        return {tag: lanes & active for tag, lanes in tags.items()}

    def _forget(self, frame: Frame, copied: dict[Tag, np.ndarray]) -> None:
        """What was put down of ``copied`` is as unwritten as it was where it came from."""
        chunk = frame.chunk
        for tag, lanes in copied.items():
            for space, address, size, mask in self._stored:
                for byte in range(size):
                    bad = lanes & tag.bad
                    if tag.missing:
                        bad &= tag.missing[byte] if byte < len(tag.missing) else False
                    if mask is not None:
                        bad &= mask
                    at = np.asarray(address) + byte
                    if space == "global":
                        chunk.launch.device.memory.forget(np.broadcast_to(at, bad.shape)[bad])
                    else:
                        written = chunk.watch.written if space == "shared" else chunk.stack.written
                        written.forget(frame, at, 1, bad)

    def _active(self, frame: Frame, step: Step | None) -> np.ndarray:
        active = np.ones(frame.lanes.shape, bool) if frame.mask is None else frame.mask
        if step is not None and step.instruction.guard is not None:
            condition = frame.R[frame.program.slots.register(step.instruction.guard.name)]
            active = active & (~condition if step.instruction.guard_negated else condition)
        return np.broadcast_to(active, frame.lanes.shape)

    def _incoming(self, frame: Frame, step: Step) -> dict[Tag, np.ndarray]:
        """Tags that the result takes over from the operands, with their lanes."""
        taint = frame.taint
        reads = [slot for slot in step.reads if slot in taint and slot not in step.decides]
        if not reads:
            return {}
        if step.instruction.guard is not None:
            reads = [slot for slot in reads if not step.writes >> slot & 1]
        out: dict[Tag, np.ndarray] = {}
        for slot in reads:
            passes = _passes(frame, step, slot)
            for tag, lanes in taint[slot].items():
                moved = lanes & passes
                out[tag] = out[tag] | moved if tag in out else moved
        return out

    def _settle(self, frame: Frame, step: Step, active: np.ndarray, carried: dict[Tag, np.ndarray]) -> None:
        """Registers that ``step`` wrote take over the tags of its operands, and those of what it loaded."""
        from smsim.machine.chunk import bits

        everywhere = np.ones(frame.lanes.shape, bool)
        same = step.form.row.semantics in ("memory.load", "move.move")
        for slot in bits(step.writes):
            loaded = {tag: everywhere for tag, into in self._fresh if into is None or into == slot}
            incoming = carried | loaded
            for tag in incoming:
                if same and not any(source in tag.changed for source in step.reads):
                    tag.changed.discard(slot)
                else:
                    tag.changed.add(slot)
            before = frame.taint.pop(slot, {})
            after = {tag: lanes & ~active for tag, lanes in before.items()}
            for tag, lanes in incoming.items():
                moved = lanes & active
                after[tag] = after[tag] | moved if tag in after else moved
            after = {tag: lanes for tag, lanes in after.items() if lanes.any()}
            if after:
                frame.taint[slot] = after


def _passes(frame: Frame, step: Step, slot: int) -> np.ndarray:
    """The lanes in which an operand can change the result of a selecting instruction."""
    everywhere = np.ones((1, 1), bool)
    opcode, reads, registers = step.instruction.opcode, step.reads, frame.R
    if opcode == "selp" and slot in reads[:2] and reads[0] != reads[1]:
        chosen = registers[reads[2]]
        return chosen if slot == reads[0] else ~chosen
    if opcode in ("and", "or") and len(reads) >= 2 and slot in reads[:2] and reads[0] != reads[1]:
        partner = reads[1] if slot == reads[0] else reads[0]
        if partner in frame.taint:  # it cannot be trusted to settle the result
            return everywhere
        other = np.asarray(registers[partner])
        if opcode == "and":
            return other != 0
        return ~other if other.dtype == bool else ~other != 0
    return everywhere

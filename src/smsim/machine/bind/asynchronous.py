"""Binders of asynchronous copies and mbarriers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smsim.machine import windows
from smsim.machine.asynccopies import BULK, PLAIN, Copy
from smsim.machine.asyncview import PIECE, View, addresses_of, narrow, wide
from smsim.machine.bind.access import attempt
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.faults import AccessFault
from smsim.machine.frame import Frame
from smsim.machine.mbarriers import BYTES, pending_of
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Instruction
from smsim.ptx.rows import Form

_Get = Callable[[Frame], np.ndarray]


class _Operands:
    """What an instruction reads: each operand as a function of the frame, ``(T, B)`` by the chunk's lanes."""

    def __init__(self, binding: Binding, instruction: Instruction, form: Form) -> None:
        self.binding, self.instruction = binding, instruction
        self.named = dict(
            zip(
                (s.name for s in form.operands),
                zip(instruction.operands, form.operand_types, strict=True),
                strict=True,
            )
        )
        self.reads: list[int] = []

    def address(self, name: str, shared: bool = True) -> _Get:
        address_of, slots = self.binding.address(self.named[name][0], self.instruction)
        self.reads += slots
        if not shared:
            return lambda frame: wide(frame, address_of(frame))
        # Where the space is not named a generic address is meant, and it must be shared memory's.
        return lambda frame: _in_window(wide(frame, address_of(frame)))

    def value(self, name: str, kind: str, otherwise: int | None = None) -> _Get:
        if name not in self.named:
            return lambda frame: np.full(frame.chunk.lanes.shape, otherwise, np.int64)
        slot = self.binding.source(self.named[name][0], kind, self.instruction)
        self.reads.append(slot)
        dtype = DTYPES[kind]
        return lambda frame: wide(frame, retype(frame.R[slot], dtype)).astype(np.int64)


def _in_window(address: np.ndarray) -> np.ndarray:
    return np.where(address >= windows.SHARED, address - windows.SHARED, address)


def _step(run: Callable[[Frame], None], operands: _Operands, form: Form, into: int | None = None) -> Step:
    reads = tuple(operands.reads)
    writes = 0 if into is None else 1 << into
    return Step(run, writes, reads, reads, operands.instruction, operands.binding.function, form)


# -- cp.async ------------------------------------------------------------------------------------------


def bind_copy(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``cp.async``: size is 4, 8 or 16; bytes beyond ``source`` of them are zero."""
    operands = _Operands(binding, instruction, form)
    target_of, source_of = operands.address("a"), operands.address("b", shared=False)
    size = int(instruction.operands[2].value)
    given_of = operands.value("source", "u32", size)
    dtype = np.dtype(f"u{min(size, PIECE)}")

    def run(frame: Frame) -> None:
        def act() -> None:
            view = View.of(frame)
            target, source, given = target_of(frame), source_of(frame), np.minimum(given_of(frame), size)
            _aligned(view, target, size, frame.chunk.shared)
            _aligned(view, source, size, frame.chunk.memory)
            values, missing = [], []
            for at in range(0, size, dtype.itemsize):
                value, lacks = _part(view, step, source + at, given - at, dtype)
                values.append(value)
                missing.append(lacks)
            copies = frame.chunk.copies
            group = np.full(view.lanes.shape, -1, np.int32)
            begun = View(view.chunk, view.lanes, view.mask.copy())
            copy = Copy(
                copies.number(), step, begun, "shared", target, source, size, values, missing, PLAIN, group
            )
            copy.given = given
            frame.chunk.copy_watch.begins(copy)
            copies.begin(copy)

        attempt(frame, step, act)

    step = _step(run, operands, form)
    step.home = binding.home(instruction.operands[0])
    return step


def _part(
    view: View, step: Step, source: np.ndarray, left: np.ndarray, dtype: np.dtype
) -> tuple[np.ndarray, np.ndarray | None]:
    """The next bytes of a copy, of which ``left`` are to be read and the others are zero."""
    chunk, width = view.chunk, dtype.itemsize
    whole = view.mask & (left >= width)
    value, missing = np.zeros(view.lanes.shape, dtype), None
    if whole.any():
        part = View(chunk, view.lanes, whole)
        chunk.copy_watch.reads_global(part, step, source, width)
        value = np.where(whole, chunk.memory.load(source, dtype, whole), value)
        missing = chunk.copy_watch.unwritten(part, source, width)
    some = view.mask & (left > 0) & (left < width)
    for byte in range(width if some.any() else 0):
        lanes = some & (left > byte)
        if lanes.any():
            part = View(chunk, view.lanes, lanes)
            chunk.copy_watch.reads_global(part, step, source + byte, 1)
            read = chunk.memory.load(source + byte, np.dtype("u1"), lanes).astype(dtype)
            value = np.where(lanes, value | read << dtype.type(8 * byte), value)
            lacks = chunk.copy_watch.unwritten(part, source + byte, 1)
            missing = lacks if missing is None or lacks is None else missing | lacks
    return value, missing


def _aligned(view: View, address: np.ndarray, size: int, space: object) -> None:
    """Raise AccessFault if an active lane's address is not a multiple of ``size``."""
    bad = view.mask & (address % size != 0)
    if bad.any():
        raise AccessFault("misaligned", bad, address, size, space)


def bind_commit(binding: Binding, instruction: Instruction, form: Form) -> Step:
    queue = BULK if "bulk" in form.flags else PLAIN

    def run(frame: Frame) -> None:
        frame.chunk.copies.commit(View.of(frame), queue)

    return _step(run, _Operands(binding, instruction, form), form)


def bind_wait_group(binding: Binding, instruction: Instruction, form: Form) -> Step:
    leave = int(instruction.operands[0].value) if instruction.operands else None
    queue = BULK if "bulk" in form.flags else PLAIN

    def run(frame: Frame) -> None:
        frame.chunk.copies.wait(View.of(frame), step, queue, leave, "read" in form.flags)

    step = _step(run, _Operands(binding, instruction, form), form)
    return step


def bind_copies_arrive(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = _Operands(binding, instruction, form)
    address_of = operands.address("a")

    def run(frame: Frame) -> None:
        view, address = View.of(frame), address_of(frame)
        frame.chunk.copy_watch.uses_mbarrier(view, step, address)
        frame.chunk.copies.arrive_when_done(view, step, address, "noinc" in form.flags)

    step = _step(run, operands, form)
    return step


# -- bulk copies ---------------------------------------------------------------------------------------


def bind_bulk(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``cp.async.bulk``, either way."""
    loads = form.row.semantics == "async.bulk_load"
    operands = _Operands(binding, instruction, form)
    target_of, source_of = operands.address("a", loads), operands.address("b", not loads)
    size_of = operands.value("size", "u32")
    mbarrier_of = operands.address("m") if loads else None

    def run(frame: Frame) -> None:
        def act() -> None:
            view, chunk = View.of(frame), frame.chunk
            target, source, size = target_of(frame), source_of(frame), size_of(frame)
            spaces = (chunk.shared, chunk.memory) if loads else (chunk.memory, chunk.shared)
            for address, space in ((target, spaces[0]), (source, spaces[1]), (size, None)):
                if space is None and (bad := view.mask & (size % 16 != 0)).any():
                    raise chunk.launch.explain.bulk_size(chunk, step, bad, size)
                if space is not None:
                    _aligned(view, address, 16, space)
            if loads:
                chunk.copy_watch.uses_mbarrier(view, step, mbarrier_of(frame))
            column, row = np.nonzero(view.mask.T)
            for lane in zip(row.tolist(), column.tolist(), strict=True):
                at = None if mbarrier_of is None else int(mbarrier_of(frame)[lane])
                if size[lane]:
                    _begin_bulk(chunk, step, lane, int(target[lane]), int(source[lane]), int(size[lane]), at)

        attempt(frame, step, act)

    step = _step(run, operands, form)
    return step


def _begin_bulk(
    chunk: object,
    step: Step,
    lane: tuple[int, int],
    target: int,
    source: int,
    size: int,
    mbarrier: int | None,
) -> None:
    word, loads = np.dtype("u8"), mbarrier is not None
    into, out = addresses_of(target, size), addresses_of(source, size)
    view = View.pieces(chunk, *lane, into.size)
    try:
        if loads:
            chunk.shared.load(into, word, None, view.lanes)  # is there room?
            chunk.copy_watch.reads_global(view, step, out, PIECE)
            value = chunk.memory.load(out, word, None)
            missing = chunk.copy_watch.unwritten(view, out, PIECE)
        else:
            chunk.memory.load(into, word, None)
            value = chunk.shared.load(out, word, None, view.lanes)
            missing = chunk.copy_watch.reads_shared(view, step, out, lane)
    except AccessFault as fault:
        whole = np.zeros(chunk.lanes.shape, bool)
        whole[lane] = True
        first = np.asarray(fault.address)[np.broadcast_to(fault.lanes, fault.address.shape)][0]
        raise AccessFault(
            fault.reason, whole, np.full(whole.shape, first), fault.size, fault.space, fault.extent
        ) from None
    group = None if loads else np.full(chunk.lanes.shape, -1, np.int32)
    copy = Copy(
        chunk.copies.number(), step, view, "shared" if loads else "global", into, out, PIECE, [value], [missing],
        BULK, group, lane, mbarrier, size,
    )  # fmt: skip
    if loads:
        chunk.mbarriers.check(View.of_lane(chunk, lane), step, mbarrier)
    chunk.copy_watch.begins(copy)
    chunk.copies.begin(copy)
    if loads:
        chunk.order.arrive_for_copies(np.full(chunk.lanes.shape, mbarrier), View.of_lane(chunk, lane).mask)
        chunk.mbarriers.changes += 1


def bind_proxy_fence(binding: Binding, instruction: Instruction, form: Form) -> Step:
    def run(frame: Frame) -> None:
        frame.chunk.copy_watch.proxy_fence(View.of(frame))

    return _step(run, _Operands(binding, instruction, form), form)


# -- mbarriers -----------------------------------------------------------------------------------------


def bind_mbarrier(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """Everything that is done to an mbarrier but arrivals and waits."""
    name = form.row.semantics
    operands = _Operands(binding, instruction, form)
    address_of = operands.address("a")
    number_of = operands.value("count" if name == "async.init" else "bytes", "u32", 0)

    def run(frame: Frame) -> None:
        address, number, chunk = address_of(frame), number_of(frame), frame.chunk

        def act() -> None:
            view = View.of(frame)
            _place(view, step, address)
            if name == "async.init":
                chunk.mbarriers.init(view, step, address, number)
                chunk.copy_watch.made_mbarrier(view, step, address, True)
            elif name == "async.inval":
                chunk.mbarriers.inval(view, step, address)
                chunk.copy_watch.made_mbarrier(view, step, address, False)
            else:
                chunk.copy_watch.uses_mbarrier(view, step, address)
                change = chunk.mbarriers.expect if name == "async.expect" else chunk.mbarriers.come
                change(view, step, address, number)

        attempt(frame, step, act)

    step = _step(run, operands, form)
    return step


def bind_arrive(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = _Operands(binding, instruction, form)
    into = binding.destination(instruction.operands[0])
    address_of, count_of = operands.address("a"), operands.value("count", "u32", 1)
    bytes_of = operands.value("bytes", "u32") if "expect_tx" in form.flags else None

    def run(frame: Frame) -> None:
        def act() -> None:
            view, address = View.of(frame), address_of(frame)
            _place(view, step, address)
            frame.chunk.copy_watch.uses_mbarrier(view, step, address)
            states = frame.chunk.mbarriers.arrive(
                view, step, address, count_of(frame), drop="arrive_drop" in form.flags,
                expect=None if bytes_of is None else bytes_of(frame), may_complete="noComplete" not in form.flags,
            )  # fmt: skip
            if into is not None:
                frame.R[into] = narrow(frame, states)

        attempt(frame, step, act)

    step = _step(run, operands, form, into)
    return step


def bind_wait(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = _Operands(binding, instruction, form)
    into, parity = binding.destination(instruction.operands[0]), "parity" in form.flags
    address_of = operands.address("a")
    asked_of = operands.value("parity", "u32") if parity else operands.value("state", "b64")
    if "hint" in operands.named:
        operands.value("hint", "u32")

    def run(frame: Frame) -> None:
        def act() -> None:
            view, address = View.of(frame), address_of(frame)
            _place(view, step, address)
            frame.chunk.copy_watch.uses_mbarrier(view, step, address)
            found = frame.chunk.mbarriers.test(view, step, address, asked_of(frame), parity)
            if into is not None:
                frame.R[into] = narrow(frame, found)

        attempt(frame, step, act)

    step = _step(run, operands, form, into)
    return step


def bind_pending_count(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = _Operands(binding, instruction, form)
    into = binding.destination(instruction.operands[0])
    state = binding.source(instruction.operands[1], "b64", instruction)
    operands.reads.append(state)

    def run(frame: Frame) -> None:
        frame.R[into] = pending_of(np.asarray(retype(frame.R[state], DTYPES["u64"])))

    step = _step(run, operands, form, into)
    step.decides = ()
    return step


def _place(view: View, step: Step, address: np.ndarray) -> None:
    """An mbarrier lies in a shared variable, at a multiple of 8. Raises AccessFault if not."""
    view.chunk.shared.stay(step.home, address, BYTES, view.mask)
    view.chunk.shared.load(address, np.dtype("u8"), view.mask, view.lanes)


BINDERS = {
    "async.copy": bind_copy,
    "async.commit": bind_commit,
    "async.wait_group": bind_wait_group,
    "async.copies_arrive": bind_copies_arrive,
    "async.bulk_load": bind_bulk,
    "async.bulk_store": bind_bulk,
    "async.bulk_commit": bind_commit,
    "async.bulk_wait_group": bind_wait_group,
    "async.init": bind_mbarrier,
    "async.inval": bind_mbarrier,
    "async.expect": bind_mbarrier,
    "async.complete": bind_mbarrier,
    "async.arrive": bind_arrive,
    "async.wait": bind_wait,
    "async.pending_count": bind_pending_count,
    "async.proxy_fence": bind_proxy_fence,
}

"""Binders of asynchronous copies."""

from __future__ import annotations

import numpy as np

from smsim.machine.asynccopies import BULK, PLAIN, Copy
from smsim.machine.asyncview import PIECE, View, addresses_of
from smsim.machine.bind.asyncoperands import Operands, attempt_all, see_mbarrier, step_of
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.faults import AccessFault
from smsim.machine.frame import Frame
from smsim.ptx.nodes import Instruction
from smsim.ptx.rows import Form

# -- cp.async ------------------------------------------------------------------------------------------


def bind_copy(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``cp.async``: size is 4, 8 or 16; bytes beyond ``source`` of them are zero."""
    operands = Operands(binding, instruction, form)
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
            for at in range(0, size, dtype.itemsize):  # is there room?
                frame.chunk.shared.stay(step.home, target + at, dtype.itemsize, view.mask)
                frame.chunk.shared.load(target + at, dtype, view.mask, view.lanes)
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

        attempt_all(frame, step, act)

    step = step_of(run, operands, form)
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

    return step_of(run, Operands(binding, instruction, form), form)


def bind_wait_group(binding: Binding, instruction: Instruction, form: Form) -> Step:
    leave = int(instruction.operands[0].value) if instruction.operands else None
    queue = BULK if "bulk" in form.flags else PLAIN

    def run(frame: Frame) -> None:
        frame.chunk.copies.wait(View.of(frame), queue, leave, "read" in form.flags)

    step = step_of(run, Operands(binding, instruction, form), form)
    return step


def bind_copies_arrive(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = Operands(binding, instruction, form)
    address_of = operands.address("a")

    def run(frame: Frame) -> None:
        def act() -> None:
            view, address = View.of(frame), address_of(frame)
            see_mbarrier(view, step, address)
            frame.chunk.copy_watch.uses_mbarrier(view, step, address)
            frame.chunk.mbarriers.check(view, step, address)
            frame.chunk.copies.arrive_when_done(view, step, address, "noinc" in form.flags)

        attempt_all(frame, step, act)

    step = step_of(run, operands, form)
    return step


# -- bulk copies ---------------------------------------------------------------------------------------


def bind_bulk(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """``cp.async.bulk``, either way."""
    loads = form.row.semantics == "async.bulk_load"
    operands = Operands(binding, instruction, form)
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
            mbarrier = None if mbarrier_of is None else mbarrier_of(frame)
            if loads:
                see_mbarrier(view, step, mbarrier)
                chunk.copy_watch.uses_mbarrier(view, step, mbarrier)
                chunk.mbarriers.check(view, step, mbarrier)
            column, row = np.nonzero(view.mask.T)
            lanes = list(zip(row.tolist(), column.tolist(), strict=True))
            for lane in lanes:
                for address, space in ((target, spaces[0]), (source, spaces[1])):
                    _room(view, lane, address, int(size[lane]), space)
            for lane in lanes:
                at = None if mbarrier is None else int(mbarrier[lane])
                if size[lane]:
                    _begin_bulk(chunk, step, lane, int(target[lane]), int(source[lane]), int(size[lane]), at)
            if loads:
                chunk.order.arrive_for_copies(mbarrier, view.mask & (size > 0))
                chunk.mbarriers.changes += 1

        attempt_all(frame, step, act)

    step = step_of(run, operands, form)
    return step


def _room(view: View, lane: tuple[int, int], address: np.ndarray, size: int, space: object) -> None:
    """Raise AccessFault if ``size`` bytes from the lane's address do not lie in one variable or allocation."""
    pieces = addresses_of(int(address[lane]), size)
    if not size or space.inside(pieces, PIECE).all() and space.inside(pieces[:1], size).all():
        return
    bad = ~space.inside(pieces, PIECE)
    beyond = pieces[bad] if bad.any() else pieces[-1]
    whole = View.of_lane(view.chunk, lane).mask
    raise AccessFault("outside", whole, np.full(whole.shape, beyond[0]), PIECE, space)


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
    if loads:
        chunk.copy_watch.reads_global(view, step, out, PIECE)
        value = chunk.memory.load(out, word, None)
        missing = chunk.copy_watch.unwritten(view, out, PIECE)
    else:
        value = chunk.shared.load(out, word, None, view.lanes)
        missing = chunk.copy_watch.reads_shared(view, step, out, lane)
    group = None if loads else np.full(chunk.lanes.shape, -1, np.int32)
    copy = Copy(
        chunk.copies.number(), step, view, "shared" if loads else "global", into, out, PIECE, [value], [missing],
        BULK, group, lane, mbarrier, size,
    )  # fmt: skip
    chunk.copy_watch.begins(copy)
    chunk.copies.begin(copy)


def bind_proxy_fence(binding: Binding, instruction: Instruction, form: Form) -> Step:
    def run(frame: Frame) -> None:
        frame.chunk.copy_watch.proxy_fence(View.of(frame))

    return step_of(run, Operands(binding, instruction, form), form)


BINDERS = {
    "async.copy": bind_copy,
    "async.commit": bind_commit,
    "async.wait_group": bind_wait_group,
    "async.copies_arrive": bind_copies_arrive,
    "async.bulk_load": bind_bulk,
    "async.bulk_store": bind_bulk,
    "async.bulk_commit": bind_commit,
    "async.bulk_wait_group": bind_wait_group,
    "async.proxy_fence": bind_proxy_fence,
}

"""Binders of mbarriers."""

from __future__ import annotations

import numpy as np

from smsim.machine.asyncview import View, narrow
from smsim.machine.bind.asyncoperands import Operands, attempt_all, see_mbarrier, step_of
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.frame import Frame
from smsim.machine.mbarriers import pending_of
from smsim.machine.retype import DTYPES, retype
from smsim.ptx.nodes import Instruction
from smsim.ptx.rows import Form


def bind_mbarrier(binding: Binding, instruction: Instruction, form: Form) -> Step:
    """Everything that is done to an mbarrier but arrivals and waits."""
    name = form.row.semantics
    operands = Operands(binding, instruction, form)
    address_of = operands.address("a")
    number_of = operands.value("count" if name == "async.init" else "bytes", "u32", 0)

    def run(frame: Frame) -> None:
        chunk = frame.chunk

        def act() -> None:
            view, address, number = View.of(frame), address_of(frame), number_of(frame)
            see_mbarrier(view, step, address)
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

        attempt_all(frame, step, act)

    step = step_of(run, operands, form)
    return step


def bind_arrive(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = Operands(binding, instruction, form)
    into = binding.destination(instruction.operands[0])
    address_of, count_of = operands.address("a"), operands.value("count", "u32", 1)
    bytes_of = operands.value("bytes", "u32") if "expect_tx" in form.flags else None

    def run(frame: Frame) -> None:
        def act() -> None:
            view, address = View.of(frame), address_of(frame)
            see_mbarrier(view, step, address)
            frame.chunk.copy_watch.uses_mbarrier(view, step, address)
            states = frame.chunk.mbarriers.arrive(
                view, step, address, count_of(frame), drop="arrive_drop" in form.flags,
                expect=None if bytes_of is None else bytes_of(frame), may_complete="noComplete" not in form.flags,
            )  # fmt: skip
            if into is not None:
                frame.R[into] = narrow(frame, states)

        attempt_all(frame, step, act)

    step = step_of(run, operands, form, into)
    return step


def bind_wait(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = Operands(binding, instruction, form)
    into, parity = binding.destination(instruction.operands[0]), "parity" in form.flags
    address_of = operands.address("a")
    asked_of = operands.value("parity", "u32") if parity else operands.value("state", "b64")
    if "hint" in operands.named:
        operands.value("hint", "u32")

    def run(frame: Frame) -> None:
        def act() -> None:
            view, address = View.of(frame), address_of(frame)
            see_mbarrier(view, step, address)
            frame.chunk.copy_watch.uses_mbarrier(view, step, address)
            found = frame.chunk.mbarriers.test(view, step, address, asked_of(frame), parity)
            if into is not None:
                frame.R[into] = narrow(frame, found)

        attempt_all(frame, step, act)

    step = step_of(run, operands, form, into)
    return step


def bind_pending_count(binding: Binding, instruction: Instruction, form: Form) -> Step:
    operands = Operands(binding, instruction, form)
    into = binding.destination(instruction.operands[0])
    state = binding.source(instruction.operands[1], "b64", instruction)
    operands.reads.append(state)

    def run(frame: Frame) -> None:
        frame.R[into] = pending_of(np.asarray(retype(frame.R[state], DTYPES["u64"])))

    step = step_of(run, operands, form, into)
    step.decides = ()
    return step


BINDERS = {
    "async.init": bind_mbarrier,
    "async.inval": bind_mbarrier,
    "async.expect": bind_mbarrier,
    "async.complete": bind_mbarrier,
    "async.arrive": bind_arrive,
    "async.wait": bind_wait,
    "async.pending_count": bind_pending_count,
}

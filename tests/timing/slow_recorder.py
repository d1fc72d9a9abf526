"""An oracle for the recorder: lane after lane, in plain Python, from the engine's registers."""

from collections import defaultdict

import numpy as np

from smsim.machine import windows
from smsim.machine.observer import Observer
from smsim.machine.retype import DTYPES
from smsim.timing.records import has_record

ADDRESS_AT = {"memory.load": 1, "memory.store": 0, "memory.atomic": 1, "memory.reduce": 0}


class SlowRecorder(Observer):
    """``events[block, warp]``: ``(code, lanes, records)``; a record is ``(space, {lane: address}, width)``."""

    def __init__(self):
        super().__init__()
        self.restart()

    def restart(self):
        self.events = defaultdict(list)
        self._now = {}

    def enter(self, frame, code):
        self._now = {}
        for block, thread, _ in _lanes(frame, frame.mask):
            key = block, thread // 32
            if key not in self._now:
                self._now[key] = [code, 0, []]
                self.events[key].append(self._now[key])
            self._now[key][1] += 1

    def before(self, frame, step):
        if not has_record(step):
            return
        for event in self._now.values():
            event[2].append(["", {}, 0])
        form = step.form
        at = ADDRESS_AT.get(form.row.semantics)
        guard = step.instruction.guard
        takes = None if guard is None else frame.R[frame.program.slots.register(guard.name)]
        address = None
        if at is not None:
            find, _ = frame.program.binding.address(step.instruction.operands[at], step.instruction)
            address = np.broadcast_to(np.asarray(find(frame)), frame.lanes.shape)
        for block, thread, place in _lanes(frame, frame.mask):
            if takes is not None:
                yes = bool(np.broadcast_to(np.asarray(takes), frame.lanes.shape)[place])
                if yes == step.instruction.guard_negated:
                    continue
            record = self._now[block, thread // 32][2][-1]
            if address is None:
                record[1][thread % 32] = 0
                continue
            where, space = int(address[place]), form.space
            if space == "generic":
                space = windows.space_of(where)
                where -= windows.START[space]
            record[0], record[2] = space, DTYPES[form.type].itemsize * form.vector
            record[1][thread % 32] = where


def _lanes(frame, mask):
    """``(block in the grid, thread, place in the arrays)`` of each active lane."""
    shape = frame.lanes.shape
    active = np.ones(shape, bool) if mask is None else np.broadcast_to(mask, shape)
    thread = np.broadcast_to(frame.lanes.thread, shape)
    block = np.broadcast_to(frame.lanes.block, shape)
    for place in zip(*np.nonzero(active), strict=True):
        yield int(frame.chunk.block_numbers[block[place]]), int(thread[place]), place

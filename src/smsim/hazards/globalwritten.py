"""Finds values in global memory that nobody wrote: not the host, not an earlier kernel, not this one.

Allocations that are written in full carry no record (:mod:`smsim.machine.written`), and are not looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from smsim.hazards.careful import Suspicion, Tag
from smsim.hazards.ownedwritten import first_of_each
from smsim.machine.memory import Allocation
from smsim.machine.outersum import OuterSum

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.frame import Frame
    from smsim.machine.launch import Launch

_READING = ("memory.load", "memory.atomic", "memory.reduce")


class GlobalWritten:
    """Judges the reads of one launch; atomics read too."""

    def __init__(self, launch: Launch) -> None:
        self.launch, self.space = launch, launch.global_space
        self._records: set[int] | None = None

    def read(
        self, frame: Frame, step: Step, address: np.ndarray | OuterSum, size: int, whole: Allocation | None
    ) -> None:
        """Lanes of ``frame`` are about to read ``size`` bytes at ``address``, all of them in ``whole`` if
        that is given.

        Raises:
            UninitializedRead: an atomic updates what nobody wrote.
            Suspicion: a load of what nobody wrote; whether the value matters is not known yet.
        """
        semantics = step.form.row.semantics
        bad = self.unwritten(frame, address, size, whole) if semantics in _READING else None
        if bad is None:
            return
        if semantics == "memory.load":
            if self.launch.careful is None:
                raise Suspicion(set())
            self._follow(frame, step, np.broadcast_to(np.asarray(address), bad.shape), size, bad)
        elif "exch" not in step.form.flags:
            row, column = (int(x[0]) for x in np.nonzero(bad))
            byte = int(np.broadcast_to(np.asarray(address), frame.lanes.shape)[row, column])
            thread, block = (
                int(np.broadcast_to(part, frame.lanes.shape)[row, column])
                for part in (frame.lanes.thread, frame.lanes.block)
            )
            explain = self.launch.explain
            self.launch.found(explain.unwritten(frame.chunk, step, thread, block, self.space, byte))
        elif step.writes:
            self._old_value(frame, step, np.asarray(address), bad)

    def is_of_records(self, address: int) -> bool:
        """Whether ``address`` lies in an array of records."""
        if self._records is None:
            arrays = [a for a in self.launch.arrays if a.dtype.fields and a.size]
            found = [self.space.memory.range_of(a.address) for a in arrays]
            self._records = {base_and_size[0] for base_and_size in found if base_and_size}
        here = self.space.memory.range_of(address)
        return here is not None and here[0] in self._records

    def unwritten(
        self, frame: Frame, address: np.ndarray | OuterSum, size: int, whole: Allocation | None
    ) -> np.ndarray | None:
        """The active lanes that read a byte nobody wrote, ``(T, B)``, or ``None`` if there is none."""
        shape = frame.lanes.shape
        bad = np.zeros(shape, bool)
        if whole is not None:
            offset = np.asarray(address) - whole.base
            if whole.written.covers(int(offset.min()), int(offset.max()) + size):
                return None
            bad[...] = ~whole.written.at(offset, size)
            if frame.mask is not None:
                bad &= frame.mask
        else:
            unsigned = np.dtype(f"u{size}")
            for flat in self.space.flat(address, unsigned, frame.mask, shape, writes=False):
                written = flat.allocation.written
                if written is not None:
                    bad[flat.row, flat.column] = ~written.at(flat.index * size, size)
        return bad if bad.any() else None

    def _follow(self, frame: Frame, step: Step, address: np.ndarray, size: int, bad: np.ndarray) -> None:
        chunk, space, explain = frame.chunk, self.space, self.launch.explain
        tag = self.launch.careful.follow(frame, chunk)
        tag.of_records = self.is_of_records(int(address[bad][0]))
        tag.unwritten = True
        if size > 1:
            tag.missing = [self._missing(address + byte, bad) for byte in range(size)]
        self._poison(tag, bad, address, lambda *at: explain.unwritten(chunk, step, *at[:2], space, at[2]))

    def _missing(self, address: np.ndarray, lanes: np.ndarray) -> np.ndarray:
        """In which of ``lanes`` the byte at ``address`` is unwritten."""
        missing = np.zeros(lanes.shape, bool)
        for flat in self.space.flat(address, np.dtype("u1"), lanes, lanes.shape, writes=False):
            if flat.allocation.written is not None:
                missing[flat.row, flat.column] = ~flat.allocation.written.at(flat.index, 1)
        return missing

    def _old_value(self, frame: Frame, step: Step, address: np.ndarray, bad: np.ndarray) -> None:
        """An exchange overwrites; what it brings back is unwritten for the first lane at each place."""
        if self.launch.careful is None:
            raise Suspicion(set())
        served_first = first_of_each(bad, np.broadcast_to(address, bad.shape))
        chunk, space, explain = frame.chunk, self.space, self.launch.explain
        tag = self.launch.careful.follow(frame, chunk)
        self._poison(
            tag, served_first, address, lambda *at: explain.unwritten(chunk, step, *at[:2], space, at[2])
        )

    def _poison(self, tag: Tag, bad: np.ndarray, address: np.ndarray, error: object) -> None:
        address = np.broadcast_to(address, bad.shape)
        tag.poison(bad, lambda row, column: error(row, column, int(address[row, column])))

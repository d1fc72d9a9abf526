"""``mma``, ``ldmatrix`` and ``stmatrix``: what a lane brings to its warp, and what it takes away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from smsim.machine import tensor
from smsim.machine.bind.access import attempt, check_alignment, load, store
from smsim.machine.bind.binding import Binding, Step
from smsim.machine.bind.warp import Operands
from smsim.machine.frame import Frame, Mask
from smsim.machine.lanes import WARP
from smsim.machine.ops.packed import join, split
from smsim.machine.retype import DTYPES, Value, merge, retype
from smsim.ptx.nodes import Instruction, Operand
from smsim.ptx.rows import Form

ROW_BYTES = 16  # of an 8 by 8 matrix of 16-bit values; rows are aligned to as much
_EVERYONE = np.array(0xFFFFFFFF, np.uint32)


class Fragments(Operands):
    """The fragments of ``mma``: vectors of registers."""

    aligned = True

    def __init__(self, binding: Binding, instruction: Instruction, form: Form) -> None:
        into, *sources = instruction.operands
        self.act = tensor.mma(form)
        self.into = [binding.destination(item) for item in into.items]
        self.member = binding.slots.constant(_EVERYONE)
        self.sources = [
            (binding.source(item, kind, instruction), DTYPES[kind], False)
            for vector, kind in zip(sources, form.operand_types[1:], strict=True)
            for item in vector.items
        ]


class MatrixRows(Operands):
    """The operands of ``ldmatrix``: registers, and the address of a row."""

    aligned = True

    def __init__(self, binding: Binding, instruction: Instruction, form: Form) -> None:
        into, place = instruction.operands
        self.into = [binding.destination(item) for item in into.items]
        self._names_rows(binding, instruction, place, len(self.into), "trans" in form.flags)

    def _names_rows(
        self, binding: Binding, instruction: Instruction, place: Operand, matrices: int, transposed: bool
    ) -> None:
        self.member = binding.slots.constant(_EVERYONE)
        self._address_of, reads = binding.address(place, instruction)
        self.sources = [(slot, DTYPES["b64"], False) for slot in reads]
        self._transposed = transposed
        self._naming = WARP // 4 * matrices  # lanes that name a row
        self.act = lambda values, here, member: (
            values[0],
            *tensor.element_addresses(values[0], matrices, self._transposed),
        )

    def values(self, frame: Frame) -> list[Value]:
        return [np.asarray(self._address_of(frame))]

    def load(self, frame: Frame, mask: Mask, step: Step, addresses: list[np.ndarray]) -> None:
        """Read each lane's parts into its registers, in the lanes of ``mask``.

        A fault is told of the lane that gets what lies there, one of a row's alignment of the lane that named it.

        Raises:
            MemoryFault: a row is misaligned or outside its variable.
        """
        rows, *parts = addresses

        def read() -> None:
            for number, slot in enumerate(self.into):
                self._read(frame, step, slot, self._getter(frame, step, parts, number))

        self._access(frame, mask, step, rows, read)

    def _access(
        self, frame: Frame, mask: Mask, step: Step, rows: np.ndarray, act: Callable[[], None]
    ) -> None:
        """``act`` in the lanes of ``mask``, if the rows are aligned."""
        whole, frame.mask = frame.mask, mask
        naming = frame.lanes.thread % WARP < self._naming

        def check() -> None:
            lanes, frame.mask = frame.mask, naming if frame.mask is None else frame.mask & naming
            check_alignment(frame, rows, ROW_BYTES)
            frame.mask = lanes

        try:
            attempt(frame, step, check)
            attempt(frame, step, act)
        finally:
            frame.mask = whole

    def _getter(
        self, frame: Frame, step: Step, parts: list[np.ndarray], number: int
    ) -> Callable[[], np.ndarray]:
        if not self._transposed:
            return lambda: load(frame, step, "shared", parts[number], DTYPES["b32"])
        b16 = DTYPES["b16"]
        return lambda: join(*(load(frame, step, "shared", at, b16) for at in parts[2 * number :][:2]))

    def _read(self, frame: Frame, step: Step, slot: int | None, get: Callable[[], np.ndarray]) -> None:
        careful = frame.chunk.launch.careful
        if careful is not None:
            careful.loading(slot)
        value = get()
        if slot is None:
            return
        frame.R[slot] = value if frame.mask is None else merge(frame.mask, value, frame.R[slot])
        if careful is not None:
            careful.loaded(frame, slot, frame.mask)


class StoredRows(MatrixRows):
    """The operands of ``stmatrix``: the address of a row, and registers."""

    def __init__(self, binding: Binding, instruction: Instruction, form: Form) -> None:
        place, given = instruction.operands
        self.into = []
        self._count = len(given.items)
        self._names_rows(binding, instruction, place, self._count, "trans" in form.flags)
        slots = [binding.source(item, "b32", instruction) for item in given.items]
        self.sources += [(slot, DTYPES["b32"], False) for slot in slots]
        self._given = slots
        addresses = self.act
        self.act = lambda values, here, member: (*addresses(values, here, member), *values[1:])

    def values(self, frame: Frame) -> list[Value]:
        b32 = DTYPES["b32"]
        return [*super().values(frame), *(np.asarray(retype(frame.R[slot], b32)) for slot in self._given)]

    def load(self, frame: Frame, mask: Mask, step: Step, results: list[np.ndarray]) -> None:
        """Write each lane's registers where its parts of the matrices lie, in the lanes of ``mask``.

        Raises:
            MemoryFault: a row is misaligned or outside its variable.
        """
        rows, *parts = results[: -self._count]

        def write() -> None:
            for number, value in enumerate(results[-self._count :]):
                if self._transposed:
                    for at, half in zip(parts[2 * number :][:2], split(value), strict=True):
                        store(frame, step, "shared", at, half)
                else:
                    store(frame, step, "shared", parts[number], value)

        self._access(frame, mask, step, rows, write)
        if frame.chunk.launch.careful is not None:
            frame.chunk.launch.careful.stored()

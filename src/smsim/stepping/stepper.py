"""``smsim.step``: one warp of a launch, instruction by instruction, forwards and backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from smsim.errors import LaunchError, SimulationError
from smsim.hazards.where import Where, where
from smsim.isolated import Isolated, isolate
from smsim.listing.names import renamed, shortened
from smsim.machine.lanes import WARP, unflatten
from smsim.ptx.nodes import Function, Instruction
from smsim.stepping import page, plain
from smsim.stepping.recorder import Moment
from smsim.stepping.replay import Replay, Replayer
from smsim.stepping.spaces import Spaces

_FIRST_LOOK = 4096  # instructions that the launch runs ahead at first; four times as many each further time


def step(launch: Any, *arguments: Any, block: Any = 0, warp: int = 0, budget: int | None = None) -> Stepper:
    """Go through a kernel instruction by instruction, on a copy of its arguments.

    The kernel is compiled for the simulated H800 and runs there also where there is a GPU. All its warps
    run; one of them is followed.

    Args:
        launch: a configured kernel, ``kernel[blocks, threads]``, of Numba or of hand-written PTX.
        arguments: what the kernel would be called with.
        block: the block to follow: its index, ``(x, y, z)`` or ``x``.
        warp: the warp to follow, by its number in the block.
        budget: engine steps that a chunk of blocks may take before it is stopped.

    Raises:
        LaunchError: the launch, an argument, the block or the warp is impossible.
        UnsupportedPTX: the kernel needs an instruction that is not executed yet.
    """
    settings = {} if budget is None else {"budget": budget}
    isolated = isolate("step", launch, arguments, **settings)
    isolated.prepare()  # says what is wrong with the launch
    return Stepper(isolated, _linear(isolated, block), _checked_warp(isolated, warp))


class Stepper:
    """A warp before one of its instructions. Print it, or let a notebook draw it.

    ``next()``, ``back()`` and ``run_to()`` move it and return it. Nothing is ever lost: it may go back to
    the first instruction and forward again, and finds the same.

    Attributes:
        kernel: the kernel's name.
        block: the index of the block that is followed.
        warp: the number of the warp in it.
        position: how many instructions the warp has executed.
    """

    def __init__(self, isolated: Isolated, block: int, warp: int) -> None:
        self._isolated = isolated
        self.kernel, self.warp = isolated.call.name, warp
        self.block = unflatten(block, isolated.call.grid)
        self.position = 0
        self._replayer = Replayer(isolated, block, warp)
        self._limit = _FIRST_LOOK
        self._replay: Replay = self._replayer.run(self._limit)
        self._in_memory: tuple[int, Replay] | None = None
        self._registers: list[dict[str, tuple[np.ndarray, np.ndarray]]] = []
        self._applied = 0

    # -- moving ------------------------------------------------------------------------------------------

    def next(self, count: int = 1) -> Stepper:
        """Execute ``count`` instructions of the warp; at the end it stays where it is."""
        if count < 0:
            return self.back(-count)
        self._look_ahead(self.position + count)
        self.position = min(self.position + count, len(self._moments))
        return self

    def back(self, count: int = 1) -> Stepper:
        """Undo ``count`` instructions; before the first one it stays where it is."""
        if count < 0:
            return self.next(-count)
        self.position = max(self.position - count, 0)
        return self

    def run_to(self, line: int | None = None, *, python: int | None = None) -> Stepper:
        """Go on until the warp is about to execute an instruction of that PTX or Python line.

        It moves by one instruction at least, so that the same call goes once round a loop. If the line is
        not reached any more, it goes to the end.

        Raises:
            ValueError: no instruction stands in that line; says where the nearest ones are.
        """
        reached = self._meaning(line, python)
        while True:
            self.next()
            if self.done or reached(self.instruction):
                return self

    def _meaning(self, line: int | None, python: int | None) -> Callable[[Instruction], bool]:
        if (line is None) == (python is None):
            raise ValueError("run_to takes a PTX line, run_to(42), or a Python line, run_to(python=7).")
        body = [i for f in self._isolated.function.module.module.functions.values() for i in f.body]
        if line is not None:
            _check_line("PTX", line, sorted({i.line for i in body}))
            return lambda instruction: instruction.line == line
        known = sorted({i.loc.line for i in body if i.loc is not None and i.loc.line > 0})
        _check_line("Python", python, known)
        return lambda instruction: instruction.loc is not None and instruction.loc.line == python

    def _look_ahead(self, position: int) -> None:
        """Let the launch run until that many of the warp's instructions are known, or it ends."""
        while not self._replay.finished and len(self._moments) <= position:
            self._limit *= 4
            self._replay = self._replayer.run(self._limit)
            self._in_memory = None

    @property
    def _moments(self) -> list[Moment]:
        return self._replay.recorder.moments

    @property
    def _moment(self) -> Moment | None:
        """The instruction that is next, or ``None`` at the end."""
        self._look_ahead(self.position)
        return self._moments[self.position] if self.position < len(self._moments) else None

    @property
    def _standing(self) -> Moment | None:
        """The instruction that the warp stands before: the next one, or the one that an error stopped."""
        return self._moment or self._replay.stopped_at

    # -- where it stands -----------------------------------------------------------------------------------

    @property
    def done(self) -> bool:
        """Whether the warp executes nothing more: it has ended, or an error ended the launch."""
        return self._moment is None

    @property
    def error(self) -> SimulationError | None:
        """What the program did wrong, once the warp has come as far as it came; until then ``None``."""
        return self._replay.error if self.done else None

    @property
    def instruction(self) -> Instruction | None:
        """The next instruction, parsed, or the one that an error stopped; at the end ``None``."""
        moment = self._standing
        return None if moment is None else moment.step.instruction

    @property
    def function(self) -> Function:
        """The function that the warp is in, or was in last."""
        moment = self._standing or (self._moments[-1] if self._moments else None)
        return self._isolated.function.function if moment is None else moment.step.function

    @property
    def line(self) -> Where | None:
        """The PTX line of :attr:`instruction` with its text, and the Python line; at the end ``None``."""
        instruction = self.instruction
        if instruction is None:
            return None
        found = where(instruction, self._isolated.function.module.module)
        return replace(found, ptx_text=self.readable(instruction.text))

    def readable(self, text: str) -> str:
        """PTX with short names in place of the compiler's long ones."""
        return renamed(text, self._names)

    @cached_property
    def _names(self) -> dict[str, str]:
        function = self._isolated.function
        return shortened(function.module.module, function.function, self.kernel)

    @property
    def active(self) -> np.ndarray:
        """The warp's lanes that stand before the next instruction: bool, shape ``(32,)``."""
        moment = self._standing
        return np.zeros(WARP, bool) if moment is None else moment.active.copy()

    @property
    def acting(self) -> np.ndarray:
        """Those of the active lanes whose guard (``@%p1``) lets them act: bool, shape ``(32,)``."""
        moment = self._standing
        return np.zeros(WARP, bool) if moment is None else moment.acting.copy()

    @property
    def lanes(self) -> int:
        """How many threads the warp has: 32, or fewer in the last warp of a block."""
        threads = int(np.prod(self._isolated.call.block))
        return min(WARP, threads - self.warp * WARP)

    @property
    def printed(self) -> str:
        """What the whole launch has printed so far."""
        moment = self._moment
        return "".join(self._replay.output[: None if moment is None else moment.printed])

    # -- registers -----------------------------------------------------------------------------------------

    def registers(self, lane: int) -> dict[str, Any]:
        """The registers that a lane has written so far in the function it is in: name to number.

        Raises:
            ValueError: the warp has no such lane.
        """
        if not 0 <= lane < self.lanes:
            raise ValueError(f"This warp has the lanes 0 to {self.lanes - 1}; there is no lane {lane}.")
        found = self._state()
        return {name: values[lane].item() for name, (lanes, values) in found.items() if lanes[lane]}

    @property
    def changed(self) -> tuple[str, ...]:
        """The registers that the instruction before this one wrote."""
        if not 0 < self.position <= len(self._moments):
            return ()
        return tuple(write.name for write in self._moments[self.position - 1].writes)

    @property
    def written(self) -> tuple[str, ...]:
        """The registers that some lane has written so far in the function it is in, in that order."""
        return tuple(self._state())

    def values(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """A register in all lanes: ``(values, written)``, both of shape ``(32,)``.

        Raises:
            ValueError: no lane has written it yet.
        """
        found = self._state().get(name)
        if found is None:
            known = ", ".join(self._state()) or "none yet"
            raise ValueError(f"No lane has written {name} here; written so far: {known}.")
        lanes, values = found
        return values.copy(), lanes.copy()

    def _state(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Register to (lanes that have written it, values), in the function that the warp is in."""
        self._look_ahead(self.position)
        if self._applied > self.position:
            self._registers, self._applied = [], 0
        for moment in self._moments[self._applied : self.position]:
            self._apply(moment)
        self._applied = self.position
        last = self._standing or (self._moments[-1] if self._moments else None)
        at = 0 if last is None else last.activation
        return self._registers[at] if at < len(self._registers) else {}

    def _apply(self, moment: Moment) -> None:
        while len(self._registers) <= moment.activation:
            self._registers.append({})
        known = self._registers[moment.activation]
        for write in moment.writes:
            lanes, values = known.get(write.name, (np.zeros(WARP, bool), np.zeros(WARP, write.values.dtype)))
            if values.dtype.itemsize == write.values.dtype.itemsize:
                values = values.view(write.values.dtype)
            else:
                values = values.astype(write.values.dtype)
            known[write.name] = (lanes | write.lanes, np.where(write.lanes, write.values, values))

    # -- memory ----------------------------------------------------------------------------------------------

    def memory(self, what: Any, dtype: Any = None) -> Any:
        """What lies in memory before the next instruction, as a new NumPy array.

        Args:
            what: one of the arguments or its name, or the name of a shared array (then this block's) or of
                a variable of the PTX.
            dtype: how to read the bytes of a variable whose type is not known.

        Raises:
            ValueError: there is nothing of that name; says what there is.
        """
        position = self.position
        if self._in_memory is None or self._in_memory[0] != position:
            moment = self._moment
            replay = self._replayer.run() if moment is None else self._replayer.run(moment.at)
            self._in_memory = (position, replay)
        recorder = self._in_memory[1].recorder
        column = recorder.block - recorder.chunk.first_block if recorder.chunk is not None else 0
        return Spaces(self._isolated, recorder.chunk, column).read(what, dtype)

    @property
    def shared(self) -> tuple[str, ...]:
        """What the block's shared arrays are called; :meth:`memory` reads them."""
        return Spaces(self._isolated, None, 0).shared

    # -- showing -----------------------------------------------------------------------------------------------

    @property
    def arrays(self) -> Sequence[Any]:
        """The array arguments as they lie on the device; registers that point into them are shown so."""
        return self._isolated.arrays

    def __str__(self) -> str:
        return plain.text(self)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return page.html(self)


def _linear(isolated: Isolated, block: Any) -> int:
    grid = isolated.call.grid
    given = (*(block if isinstance(block, (tuple, list)) else (block,)), 0, 0)[:3]
    if not all(0 <= at < extent for at, extent in zip(given, grid)):
        raise LaunchError(f"The grid of {isolated.call.name} is {grid}; it has no block {given}.")
    return given[0] + grid[0] * (given[1] + grid[1] * given[2])


def _checked_warp(isolated: Isolated, warp: int) -> int:
    warps = -(-int(np.prod(isolated.call.block)) // WARP)
    if not 0 <= warp < warps:
        has = "one warp, 0" if warps == 1 else f"the warps 0 to {warps - 1}"
        raise LaunchError(f"A block of {isolated.call.name} has {has}; there is no warp {warp}.")
    return warp


def _check_line(kind: str, line: int, known: Sequence[int]) -> None:
    if line in known:
        return
    near = [*[k for k in known if k < line][-1:], *[k for k in known if k > line][:1]]
    hint = f"; the nearest are {' and '.join(map(str, near))}" if near else ""
    raise ValueError(f"No instruction comes from {kind} line {line}{hint}.")

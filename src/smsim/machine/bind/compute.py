"""Computing instructions: fetch operands, call the row's function, store the result."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache

import numpy as np

from smsim.errors import UnsupportedPTX
from smsim.machine.bind.binding import Binding, Run, Step
from smsim.machine.outersum import lazy_sum
from smsim.machine.retype import DTYPES, extension, retype
from smsim.ptx.nodes import Instruction, Negated, Pair
from smsim.ptx.rows import Form


@cache
def semantics(name: str) -> Callable | None:
    """The function of :mod:`smsim.machine.ops` that a row names, or ``None``."""
    family, _, function = name.partition(".")
    try:
        module = importlib.import_module(f"smsim.machine.ops.{family}")
    except ModuleNotFoundError:
        return None
    return getattr(module, function, None)


def bind(binding: Binding, instruction: Instruction, form: Form) -> Step:
    make = semantics(form.row.semantics)
    if make is None:
        raise UnsupportedPTX(
            f"line {instruction.line}: the simulated SM does not execute {instruction.spelling} yet",
            line=instruction.line,
            text=instruction.text,
        )
    slots = binding.slots
    first = instruction.operands[0]
    targets = [first.first, first.second] if isinstance(first, Pair) else [first]
    sources: list[tuple[int, np.dtype]] = []
    negated: list[bool] = []
    for operand, kind in zip(instruction.operands[1:], form.operand_types[1:], strict=True):
        negated.append(isinstance(operand, Negated))
        operand = operand.operand if negated[-1] else operand
        sources.append((binding.source(operand, kind, instruction), DTYPES[kind]))
    results = [binding.destination(t) for t in targets]
    if form.opcode in ("addc", "subc", "madc"):
        sources.append((slots.carry(), DTYPES["pred"]))
    if "cc" in form.flags:
        results.append(slots.carry())
    function = make(form)
    if any(negated):
        function = _with_negations(function, negated)
    wider = extension(DTYPES[form.operand_types[0]], binding.register_bytes(targets[0]))
    if len(results) == 1:
        run = _one_result(function, results[0], sources, wider, lazy=_is_lazy(form))
    else:
        run = _several_results(function, results, sources, wider)
    writes = 0
    for slot in results:
        writes |= 0 if slot is None else 1 << slot
    reads = tuple(slot for slot, _ in sources)
    return Step(run, writes, reads, (), instruction, binding.function, form)


def _with_negations(function: Callable, negated: list[bool]) -> Callable:
    """``function`` of the operands, those marked ``!%p`` turned round first."""

    def turned(*operands: np.ndarray) -> object:
        pairs = zip(operands, [*negated, *[False] * (len(operands) - len(negated))], strict=True)
        return function(*(~x if turn else x for x, turn in pairs))

    return turned


def _is_lazy(form: Form) -> bool:
    """Plain integer addition may stay a sum of a per-thread and a per-block part."""
    return form.opcode == "add" and form.type in ("s32", "u32", "s64", "u64") and not form.flags


def _part_and_part(a: tuple[int, int], b: tuple[int, int]) -> bool:
    """Whether one shape is per thread, ``(T, 1)``, and the other per block, ``(1, B)``."""
    if a[0] == 1:
        a, b = b, a
    return a[1] == b[0] == 1 and a[0] > 1 and b[1] > 1


def _one_result(
    function: Callable,
    target: int | None,
    sources: list[tuple[int, np.dtype]],
    wider: np.dtype | None,
    lazy: bool,
) -> Run:
    if target is None:
        return lambda frame: None
    if wider is not None:
        narrow = function

        def function(*operands: object) -> object:
            return narrow(*operands).astype(wider)

    if len(sources) == 1:
        ((a, ta),) = sources

        def run(frame) -> None:
            registers = frame.R
            x = registers[a]
            if x.dtype is not ta:
                x = retype(x, ta)
            registers[target] = function(x)

    elif len(sources) == 2:
        (a, ta), (b, tb) = sources

        def run(frame) -> None:
            registers = frame.R
            x, y = registers[a], registers[b]
            if x.dtype is not ta:
                x = retype(x, ta)
            if y.dtype is not tb:
                y = retype(y, tb)
            total = lazy_sum(x, y) if lazy and _part_and_part(x.shape, y.shape) else None
            registers[target] = function(x, y) if total is None else total

    elif len(sources) == 3:
        (a, ta), (b, tb), (c, tc) = sources

        def run(frame) -> None:
            registers = frame.R
            x, y, z = registers[a], registers[b], registers[c]
            if x.dtype is not ta:
                x = retype(x, ta)
            if y.dtype is not tb:
                y = retype(y, tb)
            if z.dtype is not tc:
                z = retype(z, tc)
            registers[target] = function(x, y, z)

    else:

        def run(frame) -> None:
            registers = frame.R
            registers[target] = function(*(retype(registers[slot], kind) for slot, kind in sources))

    return run


def _several_results(
    function: Callable,
    targets: list[int | None],
    sources: list[tuple[int, np.dtype]],
    wider: np.dtype | None,
) -> Run:
    def run(frame) -> None:
        registers = frame.R
        values = function(*(retype(registers[slot], kind) for slot, kind in sources))
        for number, (slot, value) in enumerate(zip(targets, values, strict=True)):
            if slot is not None:
                registers[slot] = value.astype(wider) if wider is not None and number == 0 else value

    return run

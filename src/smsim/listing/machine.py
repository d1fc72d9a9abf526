"""The machine code of a listing: which line each instruction comes from, and its printed form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smsim.listing.plain import plural
from smsim.listing.source import NOWHERE, Origin, Source
from smsim.ptx.nodes import Loc, Module

if TYPE_CHECKING:
    from smsim.listing.views import Views
    from smsim.sass import MachineCode, SassInstruction

#: The target of the simulated GPU whose PTX a listing shows.
SIMULATED = "sm_90a"


@dataclass(frozen=True)
class Shown:
    """What a listing shows of the machine code.

    Attributes:
        heading: the GPU, how many instructions.
        facts: what the kernel uses, a line each.
        parts: labels, and runs of instructions from one line of the source, in order.
        missing: why there is no code to show, and how to get it; empty if there is.
    """

    heading: str
    facts: tuple[str, ...] = ()
    parts: tuple[str | Run, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class Run:
    """Machine instructions in a row that come from one line of Python."""

    origin: Origin
    instructions: tuple[SassInstruction, ...]


def arch_for(module: Module) -> str:
    """The GPU for which a module is assembled: the simulated one, or that of its target where it is newer."""
    number = int("".join(c for c in module.target.partition("_")[2] if c.isdigit()) or 0)
    return module.target if number > 90 else SIMULATED


def shown(view: Views) -> Shown:
    """The machine code of ``view``, or a sentence on what is missing here.

    Raises:
        AssemblerError: NVIDIA's assembler refuses the text.
    """
    from smsim.sass import MissingTool

    try:
        code = view.sass
    except MissingTool as missing:
        return Shown(f"SASS for {arch_for(view.module)}", missing=str(missing))
    heading = f"SASS for {code.arch}: {plural(len(code), 'instruction')}"
    return Shown(heading, _facts(code), tuple(_parts(code, view.source, view.module)))


def _facts(code: MachineCode) -> tuple[str, ...]:
    usage = code.usage
    facts = [f"{plural(usage.registers, 'register')} a thread"]
    if usage.spill_stores or usage.spill_loads:
        stored, loaded = plural(usage.spill_stores, "byte"), plural(usage.spill_loads, "byte")
        facts.append(f"spills: {stored} stored and {loaded} loaded a thread")
    else:
        facts.append("no spills")
    if usage.stack:
        facts.append(f"stack: {plural(usage.stack, 'byte')} a thread")
    return tuple(facts)


def _parts(code: MachineCode, source: Source, module: Module) -> Iterator[str | Run]:
    numbers = {path: number for number, path in module.files.items()}
    origin, run = NOWHERE, []
    for one in code:
        here = source.origin(Loc(numbers.get(one.file, 0), one.line, 0), module.files)
        if run and (one.labels or here != origin):
            yield Run(origin, tuple(run))
            run = []
        yield from one.labels
        origin = here
        run.append(one)
    if run:
        yield Run(origin, tuple(run))


def python(source: Source) -> list[str]:
    """The Python source, printed; nothing where it is not known."""
    if not source.lines:
        return []
    return ["Python\n\n" + "\n".join(f"{n:>4}  {text}".rstrip() for n, text in source.lines.items())]


def listing(code: Shown) -> str:
    """The machine code, printed: PTX line, control bits, instruction."""
    if code.missing:
        return f"{code.heading}\n\n  {code.missing}"
    lines = [code.heading, "", *(f"  {fact}" for fact in code.facts)]
    lines += ["  before each: its PTX line; waits:read:write:yield:stall"]
    linked = any(isinstance(part, Run) and part.origin != NOWHERE for part in code.parts)
    after_label = False
    for part in code.parts:
        lines += [] if after_label else [""]
        after_label = isinstance(part, str)
        if isinstance(part, str):
            lines.append(f"{part}:")
            continue
        if linked:
            lines.append(str(part.origin))
        lines += [f"{one.ptx_line or '':>4}  {one.control}  {one.text}" for one in part.instructions]
    return "\n".join(lines)

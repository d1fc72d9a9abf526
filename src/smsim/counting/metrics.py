"""Nsight Compute's names for what is counted here, each with how it is computed and what it means.

The numbers are those of PTX instructions. A GPU executes what ptxas makes of them: parameters are folded
into operands, two instructions become one, or one several. So instruction counts differ from those of a
profiler on a GPU, while requests, sectors and bank conflicts of an access do not. (One exception: an atomic
whose result nobody uses stays an atomic here; ptxas makes a reduction of it.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smsim.counting.tally import Tally, Traffic
from smsim.machine.bind.binding import Step


@dataclass(frozen=True)
class Run:
    """All that was counted in one launch: ``tallies`` by step, and how many ``warps`` were launched."""

    tallies: Mapping[Step, Tally]
    warps: int

    def total(self, chosen: Callable[[Step], bool] = lambda step: True) -> Tally:
        """The sum over the steps that are ``chosen``."""
        return sum((t for s, t in self.tallies.items() if chosen(s)), Tally())

    def traffic(self, space: str, operation: str | None) -> Traffic:
        """Accesses to ``space`` by ``"ld"``, ``"st"``, ``"atom"`` or ``"red"``; by all for ``None``."""
        tallies = (t for s, t in self.tallies.items() if operation in (None, operation_of(s, space)))
        return sum((t.traffic[space] for t in tallies if space in t.traffic), Traffic())


@dataclass(frozen=True)
class Metric:
    """One name, what it means in a sentence, and its value for a run."""

    name: str
    meaning: str
    value: Callable[[Run], int | float]


_OPERATIONS = {
    "memory.load": "ld",
    "memory.load_matrix": "ld",
    "memory.store": "st",
    "memory.store_matrix": "st",
    "memory.atomic": "atom",
    "memory.reduce": "red",
    "async.copy": "ldgsts",
    "async.bulk_load": "tma_ld",
    "async.bulk_store": "tma_st",
}
#: Functional units of the instruction table as Nsight Compute's pipes.
PIPES = {
    "alu": "alu",
    "fma": "fma",
    "fp64": "fp64",
    "xu": "xu",
    "lsu": "lsu",
    "tensor": "tensor_op_hmma",
    "branch": "cbu",
    "barrier": "adu",
}


def operation_of(step: Step, space: str) -> str | None:
    """What Nsight Compute calls an access; in shared memory a reduction counts as an atomic."""
    operation = _OPERATIONS.get(step.form.row.semantics)
    return "atom" if operation == "red" and space == "shared" else operation


def pipe_of(step: Step) -> str | None:
    """The pipe that executes an instruction. Reading a parameter takes none: it becomes an operand."""
    return None if step.form.space in ("param", "const") else PIPES.get(step.form.row.unit)


def ratio(numerator: float, denominator: float) -> float:
    """Their quotient, and 0 where there is nothing to divide by."""
    return numerator / denominator if denominator else 0.0


def _instructions() -> list[Metric]:
    out = [
        Metric("smsp__warps_launched.sum", "warps of the whole grid", lambda r: r.warps),
        Metric("smsp__inst_executed.sum", "instructions, counted once a warp", lambda r: r.total().executed),
        Metric(
            "smsp__thread_inst_executed.sum",
            "the same, counted once an active thread",
            lambda r: r.total().threads,
        ),
        Metric(
            "smsp__thread_inst_executed_pred_on.sum",
            "of these, where the guard let the thread act",
            lambda r: r.total().pred_on,
        ),
        Metric(
            "smsp__thread_inst_executed_per_inst_executed.ratio",
            "active threads of the 32 of a warp, on average",
            lambda r: ratio(r.total().threads, r.total().executed),
        ),
        Metric(
            "smsp__thread_inst_executed_pred_on_per_inst_executed.ratio",
            "threads that act, on average",
            lambda r: ratio(r.total().pred_on, r.total().executed),
        ),
    ]
    for pipe in PIPES.values():
        out.append(
            Metric(
                f"smsp__inst_executed_pipe_{pipe}.sum",
                f"warp instructions of the {pipe.upper()} pipe",
                lambda r, pipe=pipe: r.total(lambda s: pipe_of(s) == pipe).executed,
            )
        )
    for letter, kind in (("f", "f32"), ("d", "f64")):
        for name, opcodes in (("add", ("add", "sub")), ("mul", ("mul",)), ("fma", ("fma", "mad"))):
            out.append(
                Metric(
                    f"smsp__sass_thread_inst_executed_op_{letter}{name}_pred_on.sum",
                    f"{kind} {' and '.join(opcodes)} that threads did",
                    lambda r, kind=kind, opcodes=opcodes: (
                        r.total(lambda s: s.form.opcode in opcodes and s.form.type == kind).pred_on
                    ),
                )
            )
    return out


def _branches() -> list[Metric]:
    def executed(run: Run) -> Tally:
        return run.total(lambda s: s.form.row.semantics in ("control.branch", "control.indexed_branch"))

    return [
        Metric(
            "smsp__sass_branch_targets.sum", "branches, counted once a warp", lambda r: executed(r).executed
        ),
        Metric(
            "smsp__sass_branch_targets_threads_divergent.sum",
            "of these, where a warp's threads went different ways",
            lambda r: executed(r).divergent,
        ),
        Metric(
            "smsp__sass_branch_targets_threads_uniform.sum",
            "of these, where all went the same way",
            lambda r: executed(r).executed - executed(r).divergent,
        ),
        Metric(
            "smsp__sass_average_branch_targets_threads_uniform.pct",
            "branch efficiency",
            lambda r: 100 * ratio(executed(r).executed - executed(r).divergent, executed(r).executed),
        ),
    ]


_SAID = {"ld": "loads", "st": "stores", "atom": "atomics", "red": "reductions", "ldgsts": "copies to shared"}


def _through_l1(space: str, operation: str) -> list[Metric]:
    what = f"{_SAID[operation]} of {space} memory"
    end = f"pipe_lsu_mem_{space}_op_{operation}"

    def traffic(run: Run) -> Traffic:
        return run.traffic(space, operation)

    return [
        Metric(f"l1tex__t_requests_{end}.sum", f"{what}, once a warp", lambda r: traffic(r).requests),
        Metric(f"l1tex__t_sectors_{end}.sum", f"32-byte sectors for {what}", lambda r: traffic(r).sectors),
        Metric(
            f"l1tex__t_bytes_{end}.sum", f"bytes in those sectors, {what}", lambda r: 32 * traffic(r).sectors
        ),
        Metric(
            f"l1tex__average_t_sectors_per_request_{end}.ratio",
            f"sectors a request, {what}",
            lambda r: ratio(traffic(r).sectors, traffic(r).requests),
        ),
        Metric(
            f"smsp__sass_data_bytes_mem_{space}_op_{operation}.sum",
            f"bytes that threads asked for, {what}",
            lambda r: traffic(r).bytes,
        ),
        Metric(
            f"smsp__sass_average_data_bytes_per_sector_mem_{space}_op_{operation}.ratio",
            f"bytes asked for in each sector, {what}",
            lambda r: ratio(traffic(r).bytes, traffic(r).sectors),
        ),
    ]


def _shared(operation: str | None) -> list[Metric]:
    what = f"{_SAID[operation] if operation else 'all accesses'} of shared memory"
    end = f"mem_shared_op_{operation}" if operation else "mem_shared"

    def traffic(run: Run) -> Traffic:
        return run.traffic("shared", operation)

    out = [
        Metric(
            f"l1tex__data_pipe_lsu_wavefronts_{end}.sum",
            f"passes for {what}",
            lambda r: traffic(r).wavefronts,
        ),
        Metric(
            f"l1tex__data_bank_conflicts_pipe_lsu_{end}.sum",
            f"of these, because of bank conflicts, {what}",
            lambda r: traffic(r).conflicts,
        ),
    ]
    if operation:
        name = "smsp__inst_executed_op_shared_atom.sum"
        name = name if operation == "atom" else f"smsp__sass_inst_executed_op_shared_{operation}.sum"
        out.insert(0, Metric(name, f"{what}, once a warp", lambda r: traffic(r).requests))
        out.append(
            Metric(
                f"smsp__sass_data_bytes_mem_shared_op_{operation}.sum",
                f"bytes that threads asked for, {what}",
                lambda r: traffic(r).bytes,
            )
        )
    return out


def _in_bulk() -> list[Metric]:
    """What bulk copies move between L2 and the SM, in whole sectors."""
    return [
        Metric(
            f"l1tex__m_{way}_bytes_mem_global_op_{operation}.sum",
            f"bytes that bulk copies {verb}",
            lambda r, operation=operation: 32 * r.traffic("global", operation).sectors,
        )
        for way, operation, verb in (
            ("xbar2l1tex_read", "tma_ld", "load"),
            ("l1tex2xbar_write", "tma_st", "store"),
        )
    ]


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        *_instructions(),
        *_branches(),
        *(m for operation in _SAID for m in _through_l1("global", operation)),
        *_in_bulk(),
        *(m for operation in ("ld", "st") for m in _through_l1("local", operation)),
        *(m for operation in ("ld", "st", "atom", None) for m in _shared(operation)),
    )
}

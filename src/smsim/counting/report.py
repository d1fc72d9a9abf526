"""What a :class:`~smsim.counting.Counts` prints."""

from __future__ import annotations

from collections import Counter as Tallied
from collections.abc import Mapping

from smsim.counting.metrics import Run, ratio
from smsim.counting.text import columns
from smsim.machine.lanes import Dim3

_ROWS = {
    "global": (
        ("ld", "loads"),
        ("st", "stores"),
        ("atom", "atomics"),
        ("red", "reductions"),
        ("ldgsts", "copies to shared"),
        ("tma_ld", "bulk loads"),
        ("tma_st", "bulk stores"),
    ),
    "local": (("ld", "loads"), ("st", "stores")),
    "shared": (("ld", "loads"), ("st", "stores"), ("atom", "atomics"), ("ldgsts", "copies to shared")),
}
_FAMILIES = 8  # opcodes that the report names; `families` has all


def families(run: Run) -> dict[str, int]:
    """Opcode, with the state space of memory instructions, to warp instructions; most frequent first."""
    counts: Tallied[str] = Tallied()
    for step, tally in run.tallies.items():
        form = step.form
        memory = form.row.semantics.startswith("memory.") and form.space != "generic"
        counts[f"{form.opcode}.{form.space}" if memory else form.opcode] += tally.executed
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def text(kernel: str, grid: Dim3, block: Dim3, run: Run, metrics: Mapping[str, float]) -> str:
    """The whole report."""
    parts = [
        f"{kernel}[{_shape(grid)}, {_shape(block)}]: {run.warps} warps, counted in PTX instructions",
        _instructions(run, metrics),
    ]
    for space in ("global", "local"):
        parts += _memory(run, space)
    parts += _shared(run)
    return "\n\n".join(parts)


def _shape(dims: Dim3) -> str:
    used = max((at for at, n in enumerate(dims) if n > 1), default=0) + 1
    return str(dims[0]) if used == 1 else f"({', '.join(map(str, dims[:used]))})"


def _instructions(run: Run, metrics: Mapping[str, float]) -> str:
    rows = [
        ("warp instructions", f"{metrics['smsp__inst_executed.sum']}"),
        ("thread instructions", f"{metrics['smsp__thread_inst_executed.sum']}"),
        (
            "active threads a warp",
            f"{metrics['smsp__thread_inst_executed_per_inst_executed.ratio']:.2f} of 32",
        ),
        (
            "threads not predicated off",
            f"{metrics['smsp__thread_inst_executed_pred_on_per_inst_executed.ratio']:.2f}",
        ),
        (
            "branches, divergent",
            f"{metrics['smsp__sass_branch_targets.sum']}, "
            f"{metrics['smsp__sass_branch_targets_threads_divergent.sum']}",
        ),
    ]
    counts = families(run)
    named = ", ".join(f"{name} {number}" for name, number in list(counts.items())[:_FAMILIES])
    more = len(counts) - _FAMILIES
    rows.append(("most frequent", named + (f", {more} more" if more > 0 else "")))
    return columns(rows, left=(0, 1), indent="")


def _memory(run: Run, space: str) -> list[str]:
    rows = []
    for operation, said in _ROWS[space]:
        t = run.traffic(space, operation)
        if t.requests:
            numbers = (t.requests, t.sectors, f"{ratio(t.sectors, t.requests):.2f}", t.bytes, 32 * t.sectors)
            rows.append((said, *map(str, numbers)))
    head = (f"{space} memory", "requests", "sectors", "a request", "bytes asked for", "bytes moved")
    return [columns([head, *rows], indent="")] if rows else []


def _shared(run: Run) -> list[str]:
    rows = []
    for operation, said in _ROWS["shared"]:
        t = run.traffic("shared", operation)
        if t.requests:
            numbers = (t.requests, t.wavefronts, t.conflicts, t.bytes)
            rows.append((said, *map(str, numbers)))
    head = ("shared memory", "requests", "passes", "bank conflicts", "bytes asked for")
    return [columns([head, *rows], indent="")] if rows else []

"""Write book/calibration.md and its figure from what calibration.py stored: python tools/calibration_page.py"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import calibration_figure

from smsim.calibration import Curve, Row, Source
from smsim.calibration.row import WITHIN_15

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "book" / "data" / "calibration.toml"
#: Written by tests/timing/lowering_corpus.py, which has NVIDIA's disassembler.
LOWERING = ROOT / "book" / "data" / "lowering.toml"
PAGE = ROOT / "book" / "calibration.md"

HEAD = """\
# Where the model is right and where it is wrong

`smsim.profile` says how long a launch would take. No GPU is asked, so somebody has to check it. This page sets what
the model says beside what others measured on GPUs, and beside what NVIDIA's assembler knows. Tests compute every
modelled figure again and compare it with this page.

Each figure of a source bears a mark. *Measured*: somebody ran it. *Published*: its maker says so. *Assumed*: it is
from another GPU with the same die, or a close one. *Recalled*: we know it from memory and could not read a source.
The modelled figures are computed from the device files, whose numbers have sources and marks of their own.

A row or a curve with a *gate* must come near enough to its first source. If it does not, it is a **miss**, and stays
here as one. Without a gate are rows whose sources disagree or are recalled: they decide nothing.
"""

#: What stands above each section's table.
SECTIONS = {
    "Dependent chains": """\
Cycles from an instruction to one that needs its result: the difference between a long chain and a short one. Where a
latency is fixed, nothing in the hardware holds the next instruction back, so the assembler has to know the latency,
and writes it into the program as a *stall count*. That is the reference, and the gate is equality. For some
instructions the hardware tells when the result is there; then the assembler writes no latency. And where a pipe is so
narrow that the next instruction waits for the pipe and not for the result (FP64 on an H800), the two are different
questions. Neither is gated.
""",
    "Latency": """\
A pointer chase by one thread: each load needs the address that the load before it brought. Most device files have
their latency from the first source of the row. There the gate checks that the parts of an access add up to it, and
not the figure itself; how far measurements lie apart, the other sources show. L2 of an A100 or H100 has two halves,
of which the far one is about 200 cycles slower. The model has one L2, the near half.
""",
    "Bank conflicts": """\
A warp whose lanes lie 1, 2, 4 ... 32 words apart in shared memory. Where `n` lanes meet at a bank the load takes `n`
*wavefronts*, and each wavefront after the first takes a cycle.
""",
    "Throughput": """\
Sixteen warps on an SM with eight independent chains each. FFMA is gated against the peak that NVIDIA states. The
others stand beside the table of NVIDIA's guide, which we could read in part only.
""",
    "Known from memory": """\
Figures for which no source could be read, beside what is commonly quoted. The model is no evidence for them, nor they
for it.
""",
}
#: Sections whose rows all have one source.
WIDE = ("Dependent chains", "Bank conflicts")
CURVES = """\
Each thread reads a double (`read`), writes one (`init`), or does both (`scale`), in blocks of growing size, two
blocks an SM. So occupancy grows from left to right. Each curve is divided by its own largest value, because what is
gated is shape and order: no modelled point may lie more than 0.15 from the measured one, and the model may not fall
by more than 0.01 where the measurement rises. Absolute bandwidth is in the tables and is not gated. The solid line is
the model, the dashed line the measurement.

```{raw} html
:file: assets/figures/calibration.html
```

The H200 is modelled as an H100 with its own DRAM, which reaches the share of its peak that the measured `init`
reached. For bandwidth against the number of SMs the model runs `scale`; the study does not describe its kernel.

One parameter of the model is *fitted*: how long the place of a block that ended stays empty. It is 320 cycles, chosen
so that the lowest occupancies of `init` come out. A curve used for fitting is no check, so the curves of `init` are
not gated; those of `read` and `scale` are.
"""
INSTRUCTIONS = """\
## Instructions

How many instructions a kernel has: in PTX, in the model, which stands in for the assembler, and in the machine code
that NVIDIA's assembler writes for an H800 (nvJitLink 13.0; measured, 2026-11). Each is counted once, as it stands in
the program. The gate is 15 %. Where a small kernel misses it, the model lacks the call of a division's slow path; in
`registers` the assembler unrolls a loop.
"""
MISSES = """\
## What the model lacks

- **The length of the queues for stores.** A store waits for no answer. Two things hold writers back in the model. The
  queues to L2 and to DRAM are full once they hold what passes in one trip's time. And a warp ends only when its
  stores have left the SM. How long the real queues are is not published.
- **Shares that move.** Each SM has an equal share of L2 and DRAM, even while others ask for nothing.
- **More than two waves.** An estimate replays two waves of blocks. Near the limit of bandwidth that is too few to
  settle.
- **The second half of L2.** Nor are misses of the TLB modelled.

[Where it differs from hardware](differences.md) lists what else is left out.
"""


def rows() -> list[Row]:
    """The stored rows."""
    return [Row(**{**row, "sources": tuple(Source(**s) for s in row["sources"])}) for row in _data()["rows"]]


def curves() -> list[Curve]:
    """The stored curves."""
    lists = ("x", "modelled", "measured")
    return [
        Curve(**{**curve, **{k: tuple(curve[k]) for k in lists}, "source": Source(**curve["source"])})
        for curve in _data()["curves"]
    ]


def _data() -> dict:
    return tomllib.loads(STORED.read_text(encoding="utf-8"))


def page(found: list[Row], lines: list[Curve]) -> str:
    """The page's text."""
    parts = [HEAD, _summary(found, lines)]
    for subject, own in groupby(found, key=lambda row: row.subject):
        parts += [f"## {subject}\n", SECTIONS[subject], (_wide if subject in WIDE else _table)(list(own))]
    parts += [INSTRUCTIONS, _instructions(), "## Bandwidth\n", CURVES]
    for curve in lines:
        parts += [f"### {_title(curve)}\n", *_curve(curve)]
    return "\n".join([*parts, MISSES])


def _summary(found: list[Row], lines: list[Curve]) -> str:
    """How many hold in each section, and which miss."""
    sections = {subject: list(own) for subject, own in groupby(found, key=lambda row: row.subject)}
    table = ["| | with a gate | hold | miss | without |", "| --- | --- | --- | --- | --- |"]
    counts = lowering()
    sections |= {"Instructions": counts, "Bandwidth, curves": lines, "**All**": [*found, *counts, *lines]}
    for subject, own in sections.items():
        verdicts = [one.holds for one in own]
        gated, hold, miss = (verdicts.count(v) for v in (None, True, False))
        table.append(f"| {subject} | {len(verdicts) - gated} | {hold} | {miss} | {gated} |")
    missed = [f"{row.subject}, {row.name} on {row.device}" for row in found if row.holds is False]
    missed += [f"Instructions of {row.name}" for row in counts if not row.holds]
    missed += [_title(curve) for curve in lines if curve.holds is False]
    said = f"What misses: {'; '.join(missed)}. The reasons are given there." if missed else "Nothing misses."
    return "\n".join(table) + f"\n\n{said}\n"


def _table(found: list[Row]) -> str:
    """A line for each row; its sources are numbers of the list below, so that the table stays narrow."""
    places = {
        name: n for n, name in enumerate(dict.fromkeys(_named(s) for row in found for s in row.sources), 1)
    }
    head = "| What | GPU | Model | Others | Gate |\n| --- | --- | --- | --- | --- |"
    lines = [head, *(_line(row, places) for row in found)]
    return "\n".join(
        [*lines, "\nSources, by the number in brackets:\n", *(f"{n}. {s}" for s, n in places.items()), ""]
    )


def _wide(found: list[Row]) -> str:
    """A column for each GPU, where one source speaks for all: the model's value, then the source's."""
    cells = {(row.name, row.device): _cell(row) for row in found}
    gpus, names = (list(dict.fromkeys(key[n] for key in cells)) for n in (1, 0))
    lines = [f"| What | {' | '.join(gpus)} |", "| --- " * (len(gpus) + 1) + "|"]
    lines += [f"| {name} | {' | '.join(cells[name, gpu] for gpu in gpus)} |" for name in names]
    [said] = {_named(s) for row in found for s in row.sources}
    unit = "" if len({row.unit for row in found}) > 1 else f", in {found[0].unit}"
    return "\n".join(lines) + f"\n\nModel / source{unit}. Source: {said}. Gate: equal.\n"


def _cell(row: Row) -> str:
    reference = _number(row.sources[0].value) if row.sources else "none"
    verdict = {True: "", False: ", **miss**", None: ", no gate"}[row.holds]
    return f"{_number(row.modelled)} / {reference}{verdict}"


def _line(row: Row, places: dict[str, int]) -> str:
    others = ", ".join(f"{_number(s.value)} [{places[_named(s)]}]" for s in row.sources) or "none"
    gate = row.gate + {True: ": holds", False: ": **miss**", None: ""}[row.holds]
    return f"| {row.name} | {row.device} | {_number(row.modelled)} {row.unit} | {others} | {gate} |"


def lowering() -> list[Row]:
    """The stored counts of instructions: the model's beside the machine code's."""
    return [
        Row(
            "Instructions", one["kernel"], "H800", one["lowered"], "instructions",
            (Source(one["sass"], "NVIDIA's assembler", "2026-11", "measured"),), WITHIN_15,
        )
        for one in _kernels()
    ]  # fmt: skip


def _kernels() -> list[dict]:
    return tomllib.loads(LOWERING.read_text(encoding="utf-8"))["kernels"]


def _instructions() -> str:
    table = ["| Kernel | PTX | Model | Machine code | off | gate |", "| --- | --- | --- | --- | --- | --- |"]
    for row, kernel in zip(lowering(), _kernels(), strict=True):
        verdict = "holds" if row.holds else "**miss**"
        counts = f"{row.modelled} | {row.sources[0].value} | {100 * row.off:+.0f} %"
        table.append(f"| {row.name} | {kernel['ptx']} | {counts} | {verdict} |")
    return "\n".join(table) + "\n"


def _named(source: Source) -> str:
    return f"{source.source} ({source.mark}, {source.date})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}".removesuffix(".0")


def _title(curve: Curve) -> str:
    return curve.name[:1].upper() + curve.name[1:]


def _curve(curve: Curve) -> Iterator[str]:
    verdict = {True: "The shape holds", False: "**Miss**", None: "Not gated"}[curve.holds]
    yield f"{verdict}; the farthest point is {curve.farthest:.2f} off. Source: " + (
        f"{_named(curve.source)}. {curve.why}".rstrip() + "\n"
    )
    head = f"| {curve.axis} | Model, GB/s | Measured, GB/s | Model, share | Measured, share |"
    table = [head, "| --- | --- | --- | --- | --- |"]
    for x, ours, theirs, a, b in zip(
        curve.x, curve.modelled, curve.measured, *curve.shapes, strict=True
    ):  # the shares are what is compared
        table.append(f"| {_number(x)} | {ours:,.0f} | {theirs:,.0f} | {a:.2f} | {b:.2f} |")
    yield "\n".join(table) + "\n"


def write() -> None:
    """Write the page from what is stored."""
    PAGE.write_text(page(rows(), curves()), encoding="utf-8")
    calibration_figure.write(curves())


if __name__ == "__main__":
    sys.exit(write())

"""Write book/calibration.md and its figure from what calibration.py stored: python tools/calibration_page.py"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import calibration_figure

from smsim.calibration import Curve, Row, Source

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "book" / "data" / "calibration.toml"
PAGE = ROOT / "book" / "calibration.md"

HEAD = """\
# Where the model is right and where it is wrong

`smsim.profile` says how long a launch would take. No GPU is asked, so somebody has to check it. This page sets
the model beside what others measured on hardware, and beside what NVIDIA's assembler knows about it. It is generated
from tests that measure every row again.

A row with a gate has to hold it; a row that does not is a **miss** and is listed as one. Rows without a gate are
printed because their sources disagree, or were recalled from memory, and nothing may be concluded from them.
"""

#: What stands above each section's table.
SECTIONS = {
    "Dependent chains": """\
Cycles from one instruction to the next that needs its result: the difference of a long and a short chain. Where
a latency is fixed, NVIDIA's assembler has to know it, for nothing else keeps the next instruction from an old register;
so it is the reference, and the gate is equality. Where the assembler uses a counter, or where the pipe is so narrow
that the next instruction waits for the pipe (FP64 on an H800), there is none.
""",
    "Latency": """\
A pointer chase by one thread: each load needs the address that the one before it brought. Most of the model's
figures come from the first source of their row. There the gate checks that the parts of an access add up to the figure,
not the figure itself; the other sources show how far measurements lie apart. L2 of an A100 or H100 has two halves,
and the far one is about 200 cycles slower. The model knows one L2, the near one.
""",
    "Bank conflicts": """\
A warp whose lanes lie 1, 2, 4 ... 32 words apart in shared memory. `n` lanes at one bank are `n` wavefronts, and each
wavefront more is a cycle more.
""",
    "Throughput": """\
Sixteen warps on an SM with eight independent chains each. FFMA is gated against the peak that NVIDIA states; the others
are printed beside the guide's table, of which parts are recalled.
""",
    "Known from memory": """\
Figures without a source that could be read, the modelled value beside what is commonly quoted. The model is no
evidence for them, nor they for it.
""",
}
#: Sections whose rows all have one source.
WIDE = ("Dependent chains", "Bank conflicts")
CURVES = """\
```{raw} html
:file: assets/figures/calibration.html
```

The model is the solid line, the measurement the dashed one, both as shares of their own maximum. The numbers are below.

Each thread reads a double, or writes one, or does both (`read`, `init`, `scale`), in blocks of growing size, two blocks
an SM. Absolute bandwidth is in the table; what is gated is order and shape: both curves are divided by their own
largest value, and no point may lie more than 0.15 from the other's. H200 is an H100 with its own DRAM, as
efficient as `init` found it. Bandwidth
against the number of SMs is that of a `scale` on so many SMs; the study does not describe its kernel.

One parameter is fitted: how long the place of a block that ended stays empty, 320 cycles, to the lowest
occupancies of `init`. Those curves are no check. `read` and `scale` are.
"""
MISSES = """\
## What the model lacks

- **How long the queues for stores are.** A store waits for no answer. What holds writers back in the model is that
  the queues to L2 and to DRAM are full after one trip's time, and that a warp's end waits until its stores have left
  the SM. How long the real queues are is not published.
- **Fixed shares.** Each SM has an equal share of L2 and DRAM, even while others have nothing to ask for.
- **Two waves.** An estimate replays two waves of blocks; near the bandwidth limit that is too few to settle.
- **One L2.** The far half of L2 and misses of the TLB are not modelled.
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
    parts = [HEAD, _counts(found, lines)]
    for subject, own in groupby(found, key=lambda row: row.subject):
        parts += [f"## {subject}\n", SECTIONS[subject], (_wide if subject in WIDE else _table)(list(own))]
    parts += ["## Bandwidth\n", CURVES]
    for curve in lines:
        parts += [f"### {curve.name[:1].upper()}{curve.name[1:]}\n", *_curve(curve)]
    return "\n".join([*parts, MISSES])


def _counts(found: list[Row], lines: list[Curve]) -> str:
    verdicts = [one.holds for one in (*found, *lines)]
    gated = len(verdicts) - verdicts.count(None)
    return (
        f"Of {gated} gated rows and curves {verdicts.count(True)} hold and {verdicts.count(False)} miss; "
        f"{verdicts.count(None)} are not gated.\n"
    )


def _table(found: Iterable[Row]) -> str:
    head = "| What | GPU | Model | Others | Gate |\n| --- | --- | --- | --- | --- |"
    return "\n".join([head, *(_line(row) for row in found)]) + "\n"


def _wide(found: list[Row]) -> str:
    """A column for each GPU, where one source speaks for all: the model's value, then the source's."""
    gpus = list(dict.fromkeys(row.device for row in found))
    lines = [f"| What | {' | '.join(gpus)} |", "| --- " * (len(gpus) + 1) + "|"]
    for name, own in groupby(found, key=lambda row: row.name):
        lines.append(f"| {name} | {' | '.join(map(_cell, own))} |")
    [[said, mark, date]] = {(s.source, s.mark, s.date) for row in found for s in row.sources}
    unit = "" if len({row.unit for row in found}) > 1 else f" In {found[0].unit}."
    return "\n".join(lines) + f"\n\nModel / source.{unit} Source: {said} ({mark}, {date}). Gate: equal.\n"


def _cell(row: Row) -> str:
    reference = _number(row.sources[0].value) if row.sources else "none"
    verdict = {True: "", False: ", **miss**", None: ", no gate"}[row.holds]
    return f"{_number(row.modelled)} / {reference}{verdict}"


def _line(row: Row) -> str:
    others = "; ".join(_said(source) for source in row.sources) or "none"
    gate = row.gate + {True: ": holds", False: ": **miss**", None: ""}[row.holds]
    return f"| {row.name} | {row.device} | {_number(row.modelled)} {row.unit} | {others} | {gate} |"


def _said(source: Source) -> str:
    return f"{_number(source.value)} ({source.source}; {source.mark}, {source.date})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}".removesuffix(".0")


def _curve(curve: Curve) -> Iterator[str]:
    verdict = {True: "The shape holds", False: "**Miss**", None: "Not gated"}[curve.holds]
    yield f"{verdict}; the farthest point is {curve.farthest:.2f} off. Source: {curve.source.source} " + (
        f"({curve.source.mark}, {curve.source.date}). {curve.why}".rstrip() + "\n"
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

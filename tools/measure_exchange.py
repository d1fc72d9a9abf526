"""Profile chapter 17's dispatch with a kernel on each of eight GPUs and store what an SM copies.

    python tools/measure_exchange.py                      # both cases: a minute or two
    python tools/measure_exchange.py --check short        # writes nothing, fails where the store differs

The rows feed the sweep of chapter 16. All times are modelled; the links are those of
smsim/devices/links.toml.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from nbtools.first_cell import ROOT

sys.path.insert(0, str(ROOT / "src"))
STORE = ROOT / "src" / "trainmath" / "figures" / "exchange.toml"
NODES, GPUS_PER_NODE = 2, 4

HEAD = """\
# What an SM of chapter 17's dispatch copies on 2 nodes of 4 simulated H800s, a kernel on each. A byte counts whenever
# it is copied: by the sender, by the forwarder, by the receiver. Modelled. Written by tools/measure_exchange.py.
"""


@dataclass(frozen=True)
class Case:
    """How much is sent, and how large the rings are."""

    tokens: int
    slots: int
    chunk: int

    @property
    def words(self) -> str:
        return f"{self.tokens} tokens a GPU, rings of {self.slots} slots, a tail for {self.chunk} records"


CASES = {"short": Case(4, 4, 2), "long": Case(16, 16, 8)}


def rate(case: Case) -> float:
    """Bytes that an SM copies in a second, launch not counted."""
    import smsim

    smsim.attach(gpus=NODES * GPUS_PER_NODE, gpus_per_node=GPUS_PER_NODE)
    from trainmath import exchange

    shape = exchange.Shape(
        nodes=NODES, gpus_per_node=GPUS_PER_NODE, experts=16, topk=4, hidden=7168, channels=1,
        tokens=case.tokens, slots=case.slots, chunk=case.chunk,
    )  # fmt: skip
    tokens = exchange.random_tokens(shape, seed=17)
    several = exchange.SeveralGPUs(shape)
    first, *others = several.launches(several.dispatch, exchange.for_dispatch(shape, tokens))
    profile = smsim.profile(*first, beside=others)
    copied = exchange.records_copied(shape, tokens) * 4 * shape.record_words / (shape.gpus * shape.blocks)
    return copied / (profile.seconds - profile.launch_seconds)


def row(name: str, found: float) -> dict[str, Any]:
    """As the store keeps it."""
    return {
        "value": float(f"{found:.4g}"),
        "unit": "B/s, an SM",
        "source": f"simulated H800s, chapter 17's dispatch: {CASES[name].words}",
        "date": f"{datetime.now(UTC):%Y-%m}",
        "mark": "computed",
    }


def text(rows: dict[str, dict[str, Any]]) -> str:
    """The store's text."""
    parts = [HEAD]
    for name, fields in rows.items():
        lines = [f"{key} = {json.dumps(field)}" for key, field in fields.items()]  # as TOML writes them
        parts.append("\n".join([f"[{name}]", *lines, ""]))
    return "\n".join(parts)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all if left out")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something differs")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(CASES):
        parser.error(f"there is no case called {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    os.environ["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"  # two blocks on purpose
    stored = tomllib.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    differ = []
    for name in options.names or CASES:
        found = row(name, rate(CASES[name]))
        print(f"{name}: {found['value'] / 1e9:.2f} GB/s ({CASES[name].words})")
        key = f"{name}_rate"
        if {**stored.get(key, {}), "date": ""} != {**found, "date": ""}:
            differ.append(name)
        stored[key] = found
    if options.check:
        print(f"The store differs: {', '.join(differ)}" if differ else "The store is what the model says.")
        return 1 if differ else 0
    STORE.write_text(text(stored), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""Run mutated PTX on the simulated SM and count what escapes: python tools/fuzz_ptx.py N

Each text is a sample with a few changes. It is parsed, checked, decoded, and each of its kernels is launched
on a few threads with a small budget. It may run, or end in one of the simulator's own errors. Anything else,
any other exception or a launch that does not come back, is an escape. The same seed gives the same texts.
"""

from __future__ import annotations

import argparse
import random
import re
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from smsim.errors import SimulationError
from smsim.machine.device import Device
from smsim.machine.memory import Memory
from smsim.ptx.table import ROWS

TESTS = Path(__file__).resolve().parent.parent / "tests"
FOLDERS = ("ptx/samples", "browser_engine/kernels")

#: Engine steps a launch may take, and seconds after which it counts as hanging.
BUDGET, PATIENCE = 400, 10.0
MEMORY_BYTES, BUFFER_BYTES = 1 << 24, 4096

_TOKEN = re.compile(r"//.*|[%$\w]+|\.[\w:]+|\s+|.", re.DOTALL)
_ODD = [*"{}()[]<>;,:@|!_-+*/=\"", "0", "-1", "1e999", "0f7FC00000", "0x7fffffffffffffff", "99999999999999999999",
        "%r1", "%p1", "%tid.x", "%clock64", "%envreg1", "%nosuch",
        ".v4", ".u32", ".f16x2", "/*", "//", "é", ".align 0"]  # fmt: skip
_MODIFIERS = sorted({m for row in ROWS for m in re.findall(r"\.[\w:]+", row.syntax.partition(" ")[0])})
_OPCODES = sorted({row.opcode for row in ROWS})


class Hang(BaseException):
    """A text took longer than anyone should wait. No ``except Exception`` stops it."""


@dataclass
class Tally:
    """What became of the texts: how many ran, which errors, and each escape with its text."""

    outcomes: Counter = field(default_factory=Counter)
    escapes: list[tuple[str, str]] = field(default_factory=list)

    @property
    def texts(self) -> int:
        return self.outcomes.total()


def samples() -> list[str]:
    """The PTX texts that the tests have."""
    found = [path.read_text(encoding="utf-8") for f in FOLDERS for path in sorted((TESTS / f).glob("*.ptx"))]
    if not found:
        raise FileNotFoundError(f"there are no PTX samples under {TESTS}")
    return found


def mutate(text: str, choose: random.Random, others: list[str]) -> str:
    """``text`` with one to four changes: tokens cut, exchanged, put in; lines repeated or moved."""
    tokens = _TOKEN.findall(text)
    for _ in range(choose.choice((1, 1, 1, 2, 2, 3, 4))):
        at = choose.randrange(len(tokens))
        match choose.randrange(8):
            case 0:
                del tokens[at : at + choose.randint(1, 4)]
            case 1:
                tokens.insert(at, choose.choice(_ODD))
            case 2:
                tokens[at] = choose.choice(_TOKEN.findall(choose.choice(others)))
            case 3:
                tokens[at] = _another(tokens[at], choose)
            case 4:
                near = [n for n, token in enumerate(tokens) if token.startswith(".")]
                if near:
                    tokens[choose.choice(near)] = choose.choice([*_MODIFIERS, ""])
            case 5:
                near = [n for n, token in enumerate(tokens) if token in _OPCODES]
                if near:
                    tokens[choose.choice(near)] = choose.choice(_OPCODES)
            case 6:
                registers = [n for n, token in enumerate(tokens) if token.startswith("%")]
                if registers:
                    tokens[choose.choice(registers)] = tokens[choose.choice(registers)]
            case 7:
                lines = "".join(tokens).split("\n")
                lines.insert(choose.randrange(len(lines)), choose.choice(lines))
                if choose.random() < 0.5:
                    del lines[choose.randrange(len(lines))]
                tokens = _TOKEN.findall("\n".join(lines))
        tokens = tokens or [" "]
    return "".join(tokens)


def _another(token: str, choose: random.Random) -> str:
    """A number changed a little or much; anything else with one character changed."""
    if token.isdigit():
        return str(choose.choice([0, 1, int(token) + 1, int(token) * 4, 1 << 31, 1 << 40, -int(token)]))
    place = choose.randrange(len(token))
    return token[:place] + chr(choose.randrange(32, 127)) + token[place + 1 :]


def run(text: str, choose: random.Random) -> str:
    """Load ``text`` and launch its kernels; ``"ran"``, or the name of the simulator's error."""
    device = Device(
        memory=Memory(MEMORY_BYTES), hazards=choose.choice(["raise", "raise", "off"]), budget=BUDGET
    )
    buffer = device.memory.allocate(BUFFER_BYTES, fill=0)
    try:
        module = device.load(text)
        if not module.functions:
            return "no kernel"
        for function in module.functions.values():
            given = [_argument(p.size_bytes, buffer, choose) for p in function.params]
            grid, block = (choose.choice((1, 3)), 1, 1), (choose.choice((1, 32, 40)), 1, 1)
            device.launch(function, grid, block, choose.choice((0, 256)), given)
    except SimulationError as error:
        return type(error).__name__
    return "ran"


def _argument(size: int, buffer: int, choose: random.Random) -> bytes:
    """An address for a parameter of 8 bytes, mostly; a small number for any other."""
    value = buffer if size == 8 and choose.random() < 0.8 else choose.choice((0, 1, 7, 32))
    return value.to_bytes(size, "little") if size in (4, 8) else bytes(size)


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Raise :class:`Hang` after so many seconds, where the platform has timers (not on Windows)."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def fuzz(count: int, seed: int = 132, seconds: float | None = None) -> Tally:
    """Run up to ``count`` mutated texts, for at most ``seconds``."""
    tally, texts = Tally(), samples()
    end = None if seconds is None else time.monotonic() + seconds
    for number in range(count):
        if end is not None and time.monotonic() > end:
            break
        choose = random.Random(f"{seed}/{number}")
        text = mutate(choose.choice(texts), choose, texts)
        try:
            with patience(PATIENCE):
                outcome = run(text, choose)
        except Hang:
            outcome = "hang"
            tally.escapes.append((f"number {number}: did not come back in {PATIENCE:g} s", text))
        except Exception:
            outcome = "escape"
            tally.escapes.append((f"number {number}:\n{traceback.format_exc()}", text))
        tally.outcomes[outcome] += 1
    return tally


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status: 1 if something escaped."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("count", type=int, help="how many texts")
    parser.add_argument("--seed", type=int, default=132)
    parser.add_argument("--seconds", type=float, help="stop after so long")
    parser.add_argument("--keep", type=Path, help="a folder for the texts that escaped")
    options = parser.parse_args(arguments)
    tally = fuzz(options.count, options.seed, options.seconds)
    for number, (why, text) in enumerate(tally.escapes):
        print(why)
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"escape-{number}.ptx").write_text(text, encoding="utf-8")
    for outcome, times in tally.outcomes.most_common():
        print(f"{times:7} {outcome}")
    print(f"{len(tally.escapes)} of {tally.texts} texts escaped")
    return 1 if tally.escapes else 0


if __name__ == "__main__":
    sys.exit(main())

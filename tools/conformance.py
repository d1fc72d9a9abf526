"""Run numba-cuda's own tests on the simulated SM: python tools/conformance.py [MODULE ...]

Every test module of numba-cuda's wheel runs in a process of its own, to which the simulated SM is attached
before ``numba.cuda`` is imported; so are the processes that a test starts. A module that is not done after a
minute is stopped: what it found until then counts, its other tests are "not reached". The hazard checks stay
on, as for every reader.

The tests need four packages besides the book's: ``pip install pytest filecheck cffi ml_dtypes``. What needs
more (CuPy, PyTorch, a second GPU, the CUDA toolkit's headers and programs) skips itself. Three tests that
need pytest's own fixtures are not run; they count as skipped too.

Without arguments everything is run and stored in book/data/conformance.toml, from which the page "What it
executes" takes its numbers. With names, such as ``cudapy.test_atomics``, only these modules run; ``--update``
puts their results among the stored ones.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import importlib.util
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORED = ROOT / "book" / "data" / "conformance.toml"
CHILD = Path(__file__).resolve().with_name("conformance_module.py")
SUITE = "numba.cuda.tests"

#: What can become of a test, in the order of the table.
OUTCOMES = ("passed", "expected", "failed", "error", "skipped", "not reached")
HEADINGS = ("passed", "expected to fail", "failed", "errors", "skipped", "not reached")
PACKAGES = ("numba-cuda", "numba", "numpy", "cuda-bindings", "cuda-core", "nvidia-nvvm", "nvidia-nvjitlink")

#: Read by every Python process below a test: attach, unless the test wants Numba's own simulator.
ATTACH = """\
import os
if os.environ.get("NUMBA_ENABLE_CUDASIM", "0") in ("", "0"):
    import smsim
    smsim.attach(force=True)
"""


@dataclass
class ModuleResult:
    """What one module's tests did: the outcome and, where it did not pass, the reason of each by name."""

    outcomes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    timed_out: bool = False

    def counts(self) -> Counter[str]:
        return Counter(self.outcomes.values())


def modules_of(suite: str) -> list[str]:
    """The names of the test modules below a package, without the package's own: ``cudapy.test_atomics``."""
    [folder] = importlib.util.find_spec(suite).submodule_search_locations
    found = (path.relative_to(folder) for path in Path(folder).rglob("test_*.py"))
    return sorted(".".join(path.with_suffix("").parts) for path in found)


def run_module(suite: str, module: str, limit: float) -> ModuleResult:
    """Run one module in its own process, at most ``limit`` seconds."""
    with tempfile.TemporaryDirectory(prefix="conformance-") as name:
        folder = Path(name)
        (folder / "sitecustomize.py").write_text(ATTACH, encoding="utf-8")
        (folder / "work").mkdir()
        report = folder / "report.jsonl"
        path = [name, str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, path)),
            "PYTHONHASHSEED": "0",
        }
        environment.pop("NUMBA_CACHE_DIR", None)  # the tests of the cache look for it where Numba puts it
        begun = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, str(CHILD), f"{suite}.{module}", str(report)],
            cwd=folder / "work",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(log := (folder / "log").open("w+")),
            start_new_session=True,
        )
        timed_out = False
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            _stop(process)
        log.seek(0)
        last = " ".join(log.read()[-200:].split())
        log.close()
        lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
        result = read_report(lines, timed_out, f"the process ended ({process.returncode}): {last}")
        result.seconds = time.monotonic() - begun
        return result


def _stop(process: subprocess.Popen) -> None:
    """End a process and everything that it started."""
    if hasattr(os, "killpg"):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    else:
        process.kill()
    process.wait()


def read_report(lines: Iterable[str], timed_out: bool, death: str) -> ModuleResult:
    """Turn the lines of conformance_module.py into a result.

    ``death`` is the reason of a test that was running when its process ended by itself.
    """
    result = ModuleResult(timed_out=timed_out)
    entries = []
    for line in lines:
        try:
            entries.append(json.loads(line))
        except ValueError:
            break  # cut off in the middle
    names = next((entry["tests"] for entry in entries if "tests" in entry), None)
    whole = dict(pair for entry in entries for pair in entry.items())
    if "detached" in whole:
        raise RuntimeError(
            "the simulated SM could not be attached, so nothing is counted; try smsim.attach()"
        )
    if names is None or "broken" in whole or "skipped" in whole:
        outcome = "skipped" if "skipped" in whole else "error"
        why = whole.get("skipped") or whole.get("broken") or ("out of time" if timed_out else death)
        return ModuleResult({"(the module)": outcome}, {"(the module)": why}, timed_out=timed_out)
    for entry in entries:
        if "outcome" in entry:
            result.outcomes[entry["test"]] = entry["outcome"]
            if entry["outcome"] not in ("passed", "expected"):
                result.reasons[entry["test"]] = entry["why"]
    running = next((entry["started"] for entry in reversed(entries) if "started" in entry), None)
    class_reasons = {n: o for n, o in result.outcomes.items() if n.startswith(("setUpClass", "setUpModule"))}
    for name in names:
        if name in result.outcomes:
            continue
        if class_reasons:
            continue  # counted once, with the class or module that could not be set up
        elif name == running and not timed_out and "finished" not in whole:
            result.outcomes[name], result.reasons[name] = "error", death
        else:
            result.outcomes[name] = "not reached"
            result.reasons[name] = "out of time" if timed_out else "the process ended before"
    return result


def run(suite: str, modules: list[str], limit: float, jobs: int, say: Callable[[str], None]) -> dict:
    """Run modules, ``jobs`` at a time; return the results by module. ``say`` gets a line for each."""
    width = max(map(len, modules), default=0)
    say(f"{'':{width}}  " + "  ".join(f"{heading:>11}" for heading in HEADINGS) + "  seconds")
    results = {}
    with ThreadPoolExecutor(jobs) as pool:
        for module, result in zip(modules, pool.map(lambda name: run_module(suite, name, limit), modules)):
            results[module] = result
            counts = result.counts()
            row = "  ".join(f"{counts[outcome]:11}" for outcome in OUTCOMES)
            say(f"{module:{width}}  {row}  {result.seconds:7.1f}{'  timed out' if result.timed_out else ''}")
    totals = totals_of(results)
    say(f"{'total':{width}}  " + "  ".join(f"{totals[outcome]:11}" for outcome in OUTCOMES))
    return results


def totals_of(results: dict[str, ModuleResult]) -> Counter[str]:
    return sum((result.counts() for result in results.values()), Counter())


def as_toml(results: dict[str, ModuleResult], limit: float) -> str:
    """The results as TOML: where and when, then for each module its counts and each test that did not pass."""
    lines = [
        "# Written by tools/conformance.py. Groups and their reasons stand in conformance_groups.toml.",
        f'date = "{datetime.date.today()}"',
        f"seconds_a_module = {limit:g}",
        "",
        "[versions]",
        f'python = "{platform.python_version()}"',
        *(f"{package} = {_text(_version(package))}" for package in PACKAGES),
    ]
    for module, result in sorted(results.items()):
        lines += ["", f"[modules.{_text(module)}]"]
        counts = result.counts()
        lines += [f"{_text(outcome)} = {counts[outcome]}" for outcome in OUTCOMES if counts[outcome]]
        if result.timed_out:
            lines.append("timed_out = true")
        missed = [
            f"  {_text(name)} = {{ outcome = {_text(result.outcomes[name])}, why = {_text(why)} }}"
            for name, why in sorted(result.reasons.items())
        ]
        if missed:
            lines += [f"[modules.{_text(module)}.tests]", *(line.strip() for line in missed)]
    return "\n".join(lines) + "\n"


def stored(path: Path = STORED) -> tuple[dict, dict[str, ModuleResult]]:
    """What was stored: the file as read, and the results by module (the passed ones have no names there)."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    results = {}
    for module, entry in data["modules"].items():
        tests = entry.get("tests", {})
        result = ModuleResult(
            {name: test["outcome"] for name, test in tests.items()},
            {name: test["why"] for name, test in tests.items()},
            timed_out=entry.get("timed_out", False),
        )
        for outcome in ("passed", "expected"):
            result.outcomes |= {f"({outcome} {n})": outcome for n in range(entry.get(outcome, 0))}
        results[module] = result
    return data, results


def _text(value: str) -> str:
    """A TOML string; JSON's escapes are TOML's, but for the one of DEL."""
    return json.dumps(value, ensure_ascii=True).replace("\x7f", "\\u007f")


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit status says whether it could run, not whether all tests passed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="such as cudapy.test_atomics; all of them by default")
    parser.add_argument("--suite", default=SUITE, help="the package that has the test modules")
    parser.add_argument("--limit", type=float, default=60, help="seconds a module")
    parser.add_argument("--jobs", type=int, default=2, help="modules at a time")
    parser.add_argument(
        "--update", action="store_true", help="put the results of some modules among the stored"
    )
    parser.add_argument("--output", type=Path, default=STORED, help="the TOML file")
    parser.add_argument("--reasons", action="store_true", help="print why tests did not pass")
    options = parser.parse_args(arguments)
    modules = options.modules or modules_of(options.suite)
    results = run(options.suite, modules, options.limit, options.jobs, lambda line: print(line, flush=True))
    if options.reasons:
        for module, result in results.items():
            for name, why in result.reasons.items():
                print(f"{module}.{name}: {result.outcomes[name]}: {why}")
    if options.update:
        results = stored(options.output)[1] | results
    if options.update or not options.modules:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        options.output.write_text(as_toml(results, options.limit), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Run one test module and write what became of each test: python tools/conformance_module.py MODULE REPORT

Started by conformance.py, in a process of its own. The report has one JSON object a line: first the names of
all tests, then for each test its start and its outcome. So a process that is stopped leaves what it found.
A test of a plain function is run too, as pytest would, if it takes no arguments.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
import traceback
import unittest
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TextIO


class Report(unittest.TestResult):
    """Writes a line a test. A test with several failing parts counts once."""

    def __init__(self, stream: TextIO, module: str):
        super().__init__()
        self._stream = stream
        self._prefix = module + "."
        self._written: set[str] = set()

    def write(self, **line: Any) -> None:
        print(json.dumps(line), file=self._stream, flush=True)

    def name(self, test: unittest.TestCase) -> str:
        return test.id().removeprefix(self._prefix)

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.write(started=self.name(test))

    def _outcome(self, test: unittest.TestCase, outcome: str, why: str = "") -> None:
        # A whole class that cannot be set up has no test: its name is kept as it stands.
        name = self.name(test)
        if name not in self._written:
            self._written.add(name)
            self.write(test=name, outcome=outcome, why=why)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self._outcome(test, "passed")

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        self._outcome(test, "failed", _short(err))

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        # pytest's own exception, as from pytest.importorskip, means a skip here too.
        self._outcome(test, "skipped" if err[0].__name__ == "Skipped" else "error", _short(err))

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self._outcome(test, "skipped", reason)

    def addExpectedFailure(self, test: unittest.TestCase, err: Any) -> None:
        self._outcome(test, "expected")

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        self._outcome(test, "failed", "passed, and was expected to fail")

    def addSubTest(self, test: unittest.TestCase, subtest: unittest.TestCase, err: Any) -> None:
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self._outcome(test, "failed" if failed else "error", _short(err))


def _short(err: Any) -> str:
    """The exception in one line of at most 300 characters, without the folders of this machine."""
    text = " ".join("".join(traceback.format_exception_only(err[0], err[1])).split())
    text = re.sub(r"/\S*/site-packages/", "", text)
    return text if len(text) <= 300 else text[:200] + " ... " + text[-95:]


def tests_of(module: ModuleType) -> Iterator[unittest.TestCase]:
    """The module's tests: methods of test cases, and functions without arguments."""
    loaded = unittest.TestLoader().loadTestsFromModule(module)
    yield from _flat(loaded)
    for name, function in vars(module).items():
        if (
            name.startswith("test")
            and inspect.isfunction(function)
            and function.__module__ == module.__name__
        ):
            if not inspect.signature(function).parameters and not hasattr(function, "pytestmark"):
                test = unittest.FunctionTestCase(function)
                test.id = lambda name=name: f"{module.__name__}.{name}"
                yield test
            else:
                test = unittest.FunctionTestCase(lambda: _needs_pytest())
                test.id = lambda name=name: f"{module.__name__}.{name}"
                yield test


def _needs_pytest() -> None:
    raise unittest.SkipTest("needs pytest's fixtures")


def _flat(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _flat(test)
        else:
            yield test


def main(name: str, report: Path) -> None:
    """Import ``name``, run its tests in order, write them to ``report``."""
    with report.open("w", encoding="utf-8") as stream:
        result = Report(stream, name)
        if getattr(sys.modules.get("smsim"), "attached", lambda: None)() is None:
            result.write(detached=True)  # Python goes on after an error in sitecustomize; the count must not
            return
        try:
            tests = list(tests_of(importlib.import_module(name)))
        except unittest.SkipTest as skip:
            result.write(tests=[], skipped=str(skip))
            return
        except BaseException as error:
            if type(error).__name__ == "Skipped":  # pytest.importorskip
                result.write(tests=[], skipped=str(error))
                return
            result.write(tests=[], broken=_short((type(error), error)))
            return
        result.write(tests=[result.name(test) for test in tests])
        unittest.TestSuite(tests).run(result)
        result.write(finished=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

"""tools/conformance.py counts what really happened: outcomes, time limits, processes that die."""

from __future__ import annotations

import textwrap
import tomllib

import conformance
import conformance_counts
import pytest

pytest.importorskip("numba.cuda")

ORDINARY = """
import sys, unittest
def test_function(): assert sys.modules["smsim"].attached().simulated
def test_fixture(tmp_path): pass
class Many(unittest.TestCase):
    def test_pass(self): pass
    def test_fail(self): self.assertEqual(1, 2)
    def test_error(self): raise ValueError('odd "text"')
    def test_skip(self): self.skipTest("no GPU")
    @unittest.expectedFailure
    def test_expected(self): self.fail()
    def test_parts(self):
        for n in range(3):
            with self.subTest(n=n): self.assertEqual(n, 0)
"""
#: Seconds a module: many times what importing Numba takes, and far less than the endless one sleeps.
LIMIT = 20
ENDLESS = """
import time, unittest
class Slow(unittest.TestCase):
    def test_a(self): pass
    def test_b(self): time.sleep(600)
    def test_c(self): pass
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict:
    folder = tmp_path_factory.mktemp("suite")
    package = folder / "own_tests"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "test_ordinary.py").write_text(textwrap.dedent(ORDINARY))
    (package / "test_endless.py").write_text(textwrap.dedent(ENDLESS))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        patch.syspath_prepend(str(folder))
        modules = conformance.modules_of("own_tests")
        results = conformance.run("own_tests", modules, LIMIT, 2, lambda line: None)
    text = conformance.as_toml(results, LIMIT)
    (folder / "stored.toml").write_text(text)
    assert conformance.totals_of(conformance.stored(folder / "stored.toml")[1]) == conformance.totals_of(
        results
    )
    return tomllib.loads(text)


def test_outcomes(data: dict) -> None:
    counted = dict(data["modules"]["test_ordinary"])
    tests = counted.pop("tests")
    assert counted == {"passed": 2, "expected": 1, "failed": 2, "error": 1, "skipped": 2}
    assert tests["Many.test_error"] == {"outcome": "error", "why": 'ValueError: odd "text"'}


def test_a_module_that_does_not_end_keeps_what_it_found(data: dict) -> None:
    endless = data["modules"]["test_endless"]
    assert endless["timed_out"] and endless["passed"] == 1 and endless["not reached"] == 2


def test_a_process_that_dies_is_an_error() -> None:
    lines = ['{"tests": ["a", "b"]}', '{"started": "a"}']
    result = conformance.read_report(lines, False, "gone")
    assert result.outcomes == {"a": "error", "b": "not reached"} and result.reasons["a"] == "gone"


def test_every_missed_test_has_a_group(data: dict) -> None:
    known = [{"title": "slow", "reason": "slow", "patterns": ["out of time"]}]
    assert conformance_counts.groups(data, known) == {conformance_counts.UNEXPLAINED: 3, ("slow", "slow"): 2}
    assert "Of 11 tests in 2 modules" in conformance_counts.sentences(data)

"""The replay gives the same bits with Numba's compiler, without it, and where there is no Numba."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from recorded_kernels import SETTINGS, launches, recorded
from test_recorder_waits import flag_by_atomics

from smsim.devices.spec import named
from smsim.timing.compiled import sources
from smsim.timing.lowering import lower
from smsim.timing.replay import replay
from smsim.timing.replay_loop import run
from tests.timing.replay_examples import Example, by_chance, same, without_code

H100 = named("H100")
KERNELS = ("saxpy", "divergent", "matmul", "histogram", "strided_local")
#: Replays what it finds in a file, in a process of its own.
CHILD = """
import pickle, sys
if sys.argv[2] == "missing":
    sys.modules["numba"] = None
from smsim.devices.spec import named
from smsim.timing.replay import replay
from smsim.timing.replay_loop import run
assert not hasattr(run, "overloads")
with open(sys.argv[1], "rb") as file:
    examples = pickle.load(file)
outcomes = [replay(e.trace, e.ops, named("H100"), e.per_sm, e.shared_bytes) for e in examples]
with open(sys.argv[1], "wb") as file:
    pickle.dump(outcomes, file)
"""


def _recorded(name, launch, arguments):
    trace = recorded(launch, arguments).trace
    return Example(name, trace, lower(trace.codes, H100), 3, 1024)


@pytest.fixture(scope="module")
def examples():
    made = [by_chance(seed) for seed in range(30)]
    run_ones = launches()
    for name in KERNELS:
        launch, arguments = run_ones[name]
        made.append(
            _recorded(name, launch, [a[:300] if getattr(a, "ndim", 0) == 1 else a for a in arguments])
        )
    waiting = flag_by_atomics[6, 64], (np.zeros(64, "i4"), np.zeros(1, "i4"), np.zeros(384, "i4"))
    made.append(_recorded("flag", *waiting))
    assert len(made[-1].trace.wait_start) > 1
    return [without_code(example) for example in made]


@pytest.fixture(scope="module")
def outcomes(examples):
    assert SETTINGS == {}
    return [replay(e.trace, e.ops, H100, e.per_sm, e.shared_bytes) for e in examples]


@pytest.mark.parametrize("numba", ["disabled", "missing"])
def test_same_bits_without_the_compiler(numba, examples, outcomes, tmp_path):
    path = tmp_path / "examples"
    path.write_bytes(pickle.dumps(examples))
    env = {**os.environ, "NUMBA_DISABLE_JIT": "1" if numba == "disabled" else "0"}
    command = [sys.executable, "-c", CHILD, str(path), numba]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    plain = pickle.loads(path.read_bytes())
    assert len(plain) == len(outcomes) > 30
    for example, a, b in zip(examples, outcomes, plain, strict=True):
        assert same(a, b), example.name


def test_the_examples_hold_every_kind_of_instruction(examples):
    kinds = {int(kind) for example in examples for kind in example.ops.kind}
    assert kinds >= set(range(25)) - {8}  # ARRIVE has its own test


def test_one_compilation_serves_all_traces(outcomes):
    assert len(run.signatures) == 1


def test_machine_code_is_kept_for_these_sources_only(outcomes):
    key = run._cache._index_key(run.signatures[0], run.targetctx.codegen())
    assert key[-1] == sources()


def test_a_folder_that_cannot_be_written_costs_no_error(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder can be made in here")
    program = "import smsim.timing.replay_loop as loop; assert loop.run.py_func"
    env = {**os.environ, "NUMBA_CACHE_DIR": str(blocked / "cache"), "HOME": str(blocked)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

"""The first cell's work: quiet, once, and honest about a runtime that must be restarted."""

import subprocess
import sys


def run(code):
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    return done.stdout, done.stderr


def test_start_says_which_engine_runs():
    out, err = run("import labkit; labkit.start(); labkit.start()")
    assert err == ""
    lines = out.splitlines()
    assert len(lines) == 2 and lines[0] == lines[1] and "simulated H800" in lines[0]


def test_numbas_own_target_in_memory_means_restart():
    out, err = run(
        "import sys, types; m = types.ModuleType('numba.cuda'); m.__file__ = '/x/numba/cuda/__init__.py'\n"
        "sys.modules['numba.cuda'] = m\nimport labkit; labkit.start()"
    )
    assert err == "" and "restart the runtime" in out


def test_labkit_itself_imports_nothing_heavy():
    out, _ = run(
        "import sys, labkit; print(sorted({'numpy', 'matplotlib', 'numba', 'smsim'} & set(sys.modules)))"
    )
    assert out.strip() == "[]"

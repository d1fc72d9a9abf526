"""``python -m smsim``: scripts run as under Python itself."""

SMSIM = ("-m", "smsim")

PROGRAM = """
    import sys
    import numpy as np
    from numba import cuda

    @cuda.jit
    def fill(x):
        x[cuda.grid(1)] = 1

    n = int(sys.argv[1])
    x = np.zeros(n, np.float32)
    fill[1, 32](x)
    print(__name__, sys.argv[1:], x.sum())
    sys.exit(3)
"""


def test_a_script_with_arguments_and_exit_status(python):
    done = python(PROGRAM, "32", "more", module=SMSIM)
    assert done.stdout == "__main__ ['32', 'more'] 32.0\n", done.stderr
    assert done.returncode == 3


def test_a_seed_from_outside_reaches_the_device(python):
    source = """
        from smsim.driver.attach import attached
        print(attached())
    """
    done = python(source, module=SMSIM, SMSIM_SEED="7")
    assert done.stdout.endswith("Threads run in the order of seed 7.\n"), done.stderr
    done = python(source, module=SMSIM, SMSIM_SEED="seven")
    assert done.returncode == 1 and done.stderr.startswith("SMSIM_SEED is 'seven': set it to")


def test_a_wrong_kernel_prints_its_sentence(python):
    done = python(PROGRAM, "30", module=SMSIM)
    assert done.returncode == 1
    lines = done.stderr.strip().splitlines()
    assert "line 12: fill[1, 32](x)" in lines[0]
    assert lines[1].startswith("MemoryFault: ")
    assert "Traceback" not in done.stderr


def test_other_exceptions_look_as_pythons_own(python):
    source = """
        def f():
            raise ValueError("mine")
        f()
    """
    own, ours = python(source), python(source, module=SMSIM)
    assert (ours.returncode, ours.stderr) == (own.returncode, own.stderr)


def test_usage(python):
    import subprocess
    import sys

    assert subprocess.run([sys.executable, "-m", "smsim"], capture_output=True).returncode == 2
    done = subprocess.run([sys.executable, "-m", "smsim", "nowhere.py"], capture_output=True, text=True)
    assert done.returncode == 2 and "there is no file nowhere.py" in done.stderr


def test_doctor():
    import os
    import subprocess
    import sys

    command = [sys.executable, "-m", "smsim", "doctor"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NVVM         writes PTX" in done.stdout
    assert "Kernels will run on" in done.stdout
    assert "seed" not in done.stdout
    asked = {**os.environ, "SMSIM": "1", "SMSIM_SEED": "7"}
    told = subprocess.run(command, capture_output=True, text=True, env=asked)
    assert told.stdout.rstrip().endswith("Threads will run in the order of seed 7.")

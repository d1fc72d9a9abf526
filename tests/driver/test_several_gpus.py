"""Several simulated GPUs under Numba, in processes of their own: how many there are is settled once a process."""

import subprocess
import sys
from pathlib import Path

import pytest

from smsim.driver.gpu_count import wanted_gpus
from smsim.errors import EnvironmentProblem


def run(*arguments, **environment):
    import os

    done = subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_numba_kernels_on_four_gpus_talk_to_each_other():
    said = run(str(Path(__file__).parent / "several_gpus.py"), "4")
    assert said.splitlines()[0].startswith(
        "Kernels run on 4 times a simulated H800 in 2 nodes (each with 132 SMs"
    )
    assert said.splitlines()[-1] == "done"


def test_gpus_may_be_added_later_and_asked_for_from_outside():
    later = "import smsim; smsim.attach(force=True)\nfrom numba import cuda\nprint(len(cuda.gpus))\n"
    later += (
        "x = cuda.device_array(3)\nsmsim.attach(gpus=3)\nprint(len(cuda.gpus), len(smsim.attach().devices))\n"
    )
    later += "with cuda.gpus[2]: print(cuda.to_device(x.copy_to_host()).size)"
    assert run("-c", later).split() == ["1", "3", "3", "3"]
    assert run("-c", later, SMSIM_GPUS="2").split() == ["2", "3", "3", "3"]


@pytest.mark.parametrize(
    ("gpus", "per_node", "outside"),
    [
        (0, None, ""),
        (16, None, ""),
        (True, None, ""),
        (2, 0, ""),
        (2.0, None, ""),
        (None, None, "two"),
        (None, None, "99"),
    ],
)
def test_what_is_no_number_of_gpus(gpus, per_node, outside, monkeypatch):
    monkeypatch.setenv("SMSIM_GPUS", outside)
    with pytest.raises(EnvironmentProblem, match="15"):
        wanted_gpus(gpus, per_node)

"""Which engine is chosen on which computer, and what is said where none can run."""

import dataclasses
import importlib.util

import pytest

from smsim.driver import environment, toolchain
from smsim.driver.attach import choose
from smsim.driver.environment import Environment
from smsim.driver.gpus import Gpu, RealDriver
from smsim.errors import EnvironmentProblem

NO_GPU = RealDriver(None, ())
T4 = RealDriver((13, 0), (Gpu("Tesla T4", (7, 5)),))
GOOD = Environment(
    python=(3, 11),
    system="Linux",
    numpy="2.4.6",
    numba="0.68.1",
    numba_cuda="0.30.4",
    cuda_bindings="13.5.0",
    cuda_core="1.2.2",
    nvvm="libnvvm.so.4",
    nvvm_ptx=(9, 0),
    nvrtc=(13, 0),
    nvjitlink=(13, 0),
    driver=NO_GPU,
)


@pytest.fixture(autouse=True)
def no_choice_from_outside(monkeypatch):
    monkeypatch.delenv("SMSIM", raising=False)
    monkeypatch.delenv("SMSIM_DEVICE", raising=False)
    monkeypatch.delenv("SMSIM_SEED", raising=False)


def _with(**changes):
    return dataclasses.replace(GOOD, **changes)


@pytest.mark.parametrize(
    "here, text",
    [
        (_with(python=(3, 10)), r"This is Python 3\.10; smsim needs 3\.11 or newer"),
        (_with(system="Darwin"), "macOS: open the notebooks in Colab, or .* Linux container"),
        (_with(numba_cuda=None), r"numba-cuda is not installed: pip install numba numba-cuda==0\.30\.4"),
        (_with(numba=None, numba_cuda=None), "numba and numba-cuda are not installed"),
        (_with(nvvm=None, nvvm_ptx=None), r"NVVM is missing.*pip install nvidia-nvvm==13\.0\.88"),
        (_with(nvrtc=None, nvjitlink=None), "NVRTC and nvJitLink are missing"),
        (_with(nvvm_ptx=None), "NVVM is here but compiles nothing"),
        (_with(nvvm_ptx=(9, 5)), r"Wrong NVVM: it writes PTX 9\.5, and nvJitLink reads PTX up to 9\.0"),
        (
            _with(driver=RealDriver((12, 4), T4.gpus)),
            r"driver is too old: it knows CUDA 12\.4 and reads PTX up to 8\.4.*PTX 9\.0.*SMSIM=1",
        ),
    ],
)
def test_each_problem_is_one_sentence_with_its_remedy(here, text):
    with pytest.raises(EnvironmentProblem, match=text):
        choose(here)


def test_no_gpu():
    choice = choose(GOOD)
    assert (choice.gpu, choice.device, choice.reason) == (None, "H800", "no GPU was found here")


def test_a_gpu_is_used():
    assert choose(_with(driver=T4)).gpu == "Tesla T4"


def test_a_gpu_that_is_less_than_needed():
    choice = choose(_with(driver=T4), needs="sm_90")
    assert choice.gpu is None
    assert choice.reason == "the Tesla T4 here is an sm_75, and sm_90 is needed"


def test_chosen_from_outside(monkeypatch):
    monkeypatch.setenv("SMSIM", "1")
    monkeypatch.setenv("SMSIM_DEVICE", "A100")
    choice = choose(_with(driver=T4))
    assert (choice.gpu, choice.device) == (None, "A100")
    monkeypatch.setenv("SMSIM", "0")
    with pytest.raises(EnvironmentProblem, match="none was found"):
        choose(GOOD)
    monkeypatch.setenv("SMSIM", "yes")
    with pytest.raises(EnvironmentProblem, match="SMSIM is 'yes'"):
        choose(GOOD)


def test_a_seed_from_outside(monkeypatch):
    assert choose(GOOD).seed is None
    monkeypatch.setenv("SMSIM_SEED", " 7 ")
    assert choose(GOOD).seed == 7
    assert choose(GOOD, seed=None).seed is None and choose(GOOD, seed=3).seed == 3
    for bad in ("-1", "x", "1.5", "²"):
        monkeypatch.setenv("SMSIM_SEED", bad)
        with pytest.raises(EnvironmentProblem, match=f"SMSIM_SEED is '{bad}': set it to a whole number"):
            choose(GOOD)


def test_an_old_driver_matters_only_to_its_gpu():
    here = _with(driver=RealDriver((12, 4), T4.gpus))
    assert choose(here, force=True).gpu is None


@pytest.mark.parametrize(
    "cuda, ptx", [((12, 0), (8, 0)), ((12, 8), (8, 7)), ((13, 0), (9, 0)), ((13, 5), (9, 5))]
)
def test_ptx_of_each_cuda(cuda, ptx):
    assert toolchain.ptx_of_cuda(cuda) == ptx


@pytest.mark.skipif(importlib.util.find_spec("cuda") is None, reason="NVIDIA's packages are not installed")
def test_this_computer():
    here = environment.look()
    assert here.nvvm_ptx is not None and here.nvvm_ptx <= toolchain.ptx_of_cuda(here.nvjitlink)
    assert environment.compiler_problem(here) is None

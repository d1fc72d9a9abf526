"""Lets this computer seem to have a GPU: smsim's driver seam plays one that smsim then takes for real.

``attach`` asks :mod:`smsim.driver.gpus` for the GPUs that are here. When that module is imported, the answer is
replaced, and the seam is put under Numba as ``libcuda`` would be. What ``attach`` itself does for a simulated
GPU is not done, and nothing that asks whether a GPU is simulated is told so.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from types import ModuleType

_ASKED = "smsim.driver.gpus"
_DRIVER = (13, 0)  # Colab's driver 580 is one of CUDA 13.0


def when_asked_for(name: str) -> None:
    """From here on ``name``, such as ``"T4"``, is the GPU of this computer."""
    sys.meta_path.insert(0, _Finder(name))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``smsim.driver.gpus`` as everyone does, and changes it once it is loaded."""

    def __init__(self, name: str) -> None:
        self._name = name

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> object:
        if fullname != _ASKED:
            return None
        sys.meta_path.remove(self)
        found = importlib.machinery.PathFinder.find_spec(fullname, path)
        self._loader, found.loader = found.loader, self
        return found

    def create_module(self, spec: object) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _play(self._name, module)


def _play(name: str, gpus: ModuleType) -> None:
    from smsim.devices import load

    spec = load(name)
    here = gpus.RealDriver(_DRIVER, (gpus.Gpu(f"Tesla {name}", spec.compute_capability),))
    gpus.real_driver = lambda: here

    from smsim.driver import linker, seam, state
    from smsim.machine.device import Device

    for part in seam._PARTS:
        importlib.import_module(f"smsim.driver.{part}")
    state.install(state.SimulatedDriver(Device(spec, hazards="off"), spec))
    seam._replace_pointers()
    state.installed = lambda: None  # a real GPU is no simulated one

    from numba import cuda  # noqa: F401
    from numba.cuda.cudadrv import driver

    driver.driver.is_initialized = False
    driver.driver.initialization_error = None
    driver.driver.lib = object()
    driver._Linker.complete = linker.complete  # what would be machine code is PTX

"""NVIDIA's ``cuda.core``: its classes, under the name that the installed version has for them."""

from __future__ import annotations

import importlib
from types import ModuleType


def cuda_core() -> ModuleType:
    """The module with ``Linker``, ``LinkerOptions`` and ``ObjectCode``.

    Early versions, such as the 0.3.2 of Colab's GPU runtime, have them in ``cuda.core.experimental``.
    """
    core = importlib.import_module("cuda.core")
    return core if hasattr(core, "Linker") else importlib.import_module("cuda.core.experimental")

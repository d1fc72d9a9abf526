"""What the first cell of every notebook does once the packages are there."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from labkit.missing import say_what_is_missing

#: Both warnings hold paths and go to stderr; a notebook's stored output must hold neither.
QUIET = {"CUDA_LOW_OCCUPANCY_WARNINGS": 0, "CUDA_WARN_ON_IMPLICIT_COPY": 0}


def start() -> None:
    """Set the environment, choose the engine and print which one runs.

    Prints one sentence also where nothing can run: what is wrong and what to do.
    """
    for name, value in QUIET.items():
        os.environ[f"NUMBA_{name}"] = str(value)
    if _old_target_loaded():
        print(
            "numba.cuda was imported before the book's packages were there. "
            "Please restart the runtime and run this cell first."
        )
        return
    import smsim
    from smsim.errors import SimulationError

    try:
        engine = smsim.attach()
    except SimulationError as problem:
        print(problem)
        return
    _silence_loaded_numba()
    _collect_less_often()
    say_what_is_missing(_shell())
    # Not the engine's own sentence: why it was chosen differs from machine to machine.
    simulated = engine.simulated and f"a {engine.engine} ({engine.spec.sms} SMs). No GPU is needed."
    print(f"Kernels run on {simulated or f'the {engine.engine}.'}")


def _collect_less_often() -> None:
    """Compiling a kernel makes very many objects that live for a moment. By default Python looks after every 700
    whether some are garbage, and often at all that was imported, too: it took a tenth of a chapter's time."""
    gc.freeze()
    gc.set_threshold(50_000)


def _shell() -> Any:
    """IPython's shell, where one runs."""
    loaded = sys.modules.get("IPython")
    return loaded.get_ipython() if loaded else None


def _old_target_loaded() -> bool:
    """True when Numba's own, deprecated CUDA target is in memory instead of numba-cuda.

    On Colab's CPU runtime that happens when ``from numba import cuda`` ran before the first cell.
    """
    loaded = sys.modules.get("numba.cuda")
    return loaded is not None and "numba_cuda" not in (getattr(loaded, "__file__", None) or "")


def _silence_loaded_numba() -> None:
    """The environment is read when Numba is imported; if that was before, set the values directly."""
    for module in ("numba.core.config", "numba.cuda.core.config"):
        if module in sys.modules:
            for name, value in QUIET.items():
                setattr(sys.modules[module], name, value)

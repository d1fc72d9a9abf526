"""smsim: a simulated streaming multiprocessor (SM) that executes PTX, under Numba's own API.

    import smsim
    smsim.attach()                      # a GPU here: nothing changes; none: a simulated H800
    from numba import cuda              # from here on Numba as it always is

    smsim.check(kernel[blocks, threads], *arguments)           # every hazard of one launch, as a report
    smsim.count(kernel[blocks, threads], *arguments)           # exact counts: instructions, sectors, conflicts
    smsim.occupancy(kernel[blocks, threads])                   # how many blocks an SM holds, and why not more
    smsim.profile(kernel[blocks, threads], *arguments)         # modelled cycles, stalls, occupancy, the limiter
    smsim.compare(one_profile, another)                        # what changed, and why
    smsim.step(kernel[blocks, threads], *arguments)            # the same launch, instruction by instruction
    smsim.views(kernel, arguments)                             # Python and PTX, side by side
    smsim.load_ptx(text)["name"][blocks, threads](*arguments)  # hand-written PTX

Inside a kernel, ``smsim.asm(text, constraints, *operands)`` is inline PTX in CUDA C's spelling.
Errors of kernels are in :mod:`smsim.errors`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsim import errors
from smsim.errors import SimulationError

if TYPE_CHECKING:
    from smsim.checking import CheckReport, check
    from smsim.counting import Counts, count
    from smsim.driver.attach import Engine, attach, attached
    from smsim.driver.inline_asm import asm
    from smsim.handwritten import PTXModule, load_ptx
    from smsim.listing.views import Views, views
    from smsim.occupying import Occupancy, occupancy
    from smsim.profiling import Comparison, Profile, compare, profile
    from smsim.stepping import Stepper, step

__all__ = [
    "CheckReport",
    "Comparison",
    "Counts",
    "Engine",
    "Occupancy",
    "PTXModule",
    "Profile",
    "SimulationError",
    "Stepper",
    "Views",
    "asm",
    "attach",
    "attached",
    "check",
    "compare",
    "count",
    "errors",
    "load_ptx",
    "occupancy",
    "profile",
    "step",
    "views",
]

# Each of these is imported when it is first asked for: the engine needs NumPy alone, the driver Numba.
_LAZY = {
    "attach": "smsim.driver.attach",
    "attached": "smsim.driver.attach",
    "Engine": "smsim.driver.attach",
    "check": "smsim.checking",
    "CheckReport": "smsim.checking",
    "count": "smsim.counting",
    "Counts": "smsim.counting",
    "occupancy": "smsim.occupying",
    "Occupancy": "smsim.occupying",
    "profile": "smsim.profiling",
    "Profile": "smsim.profiling",
    "compare": "smsim.profiling",
    "Comparison": "smsim.profiling",
    "step": "smsim.stepping",
    "Stepper": "smsim.stepping",
    "load_ptx": "smsim.handwritten",
    "PTXModule": "smsim.handwritten",
    "asm": "smsim.driver.inline_asm",
    "views": "smsim.listing.views",
    "Views": "smsim.listing.views",
}


def __getattr__(name: str) -> object:
    import importlib

    if name not in _LAZY:
        raise AttributeError(f"module 'smsim' has no attribute {name!r}")
    value = getattr(importlib.import_module(_LAZY[name]), name)
    globals()[name] = value
    return value

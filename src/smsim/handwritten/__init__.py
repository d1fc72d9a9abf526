"""Hand-written PTX with Numba's launch syntax: ``smsim.load_ptx`` and the pieces it is made of."""

from smsim.handwritten.module import PTXKernel, PTXLaunch, PTXModule, load_ptx

__all__ = ["PTXKernel", "PTXLaunch", "PTXModule", "load_ptx"]

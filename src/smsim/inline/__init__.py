"""Inline PTX in CUDA C's spelling: constraints, operands and text. What Numba needs is in ``driver``."""

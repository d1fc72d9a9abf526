"""These tests run kernels through Numba on the simulated SM: attach before anything imports numba.cuda."""

import os

os.environ["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"
os.environ["NUMBA_CUDA_WARN_ON_IMPLICIT_COPY"] = "0"

import smsim  # noqa: E402

smsim.attach(force=True)

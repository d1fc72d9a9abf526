"""Kernels are compiled for the simulated SM: attach before anything imports numba.cuda."""

import os

os.environ["NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS"] = "0"
os.environ["NUMBA_CUDA_WARN_ON_IMPLICIT_COPY"] = "0"

import pytest  # noqa: E402

import smsim  # noqa: E402

smsim.attach(force=True)


@pytest.fixture(scope="session")
def listing_of():
    """``listing_of(kernel, signature)``: its :class:`smsim.listing.Views`, made once."""
    from smsim.listing import views

    made = {}

    def look(kernel, signature):
        return made.setdefault((kernel, signature), views(kernel, signature))

    return look

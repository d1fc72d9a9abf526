"""Attach before any test module imports ``numba.cuda``."""

import warnings

import pytest

from smsim.driver.attach import attach

ENGINE = attach("H800", force=True)

from numba import config  # noqa: E402

config.CUDA_LOW_OCCUPANCY_WARNINGS = 0
config.CUDA_WARN_ON_IMPLICIT_COPY = 0
warnings.filterwarnings("ignore", message=".*copy overhead.*|.*low occupancy.*")


@pytest.fixture
def device():
    """The simulated device."""
    return ENGINE.device


@pytest.fixture
def launches(monkeypatch):
    """Every launch that reaches the device, as a dict; launches still run."""
    seen = []
    original = ENGINE.device.prepare

    def prepare(function, grid, block, shared, params, **more):
        seen.append(dict(function=function, grid=grid, block=block, shared=shared, params=params, **more))
        return original(function, grid, block, shared, params, **more)

    monkeypatch.setattr(ENGINE.device, "prepare", prepare)
    return seen

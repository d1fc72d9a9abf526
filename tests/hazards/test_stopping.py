"""Kernels that do not end: those that cannot are told at once, others can be stopped from outside."""

import _thread
import signal
import threading

import numpy as np
import pytest
from numba import cuda

import smsim
from smsim import errors


@cuda.jit
def waits_for_a_plain_value(flag, out):
    while flag[0] == 0:
        pass
    out[0] = 1


@cuda.jit
def waits_with_an_atomic(flag, out):
    while cuda.atomic.add(flag, 0, 0) == 0:
        pass
    out[cuda.threadIdx.x] = 1


@pytest.mark.parametrize("seed", [None, 3])
def test_a_loop_without_load_or_exit_is_told_at_once_with_advice(seed):
    launch = waits_for_a_plain_value[1, 64]
    smsim.check(launch, np.ones(1, "i4"), np.zeros(1, "i4"))  # compiled from here on
    without_end = 10**12  # it is not the budget that stops it
    report = smsim.check(launch, np.zeros(1, "i4"), np.zeros(1, "i4"), seed=seed, budget=without_end)
    (error,) = report.errors
    assert isinstance(error, errors.InstructionBudgetExceeded)
    assert "moved the read out of the loop" in str(error)
    assert "wait with an acquire load or an atomic operation" in str(error)
    assert error.source_text.strip().startswith("while flag[0] == 0")


@pytest.mark.parametrize("seed", [None, 3])
def test_after_an_interrupt_the_device_can_be_used(seed):
    smsim.attach(seed=seed)
    flag, out = cuda.to_device(np.zeros(1, "i4")), cuda.to_device(np.zeros(64, "i4"))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # whatever an earlier test has left
    interrupt = threading.Timer(0.4, _thread.interrupt_main)
    interrupt.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            waits_with_an_atomic[1, 64](flag, out)
            cuda.synchronize()
        flag.copy_to_device(np.ones(1, "i4"))
        waits_with_an_atomic[1, 64](flag, out)
        assert (out.copy_to_host() == 1).all()
    finally:
        interrupt.cancel()
        signal.signal(signal.SIGINT, before)
        smsim.attach(seed=None)

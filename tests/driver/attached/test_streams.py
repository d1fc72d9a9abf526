"""Streams queue; default-stream work is done at once; events rise."""

import numpy as np
import pytest
from kernels import add_one, unguarded
from numba import cuda

from smsim.driver import state
from smsim.errors import DataRace, MemoryFault


def test_default_stream_is_done_before_returning(launches):
    add_one[1, 32](cuda.to_device(np.zeros(32, np.int32)))
    assert len(launches) == 1


def test_a_stream_waits_for_a_synchronising_call(launches):
    d, stream = cuda.to_device(np.zeros(32, np.int32)), cuda.stream()
    add_one[1, 32, stream](d)
    add_one[1, 32, stream](d)
    assert not launches
    stream.synchronize()
    assert len(launches) == 2
    assert (d.copy_to_host() == 2).all()


@pytest.mark.parametrize("synchronise", [cuda.synchronize, lambda: cuda.default_stream().synchronize()])
def test_device_wide_synchronisation(synchronise, launches):
    arrays = [cuda.to_device(np.zeros(32, np.int32)) for _ in range(3)]
    for d in arrays:
        add_one[1, 32, cuda.stream()](d)
    synchronise()
    assert len(launches) == 3
    assert all((d.copy_to_host() == 1).all() for d in arrays)


def test_kernels_of_two_streams_that_nothing_orders_race():
    d = cuda.to_device(np.zeros(32, np.int32))
    for _ in range(2):
        add_one[1, 32, cuda.stream()](d)
    with pytest.raises(DataRace, match="nothing orders the two kernels"):
        cuda.synchronize()


def test_an_event_orders_two_streams():
    d, event = cuda.to_device(np.zeros(32, np.int32)), cuda.event()
    first, second = cuda.stream(), cuda.stream()
    add_one[1, 32, first](d)
    event.record(first)
    event.wait(second)
    add_one[1, 32, second](d)
    cuda.synchronize()
    assert (d.copy_to_host() == 2).all()


def test_default_stream_work_comes_after_that_of_other_streams():
    d, stream = cuda.to_device(np.zeros(32, np.int32)), cuda.stream()
    add_one[1, 32, stream](d)
    assert (d.copy_to_host() == 1).all()


def test_host_array_in_a_stream_comes_back():
    x, stream = np.zeros(32, np.int32), cuda.stream()
    try:
        add_one[1, 32, stream](x)
    except RuntimeError as upstream:  # numba-cuda 0.30.4 with cuda-core 1.2: so on a GPU too
        assert "NumPy only supports stream=None" in str(upstream)
        return
    stream.synchronize()
    assert (x == 1).all()


def test_pageable_source_may_change_after_the_call():
    x, stream = np.full(32, 5, np.int32), cuda.stream()
    d = cuda.to_device(x, stream=stream)
    x[:] = 0
    stream.synchronize()
    assert (d.copy_to_host() == 5).all()


def test_memory_freed_while_work_waits_is_kept(launches):
    stream = cuda.stream()
    d = cuda.to_device(np.zeros(32, np.int32))
    add_one[1, 32, stream](d)
    del d
    cuda.current_context().memory_manager.deallocations.clear()
    stream.synchronize()
    assert len(launches) == 1


def test_events():
    stream, d = cuda.stream(), cuda.to_device(np.zeros(32, np.int32))
    first, last = cuda.event(), cuda.event()
    first.record(stream)
    add_one[1, 32, stream](d)
    last.record(stream)
    last.synchronize()
    assert 0 < cuda.event_elapsed_time(first, last) < 60_000


def test_errors_come_out_at_the_synchronising_call(launches):
    stream, d = cuda.stream(), cuda.to_device(np.zeros(16, np.int32))
    unguarded[1, 32, stream](d)
    add_one[1, 16, stream](d)
    with pytest.raises(MemoryFault):
        stream.synchronize()
    assert len(launches) == 1, "work after an error is dropped"
    stream.synchronize()
    assert state.driver().work.idle


def test_auto_synchronize():
    d, stream = cuda.to_device(np.zeros(8, np.int32)), cuda.stream()
    with stream.auto_synchronize():
        add_one[1, 8, stream](d)
    assert state.driver().work.idle

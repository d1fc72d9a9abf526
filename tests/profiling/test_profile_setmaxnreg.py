"""``setmaxnreg`` in a profile: who asks for registers waits until they are given back."""

import numpy as np
from numba import cuda

import smsim


@cuda.jit(max_registers=168)
def roles(out, turns):
    thread = cuda.threadIdx.x
    value = thread
    if thread < 128:
        for _ in range(turns):
            value = value * 3 + 1
        smsim.asm("setmaxnreg.dec.sync.aligned.u32 24;", "")
    else:
        smsim.asm("setmaxnreg.inc.sync.aligned.u32 240;", "")
    out[cuda.blockIdx.x * cuda.blockDim.x + thread] = value


def profiled(turns):
    return smsim.profile(roles[2, 384], np.zeros(768, np.int32), turns)


def test_who_takes_waits_for_who_gives():
    short, long = profiled(1), profiled(400)
    assert long.cycles > short.cycles + 400
    waiting = {line.reason: line.share for line in long.source().ptx}
    assert max(waiting, key=waiting.get) == "barrier" and waiting["barrier"] > 0.3
    assert long.stalls["barrier"] > 2 * short.stalls.get("barrier", 0)


def test_it_is_the_same_every_time():
    assert profiled(100).to_dict() == profiled(100).to_dict()


def test_its_occupancy_is_that_of_the_registers_it_starts_with():
    profile = profiled(1)
    assert profile.occupancy.registers == 168 and profile.occupancy.blocks == 1
    assert profile.metrics["launch__registers_per_thread"] == 168

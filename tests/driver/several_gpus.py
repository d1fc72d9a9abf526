"""Run in a process of its own by test_several_gpus.py: Numba kernels on four simulated GPUs."""

import sys
import warnings

warnings.filterwarnings("ignore")

import smsim  # noqa: E402

ENGINE = smsim.attach(gpus=4, gpus_per_node=2, force=True)

import numpy as np  # noqa: E402
from numba import cuda, uint32  # noqa: E402

import smsim.errors  # noqa: E402
from smsim.errors import DataRace, MemoryFault  # noqa: E402


def messages(release="st.release.sys.global.u32", acquire="ld.acquire.sys.global.u32"):
    """Kernels that hand an array from GPU to GPU."""
    store, load = f"{release} [%0], %1;", f"{acquire} %0, [%1];"

    @cuda.jit
    def send(data, box, flag):
        t = cuda.threadIdx.x
        box[t] = data[t] * 2
        cuda.syncthreads()
        if t == 0:
            smsim.asm(store, "l, r, memory", flag, uint32(1))

    @cuda.jit
    def receive(box, flag, out):
        t = cuda.threadIdx.x
        if t == 0:
            while smsim.asm(load, "=r, l, memory", flag) == 0:
                pass
        cuda.syncthreads()
        out[t] = box[t]

    return send, receive


def open_access():
    """Every GPU may use the memory of every other."""
    contexts = []
    for gpu in cuda.gpus:
        with gpu:
            contexts.append(cuda.current_context())
    for gpu in cuda.gpus:
        with gpu:
            for other in contexts:
                if other.device.id != gpu.id:
                    cuda.current_context().enable_peer_access(other.handle)


def ring(send, receive):
    """GPU g sends to GPU g + 1; the receiver is launched first."""
    boxes, flags, outs, data = [], [], [], []
    for number, gpu in enumerate(cuda.gpus):
        with gpu:
            data.append(cuda.to_device(np.arange(64) + 100 * number))
            boxes.append(cuda.to_device(np.zeros(64, np.int64)))
            flags.append(cuda.to_device(np.zeros(1, np.uint32)))
            outs.append(cuda.device_array(64, np.int64))
    for number, gpu in enumerate(cuda.gpus):
        with gpu:
            receive[1, 64, cuda.stream()](boxes[number], flags[number], outs[number])
    for number, gpu in enumerate(cuda.gpus):
        with gpu:
            to = (number + 1) % len(cuda.gpus)
            send[1, 64, cuda.stream()](data[number], boxes[to], flags[to])
    for gpu in cuda.gpus:
        with gpu:
            cuda.synchronize()
    return [out.copy_to_host() for out in outs]


def check_ring():
    for number, got in enumerate(ring(*messages())):
        assert (got == 2 * (np.arange(64) + 100 * ((number - 1) % 4))).all(), (number, got)


def check_default_streams():
    """Kernels of the default streams of two GPUs run together; the copy waits for both."""
    send, receive = messages()
    with cuda.gpus[1]:
        box, flag = cuda.to_device(np.zeros(64, np.int64)), cuda.to_device(np.zeros(1, np.uint32))
        out = cuda.device_array(64, np.int64)
        receive[1, 64](box, flag, out)
    with cuda.gpus[0]:
        data = cuda.to_device(np.arange(64))
        send[1, 64](data, box, flag)
    with cuda.gpus[1]:
        assert (out.copy_to_host() == 2 * np.arange(64)).all()


def both_sides(release="st.release.sys.global.u32"):
    """One kernel for the two sides of a message: GPU 0 sends, any other receives."""
    store = f"{release} [%0], %1;"

    @cuda.jit
    def message(me, data, box, flag, out):
        t = cuda.threadIdx.x
        if me == 0:
            box[t] = data[t] * 2
            cuda.syncthreads()
            if t == 0:
                smsim.asm(store, "l, r, memory", flag, uint32(1))
        else:
            if t == 0:
                while smsim.asm("ld.acquire.sys.global.u32 %0, [%1];", "=r, l, memory", flag) == 0:
                    pass
            cuda.syncthreads()
            out[t] = box[t]

    return message


def check_beside():
    """check and profile of launches that run together, on copies of their arguments."""
    with cuda.gpus[0]:
        left = cuda.stream()
    with cuda.gpus[1]:
        right = cuda.stream()
        box, flag = cuda.to_device(np.zeros(64, np.int64)), cuda.to_device(np.zeros(1, np.uint32))
        out = cuda.to_device(np.zeros(64, np.int64))
    data = np.arange(64)
    send, receive = (0, data, box, flag, out), (1, data, box, flag, out)
    right_one, wrong_one = both_sides(), both_sides("st.release.gpu.global.u32")
    found = smsim.check(right_one[1, 64, left], *send, beside=[(right_one[1, 64, right], *receive)])
    assert found.ok, found
    assert (found.results[4] == 2 * data).all() and (out.copy_to_host() == 0).all()
    found = smsim.check(wrong_one[1, 64, left], *send, beside=[(wrong_one[1, 64, right], *receive)])
    assert [type(error) for error in found.errors][:1] == [DataRace], found
    measured = smsim.profile(right_one[1, 64, left], *send, beside=[(right_one[1, 64, right], *receive)])
    assert (measured.results[4] == 2 * data).all()
    alone = smsim.profile(right_one[1, 64, left], *send)
    assert measured.cycles > alone.cycles  # the receiver reads after the sender has written
    for other, said in (
        (right_one[2, 64, right], "one kernel, with one number of blocks"),
        (wrong_one[1, 64, right], "one kernel"),
        (right_one[1, 64, left], "on a GPU each"),
    ):
        try:
            smsim.profile(right_one[1, 64, left], *send, beside=[(other, *receive)])
        except smsim.errors.LaunchError as refused:
            assert said in str(refused), refused
        else:
            raise AssertionError(f"{said}: not refused")


def main():
    print(ENGINE)
    assert len(cuda.gpus) == 4
    names = {gpu.get_primary_context().device.id for gpu in cuda.gpus}
    assert names == {0, 1, 2, 3}
    with cuda.gpus[2]:
        there = cuda.to_device(np.arange(64))
        assert cuda.current_context().device.id == 2
        assert cuda.current_context().can_access_peer(0)
    with cuda.gpus[0]:
        before = cuda.current_context().get_memory_info().free
        here = cuda.device_array(64, np.int64)
        assert before - cuda.current_context().get_memory_info().free == 512
        send, _ = messages()
        send[1, 64, cuda.stream()](there, here, cuda.to_device(np.zeros(1, np.uint32)))
        try:
            cuda.synchronize()
        except MemoryFault as fault:
            assert "data[0], which lies on GPU 2" in str(fault), fault
        else:
            raise AssertionError("memory of another GPU was read without access to it")
    open_access()
    check_ring()
    check_default_streams()
    check_beside()
    for weak in (
        ("st.release.gpu.global.u32", "ld.acquire.sys.global.u32"),
        (
            "st.release.sys.global.u32",
            "ld.acquire.gpu.global.u32",
        ),
    ):
        try:
            ring(*messages(*weak))
        except DataRace as race:
            assert "GPU" in str(race) and ".gpu scope" in str(race), race
        else:
            raise AssertionError(f"{weak} passed")
    for seed in range(int(sys.argv[1])):
        smsim.attach(seed=seed)
        check_ring()
    print("done")


main()

"""Order within a block that is less than a barrier of all: named barriers, arrivals, warps."""

import numpy as np
import pytest

from smsim import errors
from smsim.machine.device import Device

HEAD = """
.version 8.0
.target sm_90
.address_size 64
.visible .entry k(.param .u64 out)
{
    .reg .pred %p<4>;
    .reg .b32 %r<20>;
    .reg .b64 %rd<10>;
    .shared .align 4 .b8 buffer[512];
    ld.param.u64 %rd1, [out];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mad.lo.u32 %r4, %r2, %r3, %r1;
    mul.wide.u32 %rd2, %r4, 4;
    add.u64 %rd1, %rd1, %rd2;
    mov.u32 %r5, buffer;
    shl.b32 %r6, %r1, 2;
    add.u32 %r7, %r5, %r6;
"""

#: Warp 0 writes and says so, warp 1 waits and reads what the lane 32 below it wrote.
PRODUCER_CONSUMER = (
    HEAD
    + """
    setp.ge.u32 %p1, %r1, 32;
    @%p1 bra CONSUMER;
    add.u32 %r8, %r1, 100;
    st.shared.u32 [%r7], %r8;
    {arrive}
    bra DONE;
CONSUMER:
    {wait}
    ld.shared.u32 %r9, [%r7+-128];
    st.global.u32 [%rd1], %r9;
DONE:
    ret;
}}
"""
)

#: Each lane reads what the lane (or the warp) across wrote.
EXCHANGE = (
    HEAD
    + """
    st.shared.u32 [%r7], %r1;
    {sync}
    xor.b32 %r9, %r6, {across};
    add.u32 %r9, %r9, %r5;
    ld.shared.u32 %r10, [%r9];
    st.global.u32 [%rd1], %r10;
    ret;
}}
"""
)


def run(text, *, threads=64, blocks=2, **fields):
    device = Device("H800")
    kernel = device.load(text.replace("{\n    .reg", "{{\n    .reg").format(**fields)).functions["k"]
    out = device.memory.allocate(4 * threads * blocks, fill=0)
    device.launch(kernel, (blocks, 1, 1), (threads, 1, 1), 0, [out.to_bytes(8, "little")])
    return np.frombuffer(device.memory.read(out, 4 * threads * blocks), np.uint32).reshape(blocks, threads)


def test_an_arrival_orders_the_producer_before_the_consumer():
    got = run(PRODUCER_CONSUMER, arrive="bar.arrive 1, 64;", wait="bar.sync 1, 64;")
    assert np.array_equal(got[:, 32:], np.tile(np.arange(100, 132), (2, 1)))


@pytest.mark.parametrize(
    ("arrive", "wait"),
    [
        ("", ""),
        ("", "bar.sync 1, 32;"),
        ("bar.sync 2, 32;", "bar.sync 1, 32;"),
        ("", "bar.warp.sync 0xffffffff;"),
    ],
)
def test_without_it_they_race(arrive, wait):
    with pytest.raises(errors.DataRace) as caught:
        run(PRODUCER_CONSUMER, arrive=arrive, wait=wait)
    assert caught.value.array == "buffer"
    assert {t[0] // 32 for t in caught.value.threads} == {0, 1}


def test_a_barrier_that_waits_for_more_than_come():
    with pytest.raises(errors.BarrierError, match="barrier 1, which is for 64"):
        run(PRODUCER_CONSUMER, arrive="", wait="bar.sync 1, 64;")


def test_a_warp_barrier_orders_its_lanes():
    got = run(EXCHANGE, sync="bar.warp.sync 0xffffffff;", across=4)
    assert np.array_equal(got, np.tile(np.arange(64) ^ 1, (2, 1)))


@pytest.mark.parametrize(("sync", "across"), [("", 4), ("bar.warp.sync 0xffffffff;", 128)])
def test_lanes_race_without_it_and_warps_race_in_spite_of_it(sync, across):
    with pytest.raises(errors.DataRace) as caught:
        run(EXCHANGE, sync=sync, across=across)
    a, b = (t[0] for t in caught.value.threads)
    assert a ^ b == across // 4


def test_two_halves_of_a_block_with_a_barrier_each():
    text = EXCHANGE.replace("{sync}", "shr.u32 %r11, %r1, 6; add.u32 %r11, %r11, 1; bar.sync %r11, 64;")
    got = run(text, threads=64, across=128)
    assert np.array_equal(got, np.tile(np.arange(64) ^ 32, (2, 1)))

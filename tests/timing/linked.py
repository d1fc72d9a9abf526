"""Kernels that reach other GPUs' memory: cards in nodes, and how launches on them are recorded and replayed."""

from dataclasses import replace

from smsim.devices.cluster import Cluster
from smsim.devices.spec import named
from smsim.timing.lowering import lower
from smsim.timing.recording_together import record_launches
from smsim.timing.replay import replay
from tests.hazards.beside import Cards

H800 = named("H800")
CLOCK = H800.clock_hz
TRIP = H800.timing.l2_latency  # of an access to L2 and back


class Node(Cards):
    """Simulated GPUs, all with access to each other's memory, ``per_node`` of them in a node."""

    def __init__(self, gpus=2, per_node=None, **links):
        super().__init__(gpus, budget=2_000_000)
        self.cluster = Cluster(gpus=gpus, gpus_per_node=per_node or gpus, **links)
        for device in self.devices:
            device.cluster = self.cluster


def replayed(*launches, per_sm=2, **links):
    """``(recording, replay)`` of launches that run together; ``links`` replaces figures of both links."""
    recording = record_launches(launches, per_sm)
    trace = recording.trace
    if links:
        trace = replace(trace, links=tuple(replace(link, **links) for link in trace.links))
    return recording, replay(trace, lower(trace.codes, H800), H800, per_sm)


#: Thread i of n0 copies elements i, i + n0, ... of a0 to a1, n1 of them.
COPY = """
mov.u32 %r1, %tid.x; mov.u32 %r2, %ctaid.x; mov.u32 %r3, %ntid.x; mad.lo.u32 %r4, %r2, %r3, %r1;
mov.u32 %r5, 0;
LOOP:
setp.ge.u32 %p1, %r5, %n1; @%p1 bra DONE;
mul.wide.u32 %rd1, %r4, 16; add.u64 %rd2, %a0, %rd1; add.u64 %rd3, %a1, %rd1;
ld.global.v4.u32 {%r10, %r11, %r12, %r13}, [%rd2];
st.global.v4.u32 [%rd3], {%r10, %r11, %r12, %r13};
add.u32 %r4, %r4, %n0; add.u32 %r5, %r5, 1; bra LOOP;
DONE:
"""


def copy(cards, source, target, blocks=1, threads=32, turns=1, on=0):
    """A launch on GPU ``on`` that copies from GPU ``source`` to GPU ``target``, 16 bytes a thread and turn."""
    total = blocks * threads
    a = cards.array("a", source, 4 * total * turns)
    b = cards.array("b", target, 4 * total * turns)
    return cards.launch(on, COPY, [a, b], grid=blocks, block=threads, numbers=[total, turns], name="copy")

"""What a profile says of links to other GPUs: the bytes, how busy they were, and nothing where there are none."""

from dataclasses import replace

import numpy as np
import pytest
from made_up import made_up
from profiled_kernels import saxpy

from smsim.devices.cluster import Cluster
from smsim.profiling import Profile
from smsim.profiling.limiter import NAMES
from smsim.profiling.links import METRICS
from smsim.profiling.metrics import OF_LINKS

N = 2 * 132 * 256


def linked(nvlink=(0, 0), network=(0, 0), **changed):
    """A profile of 10,000 cycles of SM 0, in which it moved so many bytes, ``(sent, received)``."""
    x = np.ones(N, "f4")
    p = made_up(saxpy[N // 256, 256], np.float32(2), x, x.copy(), x.copy(), **changed)
    evidence = p._evidence
    moved = np.array([nvlink, network], np.int64)
    return Profile(
        replace(
            evidence,
            trace=replace(evidence.trace, links=Cluster(2, 2).links),
            replay=replace(
                evidence.replay, link_sent_bytes=moved[:, :1].T, link_received_bytes=moved[:, 1:].T
            ),
        )
    )


def test_bytes_of_each_link_and_direction_are_scaled_to_the_grid():
    p = linked((6400, 3200), (320, 0))
    scale = p._evidence.blocks / p._evidence.recorded
    expected = {
        ("nvlink", True): 6400,
        ("nvlink", False): 3200,
        ("network", True): 320,
        ("network", False): 0,
    }
    assert {key: p.metrics[name] for key, name in METRICS.items()} == {
        key: round(bytes_ * scale) for key, bytes_ in expected.items()
    }
    assert all(p.metrics.unit(name) == "B" for name in METRICS.values())


def test_the_report_shows_links_that_were_used():
    p = linked((3200, 1600))
    text = str(p)
    assert "NVLink sent" in text and "NVLink received" in text and "network sent" not in text
    assert "NVLink sent" in p._repr_html_()
    sent, received = (
        next(u for u in p.speed_of_light if u.name == f"NVLink {w}") for w in ("sent", "received")
    )
    assert sent.share == pytest.approx(2 * received.share) and sent.amount.endswith("B/s")
    peak = Cluster(2, 2).nvlink.bandwidth / p._evidence.spec.clock_hz * 10_000
    assert sent.share == pytest.approx(3200 * p._evidence.trace.active_sms / peak)


def test_a_busy_link_is_the_limiter():
    p = linked((0, 6_000))
    assert p.limiter.name == "NVLink received" in NAMES
    assert p.limiter.sentence.startswith("The link (NVLink received) is busy for")
    stalled = linked(stalls={"link_throttle": 20_000})
    assert stalled.limiter.name == "link credits" in NAMES
    assert "Stall Link Throttle" in str(stalled)


def test_a_gpu_alone_has_no_links_in_its_report():
    x = np.ones(N, "f4")
    p = made_up(saxpy[N // 256, 256], np.float32(2), x, x.copy(), x.copy())
    assert "NVLink" not in str(p) and "network" not in str(p)
    assert all(p.metrics[name] == 0 for name in METRICS.values())
    assert not OF_LINKS & set(p.metrics) and OF_LINKS <= set(linked().metrics)
    assert not any("sent" in use.name for use in p.speed_of_light)

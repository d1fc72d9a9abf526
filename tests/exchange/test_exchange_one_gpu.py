"""The exchange with all GPUs in one launch: every token right, in any order of threads, and mistakes found."""

from functools import cache

import numpy as np
import pytest
from planted_mistakes import PLANTED, Planted, kernels_with

import smsim
from smsim import errors
from trainmath import exchange, moe
from trainmath.exchange import arguments, one_gpu

#: One slot: every record waits for the one before it to be taken out, so no order is there by luck.
SMALL = exchange.Shape(tokens=2, hidden=128, channels=1, slots=1, chunk=1)
ODD = exchange.Shape(
    nodes=3,
    gpus_per_node=2,
    experts=18,
    topk=5,
    tokens=6,
    hidden=384,
    channels=2,
    slots=3,
    chunk=3,
    senders=1,
)
GAINS = np.random.default_rng(3).standard_normal(18).astype(np.float32)


@cache
def compiled(shape: exchange.Shape) -> exchange.OneGPU:
    return exchange.OneGPU(shape)


#: The changed kernels are compiled from texts that no file has.
pytestmark = pytest.mark.filterwarnings("ignore:Could not find source")


@pytest.fixture(autouse=True)
def no_seed():
    yield
    smsim.attach(seed=None)


def right(shape: exchange.Shape, tokens: exchange.Tokens) -> exchange.Result:
    result = compiled(shape).run(tokens, GAINS)
    assert np.array_equal(result.out, exchange.reference(shape, tokens, GAINS))
    return result


def everybody_wants(shape: exchange.Shape, experts: list[int], seed: int = 0) -> exchange.Tokens:
    tokens = exchange.random_tokens(shape, seed)
    return exchange.Tokens(
        tokens.values,
        tokens.scale,
        np.broadcast_to(np.int32(experts), tokens.experts.shape).copy(),
        tokens.weights,
    )


@pytest.mark.parametrize("shape", [SMALL, ODD], ids=["small", "odd"])
def test_every_token_is_right(shape: exchange.Shape) -> None:
    result = right(shape, exchange.random_tokens(shape, 1, skew=1.0))
    d = result.dispatched
    # What was received is what was sent, word for word, in the order of the sender.
    for rank in range(shape.gpus):
        for source in range(shape.gpus):
            bit = d.masks[source, rank // shape.gpus_per_node] >> rank % shape.gpus_per_node & 1
            for c in range(shape.channels):
                wanted = [t for t in range(c * shape.each, (c + 1) * shape.each) if bit[t]]
                got = d.received[rank, source, c, : d.arrived[rank, source, c]]
                assert got[:, shape.token_at].tolist() == wanted
                assert np.array_equal(got[:, : shape.value_words], d.values[source, wanted])
                assert (d.received[rank, source, c, len(wanted) :] == arguments.UNWRITTEN).all()


@pytest.mark.parametrize("experts", [[0, 1, 2, 3], [12, 13, 14, 15], [0, 5, 9, 15]], ids=str)
def test_all_tokens_to_the_same_experts(experts: list[int]) -> None:
    """Some streams carry everything, and others nothing at all."""
    right(SMALL, everybody_wants(SMALL, experts))


@pytest.mark.parametrize("seed", range(20))
def test_every_order_of_threads_gives_the_same(seed: int) -> None:
    smsim.attach(seed=seed)
    right(SMALL, exchange.random_tokens(SMALL, seed))


@pytest.mark.parametrize("shape", [SMALL, ODD], ids=["small", "odd"])
def test_the_links_carry_what_the_routing_says(shape: exchange.Shape) -> None:
    tokens = exchange.random_tokens(shape, 5)
    result = right(shape, tokens)
    out = exchange.links(shape, result.dispatched.flags)
    put = sum(n.sum() for n in (out.network, out.nvlink, out.stayed))
    assert exchange.records_copied(shape, tokens) == put + result.dispatched.arrived.sum()
    home = np.repeat(np.arange(shape.gpus), shape.tokens)
    there = moe.dispatch(tokens.experts.reshape(-1, shape.topk), shape.placement, home)
    for counted, expected in ((result.dispatched, there), (result.combined, there.back())):
        links = exchange.links(shape, counted.flags)
        assert np.array_equal(links.network.sum(axis=1), expected.infiniband_sent)
        assert np.array_equal(links.network.sum(axis=0), expected.infiniband_received)
        assert np.array_equal(links.nvlink.sum(axis=1), expected.nvlink_sent)
        assert np.array_equal(links.nvlink.sum(axis=0), expected.nvlink_received)
        assert links.stayed.sum() == np.diag(links.stayed).sum() > 0


WANTED = everybody_wants(SMALL, [0, 5, 9, 15])


@cache
def before(kernel: str) -> tuple[tuple, smsim.CheckReport]:
    """What a kernel is given, and what the right one makes of it."""
    given = exchange.for_dispatch(SMALL, WANTED)
    if kernel == "combine":
        dispatched = right(SMALL, WANTED).dispatched
        made = exchange.for_experts(SMALL)
        compiled(SMALL).experts(dispatched.received, dispatched.arrived, GAINS, made)
        given = exchange.for_combine(SMALL, WANTED, dispatched, made)
    return given, smsim.check(getattr(compiled(SMALL), kernel), *given)


@pytest.mark.parametrize("mistake", PLANTED, ids=lambda m: m.name)
def test_planted_mistakes_are_caught(mistake: Planted, monkeypatch: pytest.MonkeyPatch) -> None:
    given, expected = before(mistake.kernel)
    assert expected.ok
    monkeypatch.setattr(one_gpu, mistake.kernel, kernels_with(mistake))
    report = smsim.check(getattr(exchange.OneGPU(SMALL), mistake.kernel), *given, budget=20_000)
    if report.ok:  # what nobody waited for may come in time, and be the wrong thing
        assert mistake.array and any(np.any(a != b) for a, b in zip(report.results, expected.results)), report
    assert all(isinstance(e, mistake.found) for e in report.errors), report
    if mistake.array is not None:
        assert {e.array for e in report.errors if isinstance(e, errors.DataRace)} <= {mistake.array}, report

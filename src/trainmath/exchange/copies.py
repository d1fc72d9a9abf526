"""How often a dispatch copies a record: what chapter 15 counts for every vector, for given tokens."""

from __future__ import annotations

from trainmath.exchange.routes import routes
from trainmath.exchange.shape import Shape
from trainmath.exchange.tokens import Tokens


def records_copied(shape: Shape, tokens: Tokens) -> int:
    """Records that all SMs of a dispatch copy: each by the sender once for every node that wants it, and once by the
    forwarder and once by the receiver for every GPU that wants it.

    ``4 * shape.record_words`` bytes each. Copies within a GPU count like those over a link: an SM makes them alike.
    """
    of_gpus = [routes(experts, shape) for experts in tokens.experts]
    to_nodes = sum(int(r.counts.sum()) for r in of_gpus)
    to_gpus = sum(int(mask).bit_count() for r in of_gpus for mask in r.masks.ravel())
    return to_nodes + 2 * to_gpus

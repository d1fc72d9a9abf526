"""Combine: what the experts made of each token, added up on its way back.

The same blocks and rings as in dispatch, the other way round. Block 1 **sends** to the neighbours that had forwarded,
a warp for each GPU that a token came from, and **receives** with a group of warps what comes from the nodes. Block 0
**forwards**: for each node that tokens came from, a group of warps takes one BF16 vector from every neighbour that had
the token, adds them in float32, and sends one BF16 vector over the network. The receiver adds those of the nodes.
"""

from __future__ import annotations

from collections.abc import Callable

from numba import cuda, float32, int32

import smsim
from trainmath.exchange.dispatch import HEAD, TAIL
from trainmath.exchange.orders import Orders
from trainmath.exchange.shape import LANES, Shape


@cuda.jit(device=True)
def low(pair):
    """The float32 of the lower BF16 in a word."""
    return smsim.asm("{ .reg .b32 t; shl.b32 t, %1, 16; mov.b32 %0, t; }", "=f : r", pair)


@cuda.jit(device=True)
def high(pair):
    """The float32 of the upper BF16 in a word."""
    return smsim.asm("{ .reg .b32 t; and.b32 t, %1, 0xffff0000; mov.b32 %0, t; }", "=f : r", pair)


@cuda.jit(device=True)
def packed(lower, upper):
    """Two float32 as BF16 in a word, rounded to nearest."""
    return smsim.asm("cvt.rn.bf16x2.f32 %0, %1, %2;", "=r : f, f", upper, lower)


@cuda.jit(device=True)
def in_ring(tail):
    """How many records a stream has got so far, closed or not."""
    return -tail - 1 if tail < 0 else tail


def block_function(shape: Shape, orders: Orders) -> Callable[..., None]:
    """The device function that one block of one GPU executes.

    Its arguments, all arrays int32 if not said otherwise:

    * ``rank``, ``block``: which GPU, and which of its ``shape.blocks`` blocks.
    * ``partial`` ``(gpus, channels, each, hidden / 2)``: BF16, two in a word: what this GPU's experts made of the
      tokens that it had received, in the order of ``received``; ``arrived`` ``(gpus, channels)``: how many of each.
    * ``passed`` ``(channels, nodes, each)`` and ``came`` ``(channels, nodes)``: what dispatch has kept of the tokens
      that it forwarded.
    * ``wanted`` ``(tokens,)``: which nodes had a token, :attr:`Routes.nodes`.
    * ``rings``, ``flags``: as in dispatch; a slot has ``hidden / 2`` words.
    * ``out`` ``(tokens, hidden / 2)``: the sums, BF16.
    * ``chunk``: as in dispatch.
    """
    nodes, local, gpus = shape.nodes, shape.gpus_per_node, shape.gpus
    words, each = shape.back_words, shape.each
    publish, look, meet, move = orders.publish, orders.look, orders.meet, orders.move
    most = max(nodes, local)

    @cuda.jit(device=True)
    def send(rank, c, source, partial, arrived, rings, flags, chunk):
        """A warp: this GPU's part of the tokens of ``source``, to the neighbour that adds them up."""
        lane, stream = cuda.laneid, c * (nodes + gpus) + nodes + source // local * local
        forwarder = rank // local * local + source % local
        ring = rings[forwarder][stream + rank % local]
        tail, head = (
            flags[forwarder][TAIL, stream + rank % local :],
            flags[rank][HEAD, stream + source % local :],
        )
        k, total, slots = 0, arrived[source, c], ring.shape[0]
        if lane == 0 and total == 0:
            publish(tail, -1)
        while k < total:
            room = int32(0)
            if lane == 0:
                while room == 0:
                    room = int32(slots - (k - look(head)))
            cuda.syncwarp()
            m = min(cuda.shfl_sync(0xFFFFFFFF, room, 0), chunk, total - k)
            for i in range(k, k + m):
                move(partial[source, c, i], ring[i % slots], words, lane)
            cuda.syncwarp()
            k += m
            if lane == 0:
                publish(tail, -k - 1 if k == total else k)

    @cuda.jit(device=True)
    def add(barrier, warp, rows, first, count, incoming, tails, masks, total, target, head, bounded, note,
            flags, peer, step, back, tail_out, chunk):  # fmt: skip
        """A group of warps: vectors of ``count`` streams from ``first`` on, added up token by token.

        Token ``i`` has one in stream ``first + s`` if bit ``s`` of ``masks[i]`` is set. Its sum goes to row
        ``i % rows`` of ``target``: a ring, whose room says ``head``, or, not ``bounded``, an array of ``rows`` rows.
        Who fills stream ``s`` is GPU ``peer + s * step``, whose stream ``back`` it is.
        Both callers give its numbers as int32, or Numba would compile it twice.
        """
        lane = cuda.laneid
        leader, slots = warp == 0 and lane == 0, incoming.shape[1]
        taken = cuda.local.array(most, int32)
        for s in range(count):
            taken[s] = 0
        k = 0
        if leader and bounded and total == 0:
            publish(tail_out, -1)
        while k < total:
            if leader:
                m = min(chunk, total - k)
                if bounded:
                    room = 0
                    while room == 0:
                        room = slots - (k - look(head))
                    m = min(m, room)
                for s in range(count):
                    need = taken[s]
                    for i in range(k, k + m):
                        need += (masks[i] >> s) & 1
                    if need > taken[s]:
                        while in_ring(look(tails[first + s :])) < need:
                            pass
                note[barrier] = m
            meet(1 + barrier, local * LANES)
            m = note[barrier]
            for i in range(k, k + m):
                mask = masks[i]
                for w in range(LANES * warp + lane, words, LANES * local):
                    lower, upper = float32(0), float32(0)
                    for s in range(count):
                        if (mask >> s) & 1:
                            pair = incoming[first + s, taken[s] % slots, w]
                            lower += low(pair)
                            upper += high(pair)
                    target[i % rows, w] = packed(lower, upper)
                for s in range(count):
                    taken[s] += (mask >> s) & 1
            meet(1 + barrier, local * LANES)
            k += m
            if leader:
                for s in range(count):
                    publish(flags[peer + s * step][HEAD, back:], taken[s])
                if bounded:
                    publish(tail_out, -k - 1 if k == total else k)

    @cuda.jit(device=True)
    def forward(rank, c, node, warp, passed, came, rings, flags, chunk, note):
        """Add up the neighbours' parts of ``node``'s tokens, and send the sums to the GPU that they came from."""
        stream, here, source = c * (nodes + gpus), rank % local, node * local + rank % local
        add(
            int32(node), warp, int32(rings[source].shape[1]), int32(stream + nodes + node * local), int32(local),
            rings[rank], flags[rank][TAIL],
            passed[c, node], int32(came[c, node]), rings[source][stream + rank // local],
            flags[rank][HEAD, stream + node :], int32(1), note,
            flags, int32(rank // local * local), int32(1), int32(stream + nodes + node * local + here),
            flags[source][TAIL, stream + rank // local :], chunk,
        )  # fmt: skip

    @cuda.jit(device=True)
    def receive(rank, c, warp, wanted, rings, flags, out, chunk, note):
        """Add up what the nodes send."""
        stream = c * (nodes + gpus)
        add(
            int32(0), warp, int32(each), int32(stream), int32(nodes),
            rings[rank], flags[rank][TAIL],
            wanted[c * each :], int32(each), out[c * each : (c + 1) * each],
            flags[rank][HEAD], int32(0), note,
            flags, int32(rank % local), int32(local), int32(stream + rank // local),
            flags[rank][TAIL], chunk,
        )  # fmt: skip

    @cuda.jit(device=True)
    def block_of_combine(rank, block, partial, arrived, passed, came, wanted, rings, flags, out, chunk):
        note = cuda.shared.array(nodes, int32)
        c, warp = block // 2, cuda.threadIdx.x // LANES
        if block % 2 == 0:
            if warp < nodes * local:
                forward(rank, c, warp // local, warp % local, passed, came, rings, flags, chunk, note)
        elif warp < gpus:
            send(rank, c, warp, partial, arrived, rings, flags, chunk)
        elif warp < gpus + local:
            receive(rank, c, warp - gpus, wanted, rings, flags, out, chunk, note)

    return block_of_combine

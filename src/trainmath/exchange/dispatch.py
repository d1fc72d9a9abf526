"""Dispatch: every token to the GPUs of its experts.

A channel is two blocks on each GPU. Block 0 **forwards**: for each node that tokens come from, a group of warps, one
warp for each GPU of this node. Block 1 **sends and receives**: for each node a group of warps that send to it, and a
warp for each GPU that tokens come from, which takes them out.

A token goes once to every node that wants it, to the GPU with its own GPU's index there. That one copies it to the
neighbours that want it. The tokens of the own node go the same way.
"""

from __future__ import annotations

from collections.abc import Callable

from numba import cuda, int32

from trainmath.exchange.orders import Orders
from trainmath.exchange.shape import LANES, Shape

TAIL, HEAD = 0, 1


def put_function(shape: Shape, move: Callable[..., None]) -> Callable[..., None]:
    """The device function that writes one token's record into a slot, by the lanes of a warp."""
    scale_at, expert_at, weight_at = shape.scale_at, shape.expert_at, shape.weight_at
    token_at, mask_at, words = shape.token_at, shape.mask_at, shape.record_words
    scales, topk, value_words = shape.scales, shape.topk, shape.value_words

    @cuda.jit(device=True)
    def put(values, scale, experts, weights, token, mask, slot, lane):
        move(values[token], slot, value_words, lane)
        for i in range(lane, scales, LANES):
            slot[scale_at + i] = scale[token, i]
        for i in range(lane, topk, LANES):
            slot[expert_at + i] = experts[token, i]
            slot[weight_at + i] = weights[token, i]
        if lane == 0:
            slot[token_at] = token
            slot[mask_at] = mask
        for i in range(mask_at + 1 + lane, words, LANES):
            slot[i] = 0

    return put


def block_function(shape: Shape, orders: Orders) -> Callable[..., None]:
    """The device function that one block of one GPU executes.

    Its arguments, all arrays int32 if not said otherwise:

    * ``rank``, ``block``: which GPU, and which of its ``shape.blocks`` blocks.
    * ``values`` ``(tokens, hidden / 4)``: FP8, four in a word; ``scale`` ``(tokens, hidden / 128)``: bits of float32;
      ``experts``, ``weights`` ``(tokens, topk)``: the latter bits of float32.
    * ``masks``, ``sent``, ``counts``: see :class:`~trainmath.exchange.routes.Routes`.
    * ``rings``: a tuple of all GPUs' rings, each ``(streams, slots, record_words)``; ``flags``: of their counters,
      each ``(2, streams)``, all 0.
    * ``received`` ``(gpus, channels, each, record_words)``: what came, by the GPU and channel that it came from;
      ``arrived`` ``(gpus, channels)``: how many.
    * ``passed`` ``(channels, nodes, each)``: the mask of each record that this GPU forwarded, for combine; ``came``
      ``(channels, nodes)``: how many those are.
    * ``chunk``: how many records are moved before their tail is published, at most ``slots``.
    """
    nodes, local, gpus = shape.nodes, shape.gpus_per_node, shape.gpus
    senders, words, mask_at = shape.senders, shape.record_words, shape.mask_at
    publish, look, meet, move = orders.publish, orders.look, orders.meet, orders.move
    put = put_function(shape, move)

    @cuda.jit(device=True)
    def send(
        rank, c, node, warp, values, scale, experts, weights, masks, sent, counts, rings, flags, chunk, note
    ):
        lane, stream = cuda.laneid, c * (nodes + gpus)
        peer = node * local + rank % local
        ring = rings[peer][stream + rank // local]
        tail = flags[peer][TAIL, stream + rank // local :]
        head = flags[rank][HEAD, stream + node :]
        k, total, slots = 0, counts[c, node], ring.shape[0]
        leader = warp == 0 and lane == 0
        if leader and total == 0:
            publish(tail, -1)
        while k < total:
            if leader:
                room = 0
                while room == 0:
                    room = slots - (k - look(head))
                note[node] = min(room, chunk, total - k)
            meet(1 + node, senders * LANES)
            m = note[node]
            for i in range(k + warp, k + m, senders):
                token = sent[c, node, i]
                put(values, scale, experts, weights, token, masks[node, token], ring[i % slots], lane)
            meet(1 + node, senders * LANES)
            k += m
            if leader:
                publish(tail, -k - 1 if k == total else k)

    @cuda.jit(device=True)
    def forward(rank, c, node, to, rings, flags, passed, came, chunk, note):
        lane, stream = cuda.laneid, c * (nodes + gpus)
        here, peer, source = rank % local, rank // local * local + to, node * local + rank % local
        incoming = rings[rank][stream + node]
        tail_in = flags[rank][TAIL, stream + node :]
        head_in = flags[source][HEAD, stream + rank // local :]
        outgoing = rings[peer][stream + nodes + node * local + here]
        tail_out = flags[peer][TAIL, stream + nodes + node * local + here :]
        head_out = flags[rank][HEAD, stream + nodes + node * local + to :]
        k, put_in, last, slots = 0, 0, False, incoming.shape[0]
        while not last:
            if to == 0 and lane == 0:
                there = k
                while there == k:
                    there = look(tail_in)
                note[node] = there
            meet(1 + node, local * LANES)
            there = note[node]
            closed = there < 0
            if closed:
                there = -there - 1
            m = min(there - k, chunk)
            last = closed and k + m == there
            if lane == 0:
                while put_in + m - look(head_out) > slots:
                    pass
            cuda.syncwarp()
            for i in range(k, k + m):
                slot = incoming[i % slots]
                mask = slot[mask_at]
                if to == 0 and lane == 0:
                    passed[c, node, i] = mask
                if (mask >> to) & 1:
                    move(slot, outgoing[put_in % slots], words, lane)
                    put_in += 1
            cuda.syncwarp()
            if lane == 0:
                publish(tail_out, -put_in - 1 if last else put_in)
            meet(1 + node, local * LANES)
            k += m
            if to == 0 and lane == 0:
                publish(head_in, k)
        if to == 0 and lane == 0:
            came[c, node] = k

    @cuda.jit(device=True)
    def receive(rank, c, source, rings, flags, received, arrived):
        lane, stream = cuda.laneid, c * (nodes + gpus)
        forwarder = rank // local * local + source % local
        ring = rings[rank][stream + nodes + source]
        tail = flags[rank][TAIL, stream + nodes + source :]
        head = flags[forwarder][HEAD, stream + nodes + source // local * local + rank % local :]
        k, last, slots = 0, False, ring.shape[0]
        while not last:
            there = int32(k)
            if lane == 0:
                while there == k:
                    there = look(tail)
            cuda.syncwarp()
            there = cuda.shfl_sync(0xFFFFFFFF, there, 0)
            last = there < 0
            if last:
                there = -there - 1
            for i in range(k, there):
                move(ring[i % slots], received[source, c, i], words, lane)
            cuda.syncwarp()
            k = there
            if lane == 0:
                publish(head, k)
        if lane == 0:
            arrived[source, c] = k

    @cuda.jit(device=True)
    def block_of_dispatch(
        rank, block, values, scale, experts, weights, masks, sent, counts, rings, flags,
        received, arrived, passed, came, chunk,
    ):  # fmt: skip
        note = cuda.shared.array(nodes, int32)
        c, warp = block // 2, cuda.threadIdx.x // LANES
        if block % 2 == 0:
            if warp < nodes * local:
                forward(rank, c, warp // local, warp % local, rings, flags, passed, came, chunk, note)
        elif warp < nodes * senders:
            send(
                rank, c, warp // senders, warp % senders, values, scale, experts, weights, masks, sent, counts,
                rings, flags, chunk, note,
            )  # fmt: skip
        elif warp < nodes * senders + gpus:
            receive(rank, c, warp - nodes * senders, rings, flags, received, arrived)

    return block_of_dispatch

"""How large everything is, and where it lies: one dataclass that host, kernels and reference share."""

from __future__ import annotations

from dataclasses import dataclass

from trainmath.moe import Placement

WORD = 4
#: Values of a vector that share one scale, as in DeepSeek-V3's report, section 3.3.2.
GROUP = 128
LANES = 32


@dataclass(frozen=True)
class Shape:
    """An exchange among GPUs.

    Attributes:
        nodes, gpus_per_node: GPU ``g`` is the one with index ``g % gpus_per_node`` in node ``g // gpus_per_node``.
        experts: routed experts, evenly spread.
        topk: experts of a token.
        tokens: of each GPU; a multiple of ``channels``.
        hidden: values of a vector; a multiple of 128.
        channels: each takes two blocks on every GPU, a forwarder and a sender with the receivers.
        slots: places in each ring.
        chunk: records that are moved before their tail is published, at most ``slots``.
        senders: warps that send to one node, in dispatch.

    Raises:
        ValueError: the numbers do not fit together.
    """

    nodes: int = 2
    gpus_per_node: int = 4
    experts: int = 16
    topk: int = 4
    tokens: int = 16
    hidden: int = 256
    channels: int = 2
    slots: int = 4
    chunk: int = 2
    senders: int = 2

    def __post_init__(self) -> None:
        if min(vars(self).values()) < 1:
            raise ValueError("every number of a Shape is at least 1")
        if self.hidden % GROUP:
            raise ValueError(
                f"hidden is a multiple of {GROUP}, the values that share a scale, not {self.hidden}"
            )
        if self.tokens % self.channels:
            raise ValueError(f"{self.tokens} tokens cannot be shared evenly among {self.channels} channels")
        if self.chunk > self.slots:
            raise ValueError(f"a chunk of {self.chunk} does not fit into a ring of {self.slots} slots")
        if self.topk > self.experts:
            raise ValueError(f"topk is {self.topk}; there are {self.experts} experts")
        if self.gpus_per_node > LANES or self.threads > 1024:
            raise ValueError(f"a block would need {self.threads} threads; it can have 1024")
        self.placement  # noqa: B018 - raises where the experts cannot be spread

    @property
    def placement(self) -> Placement:
        return Placement(self.nodes, self.gpus_per_node, self.experts)

    @property
    def gpus(self) -> int:
        return self.nodes * self.gpus_per_node

    @property
    def each(self) -> int:
        """Tokens of a GPU that one channel takes: number ``c`` those from ``c * each`` on."""
        return self.tokens // self.channels

    # What a slot holds in dispatch, in 32-bit words, one after the other.

    @property
    def value_words(self) -> int:
        """FP8 values, four in a word."""
        return self.hidden // 4

    @property
    def scale_at(self) -> int:
        """One float32 for each group of 128 values."""
        return self.value_words

    @property
    def scales(self) -> int:
        return self.hidden // GROUP

    @property
    def expert_at(self) -> int:
        """``topk`` int32."""
        return self.scale_at + self.scales

    @property
    def weight_at(self) -> int:
        """``topk`` float32."""
        return self.expert_at + self.topk

    @property
    def token_at(self) -> int:
        """The token's number on the GPU that it comes from."""
        return self.weight_at + self.topk

    @property
    def mask_at(self) -> int:
        """Which GPUs of the node want it: bit ``i`` for the one with index ``i``."""
        return self.token_at + 1

    @property
    def record_words(self) -> int:
        """All of it, rounded up to whole vectors of 16 bytes."""
        return -(-(self.mask_at + 1) // 4) * 4

    @property
    def back_words(self) -> int:
        """What a slot holds in combine: BF16 values, two in a word."""
        return self.hidden // 2

    # Streams. On every GPU a channel has a ring for each node, filled over the network, and one for each GPU that a
    # token may come from (dispatch) or go back to, filled by the GPUs of its own node.

    @property
    def streams(self) -> int:
        return self.channels * (self.nodes + self.gpus)

    # Who is in a block.

    @property
    def forwarders(self) -> int:
        """Warps of a forwarding block: for each node that tokens come from, one for each GPU of this node."""
        return self.nodes * self.gpus_per_node

    @property
    def dispatch_warps(self) -> int:
        """Warps of the other block: those that send, and a receiver for each GPU that tokens come from."""
        return self.nodes * self.senders + self.gpus

    @property
    def threads(self) -> int:
        """Of every block."""
        return LANES * max(self.forwarders, self.dispatch_warps, self.gpus + self.gpus_per_node)

    @property
    def blocks(self) -> int:
        """Of one GPU."""
        return 2 * self.channels

    @property
    def registers(self) -> int:
        """The most that a thread may have, for a block to fit on an SM: 65,536, given out to four warps at a time."""
        fours = -(-self.threads // (4 * LANES))
        return min(255, 65_536 // (4 * LANES * fours) // 8 * 8)

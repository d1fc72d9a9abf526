"""A model as the list of its tensors, and parameters as a sum over that list."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from trainmath.model.config import Attention, Experts, Shape

#: The parts in the order in which a token meets them.
PARTS = (
    "embedding",
    "attention",
    "dense feed-forward",
    "routed experts",
    "shared experts",
    "router",
    "norms",
    "output head",
)


@dataclass(frozen=True)
class Tensor:
    """All tensors of one name and shape.

    Attributes:
        name: as in a checkpoint, layer numbers and expert numbers left out.
        part: one of ``PARTS``.
        shape: of one of them, ``(out, in)`` for a matrix.
        copies: how many the model stores; 0 for an output head that shares the embedding's numbers.
        met: how many of them one token is multiplied with.
    """

    name: str
    part: str
    shape: tuple[int, ...]
    copies: int
    met: int

    @property
    def size(self) -> int:
        """Parameters in one of them."""
        return math.prod(self.shape)

    @property
    def parameters(self) -> int:
        """Parameters in all stored copies."""
        return self.size * self.copies

    @property
    def active_parameters(self) -> int:
        """Parameters in the copies that one token meets; a shared head is not counted a second time."""
        return self.size * min(self.met, self.copies)


def tensors(shape: Shape) -> list[Tensor]:
    """All tensors of the main model, in the order in which a token meets them. Prediction modules are apart."""
    h, n = shape.hidden, shape.layers
    found = [Tensor("embed_tokens", "embedding", (shape.vocabulary, h), 1, 1)]
    found += [Tensor(name, "attention", size, n, n) for name, size in _attention(shape.attention, h)]
    dense = n - shape.moe_layers
    if dense:
        found += _feed_forward("mlp", "dense feed-forward", h, shape.dense_size, dense, dense, shape.mlp_bias)
    if shape.experts and shape.moe_layers:
        found += _moe(shape.experts, h, shape.moe_layers)
    found += [Tensor(name, "norms", (size,), n, n) for name, size in _layer_norms(shape)]
    found.append(Tensor("norm", "norms", (h,), 1, 1))
    found.append(Tensor("lm_head", "output head", (shape.vocabulary, h), 0 if shape.tied else 1, 1))
    return found


def mtp_tensors(shape: Shape) -> list[Tensor]:
    """Tensors of the multi-token prediction modules; the shared embedding and head are not among them."""
    m, h = shape.mtp_modules, shape.hidden
    if not m:
        return []
    found = [Tensor("eh_proj", "attention", (h, 2 * h), m, m)]
    found += [Tensor(name, "attention", size, m, m) for name, size in _attention(shape.attention, h)]
    if shape.experts:
        found += _moe(shape.experts, h, m)
    else:
        found += _feed_forward("mlp", "dense feed-forward", h, shape.dense_size, m, m, shape.mlp_bias)
    names = [*_layer_norms(shape), ("enorm", h), ("hnorm", h), ("norm", h)]
    return found + [Tensor(name, "norms", (size,), m, m) for name, size in names]


def parameters(shape: Shape) -> int:
    """Parameters that the main model stores, prediction modules left out."""
    return sum(tensor.parameters for tensor in tensors(shape))


def active_parameters(shape: Shape) -> int:
    """Parameters that one token meets, embedding table and output head included."""
    return sum(tensor.active_parameters for tensor in tensors(shape))


def multiplied_parameters(shape: Shape) -> int:
    """Parameters of the matrices that one token is multiplied with: the N of 6ND.

    Not among them are the embedding table, from which a row is only copied, and vectors such as norms and
    biases, which cost a few FLOPs each. A head that shares the table's numbers is multiplied all the same.
    """
    matrices = (t for t in tensors(shape) if len(t.shape) == 2 and t.part != "embedding")
    return sum(tensor.size * tensor.met for tensor in matrices)


def mtp_parameters(shape: Shape) -> int:
    """Parameters of the prediction modules alone, without the tables that they share."""
    return sum(tensor.parameters for tensor in mtp_tensors(shape))


def by_part(shape: Shape) -> dict[str, tuple[int, int]]:
    """``{part: (stored, active)}`` parameters of the main model, parts that it lacks left out."""
    found: dict[str, tuple[int, int]] = {}
    for tensor in tensors(shape):
        stored, active = found.get(tensor.part, (0, 0))
        found[tensor.part] = (stored + tensor.parameters, active + tensor.active_parameters)
    return {part: found[part] for part in PARTS if found.get(part, (0, 0))[0]}


def _attention(a: Attention, h: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    if a.kv_rank is None:
        yield "q_proj", (a.heads * a.qk_size, h)
        yield "k_proj", (a.kv_heads * a.qk_size, h)
        yield "v_proj", (a.kv_heads * a.v_size, h)
        if a.qkv_bias:
            yield "q_proj.bias", (a.heads * a.qk_size,)
            yield "k_proj.bias", (a.kv_heads * a.qk_size,)
            yield "v_proj.bias", (a.kv_heads * a.v_size,)
    else:  # multi-head latent attention: queries, keys and values come out of two small vectors
        if a.q_rank is None:
            yield "q_proj", (a.heads * a.qk_size, h)
        else:
            yield "q_a_proj", (a.q_rank, h)
            yield "q_b_proj", (a.heads * a.qk_size, a.q_rank)
        yield "kv_a_proj_with_mqa", (a.kv_rank + a.rope_size, h)
        yield "kv_b_proj", (a.heads * (a.qk_size - a.rope_size + a.v_size), a.kv_rank)
    yield "o_proj", (h, a.heads * a.v_size)
    if a.out_bias:
        yield "o_proj.bias", (h,)


def _layer_norms(shape: Shape) -> Iterator[tuple[str, int]]:
    for number in range(shape.norms):
        yield f"layernorm_{number}", shape.hidden
    a = shape.attention
    if a.q_rank is not None:
        yield "q_a_layernorm", a.q_rank
    if a.kv_rank is not None:
        yield "kv_a_layernorm", a.kv_rank
    if a.qk_norm:
        yield "q_norm", a.qk_size
        yield "k_norm", a.qk_size


def _feed_forward(
    name: str, part: str, h: int, size: int, copies: int, met: int, bias: bool = False
) -> list[Tensor]:
    """Gate, up and down: three matrices, and no fourth."""
    found = [
        Tensor(f"{name}.gate_proj", part, (size, h), copies, met),
        Tensor(f"{name}.up_proj", part, (size, h), copies, met),
        Tensor(f"{name}.down_proj", part, (h, size), copies, met),
    ]
    if bias:
        found += [
            Tensor(f"{name}.gate_proj.bias", part, (size,), copies, met),
            Tensor(f"{name}.up_proj.bias", part, (size,), copies, met),
            Tensor(f"{name}.down_proj.bias", part, (h,), copies, met),
        ]
    return found


def _moe(e: Experts, h: int, layers: int) -> list[Tensor]:
    found = [Tensor("router", "router", (e.routed, h), layers, layers)]
    if e.correction_bias:
        found.append(Tensor("router.correction_bias", "router", (e.routed,), layers, layers))
    found += _feed_forward("experts", "routed experts", h, e.size, layers * e.routed, layers * e.per_token)
    if e.shared:
        many = layers * e.shared
        found += _feed_forward("shared_experts", "shared experts", h, e.shared_size, many, many)
    if e.shared_gate:
        found.append(Tensor("shared_expert_gate", "router", (1, h), layers, layers))
    return found

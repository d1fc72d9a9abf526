"""Reads a model's config.json, Hugging Face's names, into a ``Shape``; says in one error all that is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Families whose tensors ``trainmath.model.tensors`` knows. Others may use the same names for other tensors
#: (a feed-forward part without gate, say), and a count that is nearly right would be worse than none.
FAMILIES = (
    "cohere",
    "deepseek_v2",
    "deepseek_v3",
    "gemma",
    "gemma2",
    "kimi_k2",
    "llama",
    "mistral",
    "mixtral",
    "phi3",
    "qwen2",
    "qwen2_moe",
    "qwen3",
    "qwen3_moe",
)
MOST_LAYERS = 10_000
_TIED_BY_DEFAULT = ("cohere", "gemma", "gemma2")
_QKV_BIAS_BY_DEFAULT = ("qwen2", "qwen2_moe")


class ConfigError(ValueError):
    """A config that no model can have; the message names every field at fault."""


@dataclass(frozen=True)
class Attention:
    """One layer's attention. Sizes count numbers a token: ``qk_size`` and ``v_size`` are of one head.

    ``q_rank`` and ``kv_rank`` are MLA's compressed sizes (``None``: not compressed), ``rope_size`` the part of
    a key that MLA shares among heads.
    """

    heads: int
    kv_heads: int
    qk_size: int
    v_size: int
    q_rank: int | None = None
    kv_rank: int | None = None
    rope_size: int = 0
    qkv_bias: bool = False
    out_bias: bool = False
    qk_norm: bool = False


@dataclass(frozen=True)
class Experts:
    """One MoE layer's feed-forward part; ``size`` and ``shared_size`` are hidden sizes of one expert."""

    routed: int
    per_token: int
    size: int
    shared: int = 0
    shared_size: int = 0
    shared_gate: bool = False
    correction_bias: bool = False


@dataclass(frozen=True)
class Shape:
    """All of a config that decides how many parameters and FLOPs there are.

    ``moe_layers`` of the ``layers`` have ``experts``, the others a dense feed-forward part of ``dense_size``.
    ``norms`` is the number of normalisations a layer. ``mtp_modules`` are DeepSeek's multi-token prediction
    modules, which are trained along but counted apart.
    """

    family: str
    vocabulary: int
    hidden: int
    layers: int
    attention: Attention
    dense_size: int
    moe_layers: int = 0
    experts: Experts | None = None
    norms: int = 2
    mlp_bias: bool = False
    tied: bool = False
    mtp_modules: int = 0


def read(config: Mapping[str, Any] | str | Path) -> Shape:
    """The shape that a config describes: a dict, or the path of a config.json or of its folder.

    Raises ``ConfigError``, once, with every field that is missing or impossible.
    """
    fields = _Fields(_loaded(config))
    shape = _shape(fields)
    if fields.problems or shape is None:
        raise ConfigError("this config describes no model: " + "; ".join(fields.problems) + ".")
    return shape


def _loaded(config: Mapping[str, Any] | str | Path) -> Mapping[str, Any]:
    if not isinstance(config, Mapping):
        path = Path(config)
        path = path / "config.json" if path.is_dir() else path
        if not path.is_file():
            raise ConfigError(f"there is no file {path.name!r} at the path given.")
        try:
            config = json.loads(path.read_text(encoding="utf-8"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise ConfigError(f"{path.name} is not JSON: {error}.") from None
        if not isinstance(config, Mapping):
            raise ConfigError(f"{path.name} holds a {type(config).__name__}, not an object with fields.")
    inner = config.get("text_config")  # models that also take pictures keep the language model there
    return inner if isinstance(inner, Mapping) and "hidden_size" not in config else config


class _Fields:
    """Takes fields out of a config and notes what is wrong instead of stopping at the first."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.config = config
        self.problems: list[str] = []

    def complain(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def first(self, *names: str) -> str | None:
        """The first of several names that the config has with a value."""
        return next((name for name in names if self.config.get(name) is not None), None)

    def whole(self, *names: str, default: int | None = None, least: int = 1) -> int:
        """A whole number under any of these names; 1 after a complaint, so that reading goes on."""
        name = self.first(*names)
        if name is None:
            if default is not None:
                return default
            self.complain(f"{' or '.join(names)} is missing")
            return 1
        value = self.config[name]
        good = isinstance(value, int) and not isinstance(value, bool) and value >= least
        if isinstance(value, float) and value.is_integer() and value >= least:
            value, good = int(value), True
        if not good:
            self.complain(f"{name} is {value!r} and should be a whole number of at least {least}")
            return 1
        return value

    def flag(self, name: str, default: bool) -> bool:
        value = self.config.get(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.complain(f"{name} is {value!r} and should be true or false")
            return default
        return value


def _shape(fields: _Fields) -> Shape | None:
    family = fields.config.get("model_type", "llama")
    if family not in FAMILIES:
        fields.complain(
            f"model_type is {family!r}, whose tensors are not known here (known: {', '.join(FAMILIES)})"
        )
        family = "llama"  # only to go on and see what else is wrong
    layers = fields.whole("num_hidden_layers")
    if layers > MOST_LAYERS:
        fields.complain(f"num_hidden_layers is {layers} and should be at most {MOST_LAYERS}")
        layers = MOST_LAYERS
    hidden = fields.whole("hidden_size")
    attention = _attention(fields, family, hidden)
    experts = _experts(fields, family)
    moe_layers = _moe_layers(fields, layers) if experts else 0
    needs_dense = moe_layers < layers
    return Shape(
        family=family,
        vocabulary=fields.whole("vocab_size"),
        hidden=hidden,
        layers=layers,
        attention=attention,
        dense_size=fields.whole("intermediate_size") if needs_dense else 0,
        moe_layers=moe_layers,
        experts=experts,
        norms={"gemma2": 4, "cohere": 1}.get(family, 2),
        mlp_bias=fields.flag("mlp_bias", False),
        tied=fields.flag("tie_word_embeddings", family in _TIED_BY_DEFAULT),
        mtp_modules=fields.whole("num_nextn_predict_layers", "num_mtp_layers", default=0, least=0),
    )


def _attention(fields: _Fields, family: str, hidden: int) -> Attention:
    heads = fields.whole("num_attention_heads")
    if fields.first("kv_lora_rank"):
        nope, rope = fields.whole("qk_nope_head_dim"), fields.whole("qk_rope_head_dim")
        return Attention(
            heads=heads,
            kv_heads=heads,
            qk_size=nope + rope,
            v_size=fields.whole("v_head_dim"),
            q_rank=fields.whole("q_lora_rank") if fields.first("q_lora_rank") else None,
            kv_rank=fields.whole("kv_lora_rank"),
            rope_size=rope,
        )
    kv_heads = fields.whole("num_key_value_heads", default=heads)
    if heads % kv_heads:
        fields.complain(f"num_key_value_heads is {kv_heads} and does not divide num_attention_heads, {heads}")
    head = fields.whole("head_dim") if fields.first("head_dim") else None
    if head is None:
        head = hidden // heads
        if hidden % heads and not fields.problems:
            fields.complain(f"num_attention_heads is {heads} and does not divide hidden_size, {hidden}")
    bias = fields.flag("attention_bias", False)
    return Attention(
        heads=heads,
        kv_heads=kv_heads,
        qk_size=head,
        v_size=head,
        qkv_bias=bias or fields.flag("qkv_bias", family in _QKV_BIAS_BY_DEFAULT),
        out_bias=bias,
        qk_norm=family in ("qwen3", "qwen3_moe") or fields.flag("use_qk_norm", False),
    )


def _experts(fields: _Fields, family: str) -> Experts | None:
    count = fields.first("n_routed_experts", "num_local_experts", "num_experts")
    if count is None:
        if fields.first("num_experts_per_tok"):
            fields.complain("n_routed_experts, num_local_experts or num_experts is missing")
        return None
    routed, per_token = fields.whole(count), fields.whole("num_experts_per_tok")
    if per_token > routed:
        fields.complain(f"num_experts_per_tok is {per_token}, but {count} is only {routed}")
    size = fields.whole("moe_intermediate_size", *(["intermediate_size"] if family == "mixtral" else []))
    gated = fields.first("shared_expert_intermediate_size") is not None
    return Experts(
        routed=routed,
        per_token=per_token,
        size=size,
        shared=1 if gated else fields.whole("n_shared_experts", default=0, least=0),
        shared_size=fields.whole("shared_expert_intermediate_size") if gated else size,
        shared_gate=gated,
        correction_bias=family in ("deepseek_v3", "kimi_k2"),
    )


def _moe_layers(fields: _Fields, layers: int) -> int:
    """How many layers have experts: not the first few, not those listed, and only every n-th."""
    first = fields.whole("first_k_dense_replace", default=0, least=0)
    if first > layers:
        fields.complain(f"first_k_dense_replace is {first}, but num_hidden_layers is only {layers}")
    step = fields.whole("decoder_sparse_step", "moe_layer_freq", default=1)
    dense = fields.config.get("mlp_only_layers") or ()
    if not isinstance(dense, list | tuple) or not all(isinstance(i, int) and 0 <= i < layers for i in dense):
        fields.complain(f"mlp_only_layers is {dense!r} and should list layers from 0 to {layers - 1}")
        dense = ()
    # Qwen counts layers from 1 when it takes every n-th, DeepSeek from 0.
    offset = 1 if fields.first("decoder_sparse_step") else 0
    return sum(i >= first and i not in dense and (i + offset) % step == 0 for i in range(layers))

"""A second way to count: every tensor of every layer and every expert by its own name, as a checkpoint has them.

Written from the layout of checkpoints, layer by layer, without ``trainmath``'s list; the two must agree.
"""

from __future__ import annotations

import math


def checkpoint(config: dict) -> dict[str, tuple[int, ...]]:
    """``{name: shape}`` of a model with the keys of ``config``; sharing of the output head included."""
    h, vocabulary = config["hidden_size"], config["vocab_size"]
    found = {"model.embed_tokens.weight": (vocabulary, h), "model.norm.weight": (h,)}
    if not config.get("tie_word_embeddings"):
        found["lm_head.weight"] = (vocabulary, h)
    for layer in range(config["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        found[f"{at}.input_layernorm.weight"] = (h,)
        found[f"{at}.post_attention_layernorm.weight"] = (h,)
        found |= latent(config, at) if config.get("kv_lora_rank") else grouped(config, at)
        if has_experts(config, layer):
            found |= experts(config, at)
        else:
            found |= feed_forward(f"{at}.mlp", h, config["intermediate_size"])
    return found


def has_experts(config: dict, layer: int) -> bool:
    if not config.get("n_routed_experts"):
        return False
    return layer >= config.get("first_k_dense_replace", 0)


def grouped(config: dict, at: str) -> dict:
    h, heads = config["hidden_size"], config["num_attention_heads"]
    head = config.get("head_dim") or h // heads
    keys = config.get("num_key_value_heads", heads)
    found = {
        f"{at}.q.weight": (heads * head, h),
        f"{at}.k.weight": (keys * head, h),
        f"{at}.v.weight": (keys * head, h),
        f"{at}.o.weight": (h, heads * head),
    }
    if config.get("attention_bias"):
        for name in "qkvo":
            found[f"{at}.{name}.bias"] = (found[f"{at}.{name}.weight"][0],)
    return found


def latent(config: dict, at: str) -> dict:
    h, heads = config["hidden_size"], config["num_attention_heads"]
    nope, rope, v = (config[k] for k in ("qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim"))
    small, kv = config.get("q_lora_rank"), config["kv_lora_rank"]
    found = {
        f"{at}.kv_a.weight": (kv + rope, h),
        f"{at}.kv_a_norm.weight": (kv,),
        f"{at}.kv_b_keys.weight": (heads * nope, kv),
        f"{at}.kv_b_values.weight": (heads * v, kv),
        f"{at}.o.weight": (h, heads * v),
    }
    if small is None:
        return found | {f"{at}.q.weight": (heads * (nope + rope), h)}
    return found | {
        f"{at}.q_a.weight": (small, h),
        f"{at}.q_a_norm.weight": (small,),
        f"{at}.q_b.weight": (heads * (nope + rope), small),
    }


def experts(config: dict, at: str) -> dict:
    h, size = config["hidden_size"], config["moe_intermediate_size"]
    found = {f"{at}.gate.weight": (config["n_routed_experts"], h)}
    if config["model_type"] == "deepseek_v3":
        found[f"{at}.gate.e_score_correction_bias"] = (config["n_routed_experts"],)
    for number in range(config["n_routed_experts"]):
        found |= feed_forward(f"{at}.experts.{number}", h, size)
    for number in range(config.get("n_shared_experts", 0)):
        found |= feed_forward(f"{at}.shared.{number}", h, size)
    return found


def feed_forward(at: str, h: int, size: int) -> dict:
    return {f"{at}.gate": (size, h), f"{at}.up": (size, h), f"{at}.down": (h, size)}


def total(config: dict) -> int:
    return sum(math.prod(shape) for shape in checkpoint(config).values())


def met_by_a_token(config: dict) -> int:
    """The same sum over the experts 0 to k - 1 only: which k does not matter, they are all alike."""
    kept = config.get("num_experts_per_tok", 0)
    return sum(
        math.prod(shape)
        for name, shape in checkpoint(config).items()
        if ".experts." not in name or int(name.split(".experts.")[1].split(".")[0]) < kept
    )

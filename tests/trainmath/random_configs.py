"""Configs drawn at random, small enough to list every tensor of."""

from __future__ import annotations

from hypothesis import strategies as st

sizes = st.integers(1, 12)


@st.composite
def dense_configs(draw) -> dict:
    keys, groups, head = draw(sizes), draw(st.integers(1, 4)), draw(sizes)
    config = {
        "model_type": "llama",
        "vocab_size": draw(st.integers(1, 500)),
        "hidden_size": keys * groups * head,
        "intermediate_size": draw(st.integers(1, 200)),
        "num_hidden_layers": draw(st.integers(1, 6)),
        "num_attention_heads": keys * groups,
        "num_key_value_heads": keys,
        "attention_bias": draw(st.booleans()),
        "tie_word_embeddings": draw(st.booleans()),
    }
    if draw(st.booleans()):
        config["head_dim"] = draw(sizes)
    return config


@st.composite
def latent_configs(draw) -> dict:
    config = draw(dense_configs()) | {
        "model_type": draw(st.sampled_from(["deepseek_v2", "deepseek_v3"])),
        "attention_bias": False,
        "kv_lora_rank": draw(sizes),
        "q_lora_rank": draw(st.one_of(st.none(), sizes)),
        "qk_nope_head_dim": draw(sizes),
        "qk_rope_head_dim": draw(sizes),
        "v_head_dim": draw(sizes),
    }
    if draw(st.booleans()):
        routed = draw(st.integers(1, 8))
        config |= {
            "n_routed_experts": routed,
            "num_experts_per_tok": draw(st.integers(1, routed)),
            "moe_intermediate_size": draw(st.integers(1, 40)),
            "n_shared_experts": draw(st.integers(0, 3)),
            "first_k_dense_replace": draw(st.integers(0, config["num_hidden_layers"])),
        }
    return config


configs = st.one_of(dense_configs(), latent_configs())

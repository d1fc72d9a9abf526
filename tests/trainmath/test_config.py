"""Reading a config: from a dict, a file or a folder; and one error that names all that is wrong."""

import json

import pytest

from trainmath import model

GOOD = {
    "model_type": "llama",
    "vocab_size": 100,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
}


def complaint(config):
    with pytest.raises(model.ConfigError) as caught:
        model.read(config)
    return str(caught.value)


def test_a_file_a_folder_and_a_dict_are_the_same(tmp_path):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(GOOD))
    assert model.read(path) == model.read(str(path)) == model.read(tmp_path) == model.read(GOOD)


def test_the_language_model_inside_one_that_sees():
    assert model.read({"vision_config": {}, "text_config": GOOD}) == model.read(GOOD)


@pytest.mark.parametrize("content", ["{", "[]", "\ufeff"])
def test_a_file_that_is_no_config(tmp_path, content):
    path = tmp_path / "config.json"
    path.write_text(content, encoding="utf-8")
    said = complaint(path)
    assert "config.json" in said and str(tmp_path) not in said


def test_a_file_that_is_not_there(tmp_path):
    assert "there is no file 'nowhere.json'" in complaint(tmp_path / "nowhere.json")


def test_every_missing_field_is_named_in_one_error():
    said = complaint({})
    for field in (key for key in GOOD if key != "model_type"):
        assert f"{field} is missing" in said
    assert said.count("hidden_size") == 1


def test_an_empty_mixture():
    said = complaint(GOOD | {"num_experts": 0, "num_experts_per_tok": 3})
    assert "num_experts is 0 and should be a whole number of at least 1" in said
    assert "moe_intermediate_size is missing" in said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"hidden_size": 0}, "hidden_size is 0 and should be a whole number of at least 1"),
        ({"hidden_size": -64}, "hidden_size is -64"),
        ({"num_hidden_layers": 10**12}, "num_hidden_layers is 1000000000000 and should be at most 10000"),
        ({"vocab_size": "100"}, "vocab_size is '100'"),
        ({"vocab_size": True}, "vocab_size is True"),
        ({"vocab_size": 99.5}, "vocab_size is 99.5"),
        ({"num_attention_heads": 5}, "num_attention_heads is 5 and does not divide hidden_size, 64"),
        ({"num_key_value_heads": 3}, "num_key_value_heads is 3 and does not divide num_attention_heads, 4"),
        ({"model_type": "falcon"}, "model_type is 'falcon', whose tensors are not known here"),
        ({"model_type": ["llama"]}, "model_type is ['llama']"),
        ({"tie_word_embeddings": "yes"}, "tie_word_embeddings is 'yes' and should be true or false"),
        ({"num_experts_per_tok": 2}, "n_routed_experts, num_local_experts or num_experts is missing"),
        (
            {"num_experts": 4, "num_experts_per_tok": 5, "moe_intermediate_size": 8},
            "num_experts_per_tok is 5, but num_experts is only 4",
        ),
        (
            {
                "n_routed_experts": 4,
                "num_experts_per_tok": 1,
                "moe_intermediate_size": 8,
                "first_k_dense_replace": 3,
            },
            "first_k_dense_replace is 3, but num_hidden_layers is only 2",
        ),
        (
            {"num_experts": 4, "num_experts_per_tok": 1, "moe_intermediate_size": 8, "mlp_only_layers": [7]},
            "mlp_only_layers is [7] and should list layers from 0 to 1",
        ),
        (
            {"kv_lora_rank": 8},
            "qk_nope_head_dim is missing; qk_rope_head_dim is missing; v_head_dim is missing",
        ),
        ({"num_nextn_predict_layers": -1}, "num_nextn_predict_layers is -1 and should be a whole number"),
    ],
    ids=lambda x: next(iter(x)) if isinstance(x, dict) else "",
)
def test_impossible_fields(change, said):
    assert said in complaint(GOOD | change)


def test_several_faults_come_together():
    said = complaint(GOOD | {"hidden_size": None, "vocab_size": -1, "model_type": "falcon"})
    assert all(field in said for field in ("hidden_size is missing", "vocab_size is -1", "'falcon'"))


def test_defaults_that_config_files_leave_out():
    shape = model.read({key: value for key, value in GOOD.items() if key != "model_type"})
    assert shape == model.read(
        GOOD | {"num_key_value_heads": 4, "head_dim": None, "tie_word_embeddings": False}
    )
    assert model.read(GOOD | {"model_type": "gemma"}).tied
    assert model.read(GOOD | {"model_type": "qwen2"}).attention.qkv_bias
    assert model.read(GOOD | {"model_type": "qwen3"}).attention.qk_norm


def test_every_second_layer_has_experts():
    sparse = {"num_experts": 4, "num_experts_per_tok": 1, "moe_intermediate_size": 8, "num_hidden_layers": 5}
    assert model.read(GOOD | sparse | {"decoder_sparse_step": 2}).moe_layers == 2
    assert model.read(GOOD | sparse | {"moe_layer_freq": 2}).moe_layers == 3
    assert model.read(GOOD | sparse | {"mlp_only_layers": [0, 4]}).moe_layers == 3

"""The exchange with a kernel on every GPU, in a process of its own: how many GPUs there are is settled once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trainmath import exchange

SEEDS = 1  # each takes as long as a compilation; all twenty are run within one GPU


@pytest.fixture(scope="module")
def outcome():
    script = Path(__file__).parent / "several_gpus_exchange.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), str(SEEDS)],
        capture_output=True,
        text=True,
        env={**os.environ},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_every_token_is_right_in_several_orders(outcome):
    assert outcome["right"] == [True] * (1 + SEEDS)


@pytest.mark.parametrize("mistake", ["publish at .gpu", "look at .gpu"])
def test_a_scope_that_is_too_small_is_caught(outcome, mistake):
    name, text = outcome["wrong"][mistake]
    assert name == "DataRace" and ".gpu scope" in text


def test_too_few_gpus_are_told():
    with pytest.raises(ValueError, match=r"smsim.attach\(gpus=20, gpus_per_node=4\)"):
        exchange.SeveralGPUs(exchange.Shape(nodes=5, gpus_per_node=4, experts=20))

"""The exchange with a kernel on every GPU, in a process of its own: how many GPUs there are is settled once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from trainmath import exchange

SCRIPT = Path(__file__).parent / "several_gpus_exchange.py"


def outcome_of(*arguments):
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def outcome():
    """Of two nodes with two GPUs, in twenty-one orders, and of planted mistakes."""
    return outcome_of("2", "2", "20", "wrong")


def test_every_token_is_right_in_twenty_orders(outcome):
    assert outcome["right"] == [True] * 21


def test_every_token_is_right_among_eight_gpus():
    """Two orders here; all twenty take six minutes, and the script takes any number."""
    assert outcome_of("2", "4", "1")["right"] == [True] * 2


@pytest.mark.parametrize("mistake", ["publish at .gpu", "look at .gpu"])
def test_a_scope_that_is_too_small_is_caught(outcome, mistake):
    name, text = outcome["wrong"][mistake]
    assert name == "DataRace" and ".gpu scope" in text


def test_too_few_gpus_are_told():
    with pytest.raises(ValueError, match=r"smsim.attach\(gpus=20, gpus_per_node=4\)"):
        exchange.SeveralGPUs(exchange.Shape(nodes=5, gpus_per_node=4, experts=20))

"""NVIDIA's assembler and the check of lab 7 agree on what is PTX: frames, our answers, wrong and right ones."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from nbtools.first_cell import ROOT
from ptx_assembler import complaints

from labkit import exercises

NAMES = tuple(exercises.of_lab("lab07"))
#: What the check says of a text that is not PTX.
UNASSEMBLED = {"does not assemble", "unknown instruction"}


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Finds the modules of answers, which lie beside the lab's own tests."""
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "labs"))
    before = set(sys.modules)
    yield import_module
    for name in set(sys.modules) - before:
        if name.startswith("lab07_"):
            del sys.modules[name]


def test_frames_and_our_own_answers(texts: Any) -> None:
    frames = [exercises.skeletons("lab07")[name] for name in NAMES]
    ours = [texts("lab07_texts").ours(name) for name in NAMES]
    assert complaints(frames + ours) == [None] * 2 * len(NAMES)


def test_all_answers_but_those_that_the_check_calls_no_ptx(texts: Any) -> None:
    answers = (
        texts("lab07_right").RIGHT + texts("lab07_wrong_maps").WRONG + texts("lab07_wrong_together").WRONG
    )
    said = complaints([answer.ptx for answer in answers])
    refused = {answer.id for answer, complaint in zip(answers, said, strict=True) if complaint is not None}
    assert len(answers) > 100
    assert refused == {answer.id for answer in answers if answer.misconception in UNASSEMBLED}

"""NVIDIA's assembler accepts the listings of lab 6, as they stand and as the checks misread them."""

from __future__ import annotations

import pytest
from ptx_assembler import complaints

from labkit.exercises.lab06 import fill, registers, sectors
from labkit.exercises.lab06.module import kernel


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that the exercises in reading run, the misread ones included."""
    texts: list[str] = []

    def kept(text: str) -> object:
        texts.append(text)
        return kernel(text)

    for module in (registers, sectors):
        monkeypatch.setattr(module, "kernel", kept)
        exercise = module.EXERCISE
        exercise.truth(**exercise.readable[0])
        for misreading in exercise.misreadings:
            misreading.value(**exercise.readable[0])
    return list(dict.fromkeys(texts))


def test_listings_to_be_read(executed: list[str]) -> None:
    assert len(executed) > 15 and complaints(executed) == [None] * len(executed)


def test_the_kernel_to_be_filled_in_with_every_line_that_is_compared() -> None:
    blanks = fill.EXERCISE.blanks
    given = [{b.name: m.text} for b in blanks for m in b.mistakes if m.text is not None]
    texts = [fill.EXERCISE.filled(lines) for lines in ({}, *given)]
    assert len(texts) > 8 and complaints(texts) == [None] * len(texts)

"""NVIDIA's assembler and the check of lab 8 agree on what is PTX: inline texts, with what Numba puts around them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from nbtools.first_cell import ROOT
from ptx_assembler import complaints

import labkit
from labkit import exercises
from labkit.exercises.lab08 import traffic
from smsim.errors import InlineAsmError

#: Answers whose text no assembler takes.
NO_PTX = {
    "float_letters_for_u32",
    "eight_at_a_time",
    "no_allocate_without_the_cache",
    "double_for_float",
    "sixteen_bits",
    "address_is_operand_zero",
}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """All planted answers; their modules lie beside the lab's own tests."""
    monkeypatch.syspath_prepend(str(ROOT / "tests" / "labs"))
    before = set(sys.modules)
    modules = [import_module(name) for name in ("lab08_right", "lab08_wrong_copy", "lab08_wrong_hints")]
    yield [*modules[0].RIGHT, *modules[1].WRONG, *modules[2].WRONG]
    for name in set(sys.modules) - before:
        if name.startswith("lab08_"):
            del sys.modules[name]


def _ptx_of(kernel: Any, exercise: str) -> str | None:
    """What Numba compiles for the exercise's arguments; ``None`` where the constraints are refused before."""
    from numba import cuda, typeof

    example = exercises.find(exercise)
    arguments = example.make(np.random.default_rng(0), example.ladder[0], True).arguments.values()
    try:
        return cuda.compile_ptx(kernel.py_func, tuple(map(typeof, arguments)), cc=(9, 0))[0]
    except InlineAsmError:
        return None


def test_all_answers_but_those_that_the_check_calls_no_ptx(answers: list[Any]) -> None:
    labkit.start()
    from numba import cuda

    texts = {answer: _ptx_of(answer.ready(cuda), answer.exercise) for answer in answers}
    compiled = [answer for answer in answers if texts[answer] is not None]
    said = complaints([texts[answer] for answer in compiled])
    refused = {answer for answer, complaint in zip(compiled, said, strict=True) if complaint is not None}
    assert len(compiled) > 50
    assert {answer.function.__name__ for answer in refused} == NO_PTX
    for answer in refused:
        told = str(labkit.judge(answer.exercise, answer.ready(cuda)))
        assert told.startswith("[x]") and "The simulator: line" in told, told


@pytest.mark.parametrize("name", ["copy", "experts", "steps"])
def test_the_plain_kernels_have_no_hint(name: str) -> None:
    labkit.start()
    kernel = traffic.plain(name)
    case = exercises.find(f"lab08.{name}").scores[0].case()
    words = [w for op in ("ld", "st") for w in traffic.words(kernel, case, op, *case.arguments)]
    assert words and all(set(w) <= {"global", "s32", "u32", "f32", "b32"} for w in words)

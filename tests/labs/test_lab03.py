"""Lab 3's hunt: every wrong letter and every wrong mend is answered for what it is, right ones are accepted."""

import importlib.util
import re

import numpy as np
import pytest
from lab03_mends import RIGHT, WRONG
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.hunt import NOTHING_WRONG
from labkit.checking.verdict import Mark

SOLUTION = ROOT / "labs" / "solutions" / "lab03-race-hunt.ipynb"
HUNTS = exercises.of_lab("lab03")
CLAIMS = [(name, letter) for name, hunt in HUNTS.items() for letter in hunt.findings if letter != hunt.truth]


@pytest.fixture(scope="module")
def given(cuda, tmp_path_factory):
    """The kernels as the notebook gives them, by exercise."""
    file = tmp_path_factory.mktemp("given") / "given_kernels.py"
    texts = exercises.skeletons("lab03")
    head = "from numba import cuda, float32, int32\n\n"
    file.write_text(head + "\n\n".join("@cuda.jit\n" + text for text in texts.values()))
    spec = importlib.util.spec_from_file_location("given_kernels", file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: getattr(module, re.search(r"def (\w+)", text)[1]) for name, text in texts.items()}


def test_some_are_right_and_some_are_wrong():
    right = [hunt for hunt in HUNTS.values() if hunt.findings[hunt.truth].name == NOTHING_WRONG]
    assert len(HUNTS) == 8 and len(right) == 3
    assert len({hunt.truth for hunt in HUNTS.values()}) == 4  # the letter tells nothing


@pytest.mark.parametrize("name", HUNTS)
def test_untouched_is_not_attempted(name, given):
    verdict = labkit.judge(name, None, given[name])
    assert verdict.mark is Mark.NOT_ATTEMPTED


@pytest.mark.parametrize(("name", "letter"), CLAIMS)
def test_a_wrong_letter_is_answered_for_what_it_claims(name, letter, given):
    verdict = labkit.judge(name, letter, given[name])
    assert verdict.mark is Mark.WRONG
    assert verdict.misconception == HUNTS[name].findings[letter].name
    assert HUNTS[name].findings[letter].reply in verdict.message


@pytest.mark.parametrize("name", HUNTS)
def test_the_simulator_agrees_with_the_truth(name, given):
    """A kernel that is wrong is stopped by the simulator, never by its numbers: they come out right."""
    hunt, kernel = HUNTS[name], given[name]
    verdict = labkit.judge(name, hunt.truth.upper(), kernel)
    if hunt.findings[hunt.truth].name == NOTHING_WRONG:
        assert verdict.mark is Mark.RIGHT, str(verdict)
        return
    assert verdict.misconception == "not mended"
    claims_right = next(letter for letter, f in hunt.findings.items() if f.name == NOTHING_WRONG)
    said = labkit.judge(name, claims_right, kernel)
    assert any(line.startswith("The simulator:") for line in said.details)


def test_two_of_the_wrong_kernels_are_right_for_some_sizes(given):
    """The notebook says so."""
    sometimes = set()
    for name, hunt in HUNTS.items():
        if hunt.findings[hunt.truth].name == NOTHING_WRONG:
            continue
        cases = [hunt.kernel.make(np.random.default_rng(0), size, True) for size in hunt.kernel.ladder]
        if any(hunt.kernel.attempt(given[name], case).right for case in cases):
            sometimes.add(name)
    assert sometimes == {"lab03.tiles", "lab03.reverse"}


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_a_wrong_mend_is_rejected_for_the_right_reason(answer, cuda):
    verdict = labkit.judge(answer.exercise, HUNTS[answer.exercise].truth, answer.ready(cuda))
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == answer.misconception, str(verdict)
    assert all(len(line) <= 100 for line in str(verdict).splitlines())


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_a_right_mend_is_accepted(answer, cuda):
    verdict = labkit.judge(answer.exercise, HUNTS[answer.exercise].truth, answer.ready(cuda))
    assert verdict.mark is Mark.RIGHT, str(verdict)


def test_a_right_kernel_that_was_changed_is_told_so(cuda):
    from numba import float32

    def with_a_barrier(x, out):
        s = cuda.shared.array(64, float32)
        t, i = cuda.threadIdx.x, cuda.grid(1)
        s[t] = 2 * x[i]
        cuda.syncthreads()
        s[t] += 1
        out[i] = s[t]

    def without_the_one(x, out):
        out[cuda.grid(1)] = 2 * x[cuda.grid(1)]

    kept = labkit.judge("lab03.stretch", "d", cuda.jit(with_a_barrier))
    assert kept.mark is Mark.RIGHT and "it needed no change" in kept.message
    spoilt = labkit.judge("lab03.stretch", "d", cuda.jit(without_the_one))
    assert spoilt.mark is Mark.WRONG and "was right as it stood" in spoilt.message


def test_a_mended_kernel_without_a_letter_is_asked_for_one(cuda):
    answer = RIGHT[0]
    assert labkit.judge(answer.exercise, None, answer.ready(cuda)).misconception == "no finding"
    assert labkit.judge(answer.exercise, "e", answer.ready(cuda)).misconception == "unknown finding"
    assert labkit.judge(answer.exercise, "b").misconception == "wrong number of answers"


@pytest.mark.parametrize("name", HUNTS)
def test_the_notebook_states_as_many_claims_as_there_are_replies(name):
    short = name.partition(".")[2]
    cells = {cell.id: cell.source for cell in files.read(SOLUTION).cells}
    assert re.findall(r"^- \*\*(\w)\*\*", cells[f"{short}-choices"], re.MULTILINE) == list(
        HUNTS[name].findings
    )
    scope = {"np": np}
    exec(cells[f"{short}-specification"], scope)
    exercise = HUNTS[name].kernel
    for size in (*exercise.ladder, *exercise.fresh):
        case = exercise.make(np.random.default_rng(1), size, True)
        ours = exercise.specification(**case.inputs)
        np.testing.assert_allclose(scope["specification"](**case.inputs), ours, rtol=1e-5, atol=1e-5)

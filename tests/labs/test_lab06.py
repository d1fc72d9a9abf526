"""Lab 6's checks: misreadings named for what they are, right answers accepted in any style."""

import re

import numpy as np
import pytest
from lab06_right import FILLS as RIGHT_FILLS
from lab06_right import READING as RIGHT
from lab06_wrong import FILLS as WRONG_FILLS
from lab06_wrong import MATCHES
from lab06_wrong import READING as WRONG
from nbtools import files
from nbtools.first_cell import ROOT

import labkit
from labkit import exercises
from labkit.checking.verdict import Mark
from labkit.exercises.lab06 import fill, match, registers, sectors

SOLUTION = ROOT / "labs" / "solutions" / "lab06-read-ptx.ipynb"
READINGS = (registers.EXERCISE, sectors.EXERCISE)
OURS = {blank.name: blank.ours for blank in fill.EXERCISE.blanks}


@pytest.fixture(autouse=True)
def _attached(cuda):
    """Every test has the engine."""


def cells():
    return {cell.id: cell.source for cell in files.read(SOLUTION).cells}


def is_told(verdict, misconception):
    assert verdict.mark is Mark.WRONG, str(verdict)
    assert verdict.misconception == misconception, str(verdict)
    assert all(len(line) <= 100 for line in str(verdict).splitlines())


@pytest.mark.parametrize("answer", WRONG, ids=lambda a: a.label)
def test_wrong_reading_is_rejected_for_the_right_reason(answer):
    is_told(labkit.judge(answer.exercise, answer.function), answer.misconception)


@pytest.mark.parametrize("answer", RIGHT, ids=lambda a: a.label)
def test_right_reading_is_accepted(answer):
    exercise = exercises.find(answer.exercise)
    tried = len(exercise.readable) + exercise.fresh
    verdict = labkit.judge(answer.exercise, answer.function)
    assert str(verdict) == f"[v] {answer.exercise}: right, for all {tried} inputs."


@pytest.mark.parametrize(
    ("texts", "misconception"), [(w[1], w[2]) for w in WRONG_FILLS], ids=[w[0] for w in WRONG_FILLS]
)
def test_wrong_line_is_rejected_for_the_right_reason(texts, misconception):
    verdict = labkit.judge("lab06.fill", *(OURS | texts).values())
    is_told(verdict, misconception)
    assert verdict.message.startswith(f"`{next(iter(texts))}`: ")


@pytest.mark.parametrize("texts", RIGHT_FILLS.values(), ids=RIGHT_FILLS)
def test_right_line_is_accepted(texts):
    verdict = labkit.judge("lab06.fill", *(OURS | texts).values())
    assert str(verdict) == "[v] lab06.fill: right, on all 7 cases."


@pytest.mark.parametrize(("letter", "name", "overlooked"), MATCHES)
def test_wrong_match_is_rejected_for_the_right_reason(letter, name, overlooked):
    verdict = labkit.judge("lab06.match", match.SHOWN | {letter: name})
    is_told(verdict, overlooked)
    assert verdict.message.startswith(f"{letter} is not {name!r}. ")


def test_there_are_enough_of_both():
    for name in ("lab06.registers", "lab06.sectors"):
        assert sum(a.exercise == name for a in RIGHT) >= 3
        assert sum(a.exercise == name for a in WRONG) >= 10
    told = {w[2] for w in WRONG_FILLS}
    assert {"wrong state space", "wrong rounding mode", "guard not negated", "wrong width"} <= told


# --- what is right, from more than one side ------------------------------------------------------


@pytest.mark.parametrize("exercise", READINGS, ids=lambda e: e.name)
def test_what_the_machine_does_is_what_a_reader_works_out(exercise):
    """Many more inputs than a check takes, against a right answer that was written without the machine."""
    answer = next(a.function for a in RIGHT if a.exercise == exercise.name)
    rng = np.random.default_rng(6)
    for _ in range(200):
        inputs = exercise.drawn(rng)
        for result, got, want in zip(
            exercise.results, answer(**inputs), exercise.truth(**inputs), strict=True
        ):
            assert result.same(got, want), (result.label, inputs)


@pytest.mark.parametrize("exercise", READINGS, ids=lambda e: e.name)
def test_readable_inputs_tell_every_misreading_from_the_truth_and_from_any_other(exercise):
    """So the name that a misreading gets does not depend on what is drawn."""
    truths = [exercise.truth(**inputs) for inputs in exercise.readable]
    for place, result in enumerate(exercise.results):
        values = [tuple(truth[place] for truth in truths)]
        for misreading in exercise.misreadings:
            if misreading.label == result.label:
                values.append(tuple(misreading.value(**inputs) for inputs in exercise.readable))
        assert len(values) > 3 and len(set(values)) == len(values)


def test_a_register_may_be_read_with_and_without_a_sign():
    register = registers.Result("%r1", 32)
    assert register.same(-1, 2**32 - 1) and register.same(2**32 - 1, -1) and register.same(7, 7)
    assert not register.same(-1, 1) and not register.same(2**32, 0) and not register.same(-(2**32), 0)


def test_what_the_statement_calls_the_answer_is_what_the_check_gives():
    assert labkit.judge("lab06.registers", None).mark is Mark.NOT_ATTEMPTED
    assert labkit.judge("lab06.fill", None, None, None, None).mark is Mark.NOT_ATTEMPTED
    assert labkit.judge("lab06.match", None).mark is Mark.NOT_ATTEMPTED


# --- filling in ----------------------------------------------------------------------------------


def test_texts_that_are_missing_are_asked_for_and_the_others_judged():
    is_told(labkit.judge("lab06.fill", OURS["load"], None, None, OURS["floor"]), "not filled in")
    is_told(labkit.judge("lab06.fill", None, "st.local.u32 [%r8], %r9;", None, None), "wrong state space")


def test_texts_that_clash_are_told():
    """Each works beside ours; together, one spoils the other's register."""
    texts = {
        "load": "ld.global.s16 %r9, [%rd5];\nmov.u32 %r13, %r9;",
        "store": "st.shared.u32 [%r8], %r9;",
        "leave": "mov.f32 %f2, 0f00000000;\n@!%p1 bra $done;\nmov.u32 %r14, 1;",
        "floor": "cvt.rmi.s32.f32 %r12, %f3;",
    }
    assert labkit.judge("lab06.fill", *texts.values()).right
    texts["load"] = "ld.global.s16 %r9, [%rd5];\nmov.u32 %r6, 0;"
    texts["store"] = "add.s32 %r13, %r6, %r7;\nst.shared.u32 [%r13], %r9;"
    is_told(labkit.judge("lab06.fill", *texts.values()), "not together")


def test_errors_have_the_line_and_column_of_the_text_they_are_in():
    two = "mov.u32 %r13, 0;\n  ld.global.s16 %q, [%rd5];"
    verdict = labkit.judge("lab06.fill", *(OURS | {"load": two}).values())
    assert "line 2, column 17" in verdict.message
    assert verdict.table[0].endswith("ld.global.s16 %q, [%rd5];")
    assert verdict.table[0][verdict.table[1].index("^")] == "%"


@pytest.mark.parametrize("answer", [3, b"ret;", lambda: "ret;", ["ret;"]])
def test_what_is_no_text_is_told(answer):
    is_told(labkit.judge("lab06.fill", *(OURS | {"leave": answer}).values()), "wrong kind")


def test_the_listing_shown_is_the_one_that_runs(capsys):
    fill.show()
    shown = capsys.readouterr().out.splitlines()
    assert [int(line[:2]) for line in shown] == list(range(1, len(shown) + 1))
    assert [line[3:].strip() for line in shown if line[3:].strip().startswith("//")] == [
        f"// {n}" for n in OURS
    ]
    fill.show(**OURS)
    whole = capsys.readouterr().out.splitlines()
    assert "\n".join(line[3:] for line in whole) == fill.EXERCISE.filled(OURS).rstrip()


# --- matching ------------------------------------------------------------------------------------


def test_no_two_statements_compile_to_the_same():
    assert len({match.listing(name) for name in match.TYPES}) == len(match.TYPES)
    assert len(set(match.SHOWN.values())) == len(match.SHOWN) == 6
    assert all(match.listing(name).split("\n")[0].split()[1:3] == ["%rd1,", "%rd2,"] for name in match.TYPES)


def test_what_hints_and_clues_say_about_the_listings_is_so():
    found = {name: match.listing(name) for name in match.TYPES}
    assert "shl.b64        %rd6, %rd5, 2" in found["int3"] and "mul" not in found["int3"]
    assert "selp" in found["modulo"] and "selp" not in found["floor"]
    assert np.array([0x3E000000], np.uint32).view(np.float32)[0] == 0.125 and "0f3E000000" in found["eighth"]
    assert found["plain3"].count("cvt") == 2 and "fma.rn.f64" in found["plain3"]
    assert (
        "max.f32" in found["positive"] and "selp" not in found["positive"] and "bra" not in found["positive"]
    )
    assert "ld.global.s16" in found["short3"]


@pytest.mark.parametrize(
    ("answer", "misconception", "said"),
    [
        ("int3", "wrong kind", "a dict from letter to name is asked for"),
        (lambda: 1 / 0, "raises", "ZeroDivisionError"),
        ({}, "unmatched", "not matched yet: A, B"),
        (match.SHOWN | {"G": "floor"}, "no such letter", "'G'"),
        (match.SHOWN | {"A": "int 3"}, "no such name", "Did you mean 'int3'?"),
        (match.SHOWN | {"A": ["int3"]}, "no such name", "is not one of the names"),
    ],
)
def test_matches_of_the_wrong_kind(answer, misconception, said):
    verdict = labkit.judge("lab06.match", answer)
    assert verdict.misconception == misconception and said in verdict.message


def test_every_wrong_choice_gets_an_answer():
    for letter, true in match.SHOWN.items():
        for name in match.TYPES:
            verdict = labkit.judge("lab06.match", match.SHOWN | {letter: name})
            assert verdict.right == (name == true) and verdict.misconception != "check failed"


def test_a_function_that_returns_the_dict_will_do():
    assert labkit.judge("lab06.match", lambda: match.SHOWN).right


# --- the notebook --------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [registers, sectors])
def test_the_notebook_shows_the_listings_that_are_executed(module):
    fences = [re.findall(r"```ptx\n(.*?)```", source, re.DOTALL) for source in cells().values()]
    assert "the fourteen lines below" in cells()["registers-statement"]
    assert len(registers.LISTING.strip().splitlines()) == 14
    assert [module.LISTING.strip()] in [[text.strip() for text in found] for found in fences]


def test_the_notebooks_specification_is_the_checks():
    scope = {"np": np}
    exec(cells()["fill-specification"], scope)
    for size in (*fill.EXERCISE.ladder, *fill.EXERCISE.fresh):
        inputs = fill.EXERCISE.make(np.random.default_rng(1), size, False).inputs
        np.testing.assert_array_equal(scope["specification"](**inputs), fill.specification(**inputs))


def test_verdicts_on_wrong_answers_repeat():
    for answer in WRONG[::4]:  # these are wrong for inputs that are always the same
        assert len({str(labkit.judge(answer.exercise, answer.function)) for _ in range(2)}) == 1

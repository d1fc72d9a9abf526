"""What checks promise whatever the engine: they never raise, and say the same thing every time."""

from dataclasses import replace

import pytest

import labkit
from labkit import exercises
from labkit.checking.case import Case
from labkit.checking.exercise import FunctionExercise
from labkit.checking.hunt import HuntExercise
from labkit.checking.misconception import Misconception
from labkit.checking.score import Score
from labkit.checking.verdict import Mark
from labkit.exercises.lab06.blanks import FillExercise
from labkit.exercises.lab06.match import MatchExercise
from labkit.exercises.lab06.reading import ReadingExercise
from labkit.exercises.lab09.judging import OrderExercise
from labkit.exercises.lab10 import choose
from labkit.exercises.lab10.choose import ChoosingExercise
from labkit.exercises.lab10.defend import DefenceExercise
from labkit.exercises.lab11.judged import ScheduleExercise
from labkit.exercises.lab12 import errors
from labkit.exercises.lab12.errors import NamingExercise
from labkit.exercises.lab13.plan import PlanExercise

DOUBLE = FunctionExercise(
    name="lab01.double",
    specification=lambda n: 2 * n,
    make=lambda rng, size, readable: Case(
        size, {"n": size if readable else int(rng.integers(5, 99))}, outputs=()
    ),
    ladder=(0, 1, 2, 3),
    fresh=(9, 9),
    misconceptions=(Misconception("square", "that is the square.", model=lambda n: n * n),),
)


def judged(answer, exercise=DOUBLE, skeletons=None):
    return exercise.judge((answer,), skeletons or {})


def test_right():
    assert str(judged(lambda n: n + n)) == "[v] lab01.double: right, on all 6 cases."


def test_misconception_and_smallest_case():
    assert str(judged(lambda n: n**2)) == (
        "[x] lab01.double: that is the square.\n\n    smallest failing case: n = 1\n    expected 2, got 1"
    )


def test_luck_on_the_shown_cases_does_not_help():
    verdict = judged(lambda n: {0: 0, 1: 2, 2: 4, 3: 6}.get(n, 7))
    assert verdict.mark is Mark.WRONG


def test_skeleton_is_not_attempted_whatever_its_layout():
    skeletons = {"lab01.double": "def double(n):\n    # your code here\n    pass\n"}

    def double(n):
        pass  # another comment

    assert str(judged(double, skeletons=skeletons)) == "[ ] lab01.double: not attempted yet."
    assert judged(None, skeletons=skeletons).mark is Mark.NOT_ATTEMPTED


@pytest.mark.parametrize("above", ["", "import math\n"], ids=["alone", "below the import"])
def test_skeleton_is_not_attempted_in_a_cell_that_imports_what_it_uses(above):
    text = "def double(n):\n    return math.floor(n)\n"
    scope = {}
    exec(above + text, scope)
    assert not judged(scope["double"], skeletons={"lab01.double": text}).attempted


def test_an_answer_that_returns_zero_is_an_attempt():
    assert judged(lambda n: 0, skeletons={"lab01.double": "def double(n):\n    pass\n"}).attempted


@pytest.mark.parametrize(
    "answer", [3, "text", object(), lambda: 1, lambda n: 1 / 0, lambda n: "x", lambda n: [1]]
)
def test_nothing_raises(answer):
    assert judged(answer).mark is Mark.WRONG


def test_python_errors_are_told_with_their_line():
    def double(n):
        half = n / 2
        return half / 0

    assert str(judged(double)) == (
        "[x] lab01.double: running it raised ZeroDivisionError: float division by zero. (Line 3\n"
        "    of `double`.)"
    )


def test_scores_are_printed_and_can_be_too_much():
    def score(too_much=None, **more):
        measure = lambda answer, case: answer(1) + 8  # noqa: E731
        fixed = lambda: Case(1, {"n": 1}, outputs=())  # noqa: E731
        return Score("calls", measure, fixed, goal=5, too_much=too_much, advice="Count.", **more)

    def told(score):
        return judged(lambda n: 2 * n, replace(DOUBLE, score=score))

    lenient = told(score())
    assert lenient.right and lenient.score == 10
    assert str(lenient).splitlines()[1:] == [
        "    Score: 10 calls (goal: 5; goal not reached yet).",
        "    Count.",
    ]
    placed = told(score(place=lambda answer, case: f"Most of it for n = {case.arguments['n']}."))
    assert str(placed).splitlines()[2] == "    Most of it for n = 1. Count."
    strict = told(score(7))
    assert strict.misconception == "too costly" and "Count." in str(strict)
    reached = told(replace(score(), goal=10))
    assert str(reached).splitlines()[1:] == ["    Score: 10 calls (goal: 10; goal reached)."]
    both = told((replace(score(), goal=10), replace(score(), unit="steps")))
    assert both.score == 10 and [d.split()[2] for d in both.details[:2]] == ["calls", "steps"]


def test_an_answer_that_is_wrong_on_the_measured_case_has_no_score():
    score = Score("calls", lambda answer, case: 1 / 0, lambda: Case(77, {"n": 77}, outputs=()), goal=1)
    verdict = judged(lambda n: 0 if n == 77 else 2 * n, replace(DOUBLE, score=score))
    assert verdict.mark is Mark.WRONG and "n = 77" in str(verdict)


def test_unknown_exercise_is_said_not_raised(capsys):
    labkit.check("lab01.mpa", None)
    assert "Did you mean lab01.map" in capsys.readouterr().out


def test_a_fault_of_the_check_is_said_to_be_ours(monkeypatch):
    monkeypatch.setattr(exercises, "skeletons", lambda lab: 1 / 0)
    verdict = labkit.judge("lab01.map", None)
    assert "our fault" in verdict.message


@pytest.mark.parametrize("name", [n for lab in exercises.labs() for n in exercises.of_lab(lab)])
def test_every_exercise_has_hints_a_skeleton_and_misconceptions(name):
    hints = exercises.hints(name)
    assert len(set(hints)) == 3 and all(20 < len(h) < 500 for h in hints)
    exercise = exercises.find(name)
    if not isinstance(exercise, FillExercise):  # its blanks are None
        assert name in exercises.skeletons(name.partition(".")[0])
    if isinstance(exercise, HuntExercise):
        assert len({finding.name for finding in exercise.findings.values()}) == 4
        misconceptions = exercise.kernel.misconceptions
    elif isinstance(exercise, NamingExercise):
        assert len({calculation.slip for calculation in errors.CALCULATIONS.values()}) >= 4
        misconceptions = ()
    elif isinstance(
        exercise, MatchExercise | FillExercise | ReadingExercise
    ):  # told in tests/labs/test_lab06.py
        misconceptions = ()
    elif isinstance(
        exercise, PlanExercise | DefenceExercise | ScheduleExercise | OrderExercise
    ):  # told in tests/labs: lab13_wrong.py, lab10_wrong.py, lab11_wrong.py, test_lab09.py
        misconceptions = ()
    elif isinstance(exercise, ChoosingExercise):
        assert len({strategy.name for strategy in choose.STRATEGIES}) >= 4
        misconceptions = ()
    else:
        misconceptions = exercise.misconceptions
        assert len({m.name for m in misconceptions}) >= 4
    for misconception in misconceptions:
        given = (misconception.body, misconception.model, misconception.detect)
        assert sum(part is not None for part in given) == 1


def test_as_many_threads_are_listed_as_the_simulator_names():
    """Recognising a mistake by its stray threads counts on this number."""
    from labkit.checking.misconception import LISTED
    from smsim.hazards import teller

    assert LISTED == teller._NAMED

"""Ordinary Python answers: stopped when they never end, whatever they catch; otherwise as in a plain call."""

import itertools
import sys

import pytest

import labkit
from labkit.checking.calling import EndlessAnswer, ForbiddenCall, call
from trainmath.pipeline import schedules


def on_one_line():
    while True:
        pass  # noqa: E701 - a jump to itself


def catches_all():
    n = 0
    while True:
        try:
            n += 1
        except:  # noqa: E722
            pass


def catches_all_around():
    n = 0
    while True:
        try:
            while True:
                n += 1
        except:  # noqa: E722
            continue


def in_a_comprehension():
    return [n for n in itertools.repeat(0)]


def in_a_finally():
    for _ in itertools.count():
        try:
            pass
        finally:
            continue  # noqa: B012 - it silences what goes through it


def through_compiled_code():
    return sum(iter(lambda: 1, 0))


def in_a_generator():
    def numbers():
        while True:
            yield 1

    return max(numbers())


class Callable:
    def __call__(self):
        while True:
            pass


ENDLESS = [
    on_one_line,
    catches_all,
    catches_all_around,
    in_a_comprehension,
    in_a_finally,
    through_compiled_code,
    in_a_generator,
    Callable(),
]


@pytest.mark.parametrize("function", ENDLESS, ids=lambda f: getattr(f, "__name__", "an object"))
def test_what_never_ends_is_stopped(function):
    before = sys.gettrace()
    with pytest.raises(EndlessAnswer, match="20,000 steps"):
        call(function, steps=20_000)
    assert sys.gettrace() is before


def test_everything_else_is_as_in_a_plain_call(capsys):
    def answer(a, b=2, *, c=3):
        print("not shown")
        return a, b, c

    assert call(answer, 1, c=4) == (1, 2, 4) and not capsys.readouterr().out
    with pytest.raises(ZeroDivisionError):
        call(lambda: 1 / 0)
    with pytest.raises(RecursionError):
        call(recurses)


def recurses():
    return recurses()


def test_the_number_of_steps_is_the_same_every_time():
    def counts(n):
        for _ in range(n):
            pass

    def ends(steps):
        try:
            call(counts, 500, steps=steps)
        except EndlessAnswer:
            return False
        return True

    most = next(steps for steps in itertools.count(900) if ends(steps))
    assert all(ends(most) and not ends(most - 1) for _ in range(3))


def test_what_libraries_do_is_not_counted():
    assert call(lambda: labkit.judge("lab11.free", lambda a, b: ["F0 B0"] * 4), steps=200).misconception


def test_a_forbidden_call_is_told_whatever_the_function_makes_of_it():
    def hides():
        try:
            return schedules.dualpipe(3, 3)
        except ValueError:
            return None

    with pytest.raises(ForbiddenCall, match="dualpipe"):
        call(hides, forbidden=schedules)
    with pytest.raises(ForbiddenCall, match="zero_bubble"):
        call(lambda: schedules.zero_bubble("a", 1), forbidden=schedules)
    assert call(hides) is None


@pytest.mark.parametrize(
    "name",
    [
        "lab06.registers",
        "lab10.rate",
        "lab10.compute",
        "lab10.choose",
        "lab10.defend",
        "lab11.one_f_one_b",
        "lab12.flop",
        "lab13.plan",
    ],
)
def test_the_labs_stop_what_never_ends(name):
    def endless(*arguments, **named):
        while True:
            pass

    verdict = labkit.judge(name, endless)
    assert verdict.misconception == "never ends", str(verdict)
    assert "million steps" in verdict.message

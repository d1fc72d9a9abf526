"""All exercises of the labs, found by name: ``"lab01.saxpy"`` lives in ``labkit.exercises.lab01``."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import tomllib
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.checking.exercise import Exercise


class UnknownExercise(LookupError):
    """No exercise has this name; the message gives the nearest ones."""


def labs() -> list[str]:
    """The labs there are: ``["lab01", ...]``."""
    return sorted(m.name for m in pkgutil.iter_modules(__path__) if m.name.startswith("lab"))


@lru_cache
def of_lab(lab: str) -> dict[str, Exercise]:
    """The exercises of one lab by name, in the order of the notebook."""
    module = importlib.import_module(f"labkit.exercises.{lab}")
    return {exercise.name: exercise for exercise in module.EXERCISES}


def find(name: str) -> Exercise:
    """The exercise called ``name``; raises ``UnknownExercise`` with near matches."""
    lab = str(name).partition(".")[0]
    if lab in labs() and name in of_lab(lab):
        return of_lab(lab)[name]
    every = [known for lab in labs() for known in of_lab(lab)]
    near = difflib.get_close_matches(str(name), every, n=3, cutoff=0.4)
    advice = f" Did you mean {' or '.join(near)}?" if near else ""
    raise UnknownExercise(f"there is no exercise called {name!r}.{advice}")


@lru_cache
def _table(lab: str, file: str) -> dict:
    found = resources.files(f"labkit.exercises.{lab}") / file
    return tomllib.loads(found.read_text(encoding="utf-8")) if found.is_file() else {}


def skeletons(lab: str) -> dict[str, str]:
    """Exercise name -> the source of its skeleton, as the learner's notebook first shows it."""
    return dict(_table(lab, "skeletons.toml"))


def hints(name: str) -> tuple[str, ...]:
    """Nudge, concept, nearly code."""
    find(name)
    lab, _, short = name.partition(".")
    ladder = _table(lab, "hints.toml")[short]
    return ladder["nudge"].strip(), ladder["concept"].strip(), ladder["nearly_code"].strip()

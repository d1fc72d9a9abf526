"""Every stored notebook keeps the rules that can be tested."""

import tomllib
from pathlib import Path

import pytest
from nbtools import files, rules
from nbtools.figures_in_prose import unsupported
from nbtools.first_cell import ROOT, first_cell

import labkit

NOTEBOOKS = files.chapters() + files.learners() + files.solutions()
RULES = (
    rules.first_cell_is(first_cell()),
    rules.markup_is_common,
    rules.code_is_plain,
    rules.was_run,
    rules.outputs_are_steady,
    rules.images_have_words,
)

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.relative_to(ROOT).as_posix())


def test_there_are_notebooks():
    assert NOTEBOOKS


@each
def test_notebook_keeps_the_rules(path):
    notebook = files.read(path)
    problems = [problem for rule in RULES for problem in rule(notebook)]
    problems += rules.bytes_are_canonical(path.read_text(encoding="utf-8"), notebook)
    assert not problems, "\n".join(problems)


@each
def test_figures_in_prose_are_supported(path):
    table = tomllib.loads((Path(__file__).parent / "number_exceptions.toml").read_text(encoding="utf-8"))
    allowed = [e["text"] for e in table.get("exception", ()) if e["notebook"] == path.name]
    facts = [str(labkit.fact(key)) for key in labkit.fact_keys()]
    problems = unsupported(files.read(path), facts, allowed)
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("path", files.learners(), ids=lambda p: p.name)
def test_learners_checks_say_not_attempted(path):
    assert rules.marks_are({"[ ]"})(files.read(path)) == []


@pytest.mark.parametrize("path", files.solutions(), ids=lambda p: p.name)
def test_solutions_checks_say_right(path):
    assert rules.marks_are({"[v]"})(files.read(path)) == []


def test_first_cell_is_short():
    lines = first_cell().splitlines()
    assert len(lines) < 15
    assert max(map(len, lines)) <= 100

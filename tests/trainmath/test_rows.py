"""Rows of figures are complete, and each figure stands in one place."""

import tomllib
from importlib import resources

import pytest

from trainmath.figures import MARKS, UnknownFigure, figure, figures, value


@pytest.mark.parametrize("key", figures())
def test_every_row_is_complete(key):
    row = figure(key)
    assert row.mark in MARKS and row.unit and row.source
    assert 2000 < int(row.date[:4]) < 2100
    if row.is_range:
        low, high = row.value
        assert low < high


def test_no_group_stands_in_two_packages():
    ours = {key.partition(".")[0] for key in figures()}
    theirs = {f.name.removesuffix(".toml") for f in resources.files("labkit.facts").iterdir()}
    assert not ours & theirs


def test_labkit_reads_the_same_rows():
    import labkit

    for key, row in figures().items():
        fact = labkit.fact(key)
        assert (fact.unit, fact.source, fact.mark) == (row.unit, row.source, row.mark)


def test_trainmath_does_not_know_labkit():
    for file in resources.files("trainmath").rglob("*.py"):
        assert "labkit." not in file.read_text(encoding="utf-8").replace("``labkit.fact``", "")


def test_model_tables_are_complete():
    for file in (resources.files("trainmath.model") / "configs").glob("*.toml"):
        table = tomllib.loads(file.read_text(encoding="utf-8"))
        assert {"name", "source", "date", "config", "published"} == set(table)


def test_folders_of_tables_are_packages_or_they_would_not_be_installed():
    for package in ("trainmath", "labkit"):
        for file in resources.files(package).rglob("*.toml"):
            assert (file.parent / "__init__.py").is_file(), file.parent.name


def test_unknown_rows():
    with pytest.raises(UnknownFigure, match="v3.nothing"):
        value("v3.nothing")

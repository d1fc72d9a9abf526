"""The article's claims: every row complete, every number computed, the arithmetic held to the known results."""

import re

import pytest

from trainmath import claims
from trainmath.claims import numbers

each = pytest.mark.parametrize("claim", claims.table(), ids=lambda c: str(c.number))


def test_all_fourteen_are_there():
    assert [claim.number for claim in claims.table()] == list(range(1, 15))
    assert {claim.verdict for claim in claims.table()} <= set(claims.VERDICTS)
    assert claims.get(9).verdict == "unsupported"
    with pytest.raises(LookupError, match="1 to 14"):
        claims.get(15)


@each
def test_row_is_complete(claim):
    assert claim.claim.endswith(".") and claim.change.endswith(".") and claim.sources and claim.rows
    assert len(claim.quoted.split()) <= 6
    for source in claim.sources:
        assert source.read in ("primary", "copy", "secondary") and re.fullmatch(r"\d{4}-\d\d", source.date)
        assert source.url.startswith("https://") or source.read == "secondary"
    assert all(row.source and row.mark for row in claim.inputs())


@each
def test_every_number_is_computed(claim):
    """A finding has no digits of its own but in names; and it uses all that its function returns."""
    text = re.sub(r"\{.*?\}", "", claim.template)
    text = re.sub(r"Llama 3\.1 405B|[HAV]\d+|FP8|27 January 2025|February 2025", "", text)
    assert not re.search(r"\d", text), text
    used = set(re.findall(r"\{(\w+)", claim.template))
    assert used == set(claim.numbers()), claim.computes
    assert not re.search(r"[{}]|nan|inf\b", claim.finding)


@each
def test_the_rows_named_are_the_rows_read(claim, monkeypatch):
    read = set()

    def noted(key, value=numbers.value):
        read.add(key)
        return value(key)

    monkeypatch.setattr(numbers, "value", noted)
    claim.numbers()
    assert read == set(claim.rows)


@pytest.mark.parametrize(
    ("number", "name", "wanted"),
    [
        (1, "hours", 11.06),
        (1, "v3_days", 56.7),
        (1, "llama_days", 78.4),
        (1, "flop", 11.54),
        (2, "v3", 342.6),
        (2, "llama", 341.4),
        (2, "sparsity", 10.95),
        (5, "sum", 132),
        (5, "link", 44.4),
        (6, "share", 15.15),
        (7, "h100", 450),
        (8, "v3_gwh", 1.952),
        (9, "llama", 61.7),
        (9, "after", 358.7),
        (9, "before", 162.1),
        (9, "claimed", 5),
        (11, "most", 16.97),
        (13, "sms", 1.179),
    ],
)
def test_known_results(number, name, wanted):
    assert claims.get(number).numbers()[name] == pytest.approx(wanted, rel=0.002)

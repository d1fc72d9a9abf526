"""The page of claims says what the data say: every claim once, with verdict, sources and marks."""

from collections import Counter

import claims_page

from trainmath import claims


def text_of(nodes):
    return " ".join(node.astext() for node in nodes)


def test_counts_add_up():
    numbers = [int(part.split()[0]) for part in claims_page.verdict_counts().split(", ")]
    assert sum(numbers) == len(claims.table())
    assert Counter(c.verdict for c in claims.table())["unsupported"] == numbers[-1]


def test_every_entry_holds_all_that_the_row_has():
    for claim in claims.table():
        text = text_of(claims_page._entry(claim))
        assert claim.claim in text and claim.change[1:] in text and claim.computes in text
        assert claim.finding.replace("*", "") in text
        assert f'class="verdict {claim.verdict}"' in text
        for source in claim.sources:
            assert source.name in text and claims_page.READ[source.read] in text
        for row in claim.inputs():
            assert f"{row.key}: {row.mark}" in text

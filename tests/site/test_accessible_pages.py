"""What the site's extension mends in the theme's HTML, and that it touches nothing else."""

from __future__ import annotations

from accessible_pages import with_named_arrows, without_empty_headings, without_old_roles

FOLD = '<li><a href="a.html">Lab 1: A &amp; B</a><details{open}><summary><i></i></summary><ul></ul></details></li>'


def test_an_arrow_is_named_after_its_page() -> None:
    for state in ("", ' open="open"'):
        named = with_named_arrows(FOLD.format(open=state))
        assert f'<details{state}><summary aria-label="Pages under Lab 1: A &amp; B"><i>' in named


def test_other_folds_keep_their_words() -> None:
    for text in ("<details><summary>Answer</summary></details>", '<a href="b.html">B</a><p></p>'):
        assert with_named_arrows(text) == text


def test_old_roles_go_and_others_stay() -> None:
    before = '<div role="list" class="citation-list"><div class="citation" role="doc-biblioentry"><a role="button">'
    assert without_old_roles(before) == '<div class="citation-list"><div class="citation"><a role="button">'
    assert without_old_roles('<div role="list" class="mine">') == '<div role="list" class="mine">'


def test_only_an_empty_heading_is_an_ordinary_cell() -> None:
    row = '<tr><th class="head"><p></p></th><th class="head text-right"><p>MFU</p></th></tr>'
    assert without_empty_headings(row) == (
        '<tr><td class="head"></td><th class="head text-right"><p>MFU</p></th></tr>'
    )

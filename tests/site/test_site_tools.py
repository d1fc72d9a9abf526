"""The small tools of the site: the PTX lexer and the contents without solutions."""

from __future__ import annotations

import build_site
import own_links
import pytest
from ptx_lexer import PtxLexer
from pygments.token import Token

LISTING = """\
.version 9.0
.target sm_90a, debug
.visible .entry add(.param .u64 out) .maxntid 256
{
    .reg .pred %p<2>;
    .shared .align 4 .b8 tile[1024];
    mov.u32         %r1, %tid.x;  // who am I
    setp.ge.s32     %p1, %r1, -0x10;
    @!%p1 bra       $L__BB0_2;
    ld.global.nc.L1::no_allocate.v4.f32 {%f1, %f2, %f3, %f4}, [%rd1+16];
    fma.rn.f32      %f1, %f2, 0f3F800000, %f3;
$L__BB0_2:
    bar.sync 0;
    ret;
}
"""


def tokens_of(text: str) -> list[tuple[object, str]]:
    """Return the lexer's tokens, white space left out."""
    found = PtxLexer(stripnl=False, ensurenl=False).get_tokens(text)
    return [(kind, value) for kind, value in found if kind is not Token.Text.Whitespace]


def test_lexer_loses_nothing_and_knows_everything() -> None:
    """The tokens add up to the text, and none is an error."""
    found = list(PtxLexer(stripnl=False, ensurenl=False).get_tokens(LISTING))
    assert "".join(value for _, value in found) == LISTING
    assert not [value for kind, value in found if kind is Token.Error]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("mov", Token.Keyword),
        ("ret", Token.Keyword),
        (".u32", Token.Keyword.Type),
        (".global", Token.Name.Builtin),
        (".L1::no_allocate", Token.Name.Attribute),
        ("%tid.x", Token.Name.Builtin.Pseudo),
        ("%r1", Token.Name.Variable),
        ("$L__BB0_2", Token.Name.Label),
        ("0f3F800000", Token.Literal.Number.Float),
        (".visible", Token.Keyword.Declaration),
        ("// who am I", Token.Comment.Single),
    ],
)
def test_lexer_tells_apart(value: str, kind: object) -> None:
    """Each kind of word gets its own colour."""
    assert (kind, value) in tokens_of(LISTING)


@pytest.mark.parametrize(
    ("link", "page"),
    [
        ("https://github.com/some-school/course/blob/main/notebooks/a.ipynb", ("notebooks/a", "")),
        ("https://github.com/some-school/course/blob/main/book/b.md#there", ("book/b", "#there")),
        ("https://some-school.github.io/course/book/b.html", ("book/b", "")),
        ("https://some-school.github.io/course/book/b.html?kernel=c", ("book/b", "?kernel=c")),
        ("https://some-school.github.io/course/book/b.html?k=c#d", ("book/b", "?k=c#d")),
        ("https://github.com/some-school/course/blob/main/src/a.py", None),
        ("https://github.com/some-school/course", None),
        ("https://colab.research.google.com/github/some-school/course/blob/main/notebooks/a.ipynb", None),
    ],
)
def test_links_to_our_own_pages(link: str, page: tuple[str, str] | None) -> None:
    """Pages are recognised by their source or their public address; code and Colab are left alone."""
    assert own_links.page_named_by(link, "https://github.com/some-school/course", "main") == page


def test_contents_without_solutions() -> None:
    """Solutions leave no empty sections behind, and nothing else goes."""
    contents = {
        "root": "book/index",
        "parts": [{"caption": "A", "chapters": [{"file": "a"}, {"file": "labs/l", "sections": []}]}],
    }
    lab = contents["parts"][0]["chapters"][1]
    lab["sections"] = [{"file": "labs/solutions/l"}]
    kept = build_site.without_solutions(contents)
    assert kept["parts"][0]["chapters"] == [{"file": "a"}, {"file": "labs/l"}]
    assert kept["root"] == "book/index"

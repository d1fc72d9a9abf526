"""Sphinx extension: highlighting of PTX listings. Pygments has no lexer for PTX.

What a reader should tell apart at a glance: directives, opcodes, types and state spaces, other modifiers,
guards and registers, the machine's own special registers, labels, numbers, comments.
"""

from __future__ import annotations

from typing import Any, ClassVar

from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Whitespace

DIRECTIVES = (
    *("version", "target", "address_size", "file", "loc", "section", "pragma"),
    *("visible", "extern", "weak", "common", "entry", "func", "noreturn", "alias", "align", "ptr"),
    *("maxntid", "reqntid", "minnctapersm", "maxnctapersm", "maxnreg"),
    *("explicitcluster", "reqnctapercluster", "maxclusterrank"),
    *("callprototype", "calltargets", "branchtargets"),
)
STATE_SPACES = ("global", "shared", "local", "const", "param", "reg", "sreg", "tex")
TYPES = r"[suf](?:8|16|32|64)|f16x2|bf16x2|bf16|tf32|e4m3x2|e5m2x2|b(?:8|16|32|64|128)|pred"
SPECIAL_REGISTERS = (
    *("tid", "ntid", "laneid", "warpid", "nwarpid", "ctaid", "nctaid", "smid", "nsmid", "gridid"),
    *("lanemask_eq", "lanemask_le", "lanemask_lt", "lanemask_ge", "lanemask_gt"),
    *("clock", "clock_hi", "clock64", "globaltimer", "globaltimer_lo", "globaltimer_hi"),
    *("clusterid", "nclusterid", "cluster_ctaid", "cluster_nctaid", "cluster_ctarank", "cluster_nctarank"),
    *("dynamic_smem_size", "total_smem_size", "aggr_smem_size", "is_explicit_cluster"),
)
#: Opcodes that may stand without a modifier; every other opcode is known by the dot that follows it.
BARE_OPCODES = ("ret", "exit", "trap", "brkpt", "bra", "call")


class PtxLexer(RegexLexer):
    """Pygments lexer for NVIDIA's PTX, as compilers print it and as people write it."""

    name = "PTX"
    aliases: ClassVar[list[str]] = ["ptx"]
    filenames: ClassVar[list[str]] = ["*.ptx"]
    mimetypes: ClassVar[list[str]] = ["text/x-ptx"]

    tokens: ClassVar[dict[str, list[Any]]] = {
        "root": [
            (r"\s+", Whitespace),
            (r"//[^\n]*", Comment.Single),
            (r"/\*[\s\S]*?\*/", Comment.Multiline),
            (r'"[^"\n]*"', String),
            (r"(\.target)(\s+)(\w+)", bygroups(Keyword.Declaration, Whitespace, Name.Constant)),
            (r"([A-Za-z_$][\w$]*)(:)(?!:)", bygroups(Name.Label, Punctuation)),
            (r"(@)(!?)(%?[A-Za-z_$][\w$]*)", bygroups(Operator, Operator, Name.Variable)),
            (rf"\.(?:{TYPES})\b", Keyword.Type),
            (words(STATE_SPACES, prefix=r"\.", suffix=r"\b"), Name.Builtin),
            (words(DIRECTIVES, prefix=r"\.", suffix=r"\b"), Keyword.Declaration),
            (r"\.\w+(?:::\w+)*", Name.Attribute),
            (words(SPECIAL_REGISTERS, prefix="%", suffix=r"(?:\.[xyzw])?(?![\w$])"), Name.Builtin.Pseudo),
            (r"%[A-Za-z_$][\w$]*", Name.Variable),
            (r"[a-z][a-z0-9]*(?=\.[a-z])", Keyword),
            (words(BARE_OPCODES, suffix=r"(?![\w$])"), Keyword),
            (r"0[fF][0-9A-Fa-f]{8}\b|0[dD][0-9A-Fa-f]{16}\b", Number.Float),
            (r"\d+\.\d*(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+", Number.Float),
            (r"0[xX][0-9A-Fa-f]+U?|0[bB][01]+U?|\d+U?", Number.Integer),
            (r"[A-Za-z_$][\w$]*", Name),
            (r"[{}()\[\],;|<>]", Punctuation),
            (r"[-+*/%!=~&^?:.@#]", Operator),
        ],
    }


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.add_lexer("ptx", PtxLexer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

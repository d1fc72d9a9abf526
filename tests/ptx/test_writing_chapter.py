"""Chapter 09's texts, and the mistakes it plants in them, before NVIDIA's assembler."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from numba import cuda
from ptx_assembler import complaints, our_complaint

import smsim
from smsim.sass import MissingTool, machine_code

pytest.importorskip("cuda.bindings.nvjitlink", reason="NVIDIA's linker has no wheel for this platform")

CHAPTER = Path(__file__).parents[2] / "notebooks" / "09-writing-ptx.ipynb"
#: Mistakes that a run finds, by the exception it raises: for an assembler they are fine.
FOUND_BY_A_RUN = {"MemoryFault", "DataRace", "BarrierError", "UninitializedRead", "WarpSyncError"}


def _cells() -> list[tuple[str, str]]:
    """Source and printed output of each code cell."""
    cells = [c for c in json.loads(CHAPTER.read_text(encoding="utf-8"))["cells"] if c["cell_type"] == "code"]
    return [("".join(c["source"]), "".join("".join(o.get("text", "")) for o in c["outputs"])) for c in cells]


def _texts() -> dict[str, str]:
    """The chapter's modules by the Python names that they are given."""
    found = {}
    for source, _ in _cells():
        for node in ast.parse(source).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                if isinstance(node.value.value, str) and ".version" in node.value.value:
                    found[node.targets[0].id] = node.value.value
    return found


def _spoiled() -> list[tuple[str, str]]:
    """Each text that the chapter spoils, and the first word of what it prints about it."""
    found, texts = [], _texts()
    for source, printed in _cells():
        names, calls = dict(texts), []
        for node in ast.parse(source).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                names[node.targets[0].id] = node.value.value
            if isinstance(node, ast.Expr) and getattr(getattr(node.value, "func", None), "id", "") == "spoil":
                text, old, new = (
                    eval(compile(ast.Expression(argument), "cell", "eval"), {}, names)
                    for argument in node.value.args[:3]
                )
                calls.append(text.replace(old, new))
        if calls:
            verdicts = [part.split("\n+ ")[1] for part in ("\n" + printed).split("\n- ")[1:]]
            words = [verdict.split("\n")[1].split(":")[0] for verdict in verdicts]
            found += zip(calls, words, strict=True)
    return found


def test_every_text_of_the_chapter_is_ptx():
    texts = _texts()
    assert len(texts) >= 10
    assert complaints(list(texts.values())) == [None] * len(texts)
    assert [our_complaint(text) for text in texts.values()] == [None] * len(texts)


def test_the_assembler_refuses_what_the_chapter_says_is_refused():
    spoiled = _spoiled()
    assert len(spoiled) >= 15
    told = {word for _, word in spoiled}
    assert told >= FOUND_BY_A_RUN | {"PTXSyntaxError", "UnsupportedPTX", "LaunchError", "no hazard found"}
    for (text, word), complaint in zip(spoiled, complaints([text for text, _ in spoiled]), strict=True):
        if word in ("PTXSyntaxError", "UnsupportedPTX"):
            assert complaint is not None, f"the assembler accepts\n{text}"
        elif word != "LaunchError":  # a text for another GPU, which nvJitLink refuses in its own way
            assert complaint is None, f"{complaint}\n{text}"


def test_the_chapter_quotes_the_assembler():
    quoted = "Arguments mismatch for instruction 'mad.wide'"
    assert quoted in CHAPTER.read_text(encoding="utf-8")
    wide = [text for text, _ in _spoiled() if "mad.wide.u32   %r3" in text]
    assert quoted in complaints(wide)[0]


@cuda.jit
def compiled(n, a, x, y):
    i = cuda.grid(1)
    if i < n:
        y[i] = a * x[i] + y[i]


def _machine_instructions(text: str, entry: str) -> int:
    try:
        code = machine_code(text, entry, "sm_90a")
    except MissingTool as missing:
        pytest.skip(str(missing))
    return [one.text for one in code].index(
        "EXIT"
    ) + 1  # behind it stands a jump to itself that nothing reaches


def test_of_either_saxpy_the_assembler_makes_more_instructions_than_it_has_in_ptx():
    x = np.ones(4, np.float32)
    view = smsim.views(compiled, (4, np.float32(2), x, x))
    by_hand = _texts()["SAXPY"]
    assert _machine_instructions(by_hand, "saxpy") > len(smsim.views(by_hand).instructions) == 17
    entry = view.full.split(".entry ")[1].split("(")[0].strip()
    assert _machine_instructions(view.full, entry) > len(view.instructions) == 30

"""Learners' notebooks follow from the solutions and differ in the blanks only."""

import pytest
import write_labs
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbtools import blanks, files

SOLUTION = """\
@cuda.jit
def twice(x, out):
    # keep this comment
    ### BEGIN SOLUTION
    i = cuda.grid(1)
    out[i] = 2 * x[i]
    ### END SOLUTION"""

LEARNER = """\
@cuda.jit
def twice(x, out):
    # keep this comment
    # your code here
    pass"""


def solution():
    return new_notebook(
        cells=[
            new_markdown_cell("text"),
            new_code_cell(SOLUTION, metadata={"tags": ["hide-input"]}),
            new_code_cell('labkit.check("lab01.map", twice)'),
        ]
    )


def test_body_becomes_pass():
    assert blanks.blanked(SOLUTION) == LEARNER


def test_value_becomes_none():
    source = "### BEGIN SOLUTION\nblocks = 4\n### END SOLUTION\nlaunch(blocks)"
    assert blanks.blanked(source) == "# your answer here\nblocks = None\nlaunch(blocks)"


def test_a_kernel_to_mend_is_given_with_its_fault():
    source = (
        "def f(s, t):\n    ### BEGIN SOLUTION\n    barrier()\n    ### INSTEAD\n    # if t:\n    #     barrier()\n"
        "    ### END SOLUTION\n    return s"
    )
    assert blanks.blanked(source) == "def f(s, t):\n    if t:\n        barrier()\n    return s"
    nothing = source.replace("    # if t:\n    #     barrier()\n", "")
    assert blanks.blanked(nothing) == "def f(s, t):\n    return s"


PTX_ANSWER = """\
twice = \"\"\"
.visible .entry twice(.param .u64 x)
{
    .reg .b32 %r<9>;
    // BEGIN SOLUTION
    mov.u32 %r1, %tid.x;
    // END SOLUTION
    ret;
}
\"\"\"
"""


def test_a_body_within_a_ptx_text_becomes_a_comment():
    blank = "    // your code here"
    assert [line for line in blanks.blanked(PTX_ANSWER).splitlines() if "your code" in line] == [blank]
    assert "mov.u32" not in blanks.blanked(PTX_ANSWER) and "SOLUTION" not in blanks.blanked(PTX_ANSWER)
    assert blanks.has_blank(PTX_ANSWER) and not blanks.has_blank(blanks.blanked(PTX_ANSWER))


def test_a_ptx_text_to_mend_is_given_with_its_fault():
    source = (
        "    // BEGIN SOLUTION\n    ret;\n    // INSTEAD\n    // exit;\n    //   ret;\n    // END SOLUTION"
    )
    assert blanks.blanked(source) == "    exit;\n      ret;"


def test_the_skeleton_of_a_ptx_answer_is_its_text():
    cells = [new_code_cell(PTX_ANSWER), new_code_cell('labkit.check("lab07.twice", twice)')]
    found = blanks.skeletons(new_notebook(cells=cells))
    assert list(found) == ["lab07.twice"]
    assert found["lab07.twice"].startswith("\n.visible") and "// your code here" in found["lab07.twice"]


@pytest.mark.parametrize(
    "source",
    [
        "### BEGIN SOLUTION\nx = 1",
        "x = 1\n### END SOLUTION",
        "### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION",
        "### BEGIN SOLUTION\nprint(1)\n### END SOLUTION",
        "### BEGIN SOLUTION\nx = 1\n// END SOLUTION",
        "// BEGIN SOLUTION\nret;",
        "    // BEGIN SOLUTION\n    // INSTEAD\n    ret;\n    // END SOLUTION",
        "    ### BEGIN SOLUTION\n    ### INSTEAD\n    x = 1\n    ### END SOLUTION",
    ],
)
def test_marks_that_do_not_fit_are_refused(source):
    with pytest.raises(blanks.BlankError):
        blanks.blanked(source)


def test_learner_differs_only_in_blanks():
    whole, learner = solution(), blanks.learner_of(solution())
    assert [c.source for c in learner.cells] == ["text", LEARNER, whole.cells[2].source]
    assert "tags" not in learner.cells[1].metadata


def test_the_set_up_stays_folded():
    """In the learner's notebook as in the solution; the answer's cell is folded in the solution only."""
    whole = solution()
    whole.cells.insert(0, new_code_cell("import labkit", id="first-cell"))
    blanks.fold_answers(whole)
    assert [c.metadata.get("tags") for c in whole.cells] == [["hide-input"], None, ["hide-input"], None]
    learner = blanks.learner_of(whole)
    assert [c.metadata.get("tags") for c in learner.cells] == [["hide-input"], None, None, None]


@pytest.mark.parametrize("title", ["# Lab 12: Price it: how", "# Lab 12, solved: Price it: how"])
def test_a_solution_says_so_in_its_title(title):
    whole = new_notebook(cells=[new_markdown_cell(f"{title}\n\nLab 3: text")])
    blanks.open_solved(whole)
    assert whole.cells[0].source == "# Lab 12, solved: Price it: how\n\nLab 3: text"
    assert blanks.learner_of(whole).cells[0].source == "# Lab 12: Price it: how\n\nLab 3: text"


def test_each_of_the_two_links_to_the_other():
    at = "https://github.com/someone/book/blob/main/labs/"
    lab = f"Open it. The worked answers are in the [solution notebook]({at}solutions/lab03-race-hunt.ipynb)."
    solved = f"Open it. The [notebook without answers]({at}lab03-race-hunt.ipynb) is the one to work in."
    for text in (lab, solved):
        whole = new_notebook(cells=[new_markdown_cell(text)])
        blanks.open_solved(whole)
        assert whole.cells[0].source == solved
        assert blanks.learner_of(whole).cells[0].source == lab


def test_skeletons_are_found_by_their_check():
    assert blanks.skeletons(solution()) == {
        "lab01.map": "def twice(x, out):\n    # keep this comment\n    # your code here\n    pass\n"
    }


def test_hints_are_written_out_and_stay_the_same_the_second_time():
    text = "a\n<!-- hints lab01.map --><!-- end hints -->\nb"
    once = blanks.with_hints(text, lambda name: ("one", "two", "three"))
    assert once.count("<details>") == 3 and "two" in once
    assert blanks.with_hints(once, lambda name: ("one", "two", "three")) == once


@pytest.mark.parametrize("path", files.solutions(), ids=lambda p: p.name)
def test_stored_learners_notebook_follows_from_its_solution(path):
    assert write_labs.differences(path) == []

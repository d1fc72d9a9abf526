"""The table is read as it was written, opens harmlessly in a spreadsheet, and becomes a picture with words."""

import json

import pytest

from labkit.grading import Row, picture, read, write
from labkit.grading.cohort import by_learner
from labkit.grading.report import Writer, better, read_report
from labkit.grading.row import Mark, Result, State

R, W, N, U = Result.RIGHT, Result.WRONG, Result.NOT_ATTEMPTED, Result.NOT_CHECKED
ROWS = [
    Row(
        "anna/lab.ipynb",
        "lab05",
        State.GRADED,
        "",
        {"lab05.tile": Mark(R, score=2.5), "lab05.square": Mark(N)},
        3.0,
    ),
    Row(
        "ben.ipynb",
        "lab01",
        State.IN_PART,
        "a, b; c",
        {"lab01.map": Mark(W, "same: index"), "lab01.guard": Mark(U)},
    ),
    Row("=cmd|' $C calc$'!A0.ipynb", "", State.NOT_GRADED, "<b>|empty</b>"),
]


def test_a_csv_is_read_again(tmp_path):
    write(ROWS, tmp_path / "t.csv")
    assert read(tmp_path / "t.csv") == ROWS
    text = (tmp_path / "t.csv").read_text()
    assert "\n'=cmd" in text and "lab05.tile score" in text and "lab01.map score" not in text
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="first columns"):
        read(tmp_path / "other.csv")


def test_html_and_markdown_escape_what_learners_wrote(tmp_path):
    write(ROWS, tmp_path / "t.html")
    write(ROWS, tmp_path / "t.md")
    page, text = (tmp_path / "t.html").read_text(), (tmp_path / "t.md").read_text()
    assert "&lt;b&gt;|empty" in page and "<b>" not in page and page.count("<tr>") == 4
    lines = text.splitlines()
    assert len(lines) == 5 and "&lt;b&gt;\\|empty" in text
    assert len({line.replace("\\|", "").count("|") for line in lines}) == 1


def test_the_better_mark_counts():
    assert better(Mark(R), Mark(W)).result is R and better(Mark(N), Mark(W)).result is W
    assert (
        better(Mark(R, score=3), Mark(R, score=2)).score == 2 and better(Mark(R), Mark(R, score=2)).score == 2
    )
    assert better(Mark(W, "first"), Mark(W, "second")).misconception == "second"
    two = [Row("a/1.ipynb", "lab01", State.GRADED, marks={"lab01.map": Mark(mark)}) for mark in (W, R)]
    assert by_learner(two) == {"a": {"lab01.map": Mark(R)}}


def test_a_report_believes_no_form(tmp_path):
    file = tmp_path / "report.jsonl"
    assert not read_report(file).lab
    tell = Writer(file)
    tell.say("lab", lab="lab01", exercises=["lab01.map", "<script>", "lab01." + "x" * 99])
    tell.say("mark", exercise="lab01.map", result="right", misconception=None, score=float("nan"))
    tell.say("mark", exercise="lab01.unknown", result="right", misconception=None, score=1)
    tell.say("mark", exercise="lab01.map", result="splendid", misconception=None, score=1)
    file.open("ab").write(
        b'\xff{"kind"\n[1]\n3\nnull\n{"kind": "mark"}\n' + json.dumps({"kind": "lab"}).encode()
    )
    report = read_report(file)
    assert report.marks == {"lab01.map": Mark(R)} and not report.finished


def test_the_picture_shows_every_mark_and_says_it_in_words():
    fig, words = picture(ROWS)
    axes = fig.axes[0]
    assert [t.get_text() for t in axes.get_xticklabels()] == [
        "lab01.map",
        "lab01.guard",
        "lab05.tile",
        "lab05.square",
    ]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["=cmd|' $C calc$'!A0", "anna", "ben"]
    signs = {(round(t.get_position()[0]), round(t.get_position()[1])): t.get_text() for t in axes.texts}
    assert signs == {(2, 1): "✓", (3, 1): "·", (0, 2): "×", (1, 2): "?", (0, 0): "not graded"}
    assert words.startswith("A grid of 3 learners by 4 exercises. lab01.map right 0, wrong 1 of 1;")
    with pytest.raises(ValueError, match="nothing was graded"):
        picture(ROWS[2:])

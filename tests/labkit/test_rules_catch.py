"""The rules themselves: each is shown a notebook that breaks it."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbtools import files, rules
from nbtools.figures_in_prose import figures, unsupported
from nbtools.first_cell import address_and_branch, first_cell


def notebook(*cells):
    for number, cell in enumerate(cells):
        cell.id = f"c{number}"
    return new_notebook(cells=list(cells))


def code(source, *outputs, count=1):
    return new_code_cell(source, outputs=list(outputs), execution_count=count)


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


@pytest.mark.parametrize(
    "markdown",
    [
        "{ref}`x`",
        "```{note}\nx\n```",
        ":::{tip}\nx\n:::",
        "![a](figure.png)",
        '<img src="a.png">',
        "[a](../b.md)",
    ],
)
def test_markup_that_colab_does_not_show_is_found(markdown):
    assert rules.markup_is_common(notebook(new_markdown_cell(markdown)))


@pytest.mark.parametrize(
    "markdown",
    [
        "`{ref}` is code",
        "$x_{i}$",
        "<details><summary>a</summary>\n\nb\n\n</details>",
        "[a](https://a.org/b)",
    ],
)
def test_common_markup_passes(markdown):
    assert rules.markup_is_common(notebook(new_markdown_cell(markdown))) == []


def test_an_answer_in_ptx_may_be_longer_and_not_endless():
    for instructions, problems in ((31, 0), (70, 1)):
        source = 'k = """\n// BEGIN SOLUTION\n' + "ret;\n" * instructions + '// END SOLUTION\n"""'
        assert len(rules.code_is_plain(notebook(code(source)))) == problems


@pytest.mark.parametrize(
    "source", ["plot();", "import ipywidgets", "x = 1\n" * 31, "from tqdm.auto import tqdm"]
)
def test_code_that_does_not_belong_is_found(source):
    assert rules.code_is_plain(notebook(code(source)))


@pytest.mark.parametrize(
    "output",
    [
        stream("/home/me/x.py"),
        stream("<f at 0x7f12ab>"),
        stream("warning", "stderr"),
        new_output("error", ename="E", evalue="", traceback=[]),
        new_output("display_data", data={"image/svg+xml": "<svg/>"}),
    ],
)
def test_unsteady_outputs_are_found(output):
    assert rules.outputs_are_steady(notebook(code("x", output)))


def test_a_cell_that_was_not_run_is_found():
    assert rules.was_run(notebook(code("x", count=None)))
    assert rules.was_run(notebook(code("x", count=2)))
    assert rules.was_run(notebook(code("x"), code("y", count=2))) == []


def test_a_figure_without_words_is_found_and_the_tool_copies_them():
    def figure(alt):
        return code("x", new_output("display_data", data={"image/png": "AAAA", "text/plain": alt}))

    assert rules.images_have_words(notebook(figure("<Figure size 10x10 with 1 Axes>")))
    assert rules.images_have_words(notebook(figure("Eight elements in a row.")))
    stored = files.canonical(notebook(figure("Eight elements in a row.")))
    assert rules.images_have_words(stored) == []


def test_canonical_bytes_do_not_depend_on_the_run():
    first = notebook(code("x", stream("a"), stream("b"), count=7))
    second = notebook(code("x", stream("ab"), count=9))
    second.cells[0].metadata["execution"] = {"iopub.status.busy": "2026"}
    second.metadata["language_info"] = {"version": "3.13.1"}
    second.cells[0].id = first.cells[0].id = "8e2a91c4"
    assert files.text_of(files.canonical(first)) == files.text_of(files.canonical(second))
    assert nbformat.reads(files.text_of(files.canonical(first)), 4).cells[0].outputs[0].text == "ab"


def test_figures_in_prose():
    assert figures("The H800 has 132 SMs, 3.35 TB/s and `16 KiB`; 2.788 million GPU-hours; 64 threads.") == [
        ("132", "SMs"),
        ("3.35", "TB/s"),
        ("2.788", "million GPU-hours"),
    ]


def test_figures_need_a_fact_or_an_assertion_above():
    prose = new_markdown_cell("It takes 17 cycles on 132 SMs.")
    assert unsupported(notebook(prose), ["132 SMs"]) == [
        "c0: 17 cycles comes from no fact and no assertion above"
    ]
    assert unsupported(notebook(code("assert n == 17"), prose), ["132 SMs"]) == []
    assert unsupported(notebook(prose, code("assert n == 17")), ["132 SMs"])


def test_first_cell_follows_the_configuration():
    config = "title: x\nrepository:\n  url: https://github.com/a/b\n  branch: dev\nother: 1\n"
    assert address_and_branch(config) == ("https://github.com/a/b", "dev")
    assert "git+https://github.com/" in first_cell()
    compile(first_cell(), "first cell", "exec")

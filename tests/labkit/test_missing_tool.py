"""Where NVIDIA's disassembler is missing, cells say so and go on; other mistakes stay mistakes."""

import sys

import pytest

if sys.platform == "emscripten":
    pytest.skip("there is no IPython shell to run cells in", allow_module_level=True)

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from labkit.missing import say_what_is_missing

NEEDS_IT = "from smsim.sass import NoDisassembler\nraise NoDisassembler\nfound = 1"


@pytest.fixture
def cell():
    shell = InteractiveShell(colors="nocolor")
    say_what_is_missing(shell)

    def run(text):
        with capture_output() as caught:
            result = shell.run_cell(text)
        return result.success, caught.stdout

    return run


def test_a_cell_that_needs_a_missing_tool_says_so(cell):
    went, printed = cell(NEEDS_IT)
    assert went and printed.startswith("NVIDIA's disassembler, nvdisasm, is not installed here")
    assert "pip install" in printed and "Traceback" not in printed
    assert cell("print(6 * 7)") == (True, "42\n")


def test_a_cell_that_follows_it_names_what_it_lacks(cell):
    cell(NEEDS_IT)
    assert cell("print(found)") == (True, "This cell needs found, which a cell above could not make here.\n")


def test_other_mistakes_stay_mistakes(cell):
    for text in ("print(nowhere)", "1 / 0"):
        went, printed = cell(text)
        assert not went and "Error" in printed
    cell(NEEDS_IT)
    assert not cell("1 / 0")[0]


def test_outside_a_notebook_nothing_happens():
    say_what_is_missing(None)

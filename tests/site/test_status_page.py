"""The status page: a report of real tests becomes its numbers, and what is no report says so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import status_page
from bs4 import BeautifulSoup
from site_pages import SITE

CASES = """
<testcase classname="notebooks.02-b.ipynb" name="Cell 0" time="9.25" />
<testcase classname="notebooks.02-b.ipynb" name="Cell 1" time="50.75"><failure message="no">no</failure></testcase>
<testcase classname="labs.solutions.lab01-a.ipynb" name="Cell 0" time="30.0" />
<testcase classname="tests.test_other" name="test_one" time="400.0" />
"""


def report(cases: str, timestamp: str = 'timestamp="2026-11-28T17:30:36+00:00"') -> str:
    return f'<testsuites><testsuite name="pytest" {timestamp}>{cases}</testsuite></testsuites>'


def test_cells_add_up_to_notebooks() -> None:
    date, measured = status_page.read_report(report(CASES))
    assert date == "2026-11-28"
    assert list(measured) == ["labs/solutions/lab01-a", "notebooks/02-b"]
    assert measured["notebooks/02-b"] == status_page.Notebook(seconds=60.0, cells=2, failed=1)
    assert measured["labs/solutions/lab01-a"] == status_page.Notebook(seconds=30.0, cells=1, failed=0)
    assert status_page.summary(measured) == "1 of 2 notebooks passed, in 1.5 minutes of computing in all."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "expected a JUnit report in XML"),
        ("<testsuites><testsuite", "expected a JUnit report in XML"),
        ("<html></html>", "expected a <testsuite> with a timestamp"),
        (report(CASES, timestamp=""), "expected a <testsuite> with a timestamp"),
        (report('<testcase classname="tests.test_other" time="1" />'), "there are none"),
    ],
    ids=["empty", "cut off", "another file", "no date", "no notebook"],
)
def test_what_is_no_report_is_named(text: str, said: str) -> None:
    with pytest.raises(status_page.BadReport, match=said):
        status_page.read_report(text)


def test_a_report_that_pytest_writes_is_read(tmp_path: Path) -> None:
    """Names and times stand where the page looks for them, in the installed versions of pytest and nbval."""
    folder = tmp_path / "notebooks"
    folder.mkdir()
    cells = '{"cell_type": "code", "execution_count": 1, "id": "one", "metadata": {}, "outputs": [], "source": "x = 1"}'
    kernel = '{"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}'
    notebook = f'{{"cells": [{cells}], "metadata": {kernel}, "nbformat": 4, "nbformat_minor": 5}}'
    (folder / "01-a.ipynb").write_text(notebook)
    written = tmp_path / "report.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    command += ["--nbval", "--nbval-current-env", f"--junitxml={written}", "notebooks/01-a.ipynb"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    _, measured = status_page.read_report(written.read_text(encoding="utf-8"))
    assert list(measured) == ["notebooks/01-a"]
    assert measured["notebooks/01-a"].cells == 1 and measured["notebooks/01-a"].seconds > 0


def test_the_page_says_what_was_measured() -> None:
    """With a report, its date and a row for every notebook; without, that there is none."""
    page = BeautifulSoup((SITE / "book" / "status.html").read_text(encoding="utf-8"), "html.parser")
    words = page.find("article").get_text(" ", strip=True)
    for package, version in status_page.versions().items():
        assert f"{package} {version}" in words
    if not status_page.REPORT.exists():
        assert status_page.NOT_MEASURED in words
        return
    date, measured = status_page.read_report(status_page.REPORT.read_text(encoding="utf-8"))
    assert f"Run on {date}" in words
    rows = page.select("#notebooks table tbody tr")
    assert len(rows) == len(measured)
    for row, one in zip(rows, measured.values()):
        assert f"{one.seconds:.1f}" in row.get_text(" ")

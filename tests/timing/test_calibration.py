"""The calibration's rows are what the model says now, hold their gates, and are what the page shows."""

import calibration_figure
import calibration_page
import chains
import pytest

from smsim import devices
from smsim.calibration import curves, measure, published

#: Curves that miss their gate; the page says why.
MISSED = {"read, RTX A6000", "scale, A100", "scale, H200"}
#: The calibration's chains by the names that they have here.
SAME = {
    "FADD": "FADD",
    "FFMA": "FFMA",
    "IADD3 to LOP3": "IADD3 LOP3",
    "IMAD": "IMAD",
    "SHF": "SHF",
    "IMAD to LOP3": "IMAD LOP3",
    "FMNMX to FADD": "FMNMX FADD",
    "HFMA2": "HFMA2",
    "DFMA": "DFMA",
}


@pytest.fixture(scope="module")
def rows():
    return list(measure())


@pytest.fixture(scope="module")
def lines():
    return list(curves())


def test_rows_are_measured_as_stored(rows):
    assert rows == calibration_page.rows()


def test_curves_are_measured_as_stored(lines):
    assert lines == calibration_page.curves()


def test_every_gated_row_holds(rows):
    assert [row for row in rows if row.holds is False] == []
    gates = {row.subject for row in rows if row.holds}
    assert gates == {"Dependent chains", "Latency", "Bank conflicts", "Throughput"}


def test_which_curves_hold(lines):
    assert {line.name for line in lines if line.holds is False} == MISSED
    assert all(line.why for line in lines if not line.holds)
    assert sum(line.holds is True for line in lines) == 3


def test_the_page_is_what_is_stored():
    text = calibration_page.page(calibration_page.rows(), calibration_page.curves())
    assert calibration_page.PAGE.read_text(encoding="utf-8") == text


def test_the_figure_is_what_is_stored():
    drawn = calibration_figure.figure(calibration_page.curves())
    assert calibration_figure.FIGURE.read_text(encoding="utf-8") == drawn


def test_stall_counts_are_the_assemblers():
    for spec in map(devices.load, devices.names()):
        found = chains.chains(spec.arch)
        for name, here in SAME.items():
            said = published.stalls(name, spec.arch)
            assert [source.value for source in said] == [found[here].latency] * found[here].fixed

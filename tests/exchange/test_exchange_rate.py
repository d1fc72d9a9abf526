"""The rates that chapter 16's sweep takes from chapter 17's dispatch are what the model gives."""

import subprocess
import sys
from pathlib import Path

import measure_exchange
import pytest

from trainmath.figures import figure

TOOL = Path(measure_exchange.__file__)


def test_the_short_exchange_is_measured_again():
    """In a process of its own, which has eight GPUs. The long one takes the same way and a minute more."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(TOOL), "--check", "short"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3.56 GB/s" in done.stdout


def test_the_store_holds_every_case_as_it_would_be_written():
    rows = {}
    for name in measure_exchange.CASES:
        row = figure(f"exchange.{name}_rate")
        rows[f"{name}_rate"] = {**measure_exchange.row(name, row.value), "date": row.date}
        assert rows[f"{name}_rate"]["source"] == row.source
    assert measure_exchange.STORE.read_text(encoding="utf-8") == measure_exchange.text(rows)


def test_a_case_that_is_none_is_told(capsys):
    with pytest.raises(SystemExit):
        measure_exchange.main(["middle"])
    assert "no case called middle; there are short, long" in capsys.readouterr().err

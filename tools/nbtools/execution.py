"""Runs a notebook in a kernel of its own, with an empty progress folder, on the simulated SM."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from nbclient import NotebookClient

from nbtools.first_cell import ROOT

SECONDS_A_CELL = 120


def executed(notebook: Any, folder: Path) -> Any:
    """The notebook after a run from top to bottom; ``folder`` is the kernel's working directory.

    A cell that raises stops the run with nbclient's error.
    """
    with tempfile.TemporaryDirectory() as progress:
        before = dict(os.environ)
        paths = [*filter(None, [before.get("PYTHONPATH")]), str(ROOT / "src")]
        os.environ.update(
            TWENTY_PROGRESS_DIR=progress, SMSIM="1", PYTHONPATH=os.pathsep.join(paths), PYTHONHASHSEED="0"
        )
        os.environ.pop("MPLBACKEND", None)
        try:
            client = NotebookClient(
                notebook,
                timeout=SECONDS_A_CELL,
                kernel_name="python3",
                record_timing=False,
                resources={"metadata": {"path": str(folder)}},
            )
            return client.execute()
        finally:
            os.environ.clear()
            os.environ.update(before)

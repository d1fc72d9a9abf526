"""Runs a notebook's cells in order in this one process, as Colab's kernel does: ``run_notebook.py NOTEBOOK REPORT``.

Stops at the first cell that raises. Writes to REPORT, as JSON, what each cell printed and showed. With
``PLAYED_GPU=T4`` in the environment this computer seems to have that GPU; see ``played_gpu.py``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output


def main(notebook: Path, report: Path) -> None:
    sys.path[0] = str(Path.cwd())  # a kernel looks beside the notebook, not beside this file
    cells = [c for c in json.loads(notebook.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
    shell = InteractiveShell.instance(colors="NoColor")
    told, failed = [], False
    for cell in cells:
        with capture_output() as caught:
            done = shell.run_cell("".join(cell["source"]), store_history=True)
        outputs = [out.data.get("text/plain", "") for out in caught.outputs]
        told.append({"stdout": caught.stdout, "stderr": caught.stderr, "outputs": outputs})
        failed = not done.success
        if failed:
            break
    report.write_text(json.dumps({"cells": told, "failed": failed}))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    import google.colab  # noqa: F401  (Colab's kernel has it in memory before the first cell)

    if os.environ.get("PLAYED_GPU"):
        import played_gpu

        played_gpu.when_asked_for(os.environ["PLAYED_GPU"])
    sys.path.pop(0)
    main(Path(sys.argv[1]), Path(sys.argv[2]))

"""Runs notebooks one after the other as Colab does: ``run_all.py [--summary FILE] [--seconds N] [NOTEBOOK ...]``.

For a machine that is Colab's image or like it; see .github/workflows/weekly.yml. Without names, all notebooks of the
book run. Each runs in a process of its own, from an empty folder that holds nothing else, and one that fails, dies
or does not end stops none of the rest. Exits with 1 if any did; FILE then lists them, in Markdown. Needs nothing but
Python's own library.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDERS = ("notebooks", "labs", "labs/solutions")


def outcome(notebook: Path, seconds: float) -> str:
    """Run one notebook; return what went wrong in a line, or nothing."""
    with tempfile.TemporaryDirectory() as work:
        content, report = Path(work) / "content", Path(work) / "report.json"
        content.mkdir()
        shutil.copy2(notebook, content)
        command = [sys.executable, str(HERE / "run_notebook.py"), notebook.name, str(report)]
        try:
            done = subprocess.run(command, cwd=content, timeout=seconds, stdout=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return f"did not end within {seconds:g} s"
        if not report.exists():
            return f"its process ended with status {done.returncode} before the last cell"
        told = json.loads(report.read_text(encoding="utf-8"))
    if not told["failed"]:
        return ""
    return f"code cell {len(told['cells'])}: {_last_line(told['cells'][-1]['stdout'])}"


def _last_line(printed: str) -> str:
    """The error's own line, without colours, and short."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m", "", printed).splitlines() if line.strip()]
    return lines[-1][:200] if lines else "an error without words"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "notebooks", nargs="*", type=Path, help="notebooks; all of the book's where none is named"
    )
    parser.add_argument("--summary", type=Path, help="where to list what failed")
    parser.add_argument("--seconds", type=float, default=900, help="how long one notebook may take (900)")
    options = parser.parse_args(arguments)
    notebooks = options.notebooks or [p for f in FOLDERS for p in sorted((ROOT / f).glob("*.ipynb"))]
    failed = []
    for notebook in notebooks:
        wrong = outcome(notebook.resolve(), options.seconds)
        name = f"{notebook.resolve().parent.name}/{notebook.name}"
        print(f"{name}: {wrong or 'passed'}", flush=True)
        if wrong:
            failed.append(f"- `{name}`: {wrong}\n")
    print(f"{len(notebooks) - len(failed)} of {len(notebooks)} notebooks passed")
    if options.summary:
        options.summary.write_text("".join(failed), encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

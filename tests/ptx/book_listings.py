"""All PTX that the book shows: fenced listings of its prose, and every text that its notebooks hand to the machine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(
    path for folder in ("notebooks", "labs", "labs/solutions") for path in (ROOT / folder).glob("*.ipynb")
)
RECORDER = Path(__file__).with_name("record_texts.py")
PAGES = sorted([*(ROOT / "book").glob("*.md"), ROOT / "README.md"])

#: What in a code cell says that the notebook has PTX of its own.
_WRITES_PTX = re.compile(r"load_ptx|\basm\(|lab0[67]")
_FENCE = re.compile(r"^[ >]*```ptx([^\n]*)\n(.*?)^[ >]*```", re.MULTILINE | re.DOTALL)
_HEAD = ".version 8.0\n.target sm_90a\n.address_size 64\n"

#: The book's names for registers: class and bits.
_CLASSES = {"p": "pred", "rs": "b16", "h": "b16", "r": "b32", "rd": "b64", "f": "f32", "fd": "f64"}
_REGISTER = re.compile(r"%(p|rs|h|rd|r|fd|f)(\d+)\b")


@dataclass(frozen=True)
class Listing:
    """A fenced listing of the prose.

    Attributes:
        place: file and number.
        text: as it stands there.
        wrong: whether the fence says that it is wrong on purpose.
    """

    place: str
    text: str
    wrong: bool

    @property
    def module(self) -> str:
        """The listing as a whole module: a fragment gets the kernel around it, and its registers declared."""
        if ".version" in self.text:
            return self.text
        if re.search(r"^\s*(\.visible\s+)?\.(entry|func)\b", self.text, re.MULTILINE):
            return _HEAD + self.text
        code = re.sub(r"//[^\n]*", "", self.text)
        declared = set(re.findall(r"\.reg\s+\.\w+\s+(%\w+?)(?:<\d+>)?\s*[;,]", code))
        registers = {
            (kind, int(number)) for kind, number in _REGISTER.findall(code) if f"%{kind}" not in declared
        }
        most = {kind: max(n for k, n in registers if k == kind) for kind, _ in registers}
        lines = [f".reg .{_CLASSES[kind]} %{kind}<{number + 1}>;" for kind, number in sorted(most.items())]
        labels = set(re.findall(r"\bbra(?:\.uni)?\s+([$\w]+)", code)) - set(
            re.findall(r"^\s*([$\w]+):", code, re.M)
        )
        params = re.findall(r"ld\.param\S*\s+[^,]+,\s*\[(\w+)", code)
        head = ", ".join(f".param .b64 {name}" for name in dict.fromkeys(params))
        body = "\n".join([*lines, self.text, *(f"{label}:" for label in sorted(labels)), "ret;"])
        return f"{_HEAD}.visible .entry listing({head})\n{{\n{body}\n}}\n"


def fenced() -> list[Listing]:
    """Every listing in a ```ptx fence, of pages and of the notebooks' text cells."""
    found = []
    for path in (*PAGES, *NOTEBOOKS):
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")
        place = path.relative_to(ROOT).as_posix()
        for number, (info, listing) in enumerate(_FENCE.findall(text), 1):
            found.append(Listing(f"{place}, {number}", listing, "wrong" in info.split()))
    return found


def with_ptx() -> list[Path]:
    """The notebooks that hand PTX of their own to the machine. A learner's notebook is its solution with blanks."""
    return [
        path
        for path in NOTEBOOKS
        if path.parent.name != "labs"
        and any(
            _WRITES_PTX.search("".join(cell["source"]))
            for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
            if cell["cell_type"] == "code"
        )
    ]


_RUN = """
import contextlib, io, json, sys
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        with contextlib.redirect_stdout(io.StringIO()):
            done = shell.run_cell("".join(cell["source"]), silent=True)
        if not done.success:
            raise SystemExit(f"{cell['id']}: {done.error_in_exec or done.error_before_exec!r}")
"""


def file_of_texts(folder: Path, notebook: Path) -> Path:
    """Where the texts go that a notebook hands to the machine; a lab and its solution are called alike."""
    return folder / f"{notebook.parent.name}-{notebook.stem}.jsonl"


def executed(path: Path, folder: Path) -> list[str]:
    """Each PTX text that a notebook hands to the machine as it runs.

    With ``TWENTY_TEXTS`` in the environment they were recorded when nbval ran it; else it is run here.

    Raises:
        RuntimeError: a cell failed, or nothing was recorded.
    """
    recorded = os.environ.get("TWENTY_TEXTS")
    file = file_of_texts(Path(recorded) if recorded else folder, path)
    if not recorded:
        _run(path, file)
    if not file.exists():
        raise RuntimeError(f"{path.name} handed no text to the machine, or nobody recorded it: {file}")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _run(path: Path, file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RECORDER.read_text(encoding="utf-8") + _RUN, str(path)],
        env={
            **os.environ,
            "TWENTY_TEXTS_FILE": str(file),
            "TWENTY_PROGRESS_DIR": str(file.parent),
            "SMSIM": "1",
            "MPLBACKEND": "agg",
        },
        capture_output=True,
        text=True,
        cwd=path.parent,
        timeout=600,
    )
    if done.returncode:
        raise RuntimeError(f"{path.name}: {done.stderr or done.stdout}")

"""Starts the process of one notebook in a folder of its own, and ends it and all it started when its time is over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import labkit

#: Read from the end of what the process wrote, to say why it did not even begin.
_TAIL_BYTES = 2000


@dataclass(frozen=True)
class Ended:
    """How the process ended: its exit status (negative: a signal), whether we ended it, seconds, its last words."""

    status: int
    too_long: bool
    seconds: float
    last_words: str


def run_process(arguments: list[str], folder: Path, seconds: float) -> Ended:
    """Run Python with ``arguments`` in ``folder``, ``seconds`` long at most."""
    work = folder / "work"
    work.mkdir()
    began = time.monotonic()
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=work,
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=os.name == "posix",
        )
        try:
            process.wait(seconds)
            too_long = False
        except subprocess.TimeoutExpired:
            too_long = True
        finally:
            _end_all(process)
    return Ended(process.returncode, too_long, time.monotonic() - began, _tail(folder / "output.txt"))


def environment(folder: Path) -> dict[str, str]:
    """What the process finds in its environment: nothing of the grader's own but PATH."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    wanted = {
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "TMPDIR": str(home),
        "PYTHONPATH": str(Path(labkit.__file__).resolve().parents[1]),
        "SMSIM": "1",
        "TWENTY_PROGRESS_DIR": str(home / "progress"),
        "OPENBLAS_NUM_THREADS": "1",  # several notebooks run side by side
        "OMP_NUM_THREADS": "1",
    }
    if os.name == "nt":
        wanted |= {
            "SYSTEMROOT": os.environ.get("SYSTEMROOT", ""),
            "USERPROFILE": str(home),
            "TEMP": str(home),
        }
    return wanted


def _end_all(process: subprocess.Popen) -> None:
    """End the process and those that it started and that stayed in its group."""
    if os.name == "posix":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
    elif process.poll() is None:
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
    process.wait()


def _tail(path: Path) -> str:
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
        return file.read(_TAIL_BYTES).decode("utf-8", "replace").strip()


def temporary_folder() -> tempfile.TemporaryDirectory:
    """A folder for one notebook. What cannot be removed afterwards is left: a notebook must not stop the next."""
    return tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True)

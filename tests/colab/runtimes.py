"""Colab's runtimes as virtual environments: made once, kept under ``.cache/``, copied fresh for every test."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".cache"

PIP = ["-m", "pip", "--disable-pip-version-check", "--quiet"]


class Unavailable(Exception):
    """An environment cannot be made on this computer: why, in one sentence."""


def fresh(name: str, folder: Path) -> Path:
    """A copy in ``folder`` of the runtime that ``runtime-NAME.txt`` describes; returns its Python.

    Files are hard links where the file system allows, so a copy takes a second. pip replaces files and never
    writes into them: what a test installs does not reach the kept environment.

    Raises:
        Unavailable: the runtime cannot be installed here.
    """
    shutil.copytree(_kept(name), folder, symlinks=True, copy_function=_link_or_copy)
    return folder / "bin" / "python"


def install(python: Path, *packages: str) -> None:
    """Add packages to a fresh runtime."""
    _pip(str(python), "install", "--no-compile", *packages)


def wheel(folder: Path) -> Path:
    """Build the wheel of this checkout in ``folder``, from a copy: the checkout itself stays clean."""
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, source)
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    shutil.copytree(ROOT / "src", source / "src", ignore=ignored)
    command = [sys.executable, *PIP, "wheel", "--no-deps", "--wheel-dir", str(folder), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    (built,) = folder.glob("*.whl")
    return built


def require_package_index(folder: Path) -> None:
    """Raise :class:`Unavailable` when pip reaches no package index (one small wheel is asked for)."""
    _pip(sys.executable, "download", "--no-deps", "--no-cache-dir", "--dest", str(folder), "iniconfig")


def _kept(name: str) -> Path:
    requirements = HERE / f"runtime-{name}.txt"
    facts = requirements.read_bytes() + sys.version.encode()
    folder = CACHE / f"colab-{name}-{hashlib.sha256(facts).hexdigest()[:12]}"
    if not folder.exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as work:
            made = Path(work) / "environment"
            subprocess.run([sys.executable, "-m", "venv", str(made)], check=True, timeout=120)
            _pip(str(made / "bin" / "python"), "install", "--no-compile", "-r", str(requirements))
            for outdated in CACHE.glob(f"colab-{name}-*"):
                shutil.rmtree(outdated)
            made.rename(folder)
    return folder


def _pip(python: str, *arguments: str) -> None:
    done = subprocess.run([python, *PIP, *arguments], capture_output=True, text=True, timeout=600)
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise Unavailable("; ".join(errors[-2:]) or done.stderr[-300:])


def _link_or_copy(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target

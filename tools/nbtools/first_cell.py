"""The first cell of every notebook: one text, here; its install line follows from _config.yml."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TEMPLATE = """\
# Set-up. Where the book is installed this installs nothing; on Colab it takes about a minute.
import importlib.metadata, importlib.util, os, subprocess, sys

if importlib.util.find_spec("smsim") is None:
    source = os.environ.get("TWENTY_INSTALL", "git+{address}@{branch}")
    have = {{d.name.lower(): d.version for d in importlib.metadata.distributions() if d.name}}
    keep = [f"{{name}}=={{have[name]}}" for name in ("numba", "numba-cuda", "numpy") if name in have]
    extras = "labs" if "numba-cuda" in have else "cuda,labs"
    wanted = f"twenty-of-132[{{extras}}] @ {{source}}"
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", wanted, *keep], check=True)
    importlib.invalidate_caches()

import labkit
labkit.start()"""


def address_and_branch(config: str) -> tuple[str, str]:
    """The repository's address and branch as the text of _config.yml has them."""
    block = re.search(r"^repository:\n((?:[ \t]+.*\n)+)", config, re.MULTILINE)
    found = dict(re.findall(r"^[ \t]+(url|branch):[ \t]*(\S+)", block[1], re.MULTILINE)) if block else {}
    if "url" not in found:
        raise ValueError("_config.yml has no repository url")
    return found["url"], found.get("branch", "main")


def first_cell(root: Path = ROOT) -> str:
    """The source of the first code cell, for the repository address in force."""
    address, branch = address_and_branch((root / "_config.yml").read_text(encoding="utf-8"))
    return TEMPLATE.format(address=address, branch=branch)

"""Sphinx extension: everything that follows from the repository's address in _config.yml.

Pages write ``{{ repository }}`` for a link to the repository, ``{{ clone }}`` and ``{{ install }}`` for the
commands that fetch it, and ``{{ colab_first_chapter }}`` for the first chapter in Colab. The site's own
address, which search engines are told, follows too. Notebooks cannot use substitutions (Colab shows them
as they stand), so there ``tools/set_repository.py`` rewrites the address.
"""

from __future__ import annotations

import re
from typing import Any

#: The only host whose notebooks Colab opens by address.
ADDRESS = re.compile(r"https://github\.com/(?P<owner>[A-Za-z0-9][A-Za-z0-9-]*)/(?P<name>[A-Za-z0-9._-]+)")

FIRST_CHAPTER = "notebooks/01-hello-threads.ipynb"


def split_address(address: str) -> tuple[str, str]:
    """Return (owner, name) of ``https://github.com/OWNER/NAME``; raise ValueError for anything else."""
    match = ADDRESS.fullmatch(address)
    if match is None or match["name"].endswith(".git"):
        raise ValueError(f"not of the form https://github.com/OWNER/NAME: {address!r}")
    return match["owner"], match["name"]


def site_address(address: str) -> str:
    """Return where GitHub Pages serves the site of this repository, with a final slash."""
    owner, name = split_address(address)
    host = f"{owner.lower()}.github.io"
    return f"https://{host}/" if name.lower() == host else f"https://{host}/{name}/"


def colab_address(address: str, branch: str, notebook: str) -> str:
    """Return the address at which Colab opens a notebook of this repository."""
    owner, name = split_address(address)
    return f"https://colab.research.google.com/github/{owner}/{name}/blob/{branch}/{notebook}"


def substitutions(address: str, branch: str) -> dict[str, str]:
    """Return what pages may write between double braces, as Markdown."""
    owner, name = split_address(address)
    return {
        "repository": f"[{owner}/{name}]({address})",
        "issues": f"[issue]({address}/issues)",
        "clone": f"```sh\ngit clone {address}\ncd {name}\nmake book\n```",
        "install": f'```sh\npip install "twenty-of-132[cuda,labs] @ git+{address}"\n```',
        "colab_first_chapter": f"[chapter 1 in Colab]({colab_address(address, branch, FIRST_CHAPTER)})",
    }


def _configure(app: Any, config: Any) -> None:
    options = config.html_theme_options
    address, branch = options["repository_url"], options["repository_branch"]
    config.myst_substitutions = {**config.myst_substitutions, **substitutions(address, branch)}
    config.html_baseurl = site_address(address)


def setup(app: Any) -> dict[str, Any]:
    """Called by Sphinx; see local_extensions in _config.yml."""
    app.connect("config-inited", _configure)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

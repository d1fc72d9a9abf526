"""Change the repository's address everywhere: python tools/set_repository.py https://github.com/OWNER/NAME

The address stands once in _config.yml. README, CITATION.cff, pyproject.toml and the notebooks have to repeat
it, because GitHub, package indexes and Colab read them as they stand; this command rewrites all of them.
``--show`` prints the address in force, ``--list`` the files that repeat it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from book_address import site_address, split_address

ROOT = Path(__file__).resolve().parent.parent
CONFIG = "_config.yml"

#: Files that may repeat the address. Everything else must derive it.
REPEATS = (
    "README.md",
    "CITATION.cff",
    "CONTRIBUTING.md",
    "pyproject.toml",
    "notebooks/*.ipynb",
    "labs/*.ipynb",
    "labs/solutions/*.ipynb",
    "src/smsim/listing/reference.py",
)


def address_in_force(root: Path = ROOT) -> str:
    """Return the address that _config.yml holds."""
    text = (root / CONFIG).read_text(encoding="utf-8")
    match = re.search(r"^repository:\n(?:[ \t].*\n)*?[ \t]+url:[ \t]*(\S+)", text, re.MULTILINE)
    if match is None:
        raise ValueError(f"{CONFIG} has no repository url")
    return match[1]


def files_that_repeat(root: Path = ROOT) -> Iterator[Path]:
    """Yield the files the command may rewrite, _config.yml first."""
    yield root / CONFIG
    for pattern in REPEATS:
        yield from sorted(root.glob(pattern))


def rewrite(text: str, old: str, new: str) -> str:
    """Return ``text`` with the old address, in all its forms, replaced by the new one.

    The forms are OWNER/NAME, as in the addresses of GitHub, Colab and raw files, and the site's own address.
    """
    text = text.replace(site_address(old), site_address(new))
    old_slug, new_slug = ("/".join(split_address(address)) for address in (old, new))
    return re.sub(rf"(?<![\w.-]){re.escape(old_slug)}(?![\w-]|\.(?!git\b)\w)", new_slug, text)


def set_address(new: str, root: Path = ROOT) -> list[Path]:
    """Write ``new`` everywhere under ``root``; return the files that changed."""
    split_address(new)  # refuses what is not an address before anything is written
    old = address_in_force(root)
    changed = []
    for path in files_that_repeat(root):
        before = path.read_text(encoding="utf-8")
        after = rewrite(before, old, new)
        if after != before:
            path.write_text(after, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("address", nargs="?", help="https://github.com/OWNER/NAME")
    parser.add_argument("--show", action="store_true", help="print the address in force")
    parser.add_argument("--list", action="store_true", help="print the files that repeat it")
    options = parser.parse_args(arguments)
    if options.list:
        slug = "/".join(split_address(address_in_force()))
        for path in files_that_repeat():
            if slug in path.read_text(encoding="utf-8"):
                print(path.relative_to(ROOT).as_posix())
        return 0
    if options.show or options.address is None:
        print(address_in_force())
        return 0
    try:
        changed = set_address(options.address.rstrip("/").removesuffix(".git"))
    except ValueError as error:
        print(f"Nothing was changed: {error}", file=sys.stderr)
        return 2
    for path in changed:
        print(f"changed {path.relative_to(ROOT).as_posix()}")
    if not changed:
        print("Nothing to change: that is the address already.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

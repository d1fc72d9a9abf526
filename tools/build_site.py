"""Build the site with warnings as errors: python tools/build_site.py [--without-solutions]

Without solutions, their pages are left out of the table of contents, and so of the site. In a public
repository that hides nothing; it only keeps a class's own copy of the site free of them.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from lighten_site import lighten
from offline_copy import write_offline_copy
from ptx_in_the_page import why_ptx_cannot_run

ROOT = Path(__file__).resolve().parent.parent
SITE = ROOT / "_build" / "html"
SOLUTIONS = "labs/solutions/"


def without_solutions(contents: Any) -> Any:
    """Return a table of contents, as read from _toc.yml, without the solution pages."""
    if isinstance(contents, list):
        kept = (without_solutions(item) for item in contents if not _is_solution(item))
        return [item for item in kept if item != {}]
    if isinstance(contents, dict):
        changed = {key: without_solutions(value) for key, value in contents.items()}
        return {key: value for key, value in changed.items() if value != []}
    return contents


def _is_solution(item: Any) -> bool:
    return isinstance(item, dict) and str(item.get("file", "")).startswith(SOLUTIONS)


def build(contents: Path) -> int:
    """Build the pages that ``contents`` lists into _build/html; return the builder's exit status.

    Then the site is made lighter and packed into a zip.

    Always from scratch, in seconds: pages kept from an earlier build hide broken links and left-out solutions.
    """
    for folder in ("html", ".doctrees"):
        shutil.rmtree(ROOT / "_build" / folder, ignore_errors=True)
    # The builder runs in this interpreter's environment, whatever the shell's PATH says.
    command = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build", str(ROOT)]
    options = ["--toc", str(contents), "--warningiserror", "--keep-going", "--quiet"]
    status = subprocess.run([*command, *options], cwd=ROOT).returncode
    if status == 0:
        lighten(SITE)
        write_offline_copy(SITE)
    return status


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--without-solutions", action="store_true", help="leave the worked solutions out")
    options = parser.parse_args(arguments)
    contents = ROOT / "_toc.yml"
    if options.without_solutions:
        listed = yaml.safe_load(contents.read_text(encoding="utf-8"))
        contents = ROOT / "_build" / "toc-without-solutions.yml"
        contents.parent.mkdir(exist_ok=True)
        contents.write_text(yaml.safe_dump(without_solutions(listed), sort_keys=False), encoding="utf-8")
    status = build(contents)
    missing = None if status else why_ptx_cannot_run(ROOT / "_build" / "html" / "_static")
    if missing:
        print(f"The site is built; PTX in the page cannot run in it: {missing}.", file=sys.stderr)
    if status:
        print("The site was not built: warnings count as errors, and they stand above.", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())

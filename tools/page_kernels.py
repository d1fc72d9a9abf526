"""Write the kernels of "PTX in the page" from the book's notebooks: python tools/page_kernels.py [--check]

book/data/ptx-in-the-page.toml says which. What Numba compiles is written as NVIDIA's compiler emits it, but for its
names: those of hundreds of characters become those of the Python source. The table of Python lines is left out.
``--check`` writes nothing and fails where the file differs.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import linecache
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from nbtools import files
from nbtools.first_cell import ROOT

sys.path.insert(0, str(ROOT / "src"))

LISTED = ROOT / "book" / "data" / "ptx-in-the-page.toml"
WRITTEN = ROOT / "book" / "assets" / "ptx-in-the-page" / "kernels.json"

#: Lines of a compiled text that say nothing about the kernel.
_NOISE = re.compile(r"^\s*(//\s*(\.globl.*)?|\.(loc|file)\b.*|\.common\s+\.global.*NumbaEnv.*)$")


def listed() -> list[dict[str, Any]]:
    """The entries of the TOML file, as they stand there."""
    return tomllib.loads(LISTED.read_text(encoding="utf-8"))["kernel"]


def page_kernels() -> list[dict[str, str]]:
    """Every kernel as the page gets it."""
    import labkit

    with contextlib.redirect_stdout(io.StringIO()):
        labkit.start()  # the simulated SM, and no warnings about small grids
    return [_entry(entry) for entry in listed()]


def text_of(kernels: list[dict[str, str]]) -> str:
    """The content of the JSON file."""
    return json.dumps(kernels, indent=1, ensure_ascii=False) + "\n"


def _entry(entry: dict[str, Any]) -> dict[str, str]:
    scope = _run_cells(ROOT / f"{entry['chapter']}.ipynb", entry["cells"])
    arguments = entry["arguments"].strip()
    if "text" in entry:
        ptx, abi = eval(entry["text"], scope), "ptx"
    else:
        ptx, abi = _compiled(eval(entry["kernel"], scope), arguments), "numba"
    return {
        **{key: entry[key] for key in ("name", "title", "about", "chapter", "grid", "block")},
        "shared": entry.get("shared", "0"),
        "abi": abi,
        "arguments": arguments + "\n",
        "ptx": ptx.rstrip("\n")
        + "\n",  # an empty line at the top stays: errors number lines as the chapter does
    }


def _run_cells(notebook: Path, names: list[str]) -> dict[str, Any]:
    cells = {cell.id: cell.source for cell in files.read(notebook).cells}
    scope: dict[str, Any] = {"__name__": "__main__"}
    for name in names:
        place = f"<{notebook.stem}, {name}>"
        # Numba asks for the source of a kernel, to which inline PTX belongs.
        linecache.cache[place] = (len(cells[name]), None, cells[name].splitlines(keepends=True), place)
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(cells[name], place, "exec"), scope)
    return scope


def _compiled(kernel: Any, arguments: str) -> str:
    """The PTX of a Numba kernel with readable names."""
    import smsim
    from smsim.inpage.arguments import read_arguments
    from smsim.listing.names import is_bookkeeping, renamed, shortened

    view = smsim.views(kernel, tuple(read_arguments(arguments).values()))
    names = shortened(view.module, view.function, view.name)
    spelled = [s.replace(".", "_") for argument in view.arguments for s in argument.spellings]
    names |= {param.name: name for param, name in zip(view.function.params, spelled, strict=True)}
    names |= {v: v for v in view.module.variables if is_bookkeeping(v)}
    text = view.full.partition(".section")[0]  # the table of lines, if any, is the end of a text
    lines = [renamed(line, names) for line in text.splitlines() if not _NOISE.match(line)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).replace(" \n", "\n")).strip()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something differs")
    options = parser.parse_args(arguments)
    text = text_of(page_kernels())
    same = WRITTEN.is_file() and WRITTEN.read_text(encoding="utf-8") == text
    if options.check:
        print(
            "The kernels of the page are current."
            if same
            else "They are not what the book has now: run  python tools/page_kernels.py"
        )
        return 0 if same else 1
    WRITTEN.parent.mkdir(parents=True, exist_ok=True)
    WRITTEN.write_text(text, encoding="utf-8", newline="\n")
    print("unchanged" if same else f"wrote {WRITTEN.relative_to(ROOT).as_posix()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

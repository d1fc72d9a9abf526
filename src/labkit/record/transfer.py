"""Taking the progress along: to a file and back. On Colab, which forgets files, by one click."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from labkit.record.store import NotAProgressFile, load, parse, save


def export_progress(file: str | Path | None = None) -> None:
    """Write the progress to ``file`` (default: ``twenty-progress.json`` here). On Colab it is downloaded."""
    target = Path(file) if file else Path("twenty-progress.json")
    target.write_text(json.dumps(load(), indent=1, sort_keys=True), encoding="utf-8")
    colab = _colab_files()
    if colab is not None:
        colab.download(str(target))
    print(f"Your progress is in {target.name}. labkit.import_progress() reads it again.")


def import_progress(file: str | Path | None = None) -> None:
    """Add the progress in ``file`` to what is here. On Colab, without ``file``, you are asked for one."""
    colab = _colab_files()
    try:
        if file is None and colab is not None:
            text = next(iter(colab.upload().values()), b"").decode("utf-8")
        else:
            text = Path(file or "twenty-progress.json").read_text(encoding="utf-8")
        theirs = parse(text)
    except FileNotFoundError:
        print("There is no such file. Give its name: labkit.import_progress('...').")
        return
    except (NotAProgressFile, UnicodeDecodeError) as reason:
        print(f"This file was not imported: {reason}.")
        return
    merged = merge(load(), theirs)
    done = sum(bool(entry.get("solved")) for entry in merged["exercises"].values())
    if save(merged):
        print(f"Imported. {done} exercises are solved now.")
    else:
        print("The progress was read but cannot be saved here: the folder for it is not writable.")


def merge(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """Both together: solved where either is, counts and hints the larger, scores the lower."""
    exercises = {}
    for name in sorted({*ours["exercises"], *theirs["exercises"]}):
        one, two = ours["exercises"].get(name, {}), theirs["exercises"].get(name, {})
        entry: dict[str, Any] = {key: max(one.get(key, 0), two.get(key, 0)) for key in ("checks", "hints")}
        entry = {key: value for key, value in entry.items() if value}
        if one.get("checks") or two.get("checks"):
            entry["solved"] = bool(one.get("solved") or two.get("solved"))
        scores = [e["score"] for e in (one, two) if "score" in e]
        if scores:
            entry["score"] = min(scores)
        exercises[name] = entry
    return {**ours, "exercises": exercises, "predictions": {**theirs["predictions"], **ours["predictions"]}}


def _colab_files() -> Any:
    try:
        from google.colab import files
    except ImportError:
        return None
    return files

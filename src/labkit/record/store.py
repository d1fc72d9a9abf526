"""The progress file: read, changed and written as a whole, never left half written.

It lies in the user's data folder (``platformdirs``); ``TWENTY_PROGRESS_DIR`` names another one.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

VERSION = 1
FILE_NAME = "progress.json"


class NotAProgressFile(ValueError):
    """The text is not a progress file that this version can read; the message says why."""


def folder() -> Path:
    chosen = os.environ.get("TWENTY_PROGRESS_DIR")
    if chosen:
        return Path(chosen)
    import platformdirs

    return Path(platformdirs.user_data_dir("twenty-of-132", appauthor=False))


def path() -> Path:
    return folder() / FILE_NAME


def empty() -> dict[str, Any]:
    return {"version": VERSION, "exercises": {}, "predictions": {}}


def parse(text: str) -> dict[str, Any]:
    """The progress in ``text``; raises ``NotAProgressFile``."""
    try:
        state = json.loads(text)
    except ValueError as error:
        raise NotAProgressFile("it is not JSON") from error
    if not isinstance(state, dict) or not isinstance(state.get("version"), int):
        raise NotAProgressFile("it is not a progress file")
    if state["version"] > VERSION:
        raise NotAProgressFile(f"it was written by a newer version of the book ({state['version']})")
    for part in ("exercises", "predictions"):
        entries = state.get(part)
        if not isinstance(entries, dict) or not all(isinstance(v, dict) for v in entries.values()):
            raise NotAProgressFile(f"its part {part!r} is damaged")
    return state


def load() -> dict[str, Any]:
    """The stored progress, or an empty one. A file that cannot be read is kept aside, and we say so."""
    file = path()
    try:
        return parse(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return empty()
    except (NotAProgressFile, UnicodeDecodeError) as reason:
        why = reason if isinstance(reason, NotAProgressFile) else "it is not text"
        kept = _set_aside(file)
        print(f"Your progress file could not be read ({why}): it was kept as {kept}, and a new one begun.")
        return empty()
    except OSError:
        return empty()


def _set_aside(file: Path) -> str:
    number = 1
    while (aside := file.with_name(f"progress.unreadable-{number}.json")).exists():
        number += 1
    file.rename(aside)
    return aside.name


def save(state: dict[str, Any]) -> bool:
    """Write atomically: first a new file beside the old one, then one rename. False if impossible."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), prefix="progress-", suffix=".tmp")
    except OSError:
        return False
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(state, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path())
        return True
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        return False


_warned = False


def change(alter: Callable[[dict[str, Any]], None]) -> None:
    """Read, alter, write. Where nothing can be written the book goes on, and says so once."""
    global _warned
    state = load()
    before = json.dumps(state, sort_keys=True)
    alter(state)
    if json.dumps(state, sort_keys=True) == before and path().exists():
        return
    if not save(state) and not _warned:
        _warned = True
        print("Your progress cannot be saved here: the folder for it is not writable.")


def remember_check(name: str, *, right: bool, attempted: bool, score: float | None = None) -> None:
    """Count a check. A solved exercise stays solved; of scores the lowest is kept."""
    if not attempted:
        return

    def alter(state: dict[str, Any]) -> None:
        entry = state["exercises"].setdefault(name, {})
        entry["checks"] = entry.get("checks", 0) + 1
        entry["solved"] = bool(entry.get("solved")) or right
        if right and score is not None:
            entry["score"] = min(score, entry.get("score", score))

    change(alter)


def remember_hint(name: str, step: int) -> None:
    def alter(state: dict[str, Any]) -> None:
        entry = state["exercises"].setdefault(name, {})
        entry["hints"] = max(step, entry.get("hints", 0))

    change(alter)


def hints_seen(name: str) -> int:
    return int(load()["exercises"].get(name, {}).get("hints", 0))


def remember_prediction(name: str, *, within_two: bool) -> None:
    """Only the first estimate counts: the second one knows the answer."""

    def alter(state: dict[str, Any]) -> None:
        state["predictions"].setdefault(name, {"within_two": within_two})

    change(alter)


def remember_limiter(name: str, *, right: bool) -> None:
    """Whether the first limiter that was named is the one."""

    def alter(state: dict[str, Any]) -> None:
        state["predictions"].setdefault(name, {"right": right})

    change(alter)

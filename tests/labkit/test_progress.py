"""The progress file: atomic, versioned, kept aside when it cannot be read, and the reader's to move."""

import json
from types import SimpleNamespace

import pytest

import labkit
from labkit.record import store, transfer


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TWENTY_PROGRESS_DIR", str(tmp_path / "progress"))
    monkeypatch.setattr(store, "_warned", False)
    return tmp_path / "progress"


def test_nothing_is_written_before_something_is_done(folder, capsys):
    labkit.progress()
    assert capsys.readouterr().out.startswith("lab01: 0 of 7 solved\n")
    assert not folder.exists()


def test_checks_are_counted_and_solved_stays_solved(capsys):
    store.remember_check("lab01.map", right=False, attempted=True)
    store.remember_check("lab01.map", right=True, attempted=True, score=4.0)
    store.remember_check("lab01.map", right=False, attempted=True)
    store.remember_check("lab01.map", right=True, attempted=True, score=9.0)
    store.remember_check("lab01.guard", right=False, attempted=False)
    labkit.progress("lab01")
    text = capsys.readouterr().out
    assert "lab01: 1 of 7 solved" in text
    assert "[v] lab01.map (4 checks, best score 4)" in text
    assert "[ ] lab01.guard\n" in text


@pytest.mark.parametrize(
    "damage",
    [
        "{",
        "",
        "[1]",
        '{"version": 99}',
        '{"version": 1, "exercises": 3}',
        '{"version": 1, "exercises": {"a": 1}}',
    ],
)
def test_a_file_that_cannot_be_read_is_kept_aside(folder, capsys, damage):
    folder.mkdir()
    (folder / store.FILE_NAME).write_text(damage)
    store.remember_check("lab01.map", right=True, attempted=True)
    said = capsys.readouterr().out
    assert said.count("\n") == 1 and "progress.unreadable-1.json" in said
    assert (folder / "progress.unreadable-1.json").read_text() == damage
    assert json.loads((folder / store.FILE_NAME).read_text())["exercises"]["lab01.map"]["solved"]


def test_binary_damage_and_a_second_one_are_kept_aside_too(folder, capsys):
    folder.mkdir()
    for number in (1, 2):
        (folder / store.FILE_NAME).write_bytes(b"\xff\xfe\x00")
        assert store.load() == store.empty()
        assert (folder / f"progress.unreadable-{number}.json").exists()


def test_a_write_that_fails_leaves_the_old_file(folder, monkeypatch, capsys):
    store.remember_check("lab01.map", right=True, attempted=True)
    before = (folder / store.FILE_NAME).read_text()

    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(store.os, "replace", fail)
    store.remember_check("lab01.guard", right=True, attempted=True)
    store.remember_check("lab01.guard", right=True, attempted=True)
    assert (folder / store.FILE_NAME).read_text() == before
    assert [p.name for p in folder.iterdir()] == [store.FILE_NAME]
    assert capsys.readouterr().out.count("cannot be saved") == 1


def test_a_folder_that_cannot_be_made_is_said_once(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("TWENTY_PROGRESS_DIR", str(tmp_path / "file" / "below"))
    store.remember_check("lab01.map", right=True, attempted=True)
    store.remember_check("lab01.map", right=True, attempted=True)
    assert capsys.readouterr().out.count("cannot be saved") == 1


def test_export_and_import(tmp_path, monkeypatch, capsys):
    store.remember_check("lab01.map", right=True, attempted=True, score=3.0)
    store.remember_hint("lab01.guard", 2)
    labkit.export_progress(tmp_path / "mine.json")
    monkeypatch.setenv("TWENTY_PROGRESS_DIR", str(tmp_path / "elsewhere"))
    store.remember_check("lab01.map", right=True, attempted=True, score=2.0)
    store.remember_check("lab01.saxpy", right=True, attempted=True)
    labkit.import_progress(tmp_path / "mine.json")
    state = store.load()["exercises"]
    assert state["lab01.map"]["score"] == 2.0
    assert state["lab01.guard"] == {"hints": 2}
    assert "2 exercises are solved now" in capsys.readouterr().out


def test_what_is_not_a_progress_file_is_not_imported(tmp_path, capsys):
    (tmp_path / "other.json").write_text('{"a": 1}')
    labkit.import_progress(tmp_path / "other.json")
    labkit.import_progress(tmp_path / "missing.json")
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "This file was not imported: it is not a progress file."
    assert said[1].startswith("There is no such file.")


def test_on_colab_export_is_a_download(tmp_path, monkeypatch, capsys):
    downloaded = []

    class Files:
        download = staticmethod(downloaded.append)

    monkeypatch.setattr(transfer, "_colab_files", lambda: Files)
    labkit.export_progress(tmp_path / "mine.json")
    assert downloaded == [str(tmp_path / "mine.json")]


def test_hints_climb_and_go_on_where_they_stopped(capsys):
    for expected in ("Hint 1 of 3, a nudge:", "Hint 2 of 3, the concept:", "Hint 3 of 3, nearly the code:"):
        labkit.hint("lab01.saxpy")
        assert capsys.readouterr().out.startswith(expected)
    labkit.hint("lab01.saxpy", 1)
    assert capsys.readouterr().out.startswith("Hint 1 of 3")
    labkit.hint("lab01.saxpi")
    assert "Did you mean lab01.saxpy" in capsys.readouterr().out


def test_predictions_score_within_a_factor_of_two(capsys):
    labkit.predict("04.conflicts", None, 17, "cycles")
    labkit.predict("04.conflicts", 30, 17, "cycles")
    labkit.predict("04.other", 100, 17)
    labkit.predict("04.other", 17, 17)
    labkit.predict("04.third", "many", 17)
    labkit.progress()
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "[ ] 04.conflicts: no prediction yet. The run gave 17 cycles."
    assert said[1] == "[v] 04.conflicts: within a factor of two. You said 30, the run gave 17 cycles."
    assert said[2] == "[x] 04.other: too high by a factor of 5.88. You said 100, the run gave 17."
    assert said[-1] == "predictions: 1 of 2 within a factor of two"


@pytest.mark.parametrize(
    ("measured", "unit", "said"),
    [
        (1, "blocks an SM", "1 block an SM"),
        (1.0, "SMs", "1 SM"),
        (1.5, "blocks an SM", "1.5 blocks an SM"),
        (0, "bytes", "0 bytes"),
        (1, "% of the cycles", "1 % of the cycles"),
        (1, "GB/s", "1 GB/s"),
        (1, "", "1"),
    ],
)
def test_one_is_no_plural(measured, unit, said, capsys):
    labkit.predict("04.one", None, measured, unit)
    assert capsys.readouterr().out == f"[ ] 04.one: no prediction yet. The run gave {said}.\n"


def test_limiters_are_scored_by_name(capsys):
    profile = SimpleNamespace(limiter=SimpleNamespace(name="latency: long scoreboard"))
    for guess in (None, "Long Scoreboard", "DRAM bandwidth", "DRAM bandwith", "the weather"):
        labkit.predict_limiter("07.naive", guess, profile)
    labkit.predict_limiter("07.tiled", "tail", profile)
    labkit.progress()
    said = capsys.readouterr().out.splitlines()
    found = "By the profile it is latency: long scoreboard."
    assert said[0] == f"[ ] 07.naive, limiter: no prediction yet. {found}"
    assert said[1] == f"[v] 07.naive, limiter: right. {found}"
    assert said[2] == f"[x] 07.naive, limiter: you said DRAM bandwidth. {found}"
    assert said[3] == (
        "[x] 07.naive, limiter: 'DRAM bandwith' is no limiter's name; did you mean 'DRAM bandwidth'?"
    )
    assert said[4].startswith("[x] 07.naive, limiter: 'the weather' is no limiter's name; the names are ")
    assert said[-1] == "limiters: 1 of 2 named"

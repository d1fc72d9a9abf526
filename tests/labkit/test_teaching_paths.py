"""Ways through the book add up by the notebooks' own minutes, and nobody meets a chapter before what it builds on."""

import pytest
import teaching_page

PATHS = teaching_page.paths()
UNITS = teaching_page.known()
LENGTHS = {"two-hours": [120], "one-day": [170, 250], "five-evenings": [180] * 5}


def test_there_are_the_three_ways():
    assert {key: [s["minutes"] for s in path["session"]] for key, path in PATHS.items()} == LENGTHS


@pytest.mark.parametrize("key", PATHS)
def test_the_minutes_of_each_session_add_up(key):
    for session in PATHS[key]["session"]:
        assert sum(map(teaching_page.minutes_of, session["steps"])) == session["minutes"], session["title"]
        assert f"{session['title']}, {session['minutes']} minutes" in "\n".join(teaching_page.path_lines(key))


@pytest.mark.parametrize("key", PATHS)
def test_a_chapter_comes_after_what_it_builds_on(key):
    seen = set()
    for session in PATHS[key]["session"]:
        for step in session["steps"]:
            if "unit" in step:
                missing = UNITS[step["unit"]].builds_on - seen
                assert not missing, f"{step['unit']} needs {sorted(missing)}"
                seen.add(step["unit"])


def test_openings_say_what_they_need():
    assert UNITS["03"].builds_on == {"01", "02"} and UNITS["14"].builds_on == set()
    assert {"19", "20", "21", "22"} <= UNITS["lab13"].builds_on
    assert UNITS["lab01"].exercises["saxpy"] == 10 and not UNITS["01"].exercises
    for unit in UNITS.values():
        assert all(other < unit.key or unit.key == "18" for other in unit.builds_on), unit.key
        assert "http" not in unit.needs and "GPU is needed" not in unit.needs


def test_a_labs_exercises_take_no_more_than_the_lab():
    for unit in UNITS.values():
        assert sum(unit.exercises.values()) <= unit.minutes, unit.key


def test_the_lists_hold_every_chapter_and_lab_once():
    text = "\n".join([*teaching_page.needs_lines(False), *teaching_page.needs_lines(True)])
    for unit in UNITS.values():
        assert text.count(f"(../{unit.path})") == 1
        assert all(f"- {given}" in text for given in unit.gives)

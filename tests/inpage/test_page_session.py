"""What the page is told: results, hazards, counters and steps, and sentences for what cannot be run."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from page_texts import ENDLESS, KERNELS, changed

import smsim
from smsim.inpage import Session
from smsim.inpage.arguments import read_arguments
from smsim.inpage.request import MOST_CHARACTERS

SRC = Path(smsim.__file__).parents[1]


def run(fields: dict[str, Any]) -> dict[str, Any]:
    return json.loads(Session().run(json.dumps(fields)))


def elements(answer: dict[str, Any], name: str, when: str = "after") -> list[str]:
    (array,) = [a for a in answer["arrays"] if a["name"] == name]
    return [row[when] for row in array["rows"]]


@pytest.mark.parametrize(
    ("name", "array", "expected"),
    [
        ("saxpy", "y", 2 * np.arange(256, dtype=np.float32) + 1),
        ("saxpy-compiled", "y", 2 * np.arange(256, dtype=np.float32) + 1),
        ("reverse", "out", np.arange(64, dtype=np.float32)[::-1]),
        ("branch", "y", np.where(np.arange(32) % 2, 3 * np.arange(32) + 1, np.arange(32) // 2)),
        ("predicate", "y", np.where(np.arange(32) % 2, 3 * np.arange(32) + 1, np.arange(32) // 2)),
        ("block-sum", "out", np.float32([255 * 128])),
        ("warp-sum", "out", np.float32([255 * 128])),
        ("one", "out", np.array([42])),
        ("message", "out", np.array([42])),
    ],
)
def test_the_books_kernels_compute_what_they_should(name: str, array: str, expected: np.ndarray) -> None:
    answer = run(KERNELS[name])
    assert answer["errors"] == [] and answer["counts"] is not None
    assert elements(answer, array) == [str(v) for v in expected]


def test_counters_are_those_of_count() -> None:
    answer = run(KERNELS["saxpy"])
    x, y = np.arange(1000, dtype=np.float32), np.ones(1000, np.float32)
    counts = smsim.count(smsim.load_ptx(KERNELS["saxpy"]["ptx"])["saxpy"][4, 256], 1000, 2.0, x, y)
    assert answer["counts"]["report"] == str(counts)
    shown = {name: value for name, value, meaning in answer["counts"]["metrics"]}
    assert shown["smsp__inst_executed.sum"] == str(counts["smsp__inst_executed.sum"])
    assert set(shown) == {name for name, value in counts.items() if value}


def test_before_and_after_and_what_is_not_shown() -> None:
    answer = run(KERNELS["saxpy"])
    x, y = answer["arrays"]
    assert (x["changed"], y["changed"], y["more"], y["more_changed"]) == (0, 999, 744, 744)
    assert y["rows"][0] == {"at": "0", "before": "1.0", "after": "1.0", "changed": False}
    assert y["rows"][3] == {"at": "3", "before": "1.0", "after": "7.0", "changed": True}
    assert answer["scalars"] == ["n = 1000", "a = 2.0"]


def test_nan_that_stays_is_no_change_and_a_lost_sign_is_one() -> None:
    texts = (
        "n = 2\na = 1.0\nx = np.array([np.nan, 0.0], np.float32)\ny = np.array([np.nan, -0.0], np.float32)"
    )
    (_, y) = run({**KERNELS["saxpy"], "arguments": texts})["arrays"]
    assert [row["after"] for row in y["rows"]] == ["nan", "0.0"]
    assert y["rows"][1]["changed"]


@pytest.mark.parametrize(
    ("fields", "kind", "says", "at"),
    [
        (changed("block-sum", "bar.sync   0;", ""), "DataRace", "race on tile, element 128",
         ["st.shared.f32  [%r3], %f1;", "ld.shared.f32  %f2, [%r5];"]),
        (changed("reverse", "bar.sync", "// bar.sync"), "DataRace", "race on",
         ["st.shared.f32   [%rd16]", "ld.shared.f32   %f2"]),
        (changed("saxpy", "@%p1 ret;", ""), "MemoryFault", "reads x[1000], but x has 1000 elements",
         ["ld.global.f32  %f2, [%rd3];"]),
        (changed("warp-sum", "0xffffffff", "0xffff"), "WarpSyncError", "mask", ["shfl.sync"]),
        (changed("message", "acquire", "relaxed"), "DataRace", "race on data",
         ["ld.global.u32   %r3, [%rd1];", "st.global.u32   [%rd1], %r5;"]),
        (changed("saxpy", "ld.param.f32   %f1, [a];", ""), "UninitializedRead", "%f1", ["fma.rn.f32"]),
        ({**KERNELS["neighbours"]}, "UninitializedRead", "%r12", ["st.global.u32 [%rd8], %r12;"]),
        (changed("saxpy", "fma.rn.f32", "fma..rn"), "PTXSyntaxError", "line 25", ["fma..rn"]),
        (changed("saxpy", "fma.rn.f32", "fma.f32"), "UnsupportedPTX", "fma.rn|.rz", ["fma.f32"]),
        (changed("saxpy", "sm_90a", "sm_100", block="256"), "LaunchError", "sm_100", []),
        ({**KERNELS["saxpy"], "block": "2000"}, "LaunchError", "2000", []),
        ({**KERNELS["one"], "ptx": ENDLESS, "arguments": "x = np.zeros(1, np.int32)"},
         "InstructionBudgetExceeded", "stopped, not proved wrong", ["ld.volatile.global.u32"]),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)  # fmt: skip
def test_a_wrong_program_is_told_and_not_counted(
    fields: dict[str, Any], kind: str, says: str, at: list[str]
) -> None:
    answer = run(fields)
    first = answer["errors"][0]
    lines = fields["ptx"].splitlines()
    found = [lines[number - 1] for number in first["lines"]]
    assert first["kind"] == kind and says in first["text"]
    assert len(found) == len(at) and all(any(part in line for line in found) for part in at), found
    assert answer.get("counts") is None


def test_a_seed_shows_the_flag_without_its_data_and_never_with_release_and_acquire() -> None:
    def seen(fields: dict[str, Any]) -> set[tuple[str, ...]]:
        return {tuple(elements(run({**fields, "seed": str(s)}), "out")) for s in range(60)}

    text = KERNELS["peek"]["ptx"]
    at = text.index("ld.relaxed")
    ordered = text[:at] + text[at:].replace("ld.relaxed", "ld.acquire", 1)
    flag_store = ordered.rindex("st.relaxed")
    ordered = ordered[:flag_store] + ordered[flag_store:].replace("st.relaxed", "st.release")
    assert ("1", "0") in seen(KERNELS["peek"])
    assert ("1", "0") not in seen({**KERNELS["peek"], "ptx": ordered})


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("grid", "", "a whole number is expected"),
        ("grid", "four", "a whole number is expected, such as 4; not 'four'"),
        ("grid", "1, 2, 3, 4", "one to three whole numbers"),
        ("block", "-1", "a whole number"),
        ("block", "9" * 5000, "a whole number"),
        ("block", "1e3", "a whole number"),
        ("shared", "1 KiB", "a whole number"),
        ("seed", "x", "a whole number"),
        ("arguments", "", "`n` is given no value"),
        ("arguments", "n = 1\nq = 2", "declares no parameter `q`"),
        ("arguments", "n = [1, 2]", "line 1: `n` is a list"),
        ("arguments", "n = 1\nx = np.zeros(3, complex)", "line 2: `x` is an array of complex128"),
        ("arguments", "n = 1\nx = numpy.zeros(3)", "line 2: NameError"),
        ("arguments", "n = 1 +", "line 1: this is no Python"),
        ("arguments", "print(1)", "line 1: a line gives one argument a value"),
        ("arguments", "n, a = 1, 2", "line 1: a line gives one argument a value"),
        ("arguments", "x = np.zeros(2**24, np.float32)", "the page takes 16 MiB at most"),
        ("arguments", "x = np.zeros(10**14)", "no memory"),
        ("arguments", "n = '\0'", "this is no Python"),
        ("arguments", "n = exit(3)", "line 1: SystemExit"),
        ("arguments", "n = 1 / 0", "line 1: ZeroDivisionError"),
        (
            "grid",
            "999999999",
            "999,999,999 blocks of 256 threads are 7,999,999,992 warps, and the page runs 8,192",
        ),
        ("ptx", "", "the text holds no PTX"),
        ("ptx", "x" * (MOST_CHARACTERS + 1), "the page takes 262,144 at most"),
        ("ptx", ".version 9.0\n.target sm_90a\n.address_size 64\n", "the text has no kernel"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(field: str, text: str, says: str) -> None:
    answer = run({**KERNELS["saxpy"], field: text})
    (error,) = answer["errors"]
    assert error["field"] == field
    assert says in error["text"]


@given(
    field=st.sampled_from(
        ["grid", "block", "shared", "seed", "arguments", "ptx", "follow", "warp", "to", "abi"]
    ),
    text=st.text(max_size=40) | st.text("0123456789,x()- ", max_size=12),
)
@settings(max_examples=150)
def test_whatever_is_typed_there_is_an_answer(field: str, text: str) -> None:
    """JSON with a result or with errors that have words; never an exception."""
    session = Session()
    small = {**KERNELS["one"], "grid": "1", field: text}
    for answer in (session.run(json.dumps(small)), session.step(json.dumps({**small, "by": 1}))):
        told = json.loads(answer)
        assert told.get("launch") or told.get("heading") or all(error["text"] for error in told["errors"])
        assert told.get("launch") or told.get("heading") or told["errors"]


def test_a_warning_is_no_error_and_is_told() -> None:
    same_value = changed("one", "mov.u32        %r1, 42;", "mov.u32        %r1, 42;", block="32")
    answer = run(same_value)
    assert answer["errors"] == [] and answer["counts"] is not None
    (warning,) = answer["warnings"]
    assert "same value" in warning["text"] and warning["lines"]


def test_what_does_not_fit_a_parameter_is_a_launch_error() -> None:
    arguments = KERNELS["saxpy"]["arguments"].replace("a = 2.0", "a = np.zeros(3, np.float32)")
    (error,) = run({**KERNELS["saxpy"], "arguments": arguments})["errors"]
    assert error["kind"] == "LaunchError"
    assert "argument 2 (`a`) is .f32" in error["text"]


def test_grids_are_read_as_people_write_them() -> None:
    for text in ("2, 2", "(2,2)", "2 x 2", "2 2", " 2,2, "):
        assert run({**KERNELS["saxpy"], "grid": text})["launch"] == "saxpy[(2, 2), 256]"


def test_helpers_are_no_arguments_and_order_is_free_where_names_are_known() -> None:
    assert list(read_arguments("_n = 3\nx = np.ones(_n)\nn = _n")) == ["x", "n"]
    backwards = "\n".join(reversed(KERNELS["saxpy"]["arguments"].strip().splitlines()))
    assert run({**KERNELS["saxpy"], "arguments": backwards})["errors"] == []


def test_two_dimensions_are_shown_by_two_indices() -> None:
    arguments = "x = np.arange(32, dtype=np.int32).reshape(4, 8)\ny = np.zeros((4, 8), np.int32)"
    (_, y) = run({**KERNELS["branch"], "arguments": arguments})["arrays"]
    assert y["shape"] == [4, 8]
    assert (y["rows"][9]["at"], y["rows"][9]["after"]) == ("1, 1", "28")


# -- stepping ----------------------------------------------------------------------------------------------


class Stepped:
    """A session with one form, stepped."""

    def __init__(self, **fields: str) -> None:
        self.session, self.fields = Session(), fields
        self.state: dict[str, Any] = self(by=0)

    def __call__(self, **move: Any) -> dict[str, Any]:
        self.state = json.loads(self.session.step(json.dumps({**self.fields, **move})))
        return self.state

    def register(self, name: str) -> list[str | None]:
        return {r["name"]: r["lanes"] for r in self.state["registers"]}[name]


def test_steps_are_those_of_step() -> None:
    """Every position of a divergent kernel: line, masks and registers, forwards and then back."""
    stepped = Stepped(**KERNELS["branch"])
    kernel = smsim.load_ptx(KERNELS["branch"]["ptx"])["branch"]
    oracle = smsim.step(kernel[1, 32], np.arange(32, dtype=np.int32), np.zeros(32, np.int32))

    def same() -> None:
        state = stepped.state
        assert state["position"] == oracle.position
        assert state["line"] == (None if oracle.line is None else oracle.line.ptx_line)
        assert state["active"] == "".join("1" if on else "0" for on in oracle.active)
        assert state["acting"] == "".join("1" if on else "0" for on in oracle.acting)
        for register in state["registers"]:
            values, written = oracle.values(register["name"])
            assert [v is not None for v in register["lanes"]] == written.tolist()
            if values.dtype.itemsize == 4:
                assert [v for v in register["lanes"] if v is not None] == [str(v) for v in values[written]]

    while not oracle.done:
        same()
        oracle.next()
        stepped(by=1)
    same()
    assert stepped.state["done"] and stepped.state["arrays"][1]["changed"] == 31
    while oracle.position:
        oracle.back()
        stepped(by=-1)
        same()


def test_addresses_are_places_in_the_arrays_by_their_names() -> None:
    stepped = Stepped(**KERNELS["saxpy-compiled"])
    stepped(by=6)
    places = {lanes[0] for r in stepped.state["registers"] if (lanes := r["lanes"])}
    assert {"&x[0]", "&y[0]"} <= places


def test_to_a_line_and_to_a_line_that_is_none() -> None:
    stepped = Stepped(**KERNELS["block-sum"])
    assert stepped(to="23")["line"] == 23
    refused = json.loads(stepped.session.step(json.dumps({**stepped.fields, "to": "2"})))
    assert (refused["errors"][0]["field"], "heading" in refused) == ("to", False)
    assert "nearest" in refused["errors"][0]["text"]
    assert stepped(by=0)["line"] == 23


def test_shared_memory_fills_as_the_warp_goes_on() -> None:
    stepped = Stepped(**KERNELS["block-sum"])
    stepped(to="19")
    (tile,) = stepped.state["shared"]
    assert (tile["name"], tile["type"], tile["shape"]) == ("tile", "float32", [256])
    assert [row["after"] for row in tile["rows"][:3]] == ["0.0", "1.0", "2.0"]


def test_an_edit_or_another_warp_begins_anew() -> None:
    stepped = Stepped(**KERNELS["block-sum"])
    assert stepped(by=5)["position"] == 5
    assert stepped(by=1, warp="3")["position"] == 0
    assert stepped(by=1, warp="3")["position"] == 1
    stepped(by=3, warp="3")
    assert stepped.register("%r1")[:2] == ["96", "97"]
    stepped.fields = {**stepped.fields, "arguments": stepped.fields["arguments"] + "# nothing\n"}
    assert stepped(by=5)["position"] == 0


def test_an_error_is_met_where_it_happens() -> None:
    stepped = Stepped(**changed("saxpy", "@%p1 ret;", ""), follow="3", warp="7")
    state = stepped(by=100)
    assert state["done"] and state["line"] == 23
    assert state["errors"][0]["kind"] == "MemoryFault"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"follow": "9"}, "it has no block (9, 0, 0)"),
        ({"warp": "8"}, "there is no warp 8"),
        ({"warp": "first"}, "a whole number"),
        ({"ptx": "nothing"}, "line 1"),
    ],
)
def test_what_cannot_be_followed_is_said(fields: dict[str, str], says: str) -> None:
    answer = json.loads(Session().step(json.dumps({**KERNELS["saxpy"], **fields})))
    assert says in answer["errors"][0]["text"] and "heading" not in answer


def test_an_endless_kernel_can_be_stepped() -> None:
    stepped = Stepped(**{**KERNELS["one"], "ptx": ENDLESS, "arguments": "x = np.zeros(1, np.int32)"})
    assert stepped(by=30)["position"] == 30


def test_it_needs_no_numba() -> None:
    """In the browser there is none. Numba's own arguments, too, are passed without it."""
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "from smsim.inpage import Session\n"
        "print(Session().run(sys.stdin.read()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(KERNELS["saxpy-compiled"]),
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(SRC), "PATH": ""},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["arrays"][1]["changed"] == 999


def test_no_answer_holds_a_pointer_or_a_path() -> None:
    for name, entry in KERNELS.items():
        for answer in (Session().run(json.dumps(entry)), Session().step(json.dumps({**entry, "by": 9}))):
            assert not re.search(r"0x[0-9a-f]{8,}|/home/|/tmp/|site-packages|\.py\b", answer), name

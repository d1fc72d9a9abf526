"""Stepping in the page: line, mask, registers and memory are those of the machine here."""

from __future__ import annotations

import json
from typing import Any

from in_page import KERNELS, InPage

from smsim.inpage import Session


def test_steps_show_line_mask_and_registers_and_go_back(page: InPage) -> None:
    session, fields = Session(), dict(KERNELS["branch"])
    page.open("branch")

    def same(move: dict[str, Any]) -> None:
        state = json.loads(session.step(json.dumps({**fields, **move})))
        assert page.marks("next") == [state["line"]]
        mask = page.host.locator(".pip-lane").evaluate_all(
            "all => all.map(e => e.className.split('pip-')[2])"
        )
        assert "".join("1" if kind in ("on", "held") else "0" for kind in mask) == state["active"]
        assert "".join("1" if kind == "on" else "0" for kind in mask) == state["acting"]
        lane = int(page.page.get_by_label("Lane", exact=True).input_value())
        if state["registers"]:
            expected = [
                [r["name"] + (" ●" if r["changed"] else ""), r["lanes"][lane] or "not written"]
                for r in state["registers"]
            ]
            assert page.table("Registers") == expected

    assert "0 instructions executed" in page.press("Step")
    same({"by": 0})
    page.press("Step")
    same({"by": 1})
    page.press("10 steps")
    same({"by": 10})
    assert "16 of 32 lanes active" in page.said
    page.page.get_by_label("Lane", exact=True).select_option("3")
    same({"by": 0})
    page.press("Back")
    same({"by": -1})
    page.caret("st.global.s32")
    page.press("To the cursor")
    same({"to": str(page.text[: page.text.index("st.global.s32")].count("\n") + 1)})
    page.press("10 steps")
    assert "The warp has ended" in page.said
    assert [row[2].removesuffix(" ←") for row in page.array("y")][:4] == ["0", "4", "1", "10"]


def test_all_lanes_and_another_warp(page: InPage) -> None:
    page.open("block-sum").press("Step")
    page.page.get_by_label("Warp", exact=True).fill("2")
    page.page.get_by_label("Warp", exact=True).press("Enter")
    page.wait()
    page.press("Step")
    page.page.get_by_label("Lane", exact=True).select_option("all")
    assert page.table("Registers") == [["%r1 ●", *map(str, range(64, 96))]]
    page.page.get_by_label("Warp", exact=True).fill("8")
    page.page.get_by_label("Warp", exact=True).press("Enter")
    assert "there is no warp 8" in page.wait()
    page.page.get_by_label("Lane", exact=True).select_option("0")


def test_a_step_shows_shared_memory(page: InPage) -> None:
    page.open("block-sum")
    page.press("Step")
    page.caret("mov.u32        %r4, 128;")
    page.press("To the cursor")
    assert [row[1] for row in page.array("shared tile")[:3]] == ["0.0", "1.0", "2.0"]


def test_a_line_without_an_instruction_cannot_be_stepped_to(page: InPage) -> None:
    page.open("branch").press("Step")
    page.caret(".version")
    assert "the nearest" in page.press("To the cursor")
    assert "1 instruction executed" in page.press("Step")


def test_an_edit_begins_stepping_anew(page: InPage) -> None:
    page.open("branch").press("Step")
    page.press("10 steps")
    page.edit("%r2, %r2, 3;", "%r2, %r2, 7;")
    assert page.marks("next") == []
    assert "0 instructions executed" in page.press("Step")


def test_a_hazard_stops_the_step_at_its_line(page: InPage) -> None:
    page.open("saxpy").edit("@%p1 ret;", "")
    page.press("Step")
    for field, number in (("Block", "3"), ("Warp", "7")):
        page.page.get_by_label(field, exact=True).fill(number)
        page.page.get_by_label(field, exact=True).press("Enter")  # the second one while the first runs
    page.wait()
    assert "block (3, 0, 0), warp 7" in page.host.get_by_role("heading", level=3).first.text_content()
    page.press("10 steps")
    assert "MemoryFault" in page.press("10 steps")
    assert page.marked_texts("wrong")[0].startswith("ld.global.f32  %f2")

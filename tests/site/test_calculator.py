"""The calculator's page computes what trainmath computes, can be driven by the keyboard, and says what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from trainmath import cost, model
from trainmath.figures import value

PAGE = "book/calculator.html"


@pytest.fixture(scope="module", params=[390, 1400])
def page(browser: Any, address: str, request: Any) -> Iterator[Any]:
    """The page on a phone and on a screen; requests that leave for anywhere else are noted."""
    window = browser.new_page(viewport={"width": request.param, "height": 844})
    window.elsewhere = []
    window.on("request", lambda r: None if r.url.startswith(address) else window.elsewhere.append(r.url))
    window.goto(address + PAGE)
    yield window
    window.close()


def drawn(count: int) -> list[dict[str, float]]:
    """Random runs in the form's own units, edges of each field among them."""
    rng = np.random.default_rng(21)
    runs = []
    for n in range(count):
        runs.append(
            {
                "tokens": float(10 ** rng.uniform(-3, 3)),
                "parameters": float(10 ** rng.uniform(-3, 4)),
                "attention": 0.0 if n % 10 == 0 else float(10 ** rng.uniform(-2, 4)),
                "peak": float(rng.uniform(10, 5000)),
                "mfu": 100.0 if n % 17 == 0 else float(rng.uniform(1, 100)),
                "gpus": int(rng.integers(1, 200_000)),
                "price": 0.0 if n % 23 == 0 else float(rng.uniform(0.1, 20)),
                "measured": int(rng.integers(0, 132)),
                "reserved": int(rng.integers(0, 132)),
                "overlap": float(rng.choice([0.0, 100.0, rng.uniform(0, 100)])),
            }
        )
    return runs


def expected(run: dict[str, float]) -> cost.Estimate:
    return cost.estimate(
        tokens=run["tokens"] * 1e12,
        active_parameters=run["parameters"] * 1e9,
        attention_flop_per_token=run["attention"] * 1e9,
        mfu=run["mfu"] / 100,
        peak_flops=run["peak"] * 1e12,
        usd_per_gpu_hour=run["price"],
        gpus=run["gpus"],
        measured_sms=run["measured"],
        reserved_sms=run["reserved"],
        overlapped=run["overlap"] / 100,
    )


def test_a_thousand_random_runs_agree_with_trainmath(page: Any) -> None:
    runs = drawn(1000)
    got = page.evaluate("runs => runs.map(document.getElementById('calculator').estimate)", runs)
    assert len(got) == 1000
    for run, found in zip(runs, got):
        want = expected(run)
        assert found["flop"] == pytest.approx(want.flop, rel=1e-12)
        assert found["hours"] == pytest.approx(want.gpu_hours, rel=1e-12)
        assert found["usd"] == pytest.approx(want.usd, rel=1e-12)
        assert found["days"] == pytest.approx(want.days, rel=1e-12)


def test_presets_are_the_rows(page: Any) -> None:
    presets = page.evaluate("document.getElementById('calculator').presets")
    for name, parameters, mfu, shape in (
        ("v3", "v3.activated_with_tables", "isca.mfu_causal", "DeepSeek-V3"),
        ("llama", "llama.parameters", "llama.mfu", "Llama 3.1 405B"),
    ):
        preset = presets[name]
        assert preset["tokens"] * 1e12 == pytest.approx(value(f"{name}.tokens"))
        assert preset["parameters"] * 1e9 == pytest.approx(value(parameters))
        assert preset["peak"] * 1e12 == pytest.approx(value("gpu.bf16_peak"))
        assert preset["mfu"] == value(mfu) and preset["gpus"] == value(f"{name}.gpus")
        assert preset["price"] == value("v3.price_per_gpu_hour")
        attention = model.attention_flop_per_token(model.load(shape).shape, value(f"{name}.sequence_length"))
        assert preset["attention"] == pytest.approx(attention / 1e9, abs=0.05)
    assert presets["v3"]["reserved"] == presets["v3"]["measured"] == value("v3.communication_sms")
    assert "2.664 million" in presets["v3"]["note"] and value("v3.pretraining_gpu_hours") == 2.664e6
    assert "30.84 million" in presets["llama"]["note"] and value("llama.gpu_hours") == 30.84e6


def test_deepseek_s_run_comes_out_within_a_percent(page: Any) -> None:
    page.get_by_role("button", name="DeepSeek-V3").click()
    hours = float(page.locator("#calculator").get_attribute("data-hours"))
    assert hours == pytest.approx(value("v3.pretraining_gpu_hours"), rel=0.01)


def test_driven_by_the_keyboard(page: Any) -> None:
    page.get_by_role("button", name="DeepSeek-V3").focus()
    page.keyboard.press("Enter")
    before = float(page.locator("#calculator").get_attribute("data-hours"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "tokens"
    for _ in range(8):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "reserved"
    page.keyboard.press("Control+A")
    page.keyboard.type("6")
    after = float(page.locator("#calculator").get_attribute("data-hours"))
    assert after / before == pytest.approx(112 / 126)
    page.keyboard.press("Enter")  # a form in which nothing is sent anywhere
    assert page.locator("#calc-reserved").input_value() == "6"
    assert "days on 2,048 GPUs" in page.get_by_role("status").inner_text()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("tokens", "", "a number is missing"),
        ("tokens", "many", "this is not a number"),
        ("tokens", "14,8", "as a point, not as a comma"),
        ("tokens", "0", "more than 0"),
        ("tokens", "1e999", "at most 1,000,000"),
        ("mfu", "389.4", "MFU: at most 100"),
        ("mfu", "-3", "MFU: more than 0"),
        ("gpus", "2048.5", "a whole number, please"),
        ("reserved", "132", "SMs: at most 131"),
        ("price", "-1", "the price: at least 0"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_nothing_is_lost(
    page: Any, field: str, typed: str, said: str
) -> None:
    page.get_by_role("button", name="DeepSeek-V3").click()
    page.locator("#calc-parameters").fill("50")
    page.locator(f"#calc-{field}").fill(typed)
    assert said in page.locator(f"#calc-{field}-wrong").inner_text()
    assert page.locator(f"#calc-{field}").get_attribute("aria-invalid") == "true"
    assert page.locator(f"#calc-{field}").get_attribute("aria-describedby") == f"calc-{field}-wrong"
    assert "No result yet" in page.get_by_role("status").inner_text()
    assert page.locator("#calculator").get_attribute("data-hours") is None
    assert page.locator(f"#calc-{field}").input_value() == typed
    assert page.locator("#calc-parameters").input_value() == "50"
    page.locator(f"#calc-{field}").fill("1")
    assert page.locator("#calculator em").count() == 0
    assert page.locator("#calculator").get_attribute("data-hours") is not None


def test_thousands_may_be_separated(page: Any) -> None:
    page.get_by_role("button", name="Llama 3.1 405B").click()
    page.locator("#calc-gpus").fill("16,384")
    assert "days on 16,384 GPUs" in page.get_by_role("status").inner_text()


def test_it_fits_and_asks_nobody(page: Any) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    inputs = page.locator("#calculator input")
    for n in range(inputs.count()):
        box = inputs.nth(n).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
        assert page.locator(f"label[for='{inputs.nth(n).get_attribute('id')}']").count() == 1
    assert page.elsewhere == []

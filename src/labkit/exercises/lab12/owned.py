"""``lab12.owned``: what an hour of work costs on a GPU that is yours."""

from __future__ import annotations

import numpy as np

from labkit.checking.exercise import FunctionExercise
from labkit.checking.misconception import Misconception
from labkit.exercises.lab12.units import NO_NUMBER, cases, slip

HOURS = 8760


def specification(
    price_usd: float, years: float, utilisation: float, watts: float, pue: float, usd_per_kwh: float
) -> float:
    fixed = price_usd / years / HOURS
    return fixed / utilisation + watts / 1000 * pue * usd_per_kwh


READABLE = (
    {"price_usd": 43_800, "years": 5, "utilisation": 0.5, "watts": 1000, "pue": 1.2, "usd_per_kwh": 0.1},
    {"price_usd": 26_280, "years": 3, "utilisation": 0.8, "watts": 700, "pue": 1.5, "usd_per_kwh": 0.2},
    {"price_usd": 38_140, "years": 4, "utilisation": 0.7, "watts": 1275, "pue": 1.3, "usd_per_kwh": 0.08},
)


def drawn(rng: np.random.Generator) -> dict[str, float]:
    return {
        "price_usd": round(float(rng.uniform(5_000, 80_000))),
        "years": round(float(rng.uniform(2, 7)), 1),
        "utilisation": round(float(rng.uniform(0.2, 0.95)), 2),
        "watts": round(float(rng.uniform(300, 2000))),
        "pue": round(float(rng.uniform(1.05, 2)), 2),
        "usd_per_kwh": round(float(rng.uniform(0.04, 0.4)), 3),
    }


def _with(**change):
    return lambda **inputs: specification(**(inputs | change))


def _utilisation_everywhere(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return (price_usd / years / HOURS + watts / 1000 * pue * usd_per_kwh) / utilisation


def _multiplied(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / HOURS * utilisation + watts / 1000 * pue * usd_per_kwh


def _electricity_by_the_clock(price_usd, years, utilisation, watts, pue, usd_per_kwh):
    return price_usd / years / HOURS / utilisation + utilisation * watts / 1000 * pue * usd_per_kwh


def _fixed_times(factor):
    def model(price_usd, years, utilisation, watts, pue, usd_per_kwh):
        return specification(price_usd * factor, years, utilisation, watts, pue, usd_per_kwh)

    return model


EXERCISE = FunctionExercise(
    name="lab12.owned",
    specification=specification,
    make=cases(READABLE, drawn),
    ladder=(1, 2, 3),
    fresh=(11, 12, 13),
    misconceptions=(
        NO_NUMBER,
        Misconception(
            "hour of the clock",
            "utilisation is missing: that is an hour of the clock. The idle hours must be paid by those of work.",
            model=_with(utilisation=1.0),
        ),
        Misconception(
            "utilisation on electricity too",
            "an idle GPU is written off, but in this exercise it draws nothing: only the fixed part is divided by "
            "the utilisation.",
            model=_utilisation_everywhere,
        ),
        Misconception(
            "multiplied by utilisation",
            "a GPU that is used less makes each hour of work dearer: divide by the utilisation.",
            model=_multiplied,
        ),
        Misconception(
            "electricity by the clock",
            "you multiplied the electricity by the utilisation. In an hour of *work* the GPU draws its watts all the "
            "time.",
            model=_electricity_by_the_clock,
        ),
        Misconception(
            "rounded",
            "you rounded to cents. Return the number as it comes; the next calculation needs its digits.",
            model=lambda **inputs: round(specification(**inputs), 2),
        ),
        Misconception(
            "W for kW",
            "electricity is sold in kWh: watts over 1000.",
            model=lambda **inputs: specification(**(inputs | {"watts": 1000 * inputs["watts"]})),
        ),
        Misconception("PUE forgotten", "cooling is missing: times PUE.", model=_with(pue=1.0)),
        Misconception("electricity forgotten", "the electricity is missing.", model=_with(watts=0)),
        Misconception("days for hours", "a year has 8760 hours; 365 are its days.", model=_fixed_times(24)),
        Misconception(
            "a year's price",
            "the price of a year is not divided by the hours of a year.",
            model=_fixed_times(HOURS),
        ),
        Misconception(
            "percent for share",
            "`utilisation` is a share already, between 0 and 1: not in percent.",
            model=lambda **inputs: specification(**(inputs | {"utilisation": inputs["utilisation"] / 100})),
        ),
        slip("cents for dollars", "this is in cents. The exercise asks for USD.", specification, 100),
    ),
)

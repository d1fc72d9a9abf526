"""Figures as text: thousands separated, bytes and hertz in the size a reader says aloud."""

from __future__ import annotations

from typing import Any

_LARGE = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_PREFIXES = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_COUNTED = ("parameters", "tokens", "GPU-hours", "USD")


class Span(tuple):
    """A range, lowest first: prints as ``1.7 to 4.5 USD``. Other pairs print as ``(9, 0)``."""


def with_unit(value: Any, unit: str) -> str:
    """``132 SMs``, ``227 KiB``, ``3.35 TB/s``, ``1.98 GHz``, ``671 billion parameters``."""
    if isinstance(value, Span):
        low, high = value
        scaled, _, rest = with_unit(high, unit).partition(" ")
        return f"{number(low * float(scaled.replace(',', '')) / high)} to {scaled} {rest}"
    if isinstance(value, list | tuple):
        return f"({', '.join(number(v) for v in value)}) {unit}"
    if isinstance(value, str):
        return value
    head, _, rest = unit.partition(",")
    if head == "B":
        text = size(value)
    elif head in ("B/s", "Hz", "FLOP/s") or (head == "FLOP" and value < 1e15):
        text = prefixed(value, head)
    elif head == "FLOP":
        text = f"{value:.3g} FLOP".replace("e+", "e")
    elif head in _COUNTED and value >= 1e6:
        scale, word = next((s, w) for s, w in _LARGE if value >= s)
        text = f"{number(value / scale)} {word} {head}"
    elif head == "%":
        text = f"{number(value)} %"
    else:
        text = f"{number(value)} {head}"
    return f"{text},{rest}" if rest else text


def number(value: float) -> str:
    """At most four digits for fractions, all digits for whole numbers, commas from 10,000 on."""
    if isinstance(value, float) and not value.is_integer():  # infinite and NaN are no integers either
        return f"{value:,.4g}" if abs(value) < 10_000 else f"{value:,.0f}"
    whole = int(value)
    return f"{whole:,}" if abs(whole) >= 10_000 else str(whole)


def size(count: float) -> str:
    """Bytes: in KiB, MiB or GiB where they come out whole, else in decimal GB."""
    for step, name in ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")):
        if count % step == 0 and step <= count < 4096 * step:
            return f"{number(count // step)} {name}"
    return f"{number(count)} B" if count < 1e6 else prefixed(count, "B")


def prefixed(value: float, unit: str) -> str:
    for scale, prefix in _PREFIXES:
        if value >= scale:
            return f"{number(round(value / scale, 3))} {prefix}{unit}"
    return f"{number(value)} {unit}"

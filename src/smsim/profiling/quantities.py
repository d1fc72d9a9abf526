"""Numbers as text, with their units: three digits that count, thousands separated, decimal prefixes."""

from __future__ import annotations

_LARGE = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def count(value: float) -> str:
    """A number of things: ``12,345``; fractions with three digits."""
    return f"{round(value):,}" if float(value).is_integer() or abs(value) >= 1000 else digits(value)


def digits(value: float) -> str:
    """Three digits that count: ``0.0123``, ``4.57``, ``812``."""
    if value == 0:
        return "0"
    whole = len(str(int(abs(value)))) if abs(value) >= 1 else 0
    if whole:
        return f"{value:.{max(0, 3 - whole)}f}"
    return f"{value:.3g}" if abs(value) >= 1e-4 else f"{value:.2e}"


def percent(share: float) -> str:
    """A share of one in percent: ``12.3 %``."""
    return f"{100 * share:.1f} %"


def seconds(value: float) -> str:
    """``2.93 µs``, ``1.20 ms``."""
    for scale, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if abs(value) >= scale:
            return f"{digits(value / scale)} {unit}"
    return f"{digits(value * 1e9)} ns"


def size(value: float) -> str:
    """Bytes: ``512 B``, ``12.0 MB``."""
    return prefixed(value, "B")


def rate(value: float) -> str:
    """Bytes per second: ``2.31 TB/s``."""
    return prefixed(value, "B/s")


def prefixed(value: float, unit: str) -> str:
    """``value`` with the largest decimal prefix that leaves a number of at least one."""
    for scale, prefix in _LARGE:
        if abs(value) >= scale:
            return f"{digits(value / scale)} {prefix}{unit}"
    return f"{count(value)} {unit}"


def with_unit(value: float, unit: str) -> str:
    """A metric's value and unit, as a table shows it."""
    if unit == "B":
        return size(value)
    if unit == "B/s":
        return rate(value)
    if unit == "ns":
        return seconds(value * 1e-9)
    if unit == "%":
        return f"{value:.1f} %"
    return f"{count(value)} {unit}".rstrip()

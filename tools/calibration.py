"""Measure every row of the calibration again, store it, and write the page: python tools/calibration.py

What is measured is in smsim.calibration. Everything goes to book/data/calibration.toml, and from there into the page
of the book (calibration_page.py). The same code gives the same numbers, on any machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable

import calibration_page

from smsim.calibration import Curve, Row, Source, curves, measure


def as_toml(rows: Iterable[Row], lines: Iterable[Curve]) -> str:
    """The rows and curves as TOML."""
    text = ["# Written by tools/calibration.py: what the model says, and what it is compared with."]
    for row in rows:
        text += ["", "[[rows]]", f"subject = {_text(row.subject)}", f"name = {_text(row.name)}"]
        text += [f"device = {_text(row.device)}", f"modelled = {float(row.modelled)!r}"]
        text += [
            f"unit = {_text(row.unit)}",
            f"gate = {_text(row.gate)}",
            f"sources = {_sources(row.sources)}",
        ]
    for curve in lines:
        text += ["", "[[curves]]", f"name = {_text(curve.name)}", f"device = {_text(curve.device)}"]
        text += [f"axis = {_text(curve.axis)}", f"x = {_numbers(curve.x)}"]
        text += [f"modelled = {_numbers(curve.modelled)}", f"measured = {_numbers(curve.measured)}"]
        text += [f"gated = {str(curve.gated).lower()}", f"why = {_text(curve.why)}"]
        text += [f"source = {_source(curve.source)}"]
    return "\n".join(text) + "\n"


def _source(source: Source) -> str:
    said = f"source = {_text(source.source)}, date = {_text(source.date)}, mark = {_text(source.mark)}"
    return f"{{ value = {float(source.value)!r}, {said} }}"


def _sources(sources: tuple[Source, ...]) -> str:
    if not sources:
        return "[]"
    return "[\n" + "".join(f"  {_source(source)},\n" for source in sources) + "]"


def _numbers(values: Iterable[float]) -> str:
    return "[" + ", ".join(repr(float(value)) for value in values) + "]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def main() -> int:
    """Measure, store, write the page."""
    calibration_page.STORED.write_text(as_toml(measure(), curves()), encoding="utf-8")
    calibration_page.write()
    return 0


if __name__ == "__main__":
    sys.exit(main())

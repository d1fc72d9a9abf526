"""The calibration page's figure: every curve, modelled beside measured, as one drawing in small panels."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from smsim.calibration import Curve

FIGURE = Path(__file__).resolve().parent.parent / "book" / "assets" / "figures" / "calibration.html"
#: The size of a panel with what is around it.
_WIDE, _HIGH = 230, 190
_LEFT, _TOP, _PLOT_WIDE, _PLOT_HIGH = 38, 30, 175, 110
_CARD, _INK, _SOFT, _MODEL, _MEASURED = "#fdfcf9", "#1f2933", "#9aa5b1", "#0b6e4f", "#b4532a"


def figure(curves: list[Curve]) -> str:
    """The drawing: a light card of small SVG panels, as many beside each other as the page has room for."""
    lines = [
        f'<div style="display:grid;grid-template-columns:repeat(auto-fit,minmax({_WIDE}px,1fr));'
        f'background:{_CARD};border-radius:8px">'
    ]
    for number, curve in enumerate(curves):
        name = f"calibration-{number}"
        said = f"modelled and measured, farthest point {curve.farthest:.2f} apart. Its table is below"
        lines += [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE} {_HIGH}" role="img" '
            f'aria-labelledby="{name} {name}-text" font-family="sans-serif" font-size="11">',
            f'<title id="{name}">{escape(curve.name)}</title>',
            f'<desc id="{name}-text">Share of the largest bandwidth against {escape(curve.axis)}: {said}.</desc>',
            *_panel(curve),
            "</svg>",
        ]
    return "\n".join([*lines, "</div>"]) + "\n"


def _panel(curve: Curve) -> Iterator[str]:
    ours, theirs = curve.shapes
    most = max(curve.x)
    bottom = _TOP + _PLOT_HIGH
    yield f'<text x="{_LEFT}" y="{_TOP - 10}" fill="{_INK}" font-weight="bold">{escape(curve.name)}</text>'
    yield (
        f'<path d="M{_LEFT} {_TOP}V{bottom}H{_LEFT + _PLOT_WIDE}" fill="none" stroke="{_SOFT}" stroke-width="1"/>'
    )
    for share in (0, 0.5, 1):
        at = bottom - share * _PLOT_HIGH
        yield f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" fill="{_INK}" text-anchor="end">{share:g}</text>'
    for x in (0, most):
        at = _LEFT + x / most * _PLOT_WIDE
        yield f'<text x="{at:.1f}" y="{bottom + 15}" fill="{_INK}" text-anchor="middle">{x:g}</text>'
    middle = _LEFT + _PLOT_WIDE / 2
    yield f'<text x="{middle}" y="{bottom + 28}" fill="{_INK}" text-anchor="middle">{escape(curve.axis)}</text>'
    for shape, colour, dash in ((ours, _MODEL, ""), (theirs, _MEASURED, ' stroke-dasharray="5 3"')):
        points = " ".join(
            f"{_LEFT + x / most * _PLOT_WIDE:.1f},{bottom - share * _PLOT_HIGH:.1f}"
            for x, share in zip(curve.x, shape, strict=True)
        )
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'


def write(curves: list[Curve]) -> None:
    """Draw it into the book's folder."""
    FIGURE.write_text(figure(curves), encoding="utf-8")

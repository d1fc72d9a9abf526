"""Figures: one palette, words beside every picture, sizes that a phone shows."""

import itertools

import numpy as np
import pytest

import labkit
from labkit.figures import show as showing
from labkit.figures.style import CSS_DPI


def luminance(colour):
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_is_legible_on_every_colour():
    palette = labkit.palette
    assert contrast(palette.ink, palette.card) > 7
    assert contrast(palette.faint, palette.card) > 4.5
    for colour in palette.series:
        assert contrast(palette.text_on(colour), colour) > 4.5


def as_seen_without(cone, colour):
    """A colour as dichromats see it (Viénot, Brettel and Mollon 1999, linear RGB)."""
    rgb = [(int(colour[i : i + 2], 16) / 255) ** 2.2 for i in (1, 3, 5)]
    matrix = {
        "red": [[0.1124, 0.8876, 0], [0.1124, 0.8876, 0], [0.0040, -0.0040, 1]],
        "green": [[0.2927, 0.7073, 0], [0.2927, 0.7073, 0], [-0.0223, 0.0223, 1]],
    }[cone]
    return np.clip(np.array(matrix) @ rgb, 0, 1) ** (1 / 2.2)


@pytest.mark.parametrize("cone", ["red", "green"])
def test_the_first_series_stay_apart_for_colour_blind_readers(cone):
    for one, other in itertools.combinations(labkit.palette.series[:4], 2):
        distance = np.linalg.norm(as_seen_without(cone, one) - as_seen_without(cone, other))
        assert distance > 0.12, (one, other)


def test_show_gives_words_and_a_picture_of_double_resolution(monkeypatch):
    import IPython.display
    from PIL import Image

    shown = []
    monkeypatch.setattr(showing, "_in_notebook", lambda: True)
    monkeypatch.setattr(IPython.display, "display", lambda data, **more: shown.append((data, more)))
    fig = labkit.figure(height=2)
    fig.add_subplot().plot([1, 2])
    labkit.show(fig, "A line that\n rises.")
    ((data, more),) = shown
    assert data["text/plain"] == "A line that rises."
    import base64
    import io

    picture = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert more["metadata"]["image/png"]["width"] * 2 == picture.width == 2 * 5 * CSS_DPI
    assert picture.convert("RGBA").getpixel((0, 0)) == (252, 252, 249, 255)


def test_outside_a_notebook_the_words_are_printed(capsys):
    labkit.show(labkit.figure(), "An empty figure, for a test.")
    assert capsys.readouterr().out == "An empty figure, for a test.\n"


def test_a_figure_needs_words():
    with pytest.raises(ValueError, match="alternative text"):
        labkit.show(labkit.figure(), "figure")


def test_threads_are_drawn_in_one_and_two_dimensions():
    block, thread = np.repeat([0, 1, -1], 4), np.tile(np.arange(4), 3)
    fig = labkit.draw_threads(block, thread, title="12 elements", idle=3)
    labels = [t.get_text() for t in fig.axes[0].get_legend().get_texts()]
    assert sorted(labels) == ["3 threads idle", "block 0", "block 1", "nobody"]
    labkit.draw_threads(block.reshape(3, 4), thread.reshape(3, 4))
    with pytest.raises(ValueError, match="one shape"):
        labkit.draw_threads(block, thread[:3])


def test_text_in_drawings_is_large_enough_for_a_phone():
    """On a phone 390 pixels wide about 350 remain for a figure of 480; 9 pixels are still legible."""
    fig = labkit.draw_threads(np.zeros(20, int), np.arange(20), title="x")
    smallest = min(text.get_fontsize() for text in fig.findobj(lambda a: hasattr(a, "get_fontsize")))
    pixels = smallest / 72 * CSS_DPI
    assert pixels * 350 / (fig.get_size_inches()[0] * CSS_DPI) >= 9

"""What makes the built site lighter, and changes nothing that is seen.

* The theme brings two thousand icons as one script of 1.5 MB; the pages use some twenty. The others go.
* The same icons come as fonts, for the moment before that script has run: 270 kB for a page. They are cut down alike.
* Source maps are for the theme's authors; no page asks for them.
* Figures are stored with 16 million colours and use some hundred. Where 256 are enough, a picture gets a palette.

A page with its scripts, styles, fonts and pictures may weigh 1 MB with gzip; tests/site/test_page_weight.py weighs.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from PIL import Image

#: An icon in the theme's script: its name, width, height, other names, code point and outline.
ICON = re.compile(
    r'(?:"(?P<quoted>[a-z0-9-]+)"|(?P<name>[a-z0-9]+))'
    r':\[\d+,\d+,\[(?P<aliases>[^\]]*)\],"(?P<code>[0-9a-f]+)","[^"]*"\],?'
)
ICON_SCRIPT = "_static/scripts/fontawesome.js"
ICON_FONTS = "_static/vendor/fontawesome/webfonts"
THEME_STYLES = "_static/styles/*.css"
#: A style sheet's own use of an icon, and the rules that give each icon's class its character.
ICON_IN_STYLE = re.compile(r"\\(f[0-9a-f]{3})\b")
RULE_OF_ICON = re.compile(r"\.fa-[^{}]*\{[^}]*\}")
#: The style sheets name a compressed font and a plain one; the plain one, cut down, is smaller than both.
COMPRESSED_FONT = re.compile(r"url\([^)]*/webfonts/[^)]*\.woff2\) format\(\"woff2\"\),")
UNUSED = ("*.map", f"{ICON_FONTS}/*.woff2")

#: The largest root-mean-square change of a colour channel, of 255, that a palette may bring.
CLOSE_ENOUGH = 2.5
#: Pictures smaller than this many bytes are not worth it.
SMALL = 40_000


def icons_used(site: Path) -> set[str]:
    """Return the names of the icons that the pages, and the scripts that change pages, ask for."""
    found: set[str] = set()
    for path in [*site.rglob("*.html"), *site.glob("_static/*.js"), *site.glob("_static/scripts/*.js")]:
        if path != site / ICON_SCRIPT:
            found.update(re.findall(r"\bfa-([a-z0-9-]+)", path.read_text(encoding="utf-8")))
    return found


def only_these_icons(script: str, wanted: set[str]) -> str:
    """Return the theme's icon script without the icons of which neither the name nor an alias is wanted."""

    def keep(icon: re.Match[str]) -> str:
        names = {icon["quoted"] or icon["name"], *re.findall(r'"([^"]+)"', icon["aliases"])}
        return icon[0] if names & wanted else ""

    return ICON.sub(keep, script)


def lighten_icons(site: Path) -> None:
    """Leave the icons that are used in the theme's script and in its fonts."""
    script = site / ICON_SCRIPT
    kept = only_these_icons(script.read_text(encoding="utf-8"), icons_used(site))
    script.write_text(kept, encoding="utf-8")
    characters = {int(icon["code"], 16) for icon in ICON.finditer(kept)}
    for style in site.glob(THEME_STYLES):
        text = style.read_text(encoding="utf-8")
        characters |= {int(code, 16) for code in ICON_IN_STYLE.findall(RULE_OF_ICON.sub("", text))}
        style.write_text(COMPRESSED_FONT.sub("", text), encoding="utf-8")
    for path in (site / ICON_FONTS).glob("*.ttf"):
        path.write_bytes(font_with(path.read_bytes(), characters))


def font_with(data: bytes, characters: set[int]) -> bytes:
    """Return a TrueType font with these characters only."""
    font = TTFont(io.BytesIO(data))
    subsetter = Subsetter(Options(glyph_names=False, hinting=False))
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def with_palette(data: bytes) -> bytes:
    """Return a PNG with a palette of 256 colours that looks the same; the PNG itself where there is none."""
    picture = Image.open(io.BytesIO(data))
    if picture.mode not in ("RGB", "RGBA"):
        return data
    flat = picture.convert("RGBA")
    if flat.getchannel("A").getextrema() == (255, 255):
        flat = flat.convert("RGB")
    method = Image.Quantize.FASTOCTREE if flat.mode == "RGBA" else Image.Quantize.MEDIANCUT
    fewer = flat.quantize(256, method=method, dither=Image.Dither.NONE)
    change = np.asarray(fewer.convert(flat.mode), np.float64) - np.asarray(flat, np.float64)
    if np.sqrt(np.mean(change**2)) > CLOSE_ENOUGH:
        return data
    written = io.BytesIO()
    fewer.save(written, "PNG", optimize=True)
    return min(written.getvalue(), data, key=len)


def lighten(site: Path) -> None:
    """Make a built site lighter, in place."""
    lighten_icons(site)
    for pattern in UNUSED:
        for path in site.rglob(pattern):
            path.unlink()
    for path in [*site.glob("_images/*.png"), *site.glob("_static/*.png")]:
        if path.stat().st_size > SMALL:
            path.write_bytes(with_palette(path.read_bytes()))

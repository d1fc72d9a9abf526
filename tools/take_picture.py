"""Take the README's picture of the book: python tools/take_picture.py [PAGE]

Needs a built site (`make site`) and a Chromium; writes book/assets/welcome.png.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "book" / "assets" / "welcome.png"
WINDOW = {"width": 1400, "height": 900}
#: The margin on the right is empty.
CLIP = {"x": 0, "y": 0, "width": 1130, "height": 900}


def take(page: str, program: str) -> bytes:
    """Return a PNG of the top of a built page, in the light theme."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        window = browser.new_page(viewport=WINDOW, color_scheme="light")
        window.add_init_script("localStorage.mode = localStorage.theme = 'light'")
        window.goto((ROOT / "_build" / "html" / page).as_uri())
        picture = window.screenshot(clip=CLIP)
        browser.close()
    return picture


def main() -> int:
    """Take the picture and store it with few colours, since a repository keeps every version."""
    program = os.environ.get("TWENTY_BROWSER") or shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        print("No Chromium found; name one with TWENTY_BROWSER=/path/to/it", file=sys.stderr)
        return 1
    page = sys.argv[1] if len(sys.argv) > 1 else "book/index.html"
    picture = Image.open(io.BytesIO(take(page, program))).convert("RGB")
    picture.quantize(200).save(PICTURE, optimize=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1024} KiB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

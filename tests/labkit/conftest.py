"""The tools are scripts beside the packages, not part of them."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT / "tools", ROOT / "src"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

"""One engine for all labs' answers: attached once, in this process."""

import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent
for folder in (FOLDER, FOLDER.parents[1] / "tools", FOLDER.parents[1] / "src"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))


@pytest.fixture(scope="session")
def cuda():
    """``numba.cuda`` on the simulated SM; attaching comes before the import."""
    import smsim

    smsim.attach()
    from numba import cuda

    return cuda

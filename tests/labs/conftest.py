"""One engine for all labs' answers: attached once, in this process."""

import pytest


@pytest.fixture(scope="session")
def cuda():
    """``numba.cuda`` on the simulated SM; attaching comes before the import."""
    import labkit

    labkit.start()
    from numba import cuda

    return cuda

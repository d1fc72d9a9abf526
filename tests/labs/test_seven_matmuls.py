"""Chapter 07's kernels, taken from its cells: right, without hazard, and compiled as the text says."""

import numpy as np
import pytest
from nbtools import files
from nbtools.first_cell import ROOT

import labkit

CHAPTER = ROOT / "notebooks" / "07-seven-matmuls.ipynb"
#: A rung to the rows and columns that a block computes, and its threads.
RUNGS = {
    "naive": ((32, 32), (32, 32)),
    "coalesced": ((32, 32), (32, 32)),
    "shared": ((32, 32), (32, 32)),
    "column": ((64, 64), 512),
    "square": ((128, 128), 256),
    "vector": ((128, 128), 256),
    "warp": ((128, 128), 128),
}


@pytest.fixture(scope="module")
def kernels(cuda):
    from numba.core.types import float32

    import smsim

    cells = {cell.id: cell.source for cell in files.read(CHAPTER).cells}
    scope = {"np": np, "smsim": smsim, "cuda": cuda, "float32": float32}
    for name in ("naive", "coalesced", "shared", "column", "square", "helpers", "vector", "warp"):
        exec(cells[name], scope)
    return scope


def launched(kernels, name, m, n):
    tile, threads = RUNGS[name]
    blocks = (n // tile[1], m // tile[0])
    if name == "naive":  # its x counts rows
        blocks = blocks[::-1]
    return kernels[name][blocks, threads]


@pytest.mark.parametrize("name", RUNGS)
@pytest.mark.parametrize("shape", [(128, 16 * 6, 256), (256, 32, 128)])
def test_every_rung_multiplies_without_a_hazard(kernels, name, shape):
    import smsim

    m, length, n = shape
    rng = np.random.default_rng(m)
    A, B = rng.integers(-9, 10, (m, length)).astype("f4"), rng.integers(-9, 10, (length, n)).astype("f4")
    report = smsim.check(launched(kernels, name, m, n), A, B, np.full((m, n), -1, "f4"))
    assert report.ok and not report.warnings, str(report)
    assert np.array_equal(report.results[2], A @ B)


@pytest.mark.parametrize("name", RUNGS)
def test_sums_are_in_registers_and_wide_loads_where_the_text_has_them(kernels, name):
    A = np.zeros((256, 64), "f4")
    launched(kernels, name, 256, 256)(A, A.T.copy(), np.zeros((256, 256), "f4"))
    (text,) = kernels[name].inspect_asm().values()
    assert ".local" not in text and ".f64" not in text
    wide = name in ("vector", "warp")
    for instruction in ("ld.global.v4.f32", "ld.shared.v4.f32", "st.global.v4.f32"):
        assert (instruction in text) == wide


def test_the_published_ladder_is_complete_and_climbs():
    speeds = [labkit.fact(f"ladder.{name}") for name in (*RUNGS, "cublas")]
    assert all(fact.mark == "measured" and "RTX A6000" in fact.source for fact in speeds)
    assert [float(s) for s in speeds] == sorted(float(s) for s in speeds)

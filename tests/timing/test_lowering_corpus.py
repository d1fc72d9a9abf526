"""The lowering against what NVIDIA's assembler emits for Numba kernels: how many instructions."""

from __future__ import annotations

import pytest
from lowering_corpus import CORPUS, STORED, as_toml, row, rows

# Small kernels lose a fifth: the call of a division's slow path has no micro-operation. In "registers" ptxas unrolls a
# loop of eight turns altogether.
FAR = {"stencil": 0.20, "doubles": 0.19, "registers": 0.24}
NEAR = 0.15


@pytest.mark.parametrize("name", CORPUS)
def test_each_kernel_has_about_as_many_instructions(name):
    found = row(name)
    assert abs(found.lowered / found.sass - 1) <= FAR.get(name, NEAR), found


def test_all_together_are_within_a_tenth_and_nearer_than_the_ptx():
    every = rows()
    ptx, lowered, machine = (sum(getattr(r, field) for r in every) for field in ("ptx", "lowered", "sass"))
    assert abs(lowered / machine - 1) <= 0.10
    assert abs(lowered - machine) < abs(ptx - machine)


def test_the_calibration_page_shows_these_counts():
    assert STORED.read_text(encoding="utf-8") == as_toml(rows())

"""What Numba's compiler writes for three generations of GPUs, run and compared with NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from kernels_of_many_kinds import CASES, Case
from numba import cuda

import smsim

TARGETS = {"sm_75": (7, 5), "sm_80": (8, 0), "sm_90": (9, 0)}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kernel.__name__)
def test_a_kernel(case: Case, target: str) -> None:
    text, _ = cuda.compile_ptx(case.kernel, case.signature, cc=TARGETS[target], **case.options)
    assert f".target {target}" in text
    *given, out = (a.copy() if isinstance(a, np.ndarray) else a for a in case.arguments)
    want = case.want(*given)
    kernel = smsim.load_ptx(text, abi="numba")[case.kernel.__name__]
    kernel[case.grid, case.block, 0, case.shared](*given, out)
    if case.close:
        np.testing.assert_allclose(out, want, rtol=case.close, atol=case.close)
    else:
        np.testing.assert_array_equal(out, want)

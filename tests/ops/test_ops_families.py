"""What holds for every row of the table whose semantics live in smsim.machine.ops."""

from __future__ import annotations

import importlib
import pkgutil

import numpy as np
import pytest
from ops_harness import execute

import smsim.machine.ops as ops
from smsim.machine.outersum import OuterSum
from smsim.ptx.rows import UNITS
from smsim.ptx.table import ROWS

FAMILIES = {module.name for module in pkgutil.iter_modules(ops.__path__)}


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.semantics.split(".")[0] in FAMILIES], ids=lambda r: r.syntax
)
def test_row_has_its_function(row) -> None:
    family, _, name = row.semantics.partition(".")
    assert callable(getattr(importlib.import_module(f"smsim.machine.ops.{family}"), name))
    assert row.unit in UNITS
    assert row.summary.endswith(".")


def test_computing_rows_exist() -> None:
    from smsim.ptx.table import approx, arithmetic, bits, compare, convert

    for module in (approx, arithmetic, bits, compare, convert):
        assert {row.semantics.split(".")[0] for row in module.ROWS} <= FAMILIES


def test_lazy_sums_stay_lazy() -> None:
    """Index arithmetic on a per-thread plus a per-block part needs no array of all lanes."""
    rows = np.arange(8, dtype=np.int64).reshape(-1, 1)
    cols = (np.arange(4, dtype=np.int64) * 8).reshape(1, -1)
    index = OuterSum(rows, cols, 0, np.dtype(np.int64), 0, 31, True)
    one = np.ones((1, 1), np.int64)
    two = np.full((1, 1), 2, np.uint32)
    assert isinstance(execute("add.s64", index, one), OuterSum)
    assert isinstance(execute("sub.s64", index, one), OuterSum)
    assert isinstance(execute("mul.lo.s64", index, one), OuterSum)
    bits = OuterSum(rows, cols, 0, np.dtype(np.uint64), 0, 31, True)
    assert isinstance(execute("shl.b64", bits, two), OuterSum)
    assert execute("shr.s64", index, np.full((1, 1), 63, np.uint32)).shape == (1, 1)
    assert execute("setp.lt.s64", index, np.full((1, 1), 32)).shape == (1, 1)
    narrow = OuterSum(rows, cols, 0, np.dtype(np.int32), 0, 31, True)
    assert isinstance(execute("cvt.s64.s32", narrow), OuterSum)
    assert isinstance(execute("mul.wide.s32", narrow, one.astype(np.int32)), OuterSum)
    assert isinstance(execute("mad.lo.s32", narrow, one.astype(np.int32), one.astype(np.int32)), OuterSum)

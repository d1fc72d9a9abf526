"""The instruction table: every instruction that the simulated SM executes, one row each.

The rows stand in small modules by subject: memory, control, arithmetic, bits, compare, convert,
half and others. Each exports ``ROWS``; here they are gathered. What a row says is explained in
:mod:`smsim.ptx.rows`.
"""

from __future__ import annotations

import importlib
import pkgutil

from smsim.ptx.rows import Row


def _gather() -> tuple[Row, ...]:
    rows: list[Row] = []
    for module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        rows.extend(importlib.import_module(f"{__name__}.{module}").ROWS)
    return tuple(rows)


ROWS: tuple[Row, ...] = _gather()

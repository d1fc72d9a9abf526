"""A reader's own GPU: a dict with what is different from a GPU that smsim knows, or with everything.

    devices.load({"name": "Half an H800", "like": "H800", "sms": 66, "l2_latency": 200})

Every figure is a plain value, or a row as in the TOML files, ``{"value": 66, "unit": "SMs", "source": ...}``.
"""

from __future__ import annotations

import difflib
import numbers
from collections.abc import Mapping
from typing import Any

from smsim.devices.possible import check_together, check_value
from smsim.devices.spec import MARKS, MMA, DeviceSpec, Figure, assembled, named, names

_ROW = ("value", "unit", "source", "date", "mark")
#: The keys that are no figures.
_TEXTS = ("name", "like", "product")
#: A GPU whose figures say which names there are, in which units and of which kind of value.
_PATTERN = "H800"


def load(device: str | Mapping[str, Any] | DeviceSpec) -> DeviceSpec:
    """The figures of a GPU.

    Args:
        device: its name, upper and lower case being the same; or a dict, see :func:`from_dict`; or the
            figures themselves.

    Raises:
        ValueError: there is no GPU of this name, and which there are; or what is wrong with the dict.
    """
    if isinstance(device, DeviceSpec):
        return device
    if isinstance(device, Mapping):
        return from_dict(device)
    if not isinstance(device, str):
        raise ValueError(
            f"device is the name of a GPU ({', '.join(names())}) or a dict of its figures, "
            f"not {type(device).__name__} {device!r}."
        )
    return named(device)


def from_dict(given: Mapping[str, Any]) -> DeviceSpec:
    """A GPU of the reader's own.

    Args:
        given: ``name``; ``like``, the GPU that all figures come from which are not given; ``product``, the
            name that the driver reports (``name`` where it is missing); and figures by the names that
            :class:`DeviceSpec` and :class:`~smsim.timing.figures.Timing` have. ``mma_cycles`` is a row for
            each shape, ``mma_cycles_m16n8k16``. Of ``compute_capability`` and ``arch`` one is enough.

    Raises:
        ValueError: a key is unknown or missing, a value has the wrong type or unit or is impossible; says
            which and what would do.
    """
    texts = {key: _text(key, given[key]) for key in _TEXTS if key in given}
    if "name" not in texts:
        raise ValueError('A device needs a name: {"name": "My GPU", "like": "H800", ...}.')
    base = named(texts["like"]) if "like" in texts else None
    rows = {key: _row(_known(key), entry) for key, entry in given.items() if key not in _TEXTS}
    if base is not None:
        rows = _base_rows(base, rows) | rows
    _complete_target(rows)
    missing = [key for key in _required() if key not in rows]
    if missing:
        raise ValueError(
            f"The device {texts['name']!r} lacks {_listed(missing)}; give them, or say which GPU it is like, "
            f'as in "like": "{_PATTERN}".'
        )
    check_together(texts["name"], {key: figure.value for key, figure in rows.items()})
    return assembled(texts["name"], texts.get("product", texts["name"]), rows)


def _text(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key!r} of a device is a text, not {value!r}.")
    return value


def _patterns() -> dict[str, Figure]:
    """Every figure that a GPU can have, by name, with its unit."""
    found: dict[str, Figure] = {}
    for name in (*names(), _PATTERN):
        found.update(named(name).figures)
    return found


def _required() -> list[str]:
    return [key for key in named(_PATTERN).figures if not key.startswith(MMA)]


def _known(key: Any) -> str:
    every = [*_TEXTS, *_patterns()]
    if key in every:
        return key
    near = difflib.get_close_matches(str(key), every, 1, 0.4)
    hint = f"; the nearest is {near[0]!r}" if near else ""
    raise ValueError(f"A device has no figure called {key!r}{hint}.")


def _row(key: str, entry: Any) -> Figure:
    pattern = _patterns()[key]
    row = dict(entry) if isinstance(entry, Mapping) else {"value": entry}
    for part in row:
        if part not in _ROW:
            near = difflib.get_close_matches(str(part), _ROW, 1, 0.4)
            hint = f"; the nearest is {near[0]!r}" if near else ""
            raise ValueError(f"The row of {key!r} has no {part!r}{hint}; it has {', '.join(_ROW)}.")
    if "value" not in row:
        raise ValueError(f"The row of {key!r} has no 'value'.")
    unit = row.get("unit", pattern.unit)
    if unit != pattern.unit:
        raise ValueError(f"{key!r} is in {pattern.unit}, not in {unit!r}: convert the value.")
    mark = row.get("mark", "assumed")
    if mark not in MARKS:
        raise ValueError(f"The mark of {key!r} is {mark!r}; marks are {', '.join(MARKS)}.")
    value = _value(key, row["value"], pattern)
    check_value(key, value, unit)
    return Figure(value, unit, str(row.get("source", "the reader")), str(row.get("date", "undated")), mark)


def _value(key: str, value: Any, pattern: Figure) -> Any:
    """``value`` as the figure has it: a text, a list of whole numbers, a whole number, or any number."""
    if isinstance(pattern.value, str):
        return _text(key, value)
    if isinstance(pattern.value, list | tuple):
        parts = [value] if isinstance(value, str | bytes) or not hasattr(value, "__iter__") else list(value)
        free = key == "shared_carveouts"
        if not parts or not (free or len(parts) == len(pattern.value)):
            count = "some" if free else str(len(pattern.value))
            raise ValueError(
                f"{key!r} is {count} whole numbers ({pattern.unit}), such as {pattern.value}; it was {value!r}."
            )
        return [_whole(key, part, pattern.unit) for part in parts]
    if key in _FRACTIONS:
        if isinstance(value, bool) or not isinstance(value, numbers.Real) or value != value:
            raise ValueError(f"{key!r} is a number ({pattern.unit}), not {value!r}.")
        return float(value)
    return _whole(key, value, pattern.unit)


#: Figures that need not be whole numbers.
_FRACTIONS = ("memory_bandwidth", "nvlink_bandwidth", "l2_bandwidth", "dram_efficiency")


def _whole(key: str, value: Any, unit: str) -> int:
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or value != value or abs(value) == float("inf") or value != int(value):
        raise ValueError(f"{key!r} is a whole number ({unit}), not {value!r}.")
    return int(value)


def _base_rows(base: DeviceSpec, rows: dict[str, Figure]) -> dict[str, Figure]:
    """The base's rows, without a target that would contradict the one that is given."""
    target = {"compute_capability", "arch"}
    dropped = target if target & rows.keys() else set()
    return {key: figure for key, figure in base.figures.items() if key not in dropped}


def _complete_target(rows: dict[str, Figure]) -> None:
    """Of the compute capability and the architecture, put the one that is missing."""
    if "arch" in rows and "compute_capability" not in rows:
        digits = "".join(c for c in rows["arch"].value.removeprefix("sm_") if c.isdigit())
        if len(digits) < 2 or not rows["arch"].value.startswith("sm_"):
            raise ValueError(f"'arch' is {rows['arch'].value!r}: write it like \"sm_90\".")
        rows["compute_capability"] = _row("compute_capability", [int(digits[:-1]), int(digits[-1])])
    elif "compute_capability" in rows and "arch" not in rows:
        rows["arch"] = _row("arch", "sm_{}{}".format(*rows["compute_capability"].value))


def _listed(keys: list[str]) -> str:
    shown = ", ".join(map(repr, keys[:6]))
    return shown if len(keys) <= 6 else f"{shown} and {len(keys) - 6} more figures"

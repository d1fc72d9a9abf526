"""Where a stepped warp stands, as dicts and lists that JSON can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from smsim.inpage import answers
from smsim.machine.lanes import WARP
from smsim.stepping import Stepper
from smsim.stepping.plain import heading
from smsim.stepping.values import mask_text, shown


def of_stepper(stepper: Stepper, values: Mapping[str, Any]) -> dict[str, Any]:
    """The warp before its next instruction.

    Returns:
        ``position``, ``done``; ``line`` and ``text`` of the instruction; ``active`` and ``acting``, a ``1`` or
        ``0`` a lane; ``lanes``; ``registers`` with a text a lane (null where it was not written) and
        ``changed``; ``arrays`` as they are now, against the beginning; ``shared`` arrays of its block.
    """
    where = stepper.line
    state = {
        "heading": heading(stepper),
        "position": stepper.position,
        "done": stepper.done,
        "line": None if where is None else where.ptx_line,
        "text": None if where is None else where.ptx_text,
        "active": mask_text(stepper.active).replace(" ", ""),
        "acting": mask_text(stepper.acting).replace(" ", ""),
        "lanes": stepper.lanes,
        "registers": [_register(stepper, name) for name in stepper.written],
        "scalars": answers.of_scalars(values),
        "arrays": [
            answers.of_array(name, value, stepper.memory(name))
            for name, value in values.items()
            if isinstance(value, np.ndarray)
        ],
        "shared": [answers.of_array(name, None, stepper.memory(name)) for name in stepper.shared],
        "printed": stepper.printed,
        "errors": [] if stepper.error is None else answers.of_errors([stepper.error]),
    }
    return state


def _register(stepper: Stepper, name: str) -> dict[str, Any]:
    numbers, written = stepper.values(name)
    texts = [shown(v, stepper.arrays) if on else None for v, on in zip(numbers[:WARP], written)]
    return {"name": name, "changed": name in stepper.changed, "lanes": texts[: stepper.lanes]}

"""An instruction's operands by the names that its row gives them."""

from __future__ import annotations

from smsim.machine.bind.binding import Step
from smsim.ptx.nodes import Operand


def named(step: Step) -> dict[str, Operand]:
    """``{"a": ..., "size": ...}``: the operands as they are written in the row's syntax."""
    return {
        spec.name: operand
        for spec, operand in zip(step.form.operands, step.instruction.operands, strict=True)
    }

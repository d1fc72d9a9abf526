"""Which registers hold the same value in all lanes of a warp, as far as an assembler can tell.

From Turing on such values are computed in the uniform datapath: UIADD3, ULEA, UISETP in SASS. They start from
parameters, constants and ``%ctaid``; a loop counter is one if all that is added to it is. The uniform datapath
knows no inactive lanes, so what is written where lanes may have parted is not computed there (:mod:`.divergence`).
"""

from __future__ import annotations

from smsim.ptx.nodes import Instruction, Special, Vector
from smsim.timing.lowering.divergence import Divergence
from smsim.timing.lowering.facts import SAME_IN_BLOCK, Facts

_COMPUTES = ("integer.", "bits.", "compare.", "move.", "memory.convert_address", "convert.integer_to_integer")
_NOT_UNIFORM = {"f16", "f32", "f64", "f16x2", "bf16", "bf16x2"}


def uniform(facts: Facts) -> set[str]:
    """The names of these registers; of a function that kernels call none, whose arguments come in registers."""
    if facts.function.kind != "entry":
        return set()
    divergence = Divergence(facts)
    same = {name for name, writers in facts.writers.items() if all(_may_be(facts, w) for w in writers)}
    changed = True
    while changed:
        apart = divergence.blocks(same)
        varying = {
            name
            for name in same
            for writer in facts.writers[name]
            if facts.block[writer] in apart or any(read not in same for read in facts.reads[writer])
        }
        same -= varying
        changed = bool(varying)
    return same


def _may_be(facts: Facts, instruction: Instruction) -> bool:
    form = facts.form[instruction]
    if form.row.semantics == "memory.load":
        return form.space == "param"
    if not form.row.semantics.startswith(_COMPUTES) or _NOT_UNIFORM & set(form.types):
        return False
    operands = [i for o in instruction.operands for i in (o.items if isinstance(o, Vector) else (o,))]
    return all(o.name.startswith(SAME_IN_BLOCK) for o in operands if isinstance(o, Special))

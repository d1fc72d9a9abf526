"""What NVIDIA's assembler makes of each basic block of PTX, and in which order.

A model, read off the SASS that ptxas emits for sm_90a: which instructions vanish (:mod:`.folding`), how many
there are of the others (:mod:`.sequences`), where they are executed (:mod:`.classes`, :mod:`.uniform`) and in what
order (:mod:`.order`). A loop that ptxas unrolls though NVVM did not keeps its branch here, and nothing moves from one
block into another.
"""

from smsim.timing.lowering.assemble import lower

__all__ = ["lower"]

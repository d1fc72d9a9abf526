"""The special registers: what the hardware tells a thread about itself. Names and types only.

The types are those of the PTX ISA's chapter on special registers. Four have components: ``%tid`` is
written ``%tid.x``.
"""

from __future__ import annotations

_WITH_COMPONENTS = (
    "%tid", "%ntid", "%ctaid", "%nctaid",
    "%clusterid", "%nclusterid", "%cluster_ctaid", "%cluster_nctaid",
)  # fmt: skip

_U32 = (
    "%laneid", "%warpid", "%nwarpid", "%smid", "%nsmid",
    "%lanemask_eq", "%lanemask_le", "%lanemask_lt", "%lanemask_ge", "%lanemask_gt",
    "%clock", "%clock_hi", "%globaltimer_lo", "%globaltimer_hi",
    "%total_smem_size", "%aggr_smem_size", "%dynamic_smem_size",
    "%cluster_ctarank", "%cluster_nctarank",
    "%reserved_smem_offset_begin", "%reserved_smem_offset_end", "%reserved_smem_offset_cap",
    "%reserved_smem_offset_0", "%reserved_smem_offset_1",
)  # fmt: skip

_U64 = ("%clock64", "%globaltimer", "%gridid", "%current_graph_exec")

#: Name to PTX type of every special register. ``%tid`` alone stands for a vector of four.
SPECIAL_TYPES: dict[str, str] = (
    {f"{name}.{component}": "u32" for name in _WITH_COMPONENTS for component in "xyzw"}
    | dict.fromkeys(_U32, "u32")
    | dict.fromkeys(_U64, "u64")
    | {"%is_explicit_cluster": "pred"}
    | {f"%envreg{number}": "b32" for number in range(32)}
    | {f"%pm{number}": "u32" for number in range(8)}
    | {f"%pm{number}_64": "u64" for number in range(8)}
)

SPECIAL_VECTORS = frozenset(_WITH_COMPONENTS)

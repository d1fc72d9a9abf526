"""What the PTX ISA has and the instruction table has not, as the page "What it executes" says it.

Names are the ISA's own, as in its chapter list ("Instructions", PTX ISA 9.0). A test sees to it that no
instruction stands both here and in the table.
"""

from __future__ import annotations

#: Subject: one sentence, and the instructions.
REFUSED: dict[str, tuple[str, tuple[str, ...]]] = {
    "Matrix instructions": (
        "Not executed yet.",
        ("mma.sp", "wmma.load", "wmma.store", "wmma.mma", "wgmma", "movmatrix"),
    ),
    "Asynchronous copies and their barriers": (
        "Not executed yet.",
        ("cp.async.bulk.tensor", "cp.reduce.async.bulk", "st.async", "red.async",
         "tensormap.replace", "tensormap.cp_fenceproxy"),
    ),
    "Clusters of blocks, and several GPUs": (
        "Not executed yet.",
        ("barrier.cluster", "mapa", "getctarank", "multimem.ld_reduce", "multimem.st", "multimem.red",
         "clusterlaunchcontrol"),
    ),
    "Discarding memory": (
        "It leaves bytes undefined that were written. Instructions and modifiers that only give hints to caches "
        "are accepted.",
        ("discard",),
    ),
    "The stack": (
        "Not executed; compilers do not emit them.",
        ("stacksave", "stackrestore", "alloca"),
    ),
    "Textures and surfaces": (
        "Not planned.",
        ("tex", "tld4", "txq", "istypep", "suld", "sust", "sured", "suq"),
    ),
    "Video instructions": (
        "Not planned; compilers do not emit them.",
        ("vadd", "vsub", "vabsdiff", "vmin", "vmax", "vshl", "vshr", "vmad", "vset", "vadd2", "vsub2", "vavrg2",
         "vabsdiff2", "vmin2", "vmax2", "vset2", "vadd4", "vsub4", "vavrg4", "vabsdiff4", "vmin4", "vmax4",
         "vset4"),
    ),
    "Later GPUs": (
        "They need sm_100, which no simulated device has.",
        ("tcgen05", "st.bulk", "add.f32x2", "sub.f32x2", "mul.f32x2", "fma.f32x2"),
    ),
}  # fmt: skip

#: Spellings that are refused although their instruction is in the table.
REFUSED_PARTS = (
    "`mma` of other shapes and types: f64, tf32, floats of 8 bits and fewer, integers, single bits",
    "`.shared::cluster`, the shared memory of other blocks",
    "`fma.oob`, which knows the fill value of tensor copies",
    "`fence.proxy.tensormap`, and `ignore-src` and `.multicast` of asynchronous copies",
    "`redux` on floats, and `add`, `sub` and `fma` that mix f32 with f16 or bf16, which need sm_100",
    "the special registers `%envreg`, `%pm` and `%reserved_smem_offset`",
)

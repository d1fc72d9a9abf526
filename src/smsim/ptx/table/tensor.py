"""Rows of the tensor cores: a product of small matrices by a whole warp, the load that feeds it and its store.

Sources: PTX ISA, "Warp level matrix multiply-accumulate instructions"; versions as its notes give them.
"""

from smsim.ptx.rows import Row

_SUMMARY = "D = A B + C for a whole warp: A is 16 by {k}, B {k} by 8; each lane holds its part of each."


def _products(k: int, kind: str, ptx: tuple[int, int], sm: int) -> Row:
    """The row with sums in f32. A lane has k / 4 registers of A and half as many of B."""
    return Row(
        f"mma.sync.aligned.m16n8k{k}.row.col.f32.{kind}.{kind}.f32"
        f" {{d...4}}:f32, {{a...{k // 4}}}:{kind}x2, {{b...{k // 8}}}:{kind}x2, {{c...4}}:f32",
        "tensor.mma", "tensor", ptx, sm, _SUMMARY.format(k=k),
    )  # fmt: skip


def _products_in_f16(k: int, ptx: tuple[int, int], sm: int) -> Row:
    return Row(
        f"mma.sync.aligned.m16n8k{k}.row.col.f16.f16.f16.f16"
        f" {{d...2}}:f16x2, {{a...{k // 4}}}:f16x2, {{b...{k // 8}}}:f16x2, {{c...2}}:f16x2",
        "tensor.mma", "tensor", ptx, sm, _SUMMARY.format(k=k) + " C and D are pairs of f16.",
    )  # fmt: skip


def _matrices(count: int) -> Row:
    noun = "matrix" if count == 1 else "matrices"
    return Row(
        f"ldmatrix.sync.aligned.m8n8.x{count}{{.trans}}.shared|.shared::cta.b16 {{d...{count}}}:b32, [a]",
        "memory.load_matrix", "lsu", (6, 5), 75,
        f"Read {count} {noun} of 8 by 8 values of 16 bits; lane n names row n, each lane gets two values of one.",
    )  # fmt: skip


def _stored(count: int) -> Row:
    noun = "matrix" if count == 1 else "matrices"
    return Row(
        f"stmatrix.sync.aligned.m8n8.x{count}{{.trans}}.shared|.shared::cta.b16 [a], {{b...{count}}}:b32",
        "memory.store_matrix", "lsu", (7, 8), 90,
        f"Write {count} {noun} of 8 by 8 values of 16 bits; lane n names row n, each lane gives two values of one.",
    )  # fmt: skip


ROWS = (
    _products(8, "f16", (6, 5), 75),
    _products(16, "f16", (7, 0), 80),
    _products(8, "bf16", (7, 0), 80),
    _products(16, "bf16", (7, 0), 80),
    _products_in_f16(8, (6, 5), 75),
    _products_in_f16(16, (7, 0), 80),
    _matrices(1),
    _matrices(2),
    _matrices(4),
    _stored(1),
    _stored(2),
    _stored(4),
)

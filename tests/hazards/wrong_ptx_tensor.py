"""Hand-written kernels with one planted mistake each: matrices loaded from shared memory, and tensor cores."""

from planted_ptx import planted

from smsim import errors

#: Each lane of the first warp writes a word of ``tile`` per half: 32 words, the 8 rows of one matrix.
_LOAD = "ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r10}, [%r7];  // <--\nst.global.u32 [%rd4], %r10;"
_ROW = "mov.u32 %r7, tile;\nand.b32 %r8, %r1, 7;\nshl.b32 %r8, %r8, 4;\nadd.u32 %r7, %r7, %r8;\n"
_FILL = "st.shared.u32 [%r5], %r1;\n"

planted("matrix_of_unwritten_rows", errors.UninitializedRead, 0, _ROW + _LOAD, block=32)
planted(
    "matrix_with_a_misaligned_row",
    errors.MemoryFault,
    0,
    _FILL + _ROW + "bar.sync 0;\nadd.u32 %r7, %r7, 8;\n" + _LOAD,
    block=64,
)
planted(
    "matrix_with_a_row_outside",
    errors.MemoryFault,
    4,
    _FILL + _ROW + "bar.sync 0;\nsetp.eq.u32 %p1, %r1, 1;\n@%p1 add.u32 %r7, %r7, 4096;\n" + _LOAD,
    block=32,
)
planted(
    "matrix_before_the_barrier",
    errors.DataRace,
    0,
    "xor.b32 %r9, %r1, 32;\nshl.b32 %r9, %r9, 2;\nmov.u32 %r8, tile;\nadd.u32 %r9, %r9, %r8;\n"
    "st.shared.u32 [%r9], %r1;  // <--\n" + _ROW + _LOAD,
    block=64,
)
planted(
    "matrix_load_in_a_branch",
    errors.WarpSyncError,
    0,
    _FILL + _ROW + "bar.sync 0;\nsetp.ge.u32 %p1, %r1, 16;\n@%p1 bra AWAY;\n" + _LOAD + "\nbra DONE;\n"
    "AWAY:\nbar.warp.sync 0xFFFFFFFF;  // <--\nDONE:",
    block=32,
)
_STORE = "stmatrix.sync.aligned.m8n8.x1.shared.b16 [%r7], {%r1};  // <--\n"
planted(
    "matrix_stored_at_a_misaligned_row",
    errors.MemoryFault,
    0,
    _ROW + "add.u32 %r7, %r7, 8;\n" + _STORE,
    block=32,
)
planted(
    "matrix_stored_outside",
    errors.MemoryFault,
    4,
    _ROW + "setp.eq.u32 %p1, %r1, 1;\n@%p1 add.u32 %r7, %r7, 4096;\n" + _STORE,
    block=32,
)
planted(
    "matrix_stored_and_read_without_a_barrier",
    errors.DataRace,
    0,
    _ROW + _STORE + "xor.b32 %r9, %r5, 8;\nld.shared.u32 %r10, [%r9];  // <--\nst.global.u32 [%rd4], %r10;",
    block=32,
)
planted(
    "matrix_of_registers_that_nobody_set",
    errors.UninitializedRead,
    0,
    _ROW + _STORE.replace("%r1}", "%r30}"),
    block=32,
)
_MMA = (
    "mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%f1, %f2, %f3, %f4}, {%r1, %r1}, {%r1},"
    " {%f5, %f5, %f5, %f5};  // <--\nst.global.f32 [%rd4], %f1;"
)
planted("product_in_half_a_warp", errors.WarpSyncError, 0, "mov.f32 %f5, 0f00000000;\n" + _MMA, block=16)
planted(
    "product_after_some_lanes_left",
    errors.WarpSyncError,
    8,
    "mov.f32 %f5, 0f00000000;\nsetp.lt.u32 %p1, %r1, 8;\n@%p1 ret;\n" + _MMA,
    block=32,
)

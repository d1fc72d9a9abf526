"""Hand-written PTX that the tests launch."""

HEAD = ".version 8.0\n.target sm_90\n.address_size 64\n"

SAXPY = (
    HEAD
    + """
.visible .entry saxpy(.param .f32 a, .param .u64 x, .param .u64 y, .param .u32 n)
{
    .reg .pred %p<2>;
    .reg .f32 %f<5>;
    .reg .b32 %r<6>;
    .reg .b64 %rd<6>;
    ld.param.f32 %f1, [a];
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [y];
    ld.param.u32 %r1, [n];
    mov.u32 %r2, %ctaid.x;
    mov.u32 %r3, %ntid.x;
    mov.u32 %r4, %tid.x;
    mad.lo.s32 %r5, %r2, %r3, %r4;
    setp.ge.u32 %p1, %r5, %r1;
    @%p1 bra DONE;
    mul.wide.u32 %rd3, %r5, 4;
    add.s64 %rd4, %rd1, %rd3;
    add.s64 %rd5, %rd2, %rd3;
    ld.global.f32 %f2, [%rd4];
    ld.global.f32 %f3, [%rd5];
    fma.rn.f32 %f4, %f1, %f2, %f3;
    st.global.f32 [%rd5], %f4;
DONE:
    ret;
}
"""
)

#: Adds the block's numbers through shared memory; keeps a count of launches in a variable.
BLOCK_SUM = (
    HEAD
    + """
.visible .global .u32 launches;
.extern .shared .align 16 .b8 room[];
.func unused() { ret; }
.visible .entry block_sum(.param .u64 x, .param .u64 out)
{
    .shared .align 4 .f32 partial[64];
    .reg .pred %p<3>;
    .reg .f32 %f<4>;
    .reg .b32 %r<8>;
    .reg .b64 %rd<4>;
    ld.param.u64 %rd1, [x];
    ld.param.u64 %rd2, [out];
    mov.u32 %r1, %tid.x;
    mul.wide.u32 %rd3, %r1, 4;
    add.s64 %rd1, %rd1, %rd3;
    ld.global.f32 %f1, [%rd1];
    mov.u32 %r2, partial;
    shl.b32 %r3, %r1, 2;
    add.s32 %r4, %r2, %r3;
    st.shared.f32 [%r4], %f1;
    mov.u32 %r5, 32;
AGAIN:
    bar.sync 0;
    setp.ge.u32 %p1, %r1, %r5;
    @%p1 bra SKIP;
    shl.b32 %r6, %r5, 2;
    add.s32 %r6, %r4, %r6;
    ld.shared.f32 %f1, [%r4];
    ld.shared.f32 %f2, [%r6];
    add.f32 %f3, %f1, %f2;
    st.shared.f32 [%r4], %f3;
SKIP:
    shr.u32 %r5, %r5, 1;
    setp.ne.u32 %p2, %r5, 0;
    @%p2 bra AGAIN;
    setp.ne.u32 %p1, %r1, 0;
    @%p1 bra END;
    ld.shared.f32 %f1, [partial];
    st.global.f32 [%rd2], %f1;
    mov.u64 %rd1, launches;
    atom.global.add.u32 %r7, [%rd1], 1;
END:
    ret;
}
"""
)

#: Stores its scalar parameters one after another, so that a test sees what arrived.
SCALARS = (
    HEAD
    + """
.visible .entry keep(.param .u64 out, .param .s32 i, .param .u64 n, .param .f64 d, .param .b32 b, .param .u8 c,
                     .param .align 8 .b8 pair[16])
{
    .reg .b32 %r<4>;
    .reg .b64 %rd<6>;
    .reg .f64 %fd<2>;
    ld.param.u64 %rd1, [out];
    ld.param.s32 %rd2, [i];
    st.global.u64 [%rd1], %rd2;
    ld.param.u64 %rd3, [n];
    st.global.u64 [%rd1+8], %rd3;
    ld.param.f64 %fd1, [d];
    st.global.f64 [%rd1+16], %fd1;
    ld.param.b32 %r1, [b];
    st.global.b32 [%rd1+24], %r1;
    ld.param.u8 %r2, [c];
    st.global.b32 [%rd1+28], %r2;
    ld.param.u64 %rd4, [pair];
    st.global.u64 [%rd1+32], %rd4;
    ld.param.u64 %rd5, [pair+8];
    st.global.u64 [%rd1+40], %rd5;
    ret;
}
"""
)

"""Kernels that copy tiles to shared memory and work on them: by loads, by cp.async, and by bulk copies in a ring."""

import numpy as np

import smsim

THREADS, TILE = 128, 2048  # bytes of a tile: 16 a thread
_HEAD = f"""
.version 8.0
.target sm_90a
.address_size 64
.visible .entry k(.param .u64 x, .param .u64 out, .param .u32 tiles, .param .u32 work)
{{
.reg .pred %p<8>; .reg .b32 %r<40>; .reg .b64 %rd<20>; .reg .f32 %f<8>;
.shared .align 128 .b8 tile[{8 * TILE}];
.shared .align 8 .b64 full[8];
.shared .align 8 .b64 empty[8];
ld.param.u64 %rd1, [x]; ld.param.u64 %rd2, [out]; ld.param.u32 %r1, [tiles]; ld.param.u32 %r2, [work];
cvta.to.global.u64 %rd1, %rd1; cvta.to.global.u64 %rd2, %rd2;
mov.u32 %r3, %tid.x; mov.u32 %r4, %ctaid.x;
mul.lo.u32 %r5, %r4, %r1; mul.lo.u32 %r5, %r5, {TILE};  // where the block's tiles begin
cvt.u64.u32 %rd3, %r5; add.u64 %rd3, %rd1, %rd3;
mul.wide.u32 %rd4, %r3, 16; add.u64 %rd4, %rd3, %rd4;  // and the thread's part of the first
shl.b32 %r6, %r3, 4; mov.u32 %r7, tile; add.u32 %r8, %r7, %r6;
mov.f32 %f1, 0f00000000; mov.u32 %r9, 0;
"""
#: Adds the first word of the thread's 16 bytes in the tile at %r10 to %f1, ``work`` times.
_WORK = """
ld.shared.f32 %f2, [%r10];
mov.u32 %r11, 0;
AGAIN{n}:
fma.rn.f32 %f1, %f1, 0f3F800000, %f2;
mov.f32 %f2, 0f00000000;
add.u32 %r11, %r11, 1;
setp.lt.u32 %p3, %r11, %r2;
@%p3 bra AGAIN{n};
"""
_TAIL = """
mad.lo.u32 %r30, %r4, %ntid, %r3; mul.wide.u32 %rd9, %r30, 4; add.u64 %rd9, %rd2, %rd9;
st.global.f32 [%rd9], %f1;
ret;
}
""".replace("%ntid", "128")


def synchronous() -> str:
    """Load, store to shared memory, barrier, work, barrier."""
    return f"""{_HEAD}
LOOP:
ld.global.v4.b32 {{%r20, %r21, %r22, %r23}}, [%rd4];
st.shared.v4.b32 [%r8], {{%r20, %r21, %r22, %r23}};
bar.sync 0;
mov.u32 %r10, %r8;
{_WORK.format(n=0)}
bar.sync 0;
add.u64 %rd4, %rd4, {TILE};
add.u32 %r9, %r9, 1;
setp.lt.u32 %p1, %r9, %r1;
@%p1 bra LOOP;
{_TAIL}"""


def double_buffered() -> str:
    """The next tile is copied while this one is worked on; the group of the last round is empty."""
    return f"""{_HEAD}
cp.async.cg.shared.global [%r8], [%rd4], 16;
cp.async.commit_group;
LOOP:
add.u32 %r9, %r9, 1;
setp.lt.u32 %p1, %r9, %r1;
and.b32 %r12, %r9, 1;
mad.lo.u32 %r13, %r12, {TILE}, %r8;
add.u64 %rd4, %rd4, {TILE};
@%p1 cp.async.cg.shared.global [%r13], [%rd4], 16;
cp.async.commit_group;
cp.async.wait_group 1;
bar.sync 0;
xor.b32 %r14, %r12, 1;
mad.lo.u32 %r10, %r14, {TILE}, %r8;
{_WORK.format(n=0)}
bar.sync 0;
@%p1 bra LOOP;
{_TAIL}"""


def ring(depth: int, size: int = TILE) -> str:
    """Warp 0 has tiles of ``size`` bytes copied into ``depth`` buffers; the other three warps work on them."""
    return f"""{_HEAD}
setp.ne.u32 %p1, %r3, 0;
@%p1 bra READY;
mov.u32 %r12, 0;
INIT:
shl.b32 %r13, %r12, 3;
mov.u32 %r14, full; add.u32 %r14, %r14, %r13;
mov.u32 %r15, empty; add.u32 %r15, %r15, %r13;
mbarrier.init.shared::cta.b64 [%r14], 1;
mbarrier.init.shared::cta.b64 [%r15], 96;
add.u32 %r12, %r12, 1;
setp.lt.u32 %p2, %r12, {depth};
@%p2 bra INIT;
fence.mbarrier_init.release.cluster;
READY:
bar.sync 0;
mov.u32 %r16, 0;  // which buffer
mov.u32 %r17, 0;  // which time round
setp.ge.u32 %p1, %r3, 32;
@%p1 bra CONSUME;
@!%p1 setp.ne.u32 %p4, %r3, 0;
@%p4 bra DONE;
PRODUCE:
shl.b32 %r13, %r16, 3;
mov.u32 %r14, full; add.u32 %r14, %r14, %r13;
mov.u32 %r15, empty; add.u32 %r15, %r15, %r13;
setp.eq.u32 %p5, %r17, 0;
@%p5 bra FREE;
xor.b32 %r18, %r17, 1; and.b32 %r18, %r18, 1;
FULL:
mbarrier.try_wait.parity.shared::cta.b64 %p6, [%r15], %r18;
@!%p6 bra FULL;
FREE:
mov.u32 %r19, {size};
mbarrier.arrive.expect_tx.shared::cta.b64 _, [%r14], %r19;
mad.lo.u32 %r20, %r16, {TILE}, %r7;
cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes [%r20], [%rd3], %r19, [%r14];
add.u64 %rd3, %rd3, {size};
add.u32 %r16, %r16, 1;
setp.eq.u32 %p5, %r16, {depth};
@%p5 mov.u32 %r16, 0;
@%p5 add.u32 %r17, %r17, 1;
add.u32 %r9, %r9, 1;
setp.lt.u32 %p2, %r9, %r1;
@%p2 bra PRODUCE;
bra DONE;
CONSUME:
shl.b32 %r13, %r16, 3;
mov.u32 %r14, full; add.u32 %r14, %r14, %r13;
mov.u32 %r15, empty; add.u32 %r15, %r15, %r13;
and.b32 %r18, %r17, 1;
EMPTY:
mbarrier.try_wait.parity.shared::cta.b64 %p6, [%r14], %r18;
@!%p6 bra EMPTY;
mad.lo.u32 %r10, %r16, {TILE}, %r7;
sub.u32 %r21, %r3, 32; shl.b32 %r21, %r21, 2; add.u32 %r10, %r10, %r21;
{_WORK.format(n=1)}
mbarrier.arrive.shared::cta.b64 _, [%r15];
add.u32 %r16, %r16, 1;
setp.eq.u32 %p5, %r16, {depth};
@%p5 mov.u32 %r16, 0;
@%p5 add.u32 %r17, %r17, 1;
add.u32 %r9, %r9, 1;
setp.lt.u32 %p2, %r9, %r1;
@%p2 bra CONSUME;
DONE:
{_TAIL}"""


def launched(text: str, tiles: int, work: int, blocks: int = 1):
    """A launch of so many tiles a block, and its arguments."""
    x = np.arange(blocks * tiles * TILE // 4, dtype=np.float32)
    arguments = x, np.zeros(blocks * THREADS, np.float32), np.uint32(tiles), np.uint32(work)
    return smsim.load_ptx(text)["k"][blocks, THREADS], arguments


def computed(text: str, tiles: int) -> np.ndarray:
    """What one block writes."""
    launch, arguments = launched(text, tiles, 1)
    launch(*arguments)
    return arguments[1]


def profiled(text: str, tiles: int, work: int, blocks: int = 1):
    """Its profile on the simulated H800."""
    launch, arguments = launched(text, tiles, work, blocks)
    return smsim.profile(launch, *arguments)

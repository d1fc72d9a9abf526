"""A barrier's number means another barrier in every block, for as many threads as that block says."""

import numpy as np
import pytest
from raw_ptx import kernel, run

#: Block 0 meets as a whole; in every other block warps 0 and 1 meet at the same barrier, and 2 and 3 at another.
#: Each thread then reads what the thread 32 places away in its group has written.
BODY = """
.shared .align 4 .b32 tile[128];
mov.u32 %r2, %ctaid.x; mov.u32 %r3, 1; mov.u32 %r4, 128; mov.u32 %r5, 32; mov.u32 %r10, tile;
setp.eq.u32 %p1, %r2, 0;
@%p1 bra MEET;
mov.u32 %r4, 64;
shr.u32 %r6, %r1, 6; add.u32 %r3, %r3, %r6;
MEET:
shl.b32 %r7, %r1, 2; add.u32 %r8, %r10, %r7; st.shared.u32 [%r8], %r1;
{wait}
xor.b32 %r9, %r1, %r5; shl.b32 %r9, %r9, 2; add.u32 %r9, %r10, %r9; ld.shared.u32 %r11, [%r9];
mad.lo.u32 %r12, %r2, 128, %r1; mul.wide.u32 %rd5, %r12, 4; add.u64 %rd5, %rd1, %rd5; st.global.u32 [%rd5], %r11;
"""

WAITS = {
    "all wait": "bar.sync %r3, %r4;",
    # Even warps arrive only, and wait at a barrier of their own later, for what the odd ones did.
    "some only arrive": """
        and.b32 %r13, %r1, 32; setp.eq.u32 %p2, %r13, 0; add.u32 %r14, %r3, 4;
        @%p2 bar.arrive %r3, %r4; @!%p2 bar.sync %r3, %r4;
        @!%p2 bar.arrive %r14, %r4; @%p2 bar.sync %r14, %r4;""",
}


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("blocks", [1, 2, 5])
def test_two_blocks_may_give_one_barrier_different_counts(wait: str, blocks: int) -> None:
    (out,) = run(
        kernel(BODY.format(wait=WAITS[wait]), 1), np.zeros((blocks, 128), np.uint32), grid=blocks, block=128
    )
    assert np.array_equal(out, np.broadcast_to(np.arange(128) ^ 32, out.shape))

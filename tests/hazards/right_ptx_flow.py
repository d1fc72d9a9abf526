"""Correct hand-written kernels with unusual registers and control flow: guards, unset registers, calls, loops, exits.

See ``small_ptx`` for the registers that every body finds set.
"""

import numpy as np
from correct_ptx import correct

correct(
    "a_register_that_only_some_lanes_set_and_use",
    lambda x: np.where(x < 40, 7, 0),
    """
    setp.lt.u32 %p1, %r1, 40;
    @%p1 mov.u32 %r30, 7;
    @%p1 st.global.u32 [%rd4], %r30;
""",
)
correct(
    "each_way_sets_it",
    lambda x: np.where(x < 40, 7, 9),
    """
    setp.ge.u32 %p1, %r1, 40;
    @%p1 bra UPPER;
    mov.u32 %r30, 7;
    bra DONE;
UPPER:
    mov.u32 %r30, 9;
DONE:
    st.global.u32 [%rd4], %r30;
""",
)
correct(
    "an_unset_register_is_selected_away",
    lambda x: x,
    """
    setp.ge.u32 %p1, %r1, 64;
    selp.u32 %r10, %r30, %r1, %p1;
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "an_unset_register_computed_with_and_forgotten",
    lambda x: x,
    """
    add.u32 %r10, %r30, %r1;
    mov.u32 %r10, %r1;
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "an_unset_register_xored_with_itself_is_not_used_after",
    lambda x: x,
    """
    xor.b32 %r30, %r30, %r30;
    st.global.u32 [%rd4], %r1;
""",
)
correct(
    "a_function_is_called_by_some_lanes",
    lambda x: np.where(x % 2 == 1, 2 * x, x),
    """
    mov.u32 %r11, %r1;
    and.b32 %r10, %r1, 1;
    setp.eq.u32 %p1, %r10, 0;
    @%p1 bra DONE;
    {
    .param .b32 p0;
    .param .b32 p1;
    st.param.b32 [p0], %r1;
    call (p1), twice, (p0);
    ld.param.b32 %r11, [p1];
    }
DONE:
    st.global.u32 [%rd4], %r11;
""",
)
correct(
    "loops_of_different_length",
    lambda x: x * (x + 1) // 2,
    """
    mov.u32 %r10, 0;
    mov.u32 %r11, 0;
AGAIN:
    add.u32 %r10, %r10, %r11;
    add.u32 %r11, %r11, 1;
    setp.le.u32 %p1, %r11, %r1;
    @%p1 bra AGAIN;
    st.global.u32 [%rd4], %r10;
""",
)
correct(
    "exit_in_the_middle_of_a_loop",
    lambda x: x,
    """
    mov.u32 %r10, 0;
AGAIN:
    setp.eq.u32 %p1, %r10, %r1;
    @%p1 st.global.u32 [%rd4], %r10;
    @%p1 exit;
    add.u32 %r10, %r10, 1;
    bra AGAIN;
""",
)
correct(
    "a_block_of_part_of_a_warp",
    lambda x: np.where(x < 40, (x // 20) * 20 + 19 - x % 20, 0),
    """
    st.shared.u32 [%r5], %r4;
    bar.sync 0;
    sub.u32 %r10, 19, %r1;
    shl.b32 %r10, %r10, 2;
    mov.u32 %r11, tile;
    add.u32 %r11, %r11, %r10;
    ld.shared.u32 %r12, [%r11];
    st.global.u32 [%rd4], %r12;
""",
    grid=2,
    block=20,
)

"""What chapter 10 says of the machine code under its kernels, asked of NVIDIA's assembler."""

from collections import Counter

import numpy as np
import pytest
from numba import cuda, int32, uint32

import smsim
from smsim.errors import PTXSyntaxError
from smsim.sass import MissingTool

WORDS = np.arange(32, dtype=np.uint32)


@cuda.jit
def vote_plain(a, b, c, out):
    i = cuda.grid(1)
    out[i] = (a[i] & b[i]) | (a[i] & c[i]) | (b[i] & c[i])


@cuda.jit
def vote_inline(a, b, c, out):
    i = cuda.grid(1)
    out[i] = smsim.asm("lop3.b32 %0, %1, %2, %3, %4;", "=r : r, r, r, n", a[i], b[i], c[i], 0xE8)


@cuda.jit
def swap_plain(x, out):
    i = cuda.threadIdx.x
    v = x[i]
    outer = (v << uint32(24)) | (v >> uint32(24))
    out[i] = outer | ((v & uint32(0xFF00)) << uint32(8)) | ((v >> uint32(8)) & uint32(0xFF00))


@cuda.jit
def swap_inline(x, out):
    i = cuda.threadIdx.x
    out[i] = smsim.asm("prmt.b32 %0, %1, 0, 0x0123;", "=r : r", x[i])


def opcodes_of(kernel, *arguments):
    """Opcode to count, without the padding behind the end."""
    try:
        opcodes = Counter(one.opcode for one in smsim.views(kernel, arguments).sass)
    except MissingTool as missing:
        pytest.skip(str(missing))
    return Counter({name: n for name, n in opcodes.items() if name not in ("NOP", "BRA")})


def test_the_assembler_makes_lop3_of_the_plain_vote():
    plain, inline = (opcodes_of(k, WORDS, WORDS, WORDS, WORDS) for k in (vote_plain, vote_inline))
    assert plain == inline and plain["LOP3.LUT"] > 0


def test_the_assembler_does_not_make_prmt_of_the_plain_swap():
    plain, inline = (opcodes_of(k, WORDS, WORDS) for k in (swap_plain, swap_inline))
    assert (plain["PRMT"], inline["PRMT"]) == (0, 1)
    assert sum(plain.values()) > sum(inline.values()) + 3


@pytest.mark.parametrize("function", [lambda a, b, c: a ^ b ^ c, lambda a, b, c: (a & c) | (b & ~c)])
def test_the_table_of_lop3_is_the_function_of_three_bytes(function):
    table = function(0xF0, 0xCC, 0xAA) & 0xFF

    @cuda.jit
    def by_table(a, b, c, out):
        i = cuda.threadIdx.x
        out[i] = smsim.asm("lop3.b32 %0, %1, %2, %3, %4;", "=r : r, r, r, n", a[i], b[i], c[i], table)

    rng = np.random.default_rng(3)
    a, b, c = rng.integers(0, 2**32, (3, 32), dtype=np.uint32)
    out = np.zeros_like(a)
    by_table[1, 32](a, b, c, out)
    assert np.array_equal(out, function(a, b, c))


@cuda.jit
def load_forgotten(flag, out):
    seen = int32(0)
    while seen == 0:
        seen = smsim.asm("ld.relaxed.gpu.global.s32 %0, [%1];", "=r : l", flag)
    out[0] = seen


@cuda.jit
def load_kept(flag, out):
    seen = int32(0)
    while seen == 0:
        seen = smsim.asm("ld.relaxed.gpu.global.s32 %0, [%1];", "=r : l : volatile, memory", flag)
    out[0] = seen


def test_only_a_volatile_load_stays_in_its_loop():
    flag = np.zeros(1, np.int32)
    order = []
    for kernel in (load_forgotten, load_kept):
        code = [line.strip() for line in smsim.views(kernel, (flag, flag)).full.splitlines()]
        order.append([c.startswith("ld.relaxed") for c in code if c.startswith(("ld.relaxed", "$L"))])
    assert order[0][0] and not order[1][0]


@cuda.jit
def label_twice(out):
    out[0] = smsim.asm("bra done; done: mov.s32 %0, 1;", "=r")
    out[1] = smsim.asm("bra done; done: mov.s32 %0, 2;", "=r")


@cuda.jit
def label_in_scope(out):
    out[0] = smsim.asm("{ bra done; done: mov.s32 %0, 1; }", "=r")
    out[1] = smsim.asm("{ bra done; done: mov.s32 %0, 2; }", "=r")


def test_a_label_may_stand_twice_only_in_scopes():
    out = np.zeros(2, np.int32)
    with pytest.raises(PTXSyntaxError, match="declared twice"):
        label_twice[1, 1](out)
    label_in_scope[1, 1](out)
    assert out.tolist() == [1, 2]

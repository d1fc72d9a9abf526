"""``smsim.asm``: inline PTX inside Numba kernels."""

import numpy as np
import pytest
from numba import cuda, float32, float64, int16, int32, int64, uint32

import smsim
from smsim.errors import InlineAsmError, PTXSyntaxError
from smsim.inline.constraints import parse
from smsim.inline.template import to_llvm

SEVEN = 7


def run(kernel, *arguments, threads=32):
    kernel[1, threads](*arguments)
    return arguments[-1]


@cuda.jit
def one_output(out):
    i = cuda.threadIdx.x
    out[i] = smsim.asm("add.s32 %0, %1, %2;", "=r : r, r", int32(i), 100)


def test_one_output_and_two_inputs():
    assert run(one_output, np.zeros(32, "i8")).tolist() == list(range(100, 132))


@cuda.jit
def several_outputs(x, out):
    i = cuda.threadIdx.x
    low, high = smsim.asm(
        "{ .reg .b64 wide; mul.wide.u32 wide, %2, %3; mov.b64 {%0, %1}, wide; }", "=r, =r, r, r", x[i], x[i]
    )
    f, d = smsim.asm("{ cvt.rn.f32.s32 %0, %2; cvt.rn.f64.s32 %1, %2; }", "=f,=d : r", int32(i))
    out[i, 0], out[i, 1], out[i, 2], out[i, 3] = low, high, f, d


def test_several_outputs_of_one_type_and_of_several():
    x = np.full(32, 0x10001, "u4")
    out = run(several_outputs, x, np.zeros((32, 4)))
    assert out[5].tolist() == [0x10001**2 & 0xFFFFFFFF, 0x10001**2 >> 32, 5, 5]


@cuda.jit
def read_and_written(out):
    i = cuda.threadIdx.x
    out[i] = smsim.asm("mad.lo.u32 %0, %0, %1, %2;", "+r : r, n", uint32(i), uint32(10), SEVEN)


def test_an_operand_that_is_read_and_written_and_a_constant():
    assert run(read_and_written, np.zeros(32, "u8")).tolist() == [10 * i + 7 for i in range(32)]
    (text,) = read_and_written.inspect_asm().values()
    assert any("mad.lo.u32" in line and line.rstrip().endswith(", 7;") for line in text.splitlines())


@cuda.jit
def registers(out):
    i = cuda.threadIdx.x
    out[i] = smsim.asm("mov.u32 %0, %%laneid;", "=r")


def test_registers_are_written_with_two_percent_signs():
    assert run(registers, np.zeros(40, "i4"), threads=40).tolist() == [*range(32), *range(8)]


@cuda.jit
def every_letter(out):
    i = cuda.threadIdx.x
    out[i, 0] = smsim.asm("add.u16 %0, %1, %1;", "=h,h", int16(i))
    out[i, 1] = smsim.asm("add.s64 %0, %1, -1;", "=l,l", int64(i))
    out[i, 2] = smsim.asm("add.f32 %0, %1, %1;", "=f,f", float32(i))
    out[i, 3] = smsim.asm("add.f64 %0, %1, %1;", "=d,d", float64(i))
    out[i, 4] = smsim.asm("mov.b32 %0, %1;", "=r,r", -5)
    out[i, 5] = smsim.asm("mov.b32 %0, %1;", "=r,r", 0xFFFFFFFF)


def test_every_letter():
    assert run(every_letter, np.zeros((32, 6)))[9].tolist() == [18, 8, 18, 18, -5, -1]


@cuda.jit
def by_address(x, out):
    i = cuda.threadIdx.x
    v = smsim.asm("ld.global.nc.f32 %0, [%1+%2];", "=f : l, n", x[i:], 4)
    smsim.asm("st.global.f32 [%0], %1;", "l, f : memory", out[i:], v)


def test_an_array_is_the_address_of_its_first_element():
    x = np.arange(33, dtype="f4")
    assert np.array_equal(run(by_address, x, np.zeros(32, "f4")), x[1:])


@cuda.jit
def waits(flag, data, out):
    if cuda.blockIdx.x == 1:
        seen = int32(0)
        while seen == 0:
            seen = smsim.asm("ld.acquire.gpu.global.s32 %0, [%1];", "volatile : =r : l : memory", flag)
        out[0] = data[0]
    else:
        data[0] = 42
        smsim.asm("st.release.gpu.global.s32 [%0], %1;", "l, r, memory", flag, 1)


def test_acquire_and_release_are_kept_in_the_loop():
    out = np.zeros(1, "i4")
    waits[2, 1](np.zeros(1, "i4"), np.zeros(1, "i4"), out)
    assert out[0] == 42


@cuda.jit(device=True)
def lane():
    return smsim.asm("mov.u32 %0, %%laneid;", "=r")


@cuda.jit
def through_a_function(out):
    out[cuda.threadIdx.x] = lane()


def test_inside_a_device_function_and_under_check_count_and_step():
    assert run(through_a_function, np.zeros(32, "i4")).tolist() == list(range(32))
    launch = through_a_function[1, 32]
    assert smsim.check(launch, np.zeros(32, "i4")).ok
    assert smsim.count(launch, np.zeros(32, "i4"))["smsp__inst_executed.sum"] > 0
    assert smsim.step(launch, np.zeros(32, "i4")).next(1000).memory("out")[31] == 31


def compile_it(body):
    cuda.jit(body)[1, 32](np.zeros(32, "i4"))


WRONG = [
    (lambda x: smsim.asm("mov.u32 %0, %laneid;", "=r"), "%laneid, which is no operand; .* twice: %%laneid"),
    (lambda x: smsim.asm("mov.u32 %1, 1;", "=r"), r"names the operand %1; the constraints have %0\."),
    (lambda x: smsim.asm("mov.u32 %0, %1;", "=r,r"), r"1 operand to read \(r\); 0 were given"),
    (lambda x: smsim.asm("mov.u32 %0, 1;", "=r", 1), r"0 operands to read \(none\); 1 was given"),
    (
        lambda x: smsim.asm("mov.u32 %0, %1;", "=r,r", 1.5),
        r"operand %1 \(r\) must be a 32-bit integer; it is float64",
    ),
    (lambda x: smsim.asm("mov.u32 %0, %1;", "=r,r", int64(x[0])), "it is int64. Convert it: int32"),
    (
        lambda x: smsim.asm("mov.f32 %0, %1;", "=f,f", 1.5),
        "must be float32; it is float64. Convert it: float32",
    ),
    (lambda x: smsim.asm("mov.u32 %0, %1;", "=r,r", x), "it is an array, whose address takes an l"),
    (lambda x: smsim.asm("mov.u32 %0, %1;", "=r,r", 2**33), "8589934592, which does not fit 32 bits"),
    (lambda x: smsim.asm("mov.u32 %0, %1;", "=r,n", x[0]), "must be an integer constant; it is int32"),
    (lambda x: smsim.asm("mov.u32 %0, %1;", "=r,q", 1), "the constraint 'q' is unknown"),
    (lambda x: smsim.asm("mov.u32 %0, %1;", "r,=r", 1), "the output '=r' comes after an input"),
    (lambda x: smsim.asm("mov.u32 %0, 1;", "=n"), "'=n' makes no sense"),
    (lambda x: smsim.asm(x, "=n"), "the text must be a string constant"),
]


@pytest.mark.parametrize(("body", "says"), WRONG, ids=[says[:30] for _, says in WRONG])
def test_wrong_uses_are_said_in_one_sentence_when_the_kernel_compiles(body, says):
    with pytest.raises(InlineAsmError, match=says) as caught:
        compile_it(body)
    assert "\n" not in str(caught.value) and str(caught.value).startswith("smsim.asm")


@cuda.jit
def no_comma(x):
    x[0] = smsim.asm("mov.u32 %0 1;", "=r")


def test_ptx_that_is_none_is_found_when_it_is_loaded():
    with pytest.raises(PTXSyntaxError, match="line"):
        no_comma[1, 32](np.zeros(32, "i4"))


def test_outside_a_kernel_it_cannot_run():
    with pytest.raises(NotImplementedError):
        smsim.asm("mov.u32 %0, 1;", "=r")


def test_constraints_and_text_by_themselves():
    parsed = parse(" volatile : =r, +l : f , n : memory ")
    assert [str(c) for c in parsed.operands] == ["=r", "+l", "f", "n"]
    assert parsed.memory and parsed.volatile and len(parsed.outputs) == 2
    assert [number for number, _ in parsed.inputs] == [1, 2, 3]
    assert to_llvm("$L: mov %0, %1, %3; %%tid", 4, {1: 5}) == "$$L: mov $0, 5, $2; %tid"
    assert parse("").operands == ()

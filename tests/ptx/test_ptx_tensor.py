"""What may be written of `mma`, `ldmatrix`, `stmatrix`: we and NVIDIA's assembler accept and refuse the same."""

import pytest
from ptx_assembler import complaints
from ptx_samples import FIRST_LINE, kernel

from smsim.errors import PTXSyntaxError, UnsupportedPTX
from smsim.ptx import parse
from smsim.ptx.check import forms

MMA = "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32"
MMA8 = "mma.sync.aligned.m16n8k8.row.col.f32.bf16.bf16.f32"
F4, R4, R2 = "{%f1, %f2, %f3, %f4}", "{%r1, %r2, %r3, %r4}", "{%r5, %r6}"
LOAD, STORE = "ldmatrix.sync.aligned.m8n8", "stmatrix.sync.aligned.m8n8"

RIGHT = [
    f"{MMA} {F4}, {R4}, {R2}, {F4};",
    f"{MMA} {{%f1, %f2, %f3, _}}, {R4}, {R2}, {{0f00000000, 0f00000000, %f3, %f4}};",
    f"{MMA8} {F4}, {R2}, {{%r1}}, {F4};",
    f"mma.sync.aligned.m16n8k8.row.col.f16.f16.f16.f16 {R2}, {R2}, {{%r1}}, {R2};",
    f"{LOAD}.x4.shared.b16 {R4}, [%rd1];",
    f"{LOAD}.x2.trans.shared.b16 {R2}, [%rd1+32];",
    f"{LOAD}.x1.trans.shared::cta.b16 {{%r1}}, [%r2];",
    f"{STORE}.x4.shared.b16 [%rd1], {R4};",
    f"{STORE}.x2.trans.shared.b16 [%rd1+32], {R2};",
    f"{STORE}.x1.shared::cta.b16 [%r2], {{%r1}};",
]
#: statement, error, and what the message says
WRONG = [
    (f"{MMA} {F4}, {R2}, {R2}, {F4};", PTXSyntaxError, "vector of 4 registers"),
    (f"{MMA} {F4}, {R4}, {R4}, {F4};", PTXSyntaxError, "vector of 2 registers"),
    (f"{MMA} {R2}, {R4}, {R2}, {F4};", PTXSyntaxError, "vector of 4 registers"),
    (f"{MMA8} {F4}, {R2}, %r1, {F4};", PTXSyntaxError, "vector of 1 register"),
    (f"{MMA} {F4}, {R4}, {R2};", PTXSyntaxError, "it takes 4 operands"),
    (f"{MMA} {F4}, {F4}, {R2}, {F4};", PTXSyntaxError, "needs .f16x2"),
    (f"{MMA.replace('.f16.f16', '.f16.bf16')} {F4}, {R4}, {R2}, {F4};", UnsupportedPTX, "mma.sync.aligned"),
    (f"{MMA.replace('.aligned', '')} {F4}, {R4}, {R2}, {F4};", UnsupportedPTX, "mma.sync.aligned"),
    (f"{MMA.replace('k16', 'k32')} {F4}, {R4}, {R2}, {F4};", UnsupportedPTX, "m16n8k16"),
    (f"{MMA.replace('.row.col', '.col.row')} {F4}, {R4}, {R2}, {F4};", PTXSyntaxError, ".row.col"),
    (f"{LOAD}.x4.shared.b16 {R2}, [%rd1];", PTXSyntaxError, "vector of 4 registers"),
    (f"{LOAD}.x1.shared.b16 %r1, [%rd1];", PTXSyntaxError, "vector of 1 register"),
    (f"{LOAD}.x1.shared.b16 {{%rd2}}, [%rd1];", PTXSyntaxError, "needs .b32"),
    (f"{LOAD}.x2.shared.b16 {R2}, %rd1;", PTXSyntaxError, "in brackets"),
    (f"{LOAD}.x2.global.b16 {R2}, [%rd1];", UnsupportedPTX, "shared"),
    (f"{LOAD.replace('.aligned', '')}.x2.shared.b16 {R2}, [%rd1];", UnsupportedPTX, "ldmatrix.sync.aligned"),
    (f"{STORE}.x4.shared.b16 [%rd1], {R2};", PTXSyntaxError, "vector of 4 registers"),
    (f"{STORE}.x1.shared.b16 [%rd1], %r1;", PTXSyntaxError, "vector of 1 register"),
    (f"{STORE}.x2.shared.b16 {R2}, [%rd1];", PTXSyntaxError, "in brackets"),
    (f"{STORE}.x2.global.b16 [%rd1], {R2};", UnsupportedPTX, "shared"),
]


def check(text):
    module = parse(text)
    for function in module.functions.values():
        forms(function, module)


def test_what_is_right_is_accepted_by_both():
    texts = [kernel(statement) for statement in RIGHT]
    assert complaints(texts) == [None] * len(texts)
    for text in texts:
        check(text)


@pytest.mark.parametrize("statement, error, said", WRONG)
def test_what_is_wrong_is_refused_with_its_line(statement, error, said):
    with pytest.raises(error) as caught:
        check(kernel(statement))
    assert caught.value.line == FIRST_LINE and said in str(caught.value)
    if error is PTXSyntaxError:
        assert caught.value.column == 1


def test_the_assembler_refuses_the_same():
    assert all(complaints([kernel(statement) for statement, _, _ in WRONG]))


@pytest.mark.parametrize(
    "target, statement", [("sm_75", RIGHT[0]), ("sm_75", RIGHT[2]), ("sm_70", RIGHT[4]), ("sm_80", RIGHT[-1])]
)
def test_older_gpus_do_not_have_it(target, statement):
    with pytest.raises(PTXSyntaxError, match="needs sm_"):
        check(kernel(statement).replace("sm_90a", target))

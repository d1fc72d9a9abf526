"""NVIDIA's assembler through ``smsim.sass``: limits on registers, refusals, and texts that once ended the process."""

import re
import subprocess
import sys

import pytest
from numba import cuda, float32
from test_listing_sass import WRITTEN, tools  # noqa: F401  a fixture

import smsim
from smsim.listing import views
from smsim.sass import AssemblerError, assemble, machine_code

N = 40


def hungry(limit=""):
    """A kernel whose 40 numbers are all alive at once."""
    loads = [f"ld.global.f32 %f{i}, [%rd1+{4 * i}];" for i in range(N)]
    sums = [f"fma.rn.f32 %f{N}, %f{N}, %f{i}, %f{(7 * i + 3) % N};" for i in (*range(N), *reversed(range(N)))]
    lines = ["ld.param.u64 %rd1, [at];", *loads, f"mov.f32 %f{N}, 0f3F800000;", *sums]
    return "\n".join(
        [
            f".version 8.0\n.target sm_75\n.address_size 64\n.visible .entry k(.param .u64 at) {limit}\n{{",
            ".reg .b64 %rd<2>; .reg .f32 %f<41>;",
            *lines,
            f"st.global.f32 [%rd1], %f{N};\nret;\n}}\n",
        ]
    )


def test_a_limit_makes_spills_that_are_marked(tools):  # noqa: F811
    free, tight = machine_code(hungry(), "k", "sm_90a"), machine_code(hungry(".maxnreg 24"), "k", "sm_90a")
    assert not any(i.note for i in free) and free.usage.spill_stores == free.usage.spill_loads == 0
    spills = [i for i in tight if i.note == "SpillRefill"]
    assert {i.name for i in spills} == {"STL", "LDL"} and tight.usage.registers <= 24
    stored, loaded = (sum(i.name == name for i in spills) * 4 for name in ("STL", "LDL"))
    assert (stored, loaded) == (tight.usage.spill_stores, tight.usage.spill_loads)
    assert not any("(*" in i.text for i in tight)


@pytest.mark.parametrize("limit", ["", ".maxnreg 40", ".maxnreg 24"])
def test_two_registers_more_are_reported_than_the_code_names(tools, limit):  # noqa: F811
    """What chapter 13 says of the kernels in it. Why, the assembler does not tell."""
    code = machine_code(hungry(limit), "k", "sm_90a")
    highest = max(int(n) for one in code for n in re.findall(r"\bR(\d+)", one.text))
    assert code.usage.registers == highest + 1 + 2


def test_numbas_limit_reaches_views_and_occupancy_alike(tools):  # noqa: F811
    @cuda.jit(max_registers=24)
    def tight(x, out):
        t = cuda.grid(1)
        kept = cuda.local.array(48, float32)
        for j in range(48):
            kept[j] = x[t + 32 * j]
        s = float32(0)
        for j in range(48):
            for i in range(48):
                s = s * kept[i] + kept[j]
        out[t] = s

    types = "void(float32[::1], float32[::1])"
    view = views(tight, types)
    assert view.registers_per_thread == 24 == smsim.occupancy(tight, 128, signature=types).registers
    assert min(view.spills) > 0 and any(i.note for i in view.sass)


def test_all_bits_of_an_instruction(tools):  # noqa: F811
    for one in views(WRITTEN).sass:
        assert one.encoding >> 105 & 15 == one.control.stall
        assert one.encoding >> 116 & 63 == one.control.wait
        assert one.encoding < 1 << 128


def test_a_text_for_another_generation_is_refused_in_words(tools):  # noqa: F811
    with pytest.raises(AssemblerError, match=r"(?s)for sm_100.*'sm_90a' cannot be compiled"):
        assemble(WRITTEN, "sm_100")
    with pytest.raises(AssemblerError, match="line 1"):
        assemble(WRITTEN.replace("add.f32 %f2", "add.f32 %f9"), "sm_90a")


MANY_ENDS = """
from smsim.sass import assemble
text = {text!r}.rstrip()
for blanks in range(33):
    for _ in range(3):
        assemble(text + " " * blanks, "sm_90a")
print("all assembled")
"""


def test_a_text_of_any_length_leaves_the_process_alive(tools):  # noqa: F811
    """Without the end of its last line, every sixteenth length spoils nvJitLink's memory: not here."""
    run = subprocess.run(
        [sys.executable, "-c", MANY_ENDS.format(text=hungry())], capture_output=True, text=True, timeout=120
    )
    assert run.returncode == 0 and "all assembled" in run.stdout, run.stderr[-500:]

"""The fixed latencies of the figures are those that NVIDIA's assembler schedules with."""

import chains
import pytest
from sass import sass

from smsim import devices

SPECS = [devices.load(name) for name in devices.names()]
by_name = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)


def test_the_chips_of_the_figures_are_measured():
    assert {spec.arch for spec in SPECS} <= set(chains.ARCHITECTURES)


@by_name
def test_fixed_latencies_equal_the_figures(spec):
    timing = spec.timing
    assert set(chains.latency(spec.arch, chains.FP32)) == {timing.fp32_latency}
    assert set(chains.latency(spec.arch, chains.INTEGER)) == {timing.integer_latency}
    assert set(chains.latency(spec.arch, chains.HALF)) == {timing.half_latency}
    assert timing.fp32_latency == timing.integer_latency  # or a crossing would be two figures
    crossing = timing.integer_latency + timing.crossing_latency
    assert set(chains.latency(spec.arch, chains.CROSSING)) == {crossing}


@by_name
def test_a_guard_is_waited_for_longer_than_a_result(spec):
    chain = chains.chains(spec.arch)[chains.GUARD]
    assert chain.fixed
    assert dict(zip(chain.opcodes, chain.stalls)) == {
        "ISETP": spec.timing.guard_latency,
        "SHF": spec.timing.integer_latency,
    }


@by_name
def test_double_precision_is_fixed_on_hopper_alone(spec):
    found = [chains.chains(spec.arch)[name] for name in chains.FP64]
    if spec.compute_capability == (9, 0):
        assert set(chains.latency(spec.arch, chains.FP64)) == {spec.timing.fp64_latency}
    else:
        assert not any(chain.fixed for chain in found)
        assert all(chain.latency <= spec.timing.fp64_latency for chain in found)


@pytest.mark.parametrize("arch", chains.ARCHITECTURES)
def test_what_the_chains_consist_of(arch):
    for name, chain in chains.chains(arch).items():
        wanted = name.removesuffix(" f16").removesuffix(" f64").split()
        if name in chains.HALF:  # two pipes may take turns
            assert name in chain.opcodes and set(chain.opcodes) <= {name, "HFMA2"}
        elif name in ("FLO", "BREV"):  # an integer add lies between each two
            assert name in chain.opcodes and set(chain.opcodes) <= {name, "IADD3", "IMAD"}
        else:
            kin = {"F2FP": "F2F", "I2FP": "I2F", "HADD2": "F2F"}
            assert {kin.get(opcode, opcode) for opcode in chain.opcodes} == set(wanted)


# The least that has to pass before a dependent instruction may even look at its counter.
LEAST = {"MUFU": 8, "POPC": 8, "SHFL": 4, "F2F f64": 8}


@pytest.mark.parametrize("arch", chains.ARCHITECTURES)
@pytest.mark.parametrize("name", LEAST)
def test_latencies_that_vary_have_a_counter(arch, name):
    chain = chains.chains(arch)[name]
    assert not chain.fixed and set(chain.stalls) == {LEAST[name]}


@pytest.mark.parametrize(
    "arch, to_float_is_fixed, to_half_is_fixed",
    [
        ("sm_75", False, False),
        ("sm_80", False, True),
        ("sm_86", True, True),
        ("sm_89", True, True),
        ("sm_90a", True, True),
    ],
)
def test_which_conversions_have_a_pipe_of_fixed_latency(arch, to_float_is_fixed, to_half_is_fixed):
    assert ("I2FP" in chains.chains(arch)["I2F F2I"].opcodes) is to_float_is_fixed
    half = chains.chains(arch)["F2F f16"]
    assert half.fixed is to_half_is_fixed
    assert not to_half_is_fixed or set(half.stalls) == {5}


def test_the_disassembler_is_read_rightly():
    """One small kernel, instruction by instruction."""
    text = """.version 8.0
    .target sm_75
    .address_size 64
    .visible .entry add(.param .u64 at) {
        .reg .u64 %at; .reg .f32 %x, %y; .reg .pred %p; .reg .b32 %t;
        ld.param.u64 %at, [at];
        mov.u32 %t, %tid.x;
        setp.ne.u32 %p, %t, 0;
        ld.global.f32 %x, [%at];
        ld.global.f32 %y, [%at+4];
        @%p bra DONE;
        add.rn.f32 %x, %x, %y;
        st.global.f32 [%at+8], %x;
    DONE:
        ret;
    }
    .visible .entry nothing() { ret; }
    """
    code = sass(text, "sm_86")
    assert list(code["nothing"])[-1].name == "EXIT"
    names = [i.name for i in code["add"]]
    assert names.count("LDG") == 2 and names.count("FADD") == names.count("STG") == 1
    assert [i.offset for i in code["add"]] == [16 * n for n in range(len(names))]
    loads = [i for i in code["add"] if i.name == "LDG"]
    add = next(i for i in code["add"] if i.name == "FADD")
    store = next(i for i in code["add"] if i.name == "STG")
    for load in loads:
        assert not load.fixed and load.opcode == "LDG.E" and len(load.operands) == 2
        assert (
            add.control.wait >> load.control.write_barrier & 1
            or store.control.wait >> load.control.write_barrier & 1
        )
    assert add.fixed and add.control.stall >= 4 and add.operands[0] == store.operands[1]
    assert any(i.guard.startswith("@") and i.name == "EXIT" for i in code["add"])

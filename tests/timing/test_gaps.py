"""The throughputs of the figures are those for which NVIDIA's assembler leaves room."""

import chains
import gaps
import pytest

from smsim import devices

SPECS = [devices.load(name) for name in devices.names()]
by_name = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)

_LANES = {
    "FFMA": "fp32_lanes",
    "IADD3": "integer_lanes",
    "IMAD": "multiply_lanes",
    "SHF": "logic_lanes",
    "MUFU": "xu_lanes",
    "F2I": "convert_lanes",
    "SHFL": "shuffle_lanes",
    "POPC": "bits_lanes",
}


def lanes(spec: devices.DeviceSpec, kind: str) -> float:
    """Results a cycle and SM, from the cycles between two instructions of a warp and the pipes they go to."""
    cycles, pipes = gaps.gaps(spec.arch)[kind]
    return spec.subpartitions_per_sm * spec.warp_size * pipes / cycles


@by_name
@pytest.mark.parametrize("kind", _LANES)
def test_throughputs_equal_the_figures(spec, kind):
    assert lanes(spec, kind) == getattr(spec.timing, _LANES[kind])


@by_name
def test_halves_come_in_pairs(spec):
    assert 2 * lanes(spec, "HFMA2") == spec.timing.fp16_lanes


@by_name
def test_double_precision_where_each_sub_core_has_its_own(spec):
    """The others have two lanes a whole SM, for which the assembler does not reckon; an H800 is slowed down."""
    if spec.name in ("A100", "H100"):
        assert lanes(spec, "DFMA") == spec.timing.fp64_lanes
        assert lanes(spec, "I2F") == spec.timing.convert64_lanes
    else:
        assert lanes(spec, "DFMA") > spec.timing.fp64_lanes == 2


@by_name
@pytest.mark.parametrize("kind", ["LDS", "STS", "LDG", "STG", "ATOMG", "RED", "ATOMS"])
def test_memory_instructions_keep_to_the_address_stage(spec, kind):
    assert gaps.gaps(spec.arch)[kind] == (spec.timing.lsu_address_cycles, 1)


@pytest.mark.parametrize("arch", chains.ARCHITECTURES)
def test_integers_become_floats_on_the_alu_pipe_where_i2fp_exists(arch):
    on_alu = "I2FP" in chains.chains(arch)["I2F F2I"].opcodes
    assert gaps.gaps(arch)["I2F or I2FP"] == ((2 if on_alu else 8), 1)


@pytest.mark.parametrize(
    "arch, cycles", [("sm_75", 5), ("sm_80", 6), ("sm_86", 6), ("sm_89", 6), ("sm_90a", 8)]
)
def test_what_a_barrier_takes_at_least(arch, cycles):
    assert gaps.gaps(arch)["BAR"] == (cycles, 1)

"""The occupancy rules against NVIDIA's own calculator, compiled here, and against figures from its assembler."""

from __future__ import annotations

import numpy as np
import pytest
from occupancy_oracle import FACTORS, SPECS, answers, build, compiler, header

from smsim.timing.occupancy import NO_PREFERENCE, RESOURCES, block_limits, shared_that_fits

CASES = 100_000
KB = 1024


@pytest.fixture(scope="session")
def oracle(tmp_path_factory):
    found, cc = header(), compiler()
    if found is None:
        pytest.skip("cuda_occupancy.h is not installed (pip install nvidia-cuda-runtime)")
    if cc is None:
        pytest.skip("there is no C compiler (cc, gcc or clang)")
    return build(tmp_path_factory.mktemp("oracle"), found, cc)


def random_cases(spec, count: int, seed: int) -> np.ndarray:
    """Threads, registers, static and dynamic bytes, barriers, carve-out: mostly possible, some not."""
    rng = np.random.default_rng(seed)
    threads = np.choose(
        rng.integers(0, 3, count),
        (rng.integers(1, 1101, count), 32 * rng.integers(1, 33, count), rng.integers(1, 97, count)),
    )
    static = np.where(rng.random(count) < 0.3, 0, rng.integers(0, 48 * KB + 1, count))
    most = spec.shared_per_block_optin + 4 * KB
    dynamic = np.where(rng.random(count) < 0.4, 0, rng.integers(0, most, count) // rng.integers(1, 17, count))
    carveout = np.where(rng.random(count) < 0.5, NO_PREFERENCE, rng.integers(0, 101, count))
    registers = rng.integers(0, np.where(rng.random(count) < 0.5, 256, 41))
    barriers = rng.integers(0, np.where(rng.random(count) < 0.5, 17, 3))
    return np.stack([threads, registers, static, dynamic, barriers, carveout], axis=1)


def ours(spec, cases: np.ndarray):
    threads, registers, static, dynamic, barriers, carveout = cases.T
    return block_limits(spec, threads, registers, static + dynamic, barriers, carveout)


def assert_same(spec, cases: np.ndarray, theirs: dict[str, np.ndarray]) -> None:
    limits = ours(spec, cases)
    for name in (*RESOURCES, "registers_per_block", "shared_per_block", "resident"):
        got, expected = getattr(limits, name), theirs[name]
        wrong = np.flatnonzero(got != expected)
        assert not wrong.size, (name, cases[wrong[0]], got[wrong[0]], expected[wrong[0]])


@pytest.mark.parametrize("cc", SPECS)
def test_equal_to_nvidias_header(oracle, cc):
    spec = SPECS[cc]
    cases = random_cases(spec, CASES, seed=int(cc.replace(".", "")))
    theirs = answers(oracle, spec, cases)
    assert_same(spec, cases, theirs)
    # the cases reach every resource, every outcome and blocks that cannot start
    for name in FACTORS if spec.compute_capability >= (9, 0) else FACTORS.keys() - {"barriers"}:
        assert (theirs["factors"] & FACTORS[name] > 0).sum() > 500, name
    assert 0.01 < (theirs["resident"] == 0).mean() < 0.6
    assert len(np.unique(theirs["resident"])) >= 15


@pytest.mark.parametrize("cc", SPECS)
def test_every_register_count_and_block_size(oracle, cc):
    """No gap that random cases could miss: all registers with all whole warps, and each byte near an edge."""
    spec = SPECS[cc]
    registers, warps = np.meshgrid(np.arange(256), np.arange(1, 34))
    grid = np.zeros((registers.size, 6), int)
    grid[:, 0], grid[:, 1], grid[:, 5] = 32 * warps.ravel(), registers.ravel(), NO_PREFERENCE
    edges = np.array(spec.shared_carveouts)[:, None] // np.arange(1, 33) - spec.shared_reserved_per_block
    sizes = np.unique(edges[..., None] + np.arange(-2, 3))
    near = np.zeros((sizes[sizes >= 0].size * 5, 6), int)
    near[:, 0], near[:, 1] = 32, 16
    near[:, 3] = np.repeat(sizes[sizes >= 0], 5)
    near[:, 5] = np.tile([NO_PREFERENCE, 0, 33, 50, 100], len(near) // 5)
    cases = np.concatenate([grid, near])
    assert_same(spec, cases, answers(oracle, spec, cases))


@pytest.mark.parametrize("cc", SPECS)
def test_limiting_factors(oracle, cc):
    """The header notes ties before it looks at barriers, so its other bits are those of the rest."""
    spec = SPECS[cc]
    cases = random_cases(spec, 20_000, seed=5)
    limits, theirs = ours(spec, cases), answers(oracle, spec, cases)["factors"]
    others = [name for name in RESOURCES if name != "barriers"]
    rest = np.minimum.reduce([getattr(limits, name) for name in others])
    for name in others:
        assert np.array_equal(getattr(limits, name) == rest, theirs & FACTORS[name] > 0), name
    assert np.array_equal(limits.barriers == limits.resident, theirs & FACTORS["barriers"] > 0)


@pytest.mark.parametrize(
    ("registers", "threads", "blocks"),
    [(32, 256, 8), (40, 192, 8), (65, 256, 3), (65, 1024, 0), (255, 256, 1), (14, 256, 8), (14, 32, 32)],
)
def test_known_answers_for_sm_90(registers, threads, blocks):
    """As the header gave them when it was first tried: 2,048 bytes of static shared memory."""
    assert block_limits(SPECS["9.0"], threads, registers, 2048).resident == blocks


def test_without_a_preference_shared_memory_is_at_its_largest():
    spec = SPECS["9.0"]
    default = block_limits(spec, 128, 16, 2048)
    prefer_l1 = block_limits(spec, 128, 16, 2048, carveout=0)
    assert (default.shared, prefer_l1.shared) == (76, 2)  # the same kernel: 228 KiB, or 8


@pytest.mark.parametrize("cc", SPECS)
def test_the_shared_memory_that_fits_does_fit_and_no_more_does(cc):
    spec = SPECS[cc]
    for blocks in range(1, spec.max_blocks_per_sm + 1):
        most = shared_that_fits(spec, blocks)
        assert block_limits(spec, 32, 16, most).shared >= blocks
        assert block_limits(spec, 32, 16, most + 1).shared < blocks or most == spec.shared_per_block_optin

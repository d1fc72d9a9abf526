"""Atomics on floats, 16 bits wide and others, alone, packed and in vectors: one after another, each rounded."""

import ml_dtypes
import numpy as np
import pytest
from raw_ptx import kernel, run

BF16 = np.dtype(ml_dtypes.bfloat16)
DTYPE = {"f16": np.dtype(np.float16), "bf16": BF16}
RNG = np.random.default_rng(16)
LANES = 32


def halves(dtype: np.dtype, count: int) -> np.ndarray:
    """Numbers whose sums need rounding, with subnormals, ties, infinities and a NaN among them."""
    values = RNG.normal(scale=RNG.choice([1e-6, 1e-2, 1, 300.0], count)).astype(dtype)
    odd = np.array(
        [0x0001, 0x8001, 0x0000, 0x8000, 0x03FF, 0x7BFF if dtype == np.float16 else 0x7F7F, 0x3C01]
    )
    where = RNG.choice(count, odd.size, replace=False)
    values.view(np.uint16)[where] = odd
    return values


def same(got: np.ndarray, want: np.ndarray) -> bool:
    """Equal to the bit, but for NaNs, which are the one of the format."""
    got, want = got.view(np.uint16), want.view(np.uint16)
    nan = np.isnan(want.view(BF16)) if want.dtype == BF16 else np.zeros(want.shape, bool)
    return bool(np.all((got == want) | nan))


def one_by_one(memory: np.ndarray, values: np.ndarray, places: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Add in turn, in float64 (exact for two such halves) and rounded each time."""
    memory, old = memory.copy(), np.empty(values.shape, values.dtype)
    for lane, place in enumerate(places):
        old[lane] = memory[place]
        with np.errstate(over="ignore"):
            exact = memory[place].astype(np.float64) + values[lane].astype(np.float64)
            memory[place] = exact.astype(memory.dtype)
    return memory, old


@pytest.mark.parametrize("kind", ["f16", "bf16"])
@pytest.mark.parametrize("places", [1, 5, 32])
@pytest.mark.parametrize("space", ["global", "shared"])
def test_sums_of_halves(kind: str, places: int, space: str) -> None:
    values, memory = halves(DTYPE[kind], LANES), halves(DTYPE[kind], LANES)[:places]
    memory[:1] = 1
    at = [lane % places for lane in range(LANES)]
    index = f"rem.u32 %r2, %r1, {places}; mul.wide.u32 %rd5, %r2, 2;"
    body = f"""
        shl.b64 %rd6, %rd9, 1; add.s64 %rd7, %rd1, %rd6; ld.global.b16 %h1, [%rd7];
        add.s64 %rd7, %rd3, %rd6; {index} add.s64 %rd8, %rd2, %rd5;"""
    if space == "global":
        body += f"atom.global.add.noftz.{kind} %h2, [%rd8], %h1; st.global.b16 [%rd7], %h2;"
    else:
        body += f"""
        mov.u64 %rd10, buffer; add.s64 %rd10, %rd10, %rd5;
        setp.lt.u32 %p1, %r1, {places};
        @%p1 ld.global.b16 %h3, [%rd8]; @%p1 st.shared.b16 [%rd10], %h3; bar.sync 0;
        atom.shared.add.noftz.{kind} %h2, [%rd10], %h1; st.global.b16 [%rd7], %h2; bar.sync 0;
        @%p1 ld.shared.b16 %h3, [%rd10]; @%p1 st.global.b16 [%rd8], %h3;"""
    text = kernel(body, 3, top=".shared .align 4 .b8 buffer[64];")
    _, after, old = run(text, values, memory, np.zeros(LANES, DTYPE[kind]))
    want_after, want_old = one_by_one(memory, values, at)
    assert same(after, want_after) and same(old, want_old)


@pytest.mark.parametrize("kind", ["f16x2", "bf16x2"])
@pytest.mark.parametrize("opcode", ["atom", "red"])
def test_packed_pairs(kind: str, opcode: str) -> None:
    """Each half is added by itself: no carry crosses, and the old pair comes back."""
    dtype = DTYPE[kind[:-2]]
    values, memory = halves(dtype, 2 * LANES), halves(dtype, 2 * LANES)[:2]
    into = "%r3, " if opcode == "atom" else ""
    text = kernel(
        f"""shl.b64 %rd6, %rd9, 2; add.s64 %rd7, %rd1, %rd6; ld.global.b32 %r2, [%rd7];
        mov.b32 %r3, 0; {opcode}.relaxed.gpu.global.add.noftz.{kind} {into}[%rd2], %r2;
        add.s64 %rd7, %rd3, %rd6; st.global.b32 [%rd7], %r3;""",
        3,
    )
    _, after, old = run(text, values, memory, np.zeros(2 * LANES, dtype))
    for part in range(2):
        want_after, want_old = one_by_one(memory[part : part + 1], values[part::2], [0] * LANES)
        assert same(after[part : part + 1], want_after)
        if opcode == "atom":
            assert same(old[part::2], want_old)


@pytest.mark.parametrize(("vector", "kind"), [("v2", "f32"), ("v4", "f32"), ("v8", "f16"), ("v2", "bf16x2")])
@pytest.mark.parametrize("opcode", ["atom", "red"])
def test_vectors(vector: str, kind: str, opcode: str) -> None:
    width = int(vector[1:])
    dtype = np.dtype(np.float32) if kind == "f32" else DTYPE[kind.removesuffix("x2")]
    elements = width * (2 if kind.endswith("x2") else 1)
    values = RNG.normal(size=(LANES, elements)).astype(dtype)
    memory = RNG.normal(size=(2, elements)).astype(dtype)
    bits = 16 if kind in ("f16", "bf16") else 32
    name = "%h" if bits == 16 else "%f" if kind == "f32" else "%r"
    new = ", ".join(f"{name}{n}" for n in range(1, width + 1))
    old = ", ".join(f"{name}{n}" for n in range(width + 1, 2 * width + 1))
    size, add = elements * dtype.itemsize, "add" if kind == "f32" else "add.noftz"
    load = "".join(f"ld.global.b{bits} {name}{n + 1}, [%rd7+{n * bits // 8}];" for n in range(width))
    keep = "".join(f"st.global.b{bits} [%rd8+{n * bits // 8}], {name}{n + width + 1};" for n in range(width))
    into = f"{{{old}}}, " if opcode == "atom" else ""
    text = kernel(
        f"""mul.lo.s64 %rd6, %rd9, {size}; add.s64 %rd7, %rd1, %rd6; add.s64 %rd8, %rd3, %rd6;
        and.b64 %rd5, %rd9, 1; mul.lo.s64 %rd5, %rd5, {size}; add.s64 %rd5, %rd5, %rd2;
        {load} {opcode}.global.{add}.{vector}.{kind} {into}[%rd5], {{{new}}};
        {keep if opcode == "atom" else ""}""",
        3,
    )
    _, after, before = run(text, values, memory, np.zeros_like(values))
    for element in range(elements):
        want_after, want_old = memory[:, element].copy(), np.empty(LANES, dtype)
        for lane in range(LANES):
            place = lane % 2
            want_old[lane] = want_after[place]
            want_after[place] += values[lane, element]
        assert np.array_equal(after[:, element], want_after)
        if opcode == "atom":
            assert np.array_equal(before[:, element], want_old)


@pytest.mark.parametrize(("operation", "want"), [("min", np.float16(-3)), ("max", np.float16(5))])
def test_smallest_and_largest_half_of_a_vector(operation: str, want: np.float16) -> None:
    values = np.array([5, -3, np.nan, 0] * 8, np.float16).repeat(2)
    text = kernel(
        f"""shl.b64 %rd6, %rd9, 2; add.s64 %rd7, %rd1, %rd6; ld.global.v2.b16 {{%h1, %h2}}, [%rd7];
        red.global.{operation}.noftz.v2.f16 [%rd2], {{%h1, %h2}};""",
        2,
    )
    _, after = run(text, values, np.array([np.nan, 1], np.float16))
    assert np.array_equal(after, [want, want])


@pytest.mark.parametrize(("space", "flushed"), [("global", True), ("shared", False)])
def test_subnormal_floats_are_lost_in_global_memory_alone(space: str, flushed: bool) -> None:
    """atom.add.f32 flushes in global memory; in shared memory it keeps subnormal numbers."""
    tiny = np.float32(1e-39)
    place = "[%rd1]" if space == "global" else "[buffer]"
    text = kernel(
        f"""ld.global.f32 %f1, [%rd1]; setp.eq.u32 %p1, %r1, 0;
        @%p1 st.shared.f32 [buffer], %f1; bar.sync 0;
        ld.global.f32 %f2, [%rd2]; atom.{space}.add.f32 %f3, {place}, %f2; bar.sync 0;
        @%p1 ld.{space}.f32 %f4, {place}; @%p1 st.global.f32 [%rd1], %f4;""",
        2,
        top=".shared .align 4 .f32 buffer;",
    )
    after, _ = run(text, np.array([tiny]), np.array([tiny]), block=4)
    exact = sum([tiny] * 5, np.float32(0))
    assert after[0] == (0 if flushed else exact)
    # Normal numbers are not touched by it, and a NaN becomes the one NaN.
    after, _ = run(text, np.array([1.5], "f4"), np.array([2.25], "f4"), block=4)
    assert after[0] == 10.5
    after, _ = run(text, np.array([np.nan], "f4"), np.array([1], "f4"), block=4)
    assert after.view(np.uint32)[0] == 0x7FFFFFFF


def test_compare_and_swap_of_16_bits() -> None:
    """Of 32 lanes that all expect 0, one finds it; its neighbour in the same word stays."""
    text = kernel(
        """cvt.u16.u32 %h1, %r1; add.u16 %h1, %h1, 100; mov.b16 %h2, 0;
        atom.global.cas.b16 %h3, [%rd1+2], %h2, %h1;
        shl.b64 %rd6, %rd9, 1; add.s64 %rd7, %rd2, %rd6; st.global.b16 [%rd7], %h3;""",
        2,
    )
    memory, old = run(text, np.array([7, 0], "u2"), np.zeros(LANES, "u2"))
    assert memory.tolist() == [7, 100] and old.tolist() == [0] + [100] * 31

"""smsim.occupancy: what it says of kernels, how it is asked, how it refuses, how it draws itself."""

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from numba import cuda, float32

import smsim
from smsim import errors
from smsim.devices import load
from smsim.driver import resources
from smsim.errors import LaunchError
from smsim.isolated import isolate
from smsim.occupying import of_call

TILE = 16
MATRIX = "void(float32[:, ::1], float32[:, ::1], float32[:, ::1])"


@cuda.jit
def tiled(a, b, c):
    sa = cuda.shared.array((TILE, TILE), float32)
    sb = cuda.shared.array((TILE, TILE), float32)
    x, y = cuda.grid(2)
    tx, ty = cuda.threadIdx.x, cuda.threadIdx.y
    total = float32(0)
    for i in range(a.shape[1] // TILE):
        sa[tx, ty] = a[x, ty + i * TILE]
        sb[tx, ty] = b[tx + i * TILE, y]
        cuda.syncthreads()
        for j in range(TILE):
            total += sa[tx, j] * sb[j, ty]
        cuda.syncthreads()
    c[x, y] = total


@cuda.jit("void(float32, float32[::1], float32[::1])")
def scale(a, x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a * x[i]


@cuda.jit(max_registers=24)
def crowded(x, out):
    i = cuda.grid(1)
    held = cuda.local.array(20, float32)
    for k in range(20):
        held[k] = x[i + k]
    total = float32(0)
    for k in range(20):
        for m in range(20):
            total += held[k] * held[m] * (k + m)
    for k in range(20):
        out[i * 20 + k] = held[k] * total


@cuda.jit(launch_bounds=128)
def bounded(x):
    x[cuda.grid(1)] = 1


@cuda.jit
def never(x):
    x[0] = 1


PTX = """
.version 8.0
.target sm_75
.address_size 64
.visible .entry meet(.param .u64 p)
{
    .shared .align 4 .b8 s[3000];
    .reg .b64 %rd<4>; .reg .b32 %r<4>;
    ld.param.u64 %rd1, [p];
    mov.u32 %r1, %tid.x;
    mov.u32 %r2, s;
    st.shared.u32 [%r2], %r1;
    bar.sync 0;
    bar.sync 5;
    ret;
}
"""


# -- what it says --------------------------------------------------------------------------------------


def test_a_tiled_matmul():
    found = smsim.occupancy(tiled, (TILE, TILE), signature=MATRIX)
    assert (found.registers, found.static_shared, found.barriers, found.known) == (32, 2048, 1, True)
    assert (found.blocks, found.warps, found.active_threads, found.occupancy) == (8, 64, 2048, 1.0)
    assert found.limits == {"blocks": 32, "registers": 8, "shared": 76, "warps": 8, "barriers": 64}
    assert found.limiters == ("registers", "warps") and found.limiter == "registers and warps"
    assert found.shared_per_block == 3072  # with the driver's 1,024, counted once
    assert (found.spill_stores, found.spill_loads, found.steps) == (0, 0, ())


@pytest.mark.parametrize("device", ["T4", "A100", "RTX A6000", "H100", "H800"])
def test_figures_are_those_that_the_assembler_prints_for_that_gpu(device):
    spec = load(device)
    found = smsim.occupancy(tiled, (TILE, TILE), device=device, signature=MATRIX)
    compiled = smsim.driver.compile.compile_for(tiled, MATRIX, spec.numba_cc)
    log = resources._assemble(compiled.ptx, spec.arch)
    assert f"Used {found.registers} registers, used 1 barriers" in log
    printed = int(re.search(r"(\d+) bytes smem", log)[1])
    assert found.static_shared in (printed, printed - spec.shared_reserved_per_block)
    assert found.static_shared == 2048


def test_spills():
    x = np.zeros(4000, np.float32)
    found = smsim.occupancy(crowded[1, 96], signature=(x, x))
    assert found.registers == 24 and found.local > 0
    assert found.spill_stores > 0 and found.spill_loads > 0
    assert f"spills: {found.spill_stores} bytes stored, {found.spill_loads} loaded" in str(found)


def test_hand_written_ptx_and_its_launch():
    kernel = smsim.load_ptx(PTX)["meet"]
    found = smsim.occupancy(kernel, 64, shared=1000)
    assert (found.static_shared, found.dynamic_shared, found.barriers) == (3000, 1000, 6)
    assert found.shared_per_block == 5120  # 3000 + 1000 + 1024, in units of 128
    assert found.limits["barriers"] == 10 and found.limiter == "barriers" and found.blocks == 10
    launch = smsim.occupancy(kernel[7, (8, 8), 0, 1000])
    assert launch.to_dict() == {**found.to_dict(), "block": [8, 8, 1]}
    older = smsim.occupancy(kernel, 64, device="T4")  # barriers limit from 9.0 on
    assert older.known and older.limits["barriers"] is None


def test_of_a_launch_that_is_isolated_already():
    isolated = isolate("profile", smsim.load_ptx(PTX)["meet"][7, (8, 8), 0, 1000], [np.zeros(4, "u4")])
    asked = smsim.occupancy(smsim.load_ptx(PTX)["meet"][7, (8, 8), 0, 1000])
    assert of_call(isolated.call, isolated.device.spec).to_dict() == asked.to_dict()


def test_ptx_for_a_newer_gpu_than_the_one_asked_about():
    kernel = smsim.load_ptx(PTX.replace("sm_75", "sm_90"))["meet"]
    with pytest.raises(errors.LaunchError, match="the T4 is an sm_75"):
        smsim.occupancy(kernel, 64, device="T4")


def test_without_the_assembler_it_says_what_it_assumes(monkeypatch):
    def missing():
        raise ImportError("cuda.core")

    resources.of.cache_clear()
    monkeypatch.setattr(resources, "cuda_core", missing)
    found = smsim.occupancy(smsim.load_ptx(PTX)["meet"], 64)
    resources.of.cache_clear()
    assert not found.known and found.static_shared == 3000
    assert "32 registers are assumed" in str(found) and "32 registers are assumed" in found._repr_html_()


def test_a_wish_for_l1():
    assert smsim.occupancy(registers=16, block=128, shared=2048).blocks == 16
    prefers_l1 = smsim.occupancy(registers=16, block=128, shared=2048, carveout=0)
    assert (prefers_l1.blocks, prefers_l1.limiter) == (2, "shared memory")


def test_a_gpu_of_ones_own():
    small = replace(load("T4"), name="small", max_warps_per_sm=16, registers_per_sm=32768)
    found = smsim.occupancy(registers=32, block=128, device=small)
    assert (found.blocks, found.spec.name) == (4, "small")
    assert smsim.occupancy(smsim.load_ptx(PTX)["meet"], 128, device=small).blocks == 4


def test_a_block_that_cannot_start():
    found = smsim.occupancy(registers=65, block=1024)
    assert (found.blocks, found.warps, found.occupancy, found.limiters) == (0, 0, 0.0, ("registers",))
    assert "No block can start: 65 registers a thread are too many for a block of 1,024 threads" in str(found)
    assert [str(s) for s in found.steps] == [
        "With 64 registers a thread instead of 65: 1 block, 32 warps.",
        "With 896 threads a block instead of 1,024: 1 block, 28 warps.",
    ]


# -- what would help -----------------------------------------------------------------------------------


def test_every_step_does_what_it_says_and_one_unit_less_of_it_does_not():
    rng = np.random.default_rng(6)
    taken = 0
    for _ in range(150):
        now = smsim.occupancy(
            registers=int(rng.integers(16, 200)),
            block=int(rng.integers(1, 1025)),
            shared=int(rng.integers(0, 60_000)) * int(rng.integers(0, 2)),
            barriers=int(rng.integers(0, 17)),
            device=str(rng.choice(["T4", "A100", "RTX A6000", "H800"])),
        )
        assert bool(now.steps) <= (now.occupancy < 1)
        for step in now.steps:
            taken += 1
            after = now.limits_with(**{name: to for name, (_, to) in step.changes.items()})
            threads = step.changes.get("threads", (0, now.threads))[1]
            assert after.resident == step.blocks and step.warps > now.warps
            assert step.warps == step.blocks * -(-threads // 32)
            if "threads" not in step.changes:
                for name, (_, to) in step.changes.items():
                    least = {n: t for n, (_, t) in step.changes.items()} | {name: to + 1}
                    assert now.limits_with(**least).resident == now.blocks
    assert taken > 100


def test_two_things_at_once():
    found = smsim.occupancy(registers=33, block=768)
    assert [str(s) for s in found.steps] == [
        "With 32 registers a thread instead of 33 and 512 threads a block instead of 768: 4 blocks, 64 warps."
    ]


def test_against_is_the_same_question_asked_many_times():
    found = smsim.occupancy(tiled, (TILE, TILE), signature=MATRIX)
    registers = np.arange(16, 256)
    curve = found.against("registers", registers)
    asked = [smsim.occupancy(registers=int(r), block=256, shared=2048).occupancy for r in registers[::20]]
    assert curve.shape == registers.shape and curve[::20].tolist() == asked
    assert (np.diff(curve) <= 0).all()
    sizes = found.against("threads", [32, 100, 1024])
    assert sizes.tolist() == [
        smsim.occupancy(registers=32, block=b, shared=2048).occupancy for b in (32, 100, 1024)
    ]
    assert found.against("shared", [2048, 233_000]).tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    "what, values", [("colour", [1]), ("threads", [0]), ("registers", [-1]), ("shared", [1.5])]
)
def test_against_refuses(what, values):
    with pytest.raises(ValueError, match="against"):
        smsim.occupancy(registers=32, block=256).against(what, values)


# -- how it refuses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "keywords", "error", "message"),
    [
        ((never, 256), {}, TypeError, r"never has not been launched yet; say for which argument types"),
        ((tiled,), {"signature": MATRIX}, TypeError, "Say how many threads a block has"),
        ((tiled, 0), {"signature": MATRIX}, LaunchError, "needs at least one thread"),
        ((tiled, 2048), {"signature": MATRIX}, LaunchError, "at most 1024 threads in x"),
        ((tiled, (64, 32)), {"signature": MATRIX}, LaunchError, "has 2048 threads"),
        ((tiled, 1.5), {"signature": MATRIX}, TypeError, "block is a whole number"),
        ((tiled, (1, 1, 1, 1)), {"signature": MATRIX}, TypeError, "up to three"),
        ((tiled, 256, 240_000), {"signature": MATRIX}, LaunchError, "needs 242048 bytes.*at most 232448"),
        ((tiled, 256, -1), {"signature": MATRIX}, ValueError, "cannot be negative"),
        ((tiled, 256, 0, "H9000"), {"signature": MATRIX}, ValueError, "no GPU called 'H9000'"),
        ((tiled, 256, 0, 5), {"signature": MATRIX}, TypeError, "GPU's name or a DeviceSpec"),
        ((tiled[1, 32], 256), {"signature": MATRIX}, TypeError, "A launch has its block"),
        ((bounded, 256), {"signature": "void(int32[::1])"}, LaunchError, "compiled for at most 128"),
        ((scale, 256), {"registers": 32}, TypeError, "leave the kernel out"),
        ((len, 256), {}, TypeError, "not a builtin_function_or_method"),
        ((None, 256), {}, TypeError, "a kernel or a number of registers"),
        ((None, 256), {"registers": 300}, ValueError, "registers=300 is impossible: it is from 0 to 255"),
        ((None, 256), {"registers": 32, "barriers": 17}, ValueError, "from 0 to 16"),
        ((None, 256), {"registers": 32, "carveout": 101}, ValueError, "percentage from 0 to 100"),
        ((None, 256), {"registers": 32, "signature": MATRIX}, TypeError, "has no signature"),
    ],
)  # fmt: skip
def test_refusals(arguments, keywords, error, message):
    with pytest.raises(error, match=message):
        smsim.occupancy(*arguments, **keywords)


def test_one_signature_need_not_be_said():
    assert smsim.occupancy(scale, 256).known


# -- how it shows --------------------------------------------------------------------------------------


def test_as_a_table():
    assert (
        str(smsim.occupancy(registers=40, block=256, shared=40_000, barriers=5))
        == """\
blocks of 256 threads on the H800
5 blocks an SM, 40 of 64 warps: occupancy 62.5 %, limited by shared memory

               a block    an SM  block limit
blocks               1       32           32
registers       10,240   65,536            6
shared memory   41,088  233,472            5  <- limits
warps                8       64            8
barriers             5       64           12

a thread: 40 registers
a block's shared memory: 0 bytes static, 40,000 dynamic, 1,024 for the driver
With 37,888 bytes of shared memory a block instead of 40,000: 6 blocks, 48 warps.
With 384 threads a block instead of 256: 4 blocks, 48 warps."""
    )


def test_under_nsight_computes_names():
    metrics = smsim.occupancy(tiled, (TILE, TILE), signature=MATRIX).metrics
    assert metrics["launch__occupancy_limit_registers"] == 8
    assert metrics["sm__maximum_warps_per_active_cycle_pct"] == 100
    assert metrics["launch__shared_mem_per_block_driver"] == 1024


class Elements(HTMLParser):
    """Collects ``(tag, attributes, text)`` and complains about tags that do not match."""

    def __init__(self, html):
        super().__init__()
        self.seen, self.open = [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.seen.append([tag, dict(attrs), ""])
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.seen:
            self.seen[-1][2] += data


def test_the_picture_shows_what_the_numbers_say():
    found = smsim.occupancy(registers=40, block=250, shared=40_000)
    html = found._repr_html_()
    elements = Elements(html).seen
    slots = [e for e in elements if "so-slot" in (e[1].get("class") or "").split()]
    assert len(slots) == 64
    assert [text.strip() for _, _, text in slots if text.strip()] == [
        str(n) for n in range(5) for _ in range(8)
    ]
    drawn = [e for e in elements if e[1].get("role") == "img"]
    assert len(drawn) == 6 and all(e[1]["aria-label"] for e in drawn)
    assert drawn[0][1]["aria-label"] == "40 of 64 warp slots are filled, by 5 blocks of 8 warps"
    assert any(
        "shared memory, limits: a block takes 41,088 of 233,472: room for 5" == e[1]["aria-label"]
        for e in drawn
    )
    widths = [float(w) for w in re.findall(r'style="width:([\d.]+)%', html)]
    assert widths == pytest.approx(
        [500 / 32, 500 * 10_240 / 65_536, 500 * 41_088 / 233_472, 62.5, 0], abs=1e-3
    )
    assert html == smsim.occupancy(registers=40, block=250, shared=40_000)._repr_html_()


def test_the_picture_runs_nothing_and_escapes():
    kernel = smsim.load_ptx(PTX)["meet"]
    found = replace(smsim.occupancy(kernel, 64), kernel="<script>&")
    html = found._repr_html_()
    assert not re.search(r"<script|<link|<img|\bsrc=|\bhref=|url\(|@import|\bon\w+=", html)
    assert "&lt;script&gt;&amp;" in html
    Elements(html)


def test_a_what_if_needs_neither_numba_nor_matplotlib():
    source = (
        "import sys; sys.modules['numba'] = sys.modules['matplotlib'] = None\n"
        "import smsim; print(smsim.occupancy(registers=33, block=256).blocks)"
    )
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert ran.stdout == "6\n"

"""``smsim.load_ptx``: hand-written PTX, launched as a Numba kernel is."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numba import cuda
from ptx_texts import BLOCK_SUM, HEAD, SAXPY, SCALARS

import smsim
from smsim.errors import LaunchError, MemoryFault, PTXSyntaxError

X = np.arange(100, dtype="f4")


def saxpy():
    return smsim.load_ptx(SAXPY)["saxpy"]


def test_host_arrays_go_to_the_device_and_come_back():
    y = np.ones(100, "f4")
    saxpy()[4, 32](2.0, X, y, 100)
    assert np.array_equal(y, 2 * X + 1)


def test_device_arrays_are_addresses_and_stay_where_they_are():
    x, y = cuda.to_device(X), cuda.to_device(np.ones(100, "f4"))
    saxpy()[(4, 1), (32, 1, 1)](np.float32(3), x, y, np.uint32(100))
    assert np.array_equal(y.copy_to_host(), 3 * X + 1)


def test_a_stream_is_waited_for_only_where_an_array_must_come_back():
    stream = cuda.stream()
    on_device, y = cuda.to_device(X), np.zeros(100, "f4")
    saxpy()[4, 32, stream](1.0, on_device, on_device, 100)
    saxpy()[4, 32, stream](1.0, on_device, y, 100)
    assert np.array_equal(y, 2 * X)


def test_arrays_that_share_memory_go_on_sharing_it():
    both = np.arange(4, dtype="f4")
    saxpy()[1, 1](10.0, both[1:3], both[2:], 1)
    assert np.array_equal(both, [0, 1, 12, 3])
    y = np.ones(64, "f4")
    saxpy()[2, 32](1.0, y, y, 64)
    assert np.array_equal(y, np.full(64, 2, "f4"))


def test_variables_of_the_text_keep_their_values_between_launches():
    module = smsim.load_ptx(BLOCK_SUM)
    out = np.zeros(1, "f4")
    for _ in range(3):
        module["block_sum"][1, 64](X[:64].copy(), out)
    assert out[0] == X[:64].sum()
    stepper = smsim.step(module["block_sum"][1, 64], X[:64].copy(), out)  # has a device of its own
    assert stepper.next(1000).memory("launches") == 1


def test_every_scalar_arrives_as_declared():
    kernel = smsim.load_ptx(SCALARS)["keep"]
    pair = np.zeros(1, np.dtype([("a", "u1"), ("b", "f8")], align=True))[0]
    pair["a"], pair["b"] = 7, 0.5
    raw = np.zeros(6, "u8")
    kernel[1, 1](raw, -5, 2**64 - 1, 1, np.float32(0.25), True, pair)
    assert raw[0] == 2**64 - 5
    assert raw[1] == 2**64 - 1
    assert raw[2:3].view("f8")[0] == 1.0
    assert raw[3:4].view("f4")[0] == 0.25 and raw[3] >> 32 == 1
    assert raw[4] == 7 and raw[5:6].view("f8")[0] == 0.5
    kernel[1, 1](raw, np.int32(1), 0, 0.5, 0xFFFFFFFF, 255, b"0123456789abcdef")
    assert raw[3] == 0xFF_FFFFFFFF and raw[4:].tobytes() == b"0123456789abcdef"


@cuda.jit
def scale(a, x, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = a[0] * x[i].real + a[1]


def test_numbas_own_ptx_takes_numbas_arguments():
    x, out = (X + 1j).astype("c16"), np.zeros(100)
    scale[1, 100]((2.0, 1), x, out)
    (text,) = scale.inspect_asm().values()
    again = np.zeros(100)
    kernel = smsim.load_ptx(text, abi="numba")["scale"]
    kernel[1, 100]((2.0, 1), x, again)
    assert np.array_equal(out, again) and out[3] == 7
    with pytest.raises(LaunchError, match=r"has 16 parameters.*arguments given make 2 \+ 7 = 9"):
        kernel[1, 100]((2.0, 1), x)
    with pytest.raises(LaunchError, match=r"argument 1 \(its part \[0\]\) goes to a parameter of type .f64"):
        kernel[1, 100]((np.float32(2), 1), x, out)


WRONG = [
    ((2.0, X, X), r"saxpy takes 4 arguments \(.f32 a, .u64 x, .u64 y, .u32 n\); 3 were given"),
    ((2.0, X, X, 1.5), r"argument 4 \(`n`\) is .u32; a float was given, and it must be an integer"),
    ((2.0, X, X, -1), "-1 was given, and it takes 0 to 4294967295"),
    ((2.0, X, X, np.int64(1)), r"a numpy.int64 has 8 bytes, not 4; pass numpy.uint32\(...\)"),
    ((np.float64(2), X, X, 1), r"argument 1 \(`a`\) is .f32; a numpy.float64 has 8 bytes"),
    ((np.int32(2), X, X, 1), "a numpy.int32 was given, and it must be a floating-point number"),
    ((1e40, X, X, 1), "beyond the largest .f32"),
    ((2.0, X, 1, X), "argument 4 .* an array was given, which is an address and needs .u64"),
    ((X, X, X, 1), "argument 1 .* an array was given"),
    ((2.0, [1.0], X, 1), "argument 2 .* a list was given"),
    ((2.0, None, X, 1), "None was given"),
    ((2.0, X[::2], X, 1), r"argument 2 \(`x`\) is an array with gaps"),
    ((2.0, cuda.to_device(X)[::2], X, 1), "array with gaps"),
    ((2.0, X, X[::-1], 1), r"argument 3 \(`y`\) is an array with gaps or in reverse"),
]


@pytest.mark.parametrize(("arguments", "says"), WRONG, ids=[says[:40] for _, says in WRONG])
def test_wrong_arguments_are_named(arguments, says):
    with pytest.raises(LaunchError, match=says):
        saxpy()[1, 32](*arguments)


def test_wrong_uses_are_explained():
    module = smsim.load_ptx(BLOCK_SUM)
    with pytest.raises(LaunchError, match="no kernel called 'block_sun'; it has block_sum. Did you mean"):
        module["block_sun"]
    with pytest.raises(LaunchError, match="unused is a function"):
        module["unused"]
    with pytest.raises(LaunchError, match=r"Say how many blocks and threads: saxpy\[blocks, threads\]"):
        saxpy()(1.0, X, X, 1)
    with pytest.raises(LaunchError, match="was given 4"):
        saxpy()[4]
    with pytest.raises(LaunchError, match="must be an integer; it is 1.5"):
        saxpy()[1.5, 32]
    with pytest.raises(LaunchError, match="2048"):
        saxpy()[1, 2048](1.0, X, X, 1)
    with pytest.raises(LaunchError, match="has 1, 2 or 3 extents"):
        saxpy()[(1, 1, 1, 1), 32]
    with pytest.raises(TypeError, match="a bytes"):
        smsim.load_ptx(SAXPY.encode())
    with pytest.raises(ValueError, match="abi='c'"):
        smsim.load_ptx(SAXPY, abi="c")
    with pytest.raises(PTXSyntaxError, match="line 5"):
        smsim.load_ptx(HEAD + "\n.visible .entri k() { ret; }")


def test_struct_of_the_wrong_size():
    with pytest.raises(LaunchError, match="a struct of 16 bytes; 3 bytes were given"):
        smsim.load_ptx(SCALARS)["keep"][1, 1](np.zeros(6, "u8"), 1, 1, 1.0, 1, 1, b"abc")


def test_a_read_only_array_is_not_written_over():
    y = np.ones(32, "f4")
    y.flags.writeable = False
    with pytest.raises(LaunchError, match="read-only"):
        saxpy()[1, 32](1.0, X, y, 32)
    assert (y == 1).all()


def test_errors_name_the_parameters():
    with pytest.raises(MemoryFault, match=r"reads y\[50\], but y has 50 elements"):
        saxpy()[4, 32](1.0, X, np.ones(50, "f4"), 100)
    report = smsim.check(saxpy()[4, 32], 1.0, X, np.ones(50, "f4"), 100)
    assert [e.array for e in report.errors] == ["y", "y"]
    assert smsim.check(saxpy()[4, 32], 1.0, X, np.ones(100, "f4"), 100).ok


def test_dynamic_shared_memory_beyond_48_kib_needs_no_asking():
    text = (
        HEAD
        + """
.extern .shared .align 16 .b8 room[];
.visible .entry k(.param .u64 out) {
    .reg .b32 %r<3>; .reg .b64 %rd<2>;
    mov.u32 %r1, %dynamic_smem_size; ld.param.u64 %rd1, [out]; st.global.u32 [%rd1], %r1; ret; }
"""
    )
    out = np.zeros(1, "u4")
    smsim.load_ptx(text)["k"][1, 1, 0, 100_000](out)
    assert out[0] == 100_000


ALONE = """
import sys
sys.modules["numba"] = None
import numpy as np, smsim
from ptx_texts import SAXPY
y = np.ones(40, "f4")
launch = smsim.load_ptx(SAXPY)["saxpy"][2, 32]
launch(2.0, np.arange(40, dtype="f4"), y, 40)
assert y[39] == 79
assert smsim.check(launch, 2.0, y, y.copy(), 40).ok
assert smsim.count(launch, 2.0, y, y.copy(), 40)["smsp__warps_launched.sum"] == 2
assert smsim.step(launch, 2.0, y, y.copy(), 40).next(3).position == 3
"""

ON_A_GPU = """
import numpy as np, smsim
from smsim.driver.attach import play_gpu
from ptx_texts import SAXPY
play_gpu("H100")
from numba import cuda
y = np.ones(40, "f4")
launch = smsim.load_ptx(SAXPY)["saxpy"][2, 32]
launch(2.0, cuda.to_device(np.arange(40, dtype="f4")), y, 40)
assert y[39] == 79
assert not smsim.check(launch, 2.0, cuda.to_device(y[:30].copy()), y.copy(), 40).ok
"""


@pytest.mark.parametrize(
    "script", [ALONE, ON_A_GPU], ids=["without attach and Numba", "on a GPU that is played"]
)
def test_in_a_process_of_its_own(script):
    path = [str(Path(smsim.__file__).parents[1]), str(Path(__file__).parent)]
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path}\n{script}"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]

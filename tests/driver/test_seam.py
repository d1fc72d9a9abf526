"""The seam, each time in a fresh process."""

import pytest

SAXPY = """
    import numpy as np
    from numba import cuda

    @cuda.jit
    def saxpy(a, x, y, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = a * x[i] + y[i]

    x = np.arange(1000, dtype=np.float32)
    out = np.zeros_like(x)
    saxpy[8, 128](np.float32(2), x, x, out)
    assert (out == 3 * x).all()
"""

ATTACH = """
    from smsim.driver.attach import attach
    engine = attach(force=True)
"""


def test_the_replacement_took(python):
    done = python(
        ATTACH
        + SAXPY
        + """
    from smsim.driver import seam
    from cuda.bindings import driver
    device = cuda.get_current_device()
    assert cuda.is_available() and len(cuda.gpus) == 1
    assert device.compute_capability == (9, 0) and device.MULTIPROCESSOR_COUNT == 132
    assert driver.cuDeviceGetName(64, 0)[1].startswith(b"simulated H800")
    assert driver.cuGraphCreate(0)[0] == driver.CUresult.CUDA_ERROR_NOT_SUPPORTED
    print(engine, seam.unsupported_calls())
    """
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout == (
        "Kernels run on a simulated H800 (132 SMs, sm_90a): that was asked for. {'cuGraphCreate': 1}\n"
    )


def test_nothing_is_said_at_exit_with_everything_alive(python):
    """C++ destructors call the driver after Python has ended."""
    done = python(
        ATTACH
        + SAXPY
        + """
    kept = [cuda.stream(), cuda.event(), cuda.to_device(x), cuda.pinned_array(8), cuda.managed_array(8)]
    saxpy[8, 128, kept[0]](np.float32(2), kept[2], kept[2], kept[2])
    """
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    "early", ["from numba import cuda", "import cuda.core", "import cuda.bindings.driver"]
)
def test_too_late(python, early):
    done = python(early + "\nfrom smsim.driver.attach import attach\nattach(force=True)")
    assert done.returncode == 1
    assert "was imported before smsim.attach()" in done.stderr
    assert "restart the process" in done.stderr


def test_numba_and_numpy_may_come_first(python):
    done = python(
        "import numpy, numba\n" + "from smsim.driver.attach import attach\nprint(attach(force=True).engine)"
    )
    assert (done.returncode, done.stdout) == (0, "simulated H800\n"), done.stderr


FRESH_INSTALL = """
    import sys
    sys.meta_path[:] = [f for f in sys.meta_path if type(f).__name__ != "NumbaCudaFinder"]
    sys.modules.pop("_numba_cuda_redirector", None)
    import numba
"""


def test_right_after_pip_install_in_the_same_process(python):
    """numba-cuda takes Numba's place when Python starts; in Colab it is installed later than that."""
    done = python(FRESH_INSTALL + ATTACH + SAXPY + "\n    print(cuda.__file__)")
    assert done.returncode == 0, done.stderr
    assert "numba_cuda" in done.stdout


def test_the_old_numba_cuda_was_imported_before(python):
    done = python(FRESH_INSTALL + "\n    import numba.cuda\n" + ATTACH)
    assert done.returncode == 1
    assert "numba.cuda was imported before smsim.attach()" in done.stderr


def test_a_second_attach(python):
    done = python(
        """
        from smsim.driver.attach import attach
        from smsim.errors import EnvironmentProblem
        first = attach("T4", force=True)
        assert attach("T4") is first and attach() is first
        try:
            attach("H800")
        except EnvironmentProblem as problem:
            print(problem)
        from numba import cuda
        print(cuda.get_current_device().name, cuda.get_current_device().compute_capability[:])
        """
    )
    assert done.returncode == 0, done.stderr
    assert "runs kernels on the simulated T4 already" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("simulated T4 (7, 5)")


def test_a_forked_child_cannot_use_it(python):
    done = python(
        ATTACH
        + SAXPY
        + """
    import os
    child = os.fork()
    if child == 0:
        try:
            cuda.to_device(x)
        except Exception as error:
            print(error, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    """
    )
    assert "forking" in done.stdout, done.stdout + done.stderr


def test_a_t4_is_compiled_for_as_a_t4(python):
    done = python(
        "from smsim.driver.attach import attach\nattach('T4', force=True)\n"
        + SAXPY.replace("\n    ", "\n")
        + "\ntext = next(iter(saxpy.overloads.values())).library.get_cubin().code.decode()"
        + "\nprint('.target sm_75' in text)"
    )
    assert done.stdout == "True\n", done.stderr


def test_a_t4_that_plays_the_real_gpu(python):
    """Checks compile for the simulated H800 also beside a real GPU, which plain launches use."""
    done = python(
        """
    from smsim.driver.attach import attach, play_gpu
    play_gpu("T4")
    engine = attach()
    assert not engine.simulated and engine.device is None
    """
        + SAXPY
        + """
    from smsim.driver.compile import ptx_for
    types = next(iter(saxpy.overloads))
    launched = next(iter(saxpy.overloads.values())).library.get_cubin().code.decode()
    assert ".target sm_75" in launched
    assert ".target sm_90" in ptx_for(saxpy, types)
    print(engine)
    """
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Kernels run on the NVIDIA Tesla T4: it is the GPU of this computer.\n"


def test_a_kernel_from_numbas_disk_cache_keeps_its_names(python, tmp_path):
    source = (
        ATTACH
        + """
    import numpy as np
    from numba import cuda

    @cuda.jit(cache=True)
    def unguarded(values):
        values[cuda.grid(1)] = 1

    try:
        unguarded[1, 9](np.zeros(8, np.int32))
    except Exception as error:
        print(error.kernel, error.array, sum(unguarded.stats.cache_hits.values()))
    """
    )
    cache = str(tmp_path / "cache")
    assert python(source, NUMBA_CACHE_DIR=cache).stdout == "unguarded values 0\n"
    assert python(source, NUMBA_CACHE_DIR=cache).stdout == "unguarded values 1\n"

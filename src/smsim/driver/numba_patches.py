"""The few places in numba-cuda that must know that there is no GPU.

Each is a method or a name that both numba-cuda 0.22 and 0.30 have.
"""

from __future__ import annotations

import functools
import linecache
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from smsim.driver import arguments, crossing, launching, linker, remembering, state
from smsim.driver.limits import check_resident, check_shape


def apply() -> None:
    """Import ``numba.cuda`` and patch it."""
    from numba import cuda  # noqa: F401  (the import order of numba-cuda's own modules is its affair)
    from numba.cuda import codegen, dispatcher
    from numba.cuda.cudadrv import driver

    _wake(driver.driver)
    let_line_numbers_link()
    remembering.apply()
    driver._Linker.complete = linker.complete
    driver.Driver._check_cuda_python_error = _raising_kept(driver.Driver._check_cuda_python_error)
    library = codegen.CUDACodeLibrary
    library.get_cufunc = crossing.carried(library.get_cufunc)
    library._link_all = _without_device_runtime(library._link_all)
    library.get_asm_str = _names_only(library.get_asm_str)
    codegen.JITCUDACodegen.magic_tuple = _own_cache(codegen.JITCUDACodegen.magic_tuple)
    codegen.run_nvdisasm = _assembling_first(codegen.run_nvdisasm)
    dispatcher.CUDADispatcher.__init__ = _with_line_numbers(dispatcher.CUDADispatcher.__init__)
    dispatcher.CUDADispatcher.call = _checked_call(dispatcher.CUDADispatcher.call)
    dispatcher._Kernel.__init__ = _second_try(_looking_for_names(dispatcher._Kernel.__init__))
    dispatcher._Kernel.bind = _at_first_launch(dispatcher._Kernel.bind)
    dispatcher._Kernel.launch = _noted_launch(dispatcher._Kernel.launch)


def _wake(numba_driver: Any) -> None:
    """Numba looked for libcuda by name and gave up; what it found is used by nothing else."""
    numba_driver.is_initialized = False
    numba_driver.initialization_error = None
    numba_driver.lib = object()


def _raising_kept(check: Any) -> Any:
    """Numba turns an error number into CudaAPIError here; an exception that we kept comes first."""

    @functools.wraps(check)
    def checked(self: Any, name: str, returned: Any) -> Any:
        if returned[0] != 0:
            crossing.raise_pending()
        return check(self, name, returned)

    return checked


def _without_device_runtime(link_all: Any) -> Any:
    """Cooperative kernels ask for libcudadevrt.a, which no wheel brings; the device has its functions."""

    @functools.wraps(link_all)
    def linked(self: Any, *args: Any, **kwargs: Any) -> Any:
        needed, self.needs_cudadevrt = self.needs_cudadevrt, False
        try:
            return link_all(self, *args, **kwargs)
        finally:
            self.needs_cudadevrt = needed

    return linked


_asked_for = threading.local()


def _looking_for_names(init: Any) -> Any:
    """A new kernel has its PTX made only to look for names of Numba's own functions in it; the PTX that runs
    comes from the linker. The names stand in the LLVM IR as well, which is there already."""

    @functools.wraps(init)
    def initialise(self: Any, *args: Any, **kwargs: Any) -> None:
        _asked_for.names = True
        try:
            init(self, *args, **kwargs)
        finally:
            _asked_for.names = False

    return initialise


def _names_only(get_asm_str: Any) -> Any:
    @functools.wraps(get_asm_str)
    def text(self: Any, *args: Any, **kwargs: Any) -> str:
        if getattr(_asked_for, "names", False) and self._lto and not _counts_references():
            return self.get_llvm_str()
        return get_asm_str(self, *args, **kwargs)

    return text


@contextmanager
def unbound() -> Iterator[None]:
    """Kernels compiled meanwhile are loaded into the device when they are first launched there, if ever."""
    _asked_for.code = True
    try:
        yield
    finally:
        _asked_for.code = False


def _at_first_launch(bind: Any) -> Any:
    @functools.wraps(bind)
    def bound(self: Any) -> None:
        self._unbound = getattr(_asked_for, "code", False)
        if self._unbound:
            self._codelibrary.get_cubin()  # what Numba may keep on disk
        else:
            bind(self)

    return bound


def _own_cache(magic_tuple: Any) -> Any:
    """Kernels cached on disk for the simulated device are PTX: keep them apart from a GPU's machine code."""

    @functools.wraps(magic_tuple)
    def magic(self: Any) -> tuple:
        return (*magic_tuple(self), "smsim", 1)

    return magic


def _assembling_first(run_nvdisasm: Any) -> Any:
    """``inspect_sass`` disassembles machine code: let NVIDIA's assembler make it of the PTX first."""

    @functools.wraps(run_nvdisasm)
    def run(code: Any, flags: list[str]) -> str:
        return run_nvdisasm(linker.machine_code(code, state.driver().spec.arch), flags)

    return run


def _with_line_numbers(init: Any) -> Any:
    """Line numbers cost nothing here, and let every error name the line of Python."""

    @functools.wraps(init)
    def initialise(self: Any, py_func: Any, targetoptions: dict, *args: Any, **kwargs: Any) -> None:
        init(self, py_func, with_line_numbers(py_func, targetoptions), *args, **kwargs)

    return initialise


def with_line_numbers(py_func: Any, options: dict) -> dict:
    """``options`` for the compiler with line numbers, where these make sense.

    Not where the kernel asks for full debug information, which excludes them, and not where its source
    cannot be read, for which Numba would warn. And not where Numba counts references
    (``NUMBA_CUDA_ENABLE_NRT``): its counting functions have no lines, and nvJitLink then refuses the module.
    """
    if _counts_references():
        return options
    if options.get("debug") or not linecache.getlines(py_func.__code__.co_filename):
        return options
    return {**options, "lineinfo": True}


def _counts_references() -> bool:
    from numba.cuda import dispatcher

    return bool(getattr(dispatcher.config, "CUDA_ENABLE_NRT", False))


def _second_try(init: Any) -> Any:
    """Numba cannot describe some arguments to a debugger (empty tuples): compile those without lines."""

    @functools.wraps(init)
    def initialise(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            init(self, *args, **kwargs)
        except (ZeroDivisionError, AttributeError, NotImplementedError):
            if not kwargs.get("lineinfo"):
                raise
            init(self, *args, **{**kwargs, "lineinfo": False})

    return initialise


def let_line_numbers_link() -> None:
    """Let code with line numbers be linked to CUDA C.

    Numba marks its "Debug Info Version" as one that warns when another module's differs, NVRTC marks its
    own as one that fails, and nvJitLink refuses to mix the two marks. "Override" goes with both.
    """
    from numba.cuda import debuginfo

    debuginfo.DIBuilder._set_module_flags = _override_debug_version


_OVERRIDE = 4  # LLVM's number for this behaviour of a module flag


def _override_debug_version(self: Any) -> None:
    from numba.cuda import cgutils

    flags = cgutils.get_or_insert_named_metadata(self.module, "llvm.module.flags")
    for name, version in (
        ("Dwarf Version", self.DWARF_VERSION),
        ("Debug Info Version", self.DEBUG_INFO_VERSION),
    ):
        if version is not None:
            flag = [self._const_int(_OVERRIDE), name, self._const_int(version)]
            entry = self.module.add_metadata(flag)
            if entry not in flags.operands:
                flags.add(entry)


def _checked_call(call: Any) -> Any:
    """Say what is wrong with a launch before anything is compiled for it."""

    @functools.wraps(call)
    def checked(self: Any, args: tuple, *rest: Any) -> Any:
        name = self.py_func.__name__
        names = arguments.parameter_names(self.py_func)
        arguments.check_count(name, names, args)
        if not self.extensions:
            arguments.check_passable(name, names, args)
        config = rest[0]
        grid, block = (config.griddim, config.blockdim) if len(rest) == 1 else rest[:2]
        check_shape(state.driver().spec, name, grid, block)
        with launching.calling(self.py_func):
            return call(self, args, *rest)

    return checked


def _noted_launch(launch: Any) -> Any:
    """Leave a note of names and types for the driver, and let kept exceptions out."""

    @crossing.carried
    @functools.wraps(launch)
    def noted(self: Any, args: tuple, *rest: Any, **kwargs: Any) -> Any:
        function = getattr(self, "py_func", None) or launching.callee()
        if function is None:
            names = arguments.numbered_names(len(self.argument_types))
        else:
            names = arguments.parameter_names(function)
        if not self.extensions:
            arguments.check_arguments(self.argument_types, names, args)
        name = function.__name__ if function else self._codelibrary.name
        if getattr(self, "_unbound", False):
            self.bind()
        if self.cooperative:
            _check_cooperative(self, name, *rest, **kwargs)
        with launching.under_way(launching.Launching(name, names, tuple(self.argument_types))):
            return launch(self, args, *rest, **kwargs)

    return noted


def _check_cooperative(
    kernel: Any, name: str, grid: tuple, block: tuple, stream: Any = 0, sharedmem: int = 0
) -> None:
    """Before cuda.core says the same without the kernel's name."""
    spec = state.driver().spec
    resident = kernel.max_cooperative_grid_blocks(block, sharedmem)
    check_resident(spec, name, grid, resident // spec.sms)


def look_for_devices_again() -> None:
    """There are more devices than before: let Numba forget its list of them, which is made at first use, and
    cuda.core that of this thread. Devices that were known stay the same objects."""
    from numba.cuda.cudadrv import devices

    _let_cuda_core_count_again()
    listed = devices._DeviceList.__dict__.get("lst")
    if isinstance(listed, property):  # numba-cuda 0.30
        listed.fget.cache_clear()
    else:
        vars(devices.gpus).pop("lst", None)


def _let_cuda_core_count_again() -> None:
    kept = getattr(sys.modules.get("cuda.core._device"), "_tls", None)
    known = list(getattr(kept, "devices", ()))
    if known:
        from cuda.core import Device

        del kept.devices
        Device(0)
        kept.devices[: len(known)] = known

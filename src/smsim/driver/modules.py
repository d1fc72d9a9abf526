"""Loading PTX, and finding the kernels and variables in it.

numba-cuda 0.30 loads a *library* and asks for kernels, 0.22 loads a *module* and asks for functions. Here
both are the same: a :class:`LoadedCode`, and a :class:`Kernel` in it.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field, replace
from typing import Any

from smsim.driver import codes, resources
from smsim.driver.cmemory import put_int, put_word, text_at
from smsim.driver.contexts import c_string
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.state import driver
from smsim.errors import UnsupportedPTX
from smsim.timing.occupancy import NO_PREFERENCE

_BINARY_MAGIC = (b"\x7fELF", b"\x50\xed\x55\xba", b"\x34\x12\x46\x46")


@dataclass(slots=True, eq=False)
class LoadedCode:
    """A text of PTX, loaded. Each device holds it with variables of its own, from its first use there."""

    text: str
    modules: dict[int, Any] = field(default_factory=dict)
    handles: dict[str, int] = field(default_factory=dict)

    @property
    def module(self) -> Any:
        """The module on the current device."""
        gpu = driver().gpu
        if gpu not in self.modules:
            self.modules[gpu] = driver().device.load(self.text)
        return self.modules[gpu]

    @property
    def constant_bytes(self) -> int:
        variables = self.module.module.variables.values()
        return sum(v.size_bytes for v in variables if v.space == "const")

    def unload(self) -> None:
        """Give back its variables on all devices."""
        for module in self.modules.values():
            module.unload()


@dataclass(slots=True, eq=False)
class Kernel:
    """An entry function; ``settings`` holds function attributes that the program has set."""

    name: str
    code: LoadedCode
    handle: int = 0
    settings: dict[int, int] = field(default_factory=dict)

    @property
    def function(self) -> Any:
        """The function on the current device."""
        return self.code.module.functions[self.name]

    @property
    def resources(self) -> resources.Resources:
        """What NVIDIA's assembler gives this kernel; shared memory as the simulated SM lays it out."""
        known = resources.of(self.code.text, driver().spec.arch)
        used = known.get(self.name, resources.Resources())
        return replace(used, shared=self.function.shared_bytes, constant=self.code.constant_bytes)


def _load(image: int) -> int:
    if ctypes.string_at(image, 4) in _BINARY_MAGIC:
        raise UnsupportedPTX(
            "This is machine code of a real GPU (a cubin or fatbin); the simulated SM executes PTX only."
        )
    text = text_at(image)
    code = LoadedCode(text)
    _ = code.module  # to complain now about what is no PTX
    return driver().handles.give(code)


@implements("cuLibraryLoadData", "cuModuleLoadData", "cuModuleLoadDataEx")
def load_data(code: int, image: int, *_: int) -> None:
    put_word(code, _load(image))


@implements("cuLibraryLoadFromFile", "cuModuleLoad")
def load_file(code: int, path: int, *_: int) -> None:
    with open(text_at(path), "rb") as file:
        image = ctypes.create_string_buffer(file.read())
    put_word(code, _load(ctypes.addressof(image)))


@implements("cuLibraryUnload", "cuModuleUnload")
def unload(handle: int) -> None:
    code = driver().handles.drop(handle)
    if isinstance(code, LoadedCode):
        for kernel in code.handles.values():
            driver().handles.drop(kernel)
        driver().work.when_idle(code.unload)


def _kernel_handle(code: LoadedCode, name: str) -> int:
    if name not in code.handles:
        if name not in code.module.functions:
            raise DriverFailure(codes.NOT_FOUND)
        kernel = Kernel(name, code)
        kernel.handle = code.handles[name] = driver().handles.give(kernel)
    return code.handles[name]


@implements("cuLibraryGetKernel", "cuModuleGetFunction")
def get_kernel(kernel: int, code: int, name: int) -> None:
    put_word(kernel, _kernel_handle(driver().handles.take(code, LoadedCode), text_at(name)))


@implements("cuKernelGetFunction")
def kernel_function(function: int, kernel: int) -> None:
    """A kernel and its function share one handle."""
    put_word(function, kernel)


@implements("cuLibraryGetModule")
def library_module(module: int, library: int) -> None:
    put_word(module, library)


@implements("cuKernelGetLibrary")
def kernel_library(library: int, kernel: int) -> None:
    code = driver().handles.take(kernel, Kernel).code
    put_word(library, next(h for h, thing in driver().handles.items() if thing is code))


@implements("cuLibraryGetKernelCount", "cuModuleGetFunctionCount")
def kernel_count(number: int, code: int) -> None:
    put_int(number, len(driver().handles.take(code, LoadedCode).module.functions))


@implements("cuKernelGetName", "cuFuncGetName")
def kernel_name(text: int, kernel: int) -> None:
    put_word(text, c_string(driver().handles.take(kernel, Kernel).name))


@implements("cuLibraryGetGlobal", "cuLibraryGetManaged", "cuModuleGetGlobal")
def get_global(address: int, size: int, code: int, name: int) -> None:
    variables = driver().handles.take(code, LoadedCode).module.variables
    if text_at(name) not in variables:
        raise DriverFailure(codes.NOT_FOUND)
    where, length = variables[text_at(name)]
    if address:
        put_word(address, where)
    if size:
        put_word(size, length)


# -- what a kernel is made of --------------------------------------------------------------------------

MAX_DYNAMIC_SHARED = 8
PREFERRED_CARVEOUT = 9


def attribute_of(kernel: Kernel, which: int) -> int:
    """A function attribute by its number in ``cuda.h``."""
    spec = driver().spec
    if which in kernel.settings:
        return kernel.settings[which]
    if which == 0:
        return resources.largest_block(kernel.resources, spec, kernel.function.directives)
    if which == MAX_DYNAMIC_SHARED:
        return spec.shared_per_block - kernel.function.shared_bytes
    if which == PREFERRED_CARVEOUT:
        return NO_PREFERENCE
    if which in (5, 6):  # PTX and binary version
        return spec.compute_capability[0] * 10 + spec.compute_capability[1]
    names = {1: "shared", 2: "constant", 3: "local", 4: "registers"}
    return getattr(kernel.resources, names[which]) if which in names else 0


@implements("cuKernelGetAttribute")
def kernel_attribute(value: int, which: int, kernel: int, _device: int) -> None:
    put_int(value, attribute_of(driver().handles.take(kernel, Kernel), which))


@implements("cuFuncGetAttribute")
def function_attribute(value: int, which: int, function: int) -> None:
    put_int(value, attribute_of(driver().handles.take(function, Kernel), which))


@implements("cuKernelSetAttribute")
def set_kernel_attribute(which: int, value: int, kernel: int, _device: int) -> None:
    _set(driver().handles.take(kernel, Kernel), which, value)


@implements("cuFuncSetAttribute")
def set_function_attribute(function: int, which: int, value: int) -> None:
    _set(driver().handles.take(function, Kernel), which, value)


def _set(kernel: Kernel, which: int, value: int) -> None:
    room = driver().spec.shared_per_block_optin - kernel.function.shared_bytes
    if which == MAX_DYNAMIC_SHARED and not 0 <= value <= room:
        raise DriverFailure(codes.INVALID_VALUE)
    if which == PREFERRED_CARVEOUT and not NO_PREFERENCE <= value <= 100:
        raise DriverFailure(codes.INVALID_VALUE)
    kernel.settings[which] = value


@implements("cuKernelSetCacheConfig", "cuFuncSetCacheConfig", "cuFuncSetSharedMemConfig", "cuFuncLoad")
def accept_preference(*_: int) -> None:
    """Preferences of the hardware that the simulated SM does not have."""


@implements("cuFuncGetModule")
def function_module(module: int, function: int) -> None:
    kernel_library(module, function)


@implements("cuKernelGetParamInfo", "cuFuncGetParamInfo")
def parameter_info(kernel: int, index: int, offset: int, size: int) -> None:
    """Offset and size of one parameter; CUDA_ERROR_INVALID_VALUE past the last."""
    parameters = driver().handles.take(kernel, Kernel).function.params
    if index >= len(parameters):
        raise DriverFailure(codes.INVALID_VALUE)
    at = 0
    for parameter in parameters[: index + 1]:
        at = -(-at // max(1, parameter.align)) * max(1, parameter.align)
        start, at = at, at + parameter.size_bytes
    put_word(offset, start)
    if size:
        put_word(size, parameters[index].size_bytes)


@implements("cuKernelGetParamCount", "cuFuncGetParamCount")
def parameter_count(kernel: int, number: int) -> None:
    put_word(number, len(driver().handles.take(kernel, Kernel).function.params))


@implements("cuFuncIsLoaded")
def is_loaded(state: int, function: int) -> None:
    driver().handles.take(function, Kernel)
    put_int(state, 1)


@implements("cuModuleGetLoadingMode")
def loading_mode(mode: int) -> None:
    put_int(mode, 1)  # eager

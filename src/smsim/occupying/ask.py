"""``smsim.occupancy``: how many blocks of a kernel an SM holds, and why not more."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from smsim.devices import DeviceSpec, load
from smsim.driver.limits import check_bounds, check_shape, check_shared
from smsim.driver.resources import Resources, of
from smsim.isolated import Call, Dim3
from smsim.machine.device import Device
from smsim.machine.memory import Memory
from smsim.occupying.result import Occupancy
from smsim.timing.occupancy import NO_PREFERENCE

_HOW = "smsim.occupancy(kernel, threads), smsim.occupancy(kernel[blocks, threads])"


@dataclass(frozen=True, slots=True)
class _Needs:
    """A kernel's name, what it uses, and its launch bounds."""

    name: str | None
    used: Resources
    directives: dict[str, tuple[int, ...]] = field(default_factory=dict)


def occupancy(
    kernel: Any = None,
    block: int | tuple[int, ...] | None = None,
    shared: int | None = None,
    device: str | DeviceSpec | None = None,
    *,
    signature: Any = None,
    registers: int | None = None,
    barriers: int = 0,
    carveout: int = NO_PREFERENCE,
) -> Occupancy:
    """How many blocks of a kernel an SM holds at once, and which resource allows no more.

    Registers, spills and barriers are those of NVIDIA's own assembler (in nvJitLink), so the answer is exact for
    that assembler's version; where it cannot be asked, 32 registers are assumed and the result says so. The kernel
    does not run.

    Args:
        kernel: what ``@cuda.jit`` returns, a kernel of ``load_ptx``, or a launch of either,
            ``kernel[blocks, threads]``, which brings its block and its shared memory. Left out for a
            what-if with ``registers``.
        block: threads of a block: a number, or up to three extents.
        shared: bytes of dynamic shared memory of a block; in a what-if of all shared memory.
        device: the GPU, by name or as a :class:`~smsim.devices.DeviceSpec`; the H800 if left out. A Numba kernel is
            compiled for it.
        signature: argument types of a Numba kernel, or a tuple of arguments, as :func:`smsim.views` takes them.
        registers, barriers: of a what-if: registers of a thread, and named barriers of a block.
        carveout: percent of the SM's shared memory that the program asks for (0 prefers L1), or -1 for no preference.

    Raises:
        TypeError: what was given is no kernel, or does not belong together.
        ValueError: there is no such GPU, or a number is impossible.
        LaunchError: the GPU or the kernel allows no such block.
    """
    spec = _device(device)
    if kernel is None:
        needs = _what_if(registers, barriers, signature, spec)
    elif registers is None and not barriers:
        kernel, block, shared = _configured(kernel, block, shared)
        needs = _needs(kernel, signature, spec)
    else:
        raise TypeError(
            "The kernel's registers and barriers are known. For a what-if leave the kernel out, "
            "or use against(...) of the result."
        )
    dynamic = 0 if shared is None else _number("shared", shared)
    if not (_whole(carveout) and NO_PREFERENCE <= carveout <= 100):
        raise ValueError(
            f"carveout is a percentage from 0 to 100, or -1 for no preference, not {carveout!r}."
        )
    return _answer(needs, spec, _extents(block), dynamic, int(carveout))


def of_call(call: Call, spec: DeviceSpec) -> Occupancy:
    """The occupancy of a launch that is at hand already, as :func:`smsim.isolated.isolate` makes it.

    Raises:
        LaunchError: the GPU or the kernel allows no such block.
    """
    return _answer(
        _assembled(call.name, call.ptx, call.entry, spec), spec, call.block, call.shared, NO_PREFERENCE
    )


def _answer(needs: _Needs, spec: DeviceSpec, block: Dim3, dynamic: int, carveout: int) -> Occupancy:
    said, used = needs.name or "what-if", needs.used
    check_shape(spec, said, (1, 1, 1), block)
    check_bounds(said, block, needs.directives, spec.max_threads_per_block)
    check_shared(spec, said, used.shared, dynamic, spec.shared_per_block_optin)
    return Occupancy(
        kernel=needs.name,
        spec=spec,
        block=block,
        registers=used.registers,
        static_shared=used.shared,
        dynamic_shared=dynamic,
        barriers=used.barriers,
        local=used.local,
        spill_stores=used.spill_stores,
        spill_loads=used.spill_loads,
        carveout=carveout,
        known=used.known,
    )


def _device(device: Any) -> DeviceSpec:
    if device is None:
        return load("H800")
    if isinstance(device, str):
        return load(device)
    if isinstance(device, DeviceSpec):
        return device
    raise TypeError(f"device is a GPU's name or a DeviceSpec, not a {type(device).__name__}.")


def _what_if(registers: Any, barriers: Any, signature: Any, spec: DeviceSpec) -> _Needs:
    if registers is None:
        raise TypeError(f"occupancy takes a kernel or a number of registers: {_HOW}, or registers=32.")
    if signature is not None:
        raise TypeError("A what-if has no signature; give the kernel, or leave the signature out.")
    registers = _number("registers", registers, spec.registers_per_thread)
    barriers = _number("barriers", barriers, spec.barriers_per_block)
    return _Needs(None, Resources(registers=registers, barriers=barriers, known=True))


def _configured(kernel: Any, block: Any, shared: Any) -> tuple[Any, Any, Any]:
    """Kernel, block and shared memory; a launch brings all three."""
    from smsim.handwritten import PTXLaunch

    if not isinstance(kernel, PTXLaunch) and not hasattr(kernel, "dispatcher"):
        if block is None:
            raise TypeError(f"Say how many threads a block has: {_HOW}.")
        return kernel, block, shared
    if block is not None or shared is not None:
        raise TypeError(
            "A launch has its block and shared memory in it: smsim.occupancy(kernel[blocks, threads])."
        )
    owner = kernel.kernel if isinstance(kernel, PTXLaunch) else kernel.dispatcher
    return owner, tuple(kernel.blockdim), int(kernel.sharedmem)


def _needs(kernel: Any, signature: Any, spec: DeviceSpec) -> _Needs:
    from smsim.handwritten import PTXKernel

    if isinstance(kernel, PTXKernel):
        if signature is not None:
            raise TypeError("A PTX kernel has its types in it; it takes no signature.")
        return _assembled(kernel.name, kernel.module.text, kernel.entry, spec)
    python = getattr(kernel, "py_func", None)
    if python is None or not hasattr(kernel, "targetoptions"):
        raise TypeError(
            f"occupancy takes a kernel made by @cuda.jit or load_ptx, or a launch of one, "
            f"not a {type(kernel).__name__}: {_HOW}."
        )
    if kernel.targetoptions.get("device"):
        raise TypeError(f"{python.__name__} is a device function; only kernels have an occupancy.")
    from smsim.driver.compile import compile_for
    from smsim.signatures import asked_for

    types = asked_for(f"occupancy({python.__name__}, threads, signature=...)", kernel, signature)
    compiled = compile_for(kernel, types, spec.numba_cc)
    return _assembled(python.__name__, compiled.ptx, compiled.entry, spec)


def _assembled(name: str, text: str, entry: str, spec: DeviceSpec) -> _Needs:
    """Registers from the assembler. Shared memory is the text's own: of it some assemblers' summaries include
    the driver's reserve, which must count once."""
    function = Device(spec, memory=Memory()).load(text).functions[entry]
    used = of(text, spec.arch).get(entry, Resources())
    return _Needs(name, replace(used, shared=function.shared_bytes), dict(function.directives))


def _extents(block: Any) -> Dim3:
    extents = tuple(block) if isinstance(block, (tuple, list)) else (block,)
    if not 1 <= len(extents) <= 3 or not all(map(_whole, extents)):
        raise TypeError(f"block is a whole number of threads or up to three of them, not {block!r}.")
    return (*map(int, extents), 1, 1)[:3]


def _number(what: str, value: Any, most: int | None = None) -> int:
    if not _whole(value):
        raise TypeError(f"{what} is a whole number, not {value!r}.")
    if value < 0 or (most is not None and value > most):
        allowed = "it cannot be negative" if most is None else f"it is from 0 to {most}"
        raise ValueError(f"{what}={value} is impossible: {allowed}.")
    return int(value)


def _whole(value: Any) -> bool:
    return hasattr(value, "__index__") and not isinstance(value, bool)

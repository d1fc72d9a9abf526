"""``smsim.attach()``: choose the engine that runs kernels in this process."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from smsim.driver import environment
from smsim.driver.gpu_count import WantedGPUs, wanted_gpus
from smsim.errors import EnvironmentProblem

if TYPE_CHECKING:  # what doctor needs must import without NumPy, and on an old Python
    from collections.abc import Mapping

    from smsim.devices import DeviceSpec

    Wanted = str | Mapping[str, Any] | DeviceSpec

_RESTART = "Runtime > Restart session" if "google.colab" in sys.modules else "Kernel > Restart"


class FromOutside(Enum):
    """An argument that was not given: the environment decides."""

    VALUE = "from outside"

    def __repr__(self) -> str:
        return "FROM_OUTSIDE"


FROM_OUTSIDE = FromOutside.VALUE


@dataclass(frozen=True, slots=True)
class Engine:
    """What runs kernels from now on.

    Attributes:
        engine: ``"simulated H800"``, or the name of the GPU.
        simulated: whether kernels run on the simulated SM.
        spec: the figures of the simulated GPU; ``None`` for a real one.
        device: the simulated device, the first of them; ``None`` for a real GPU.
        reason: why this engine, as half a sentence.
        devices: all simulated devices.
    """

    engine: str
    simulated: bool
    spec: DeviceSpec | None
    device: Any
    reason: str
    devices: tuple[Any, ...] = ()

    def __str__(self) -> str:
        if not self.simulated:
            return f"Kernels run on the {self.engine}: {self.reason}."
        order = "" if self.device.seed is None else f" Threads run in the order of seed {self.device.seed}."
        many, cluster = f"a {self.engine} (", self.device.cluster
        if cluster is not None:
            nodes = -(-cluster.gpus // cluster.gpus_per_node)
            where = "" if nodes == 1 else f" in {nodes} nodes"
            many = f"{cluster.gpus} times a {self.engine}{where} (each with "
        return f"Kernels run on {many}{self.spec.sms} SMs, {self.spec.arch}): {self.reason}.{order}"


_attached: Engine | None = None


def attach(
    device: Wanted | None = None,
    *,
    hazards: str | None = None,
    force: bool | None = None,
    needs: str | None = None,
    seed: int | None | FromOutside = FROM_OUTSIDE,
    gpus: int | None = None,
    gpus_per_node: int | None = None,
) -> Engine:
    """Give Numba's kernels something to run on. Call it before ``from numba import cuda``.

    Where there is a GPU, nothing changes. Where there is none, ``numba.cuda`` finds a simulated one.

    Args:
        device: which GPU to simulate, such as ``"H800"`` (the default) or ``"T4"``; or a dict with a GPU of
            your own, such as ``{"name": "Half an H800", "like": "H800", "sms": 66}``; see
            :func:`smsim.devices.from_dict`.
        hazards: what the simulated SM does about wrong programs: ``raise`` (the default), ``warn``, ``off``,
            ``strict`` or ``isa``; see ``smsim.machine.device.HAZARDS``.
        force: ``True`` simulates beside a GPU too, ``False`` never simulates.
        needs: the least GPU that will do, such as ``"sm_90"``; where the GPU here is less, the simulated
            one is taken.
        seed: in which of the orders that a GPU may choose the simulated SM runs threads: a whole number from
            0 on, each another order that repeats bit for bit. ``None`` is the fixed order, the default. A
            seed changes only results that the program leaves open, and never what a hazard is; under it,
            relaxed loads may return older values, as on a GPU; see :mod:`smsim.machine.interleaving`.
        gpus: how many GPUs are needed, 15 at most; where there are fewer, as many are simulated, all alike. With
            more than one, kernels of the default stream are queued as well, so that those of different GPUs run
            together; their errors come at the next call that waits.
        gpus_per_node: how many of the simulated GPUs share a node; all of them by default.

    The environment variables ``SMSIM`` (``1``: always simulate, ``0``: never), ``SMSIM_DEVICE``, ``SMSIM_SEED``
    and ``SMSIM_GPUS`` stand in for ``force``, ``device``, ``seed`` and ``gpus`` where these are not given. A
    second call may change ``hazards`` and ``seed``, for the launches after it, and may add simulated GPUs.

    Returns:
        Which engine runs; printing it gives a sentence.

    Raises:
        EnvironmentProblem: no engine can run, in one sentence with the remedy; or so many GPUs cannot be had.
        LaunchError: ``hazards`` or ``seed`` is nothing that there is.
    """
    global _attached
    wanted = wanted_gpus(gpus, gpus_per_node)
    if _attached is not None:
        _attached = _again(_attached, device, hazards, force, seed, wanted)
        return _attached
    choice = choose(environment.look(), device, force=force, needs=needs, seed=seed, gpus=wanted.gpus)
    if "numba.cuda" not in sys.modules:
        _use_new_numba_cuda()
    if choice.gpu is not None:
        _attached = Engine(choice.gpu, False, None, None, choice.reason)
    else:
        _attached = _with_gpus(_simulate(choice, hazards), wanted)
    return _attached


def attached() -> Engine | None:
    """The engine that :func:`attach` chose, or ``None`` before it."""
    return _attached


def play_gpu(device: str) -> Engine:
    """For tests: let a simulated ``device`` be the *real* GPU of this process.

    Plain launches then run on it, as on a GPU of Colab, and :func:`attach` finds it and changes nothing.
    """
    global _attached
    played = _simulate(Choice(None, device, "a test wants it so"), None)
    _attached = Engine(played.spec.product, False, None, None, "it is the GPU of this computer")
    return _attached


@dataclass(frozen=True, slots=True)
class Choice:
    """Which engine: a real ``gpu`` by name, or, where that is ``None``, a simulated ``device``.

    ``seed`` is the order of threads on the simulated one, ``None`` for the fixed order.
    """

    gpu: str | None
    device: Wanted
    reason: str
    seed: int | None = None


def choose(
    here: environment.Environment,
    device: Wanted | None = None,
    *,
    force: bool | None = None,
    needs: str | None = None,
    seed: int | None | FromOutside = FROM_OUTSIDE,
    gpus: int = 1,
) -> Choice:
    """Which engine :func:`attach` takes on such a computer; the arguments are those of ``attach``.

    Raises:
        EnvironmentProblem: none can run, in one sentence with the remedy.
    """
    force = _forced() if force is None else force
    device = device or os.environ.get("SMSIM_DEVICE") or "H800"
    seed = _seed_from_outside() if seed is FROM_OUTSIDE else seed
    choice = replace(_gpu_or_simulated(here, device, force, needs, gpus), seed=seed)
    _raise_if(environment.compiler_problem(here))
    if choice.gpu is not None:
        _raise_if(environment.gpu_problem(here))
    return choice


def _forced() -> bool | None:
    value = os.environ.get("SMSIM", "").strip()
    if value in ("", "0", "1"):
        return value == "1" if value else None
    raise EnvironmentProblem(f"SMSIM is {value!r}: set it to 1 (always simulate) or 0 (never), or unset it.")


def _seed_from_outside() -> int | None:
    value = os.environ.get("SMSIM_SEED", "").strip()
    if value.isascii() and (value.isdigit() or not value):
        return int(value) if value else None
    raise EnvironmentProblem(
        f"SMSIM_SEED is {value!r}: set it to a whole number from 0 on, such as 7, or unset it."
    )


def _gpu_or_simulated(
    here: environment.Environment, device: Wanted, force: bool | None, needs: str | None, gpus: int
) -> Choice:
    if force is True:
        return Choice(None, device, "that was asked for")
    if not here.driver.gpus:
        if force is False:
            raise EnvironmentProblem(
                "A real GPU was asked for (SMSIM=0 or force=False) and none was found: choose a runtime with "
                "a GPU, or leave the choice to smsim.attach()."
            )
        return Choice(None, device, "no GPU was found here")
    gpu = here.driver.gpus[0]
    if needs is not None and force is None and gpu.compute_capability < _capability(needs):
        major, minor = gpu.compute_capability
        return Choice(None, device, f"the {gpu.name} here is an sm_{major}{minor}, and {needs} is needed")
    if len(here.driver.gpus) < gpus and force is None:
        return Choice(None, device, f"{gpus} GPUs are needed, and {len(here.driver.gpus)} found here")
    return Choice(gpu.name, device, "it is the GPU of this computer")


def _capability(arch: str) -> tuple[int, int]:
    digits = "".join(c for c in arch if c.isdigit())
    if not arch.startswith("sm_") or len(digits) < 2:
        raise EnvironmentProblem(f'needs={arch!r} is no GPU architecture: write it like "sm_90".')
    return int(digits[:-1]), int(digits[-1])


def _figures_of(device: Wanted) -> DeviceSpec:
    from smsim.devices import load

    try:
        return load(device)
    except ValueError as wrong:
        raise EnvironmentProblem(str(wrong)) from None


def _simulate(choice: Choice, hazards: str | None) -> Engine:
    from smsim.driver import seam
    from smsim.machine.device import Device

    spec = _figures_of(choice.device)
    _raise_if_too_late()
    device = Device(spec, hazards="raise" if hazards is None else hazards, seed=choice.seed)
    seam.install(device, spec)
    engine = Engine(f"simulated {spec.name}", True, spec, device, choice.reason, (device,))
    _prove()
    return engine


def _with_gpus(engine: Engine, wanted: WantedGPUs) -> Engine:
    """``engine`` with as many simulated GPUs as are wanted, if it has not got them."""
    from smsim.devices.cluster import Cluster
    from smsim.driver import seam
    from smsim.machine.device import Device

    first, have = engine.device, len(engine.devices)
    if wanted.gpus <= max(have, 1) and wanted.per_node is None:
        return engine
    gpus = max(wanted.gpus, have)
    cluster = Cluster(gpus=gpus, gpus_per_node=min(wanted.per_node or gpus, gpus))
    new = [
        Device(
            engine.spec, memory=first.memory, hazards=first.hazards, seed=first.seed, budget=first.budget,
            ordinal=ordinal,
        )
        for ordinal in range(have, gpus)
    ]  # fmt: skip
    devices = (*engine.devices, *new)
    for device in devices:
        device.cluster = cluster
    seam.add_devices(new)
    return replace(engine, devices=devices)


def _again(
    engine: Engine,
    device: Wanted | None,
    hazards: str | None,
    force: bool | None,
    seed: int | None | FromOutside,
    wanted: WantedGPUs,
) -> Engine:
    """A second call may change how the simulated SM judges and in which order, and add GPUs; not which engine
    runs."""
    other = device is not None and engine.simulated and _figures_of(device) != engine.spec
    if other or (force is not None and force != engine.simulated):
        raise EnvironmentProblem(
            f"This process runs kernels on the {engine.engine} already, and that cannot be changed while it "
            f"lives: restart it ({_RESTART} in a notebook) and choose before anything else."
        )
    if not engine.simulated and wanted.gpus > 1 and len(environment.look().driver.gpus) < wanted.gpus:
        raise EnvironmentProblem(
            f"{wanted.gpus} GPUs are needed, and this process already runs kernels on the {engine.engine}: restart "
            f"it ({_RESTART} in a notebook) with SMSIM=1 in its environment, so that all of them are simulated."
        )
    if engine.simulated:
        for one in engine.devices:
            one.hazards = one.hazards if hazards is None else hazards
            one.seed = one.seed if seed is FROM_OUTSIDE else seed
        return _with_gpus(engine, wanted)
    return engine


def _raise_if_too_late() -> None:
    from smsim.driver import seam

    early = seam.imported_too_early()
    if early:
        raise EnvironmentProblem(
            f"{early[0]} was imported before smsim.attach(), and has already looked for a GPU: restart the "
            f"process ({_RESTART} in a notebook) and call smsim.attach() before `from numba import cuda`."
        )


def _use_new_numba_cuda() -> None:
    """numba-cuda puts itself in Numba's place when Python starts; after ``pip install`` it has not yet."""
    importlib.invalidate_caches()
    if importlib.util.find_spec("_numba_cuda_redirector") is not None:
        importlib.import_module("_numba_cuda_redirector")


def _prove() -> None:
    """Ask through Numba whether the simulated GPU is there, since the seam is no documented interface."""
    from numba import cuda

    if not cuda.is_available():
        raise EnvironmentProblem(
            "The simulated GPU could not be put under this version of numba-cuda "
            f"({environment.look().numba_cuda}); tested are {', '.join(environment.TESTED_NUMBA_CUDA)}: "
            f"pip install numba-cuda=={environment.TESTED_NUMBA_CUDA[0]}"
        )


def _raise_if(problem: str | None) -> None:
    if problem:
        raise EnvironmentProblem(problem)

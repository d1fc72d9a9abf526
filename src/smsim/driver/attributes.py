"""What the device says of itself: name, identity, and the numbered attributes of ``CUdevice_attribute``."""

from __future__ import annotations

import ctypes
import hashlib

from smsim.devices import DeviceSpec
from smsim.driver import codes
from smsim.driver.cmemory import put_int, put_text, put_word, text_at
from smsim.driver.contexts import check_device
from smsim.driver.registry import DriverFailure, implements
from smsim.driver.state import driver


def attribute_values(spec: DeviceSpec) -> dict[int, int]:
    """The attributes that are not zero, by their number in ``cuda.h``."""
    major, minor = spec.compute_capability
    return {
        1: spec.max_threads_per_block,
        2: spec.max_block_dim[0],
        3: spec.max_block_dim[1],
        4: spec.max_block_dim[2],
        5: spec.max_grid_dim[0],
        6: spec.max_grid_dim[1],
        7: spec.max_grid_dim[2],
        8: spec.shared_per_block,
        9: spec.constant_bytes,
        10: spec.warp_size,
        11: 0x7FFFFFFF,  # MAX_PITCH
        12: spec.registers_per_block,
        13: spec.clock_hz // 1000,
        14: 512,  # TEXTURE_ALIGNMENT
        16: spec.sms,
        19: 1,  # CAN_MAP_HOST_MEMORY
        31: 1,  # CONCURRENT_KERNELS
        33: 1,  # PCI_BUS_ID
        36: min(spec.memory_clock_hz // 1000, 0x7FFFFFFF),
        37: spec.memory_bus_bits,
        38: spec.l2_bytes,
        39: spec.max_threads_per_sm,
        40: 1,  # ASYNC_ENGINE_COUNT
        41: 1,  # UNIFIED_ADDRESSING
        75: major,
        76: minor,
        78: 1,  # STREAM_PRIORITIES_SUPPORTED
        79: 1,  # GLOBAL_L1_CACHE_SUPPORTED
        80: 1,  # LOCAL_L1_CACHE_SUPPORTED
        81: spec.shared_per_sm,
        82: spec.registers_per_sm,
        83: 1,  # MANAGED_MEMORY
        87: 2 if major == 9 or (major, minor) == (8, 0) else 32,  # FP32 to FP64 rate
        89: 1,  # CONCURRENT_MANAGED_ACCESS
        95: 1,  # COOPERATIVE_LAUNCH
        97: spec.shared_per_block_optin,
        99: 1,  # HOST_REGISTER_SUPPORTED
        106: spec.max_blocks_per_sm,
        111: spec.shared_reserved_per_block,
        115: 1,  # MEMORY_POOLS_SUPPORTED
    }


_P2P_ACCESS, _P2P_ATOMICS = 2, 3


def _bus_id(gpu: int) -> str:
    return f"0000:{gpu + 1:02x}:00.0"


@implements("cuDeviceGetCount")
def count(number: int) -> None:
    put_int(number, len(driver().devices))


@implements("cuDeviceGet")
def get(device: int, ordinal: int) -> None:
    check_device(ordinal)
    put_int(device, ordinal)


@implements("cuDeviceGetByPCIBusId")
def get_by_bus(device: int, bus: int) -> None:
    wanted = text_at(bus).lower()
    found = [gpu for gpu in range(len(driver().devices)) if _bus_id(gpu) == wanted]
    if not found:
        raise DriverFailure(codes.INVALID_DEVICE)
    put_int(device, found[0])


@implements("cuDeviceGetPCIBusId")
def bus_id(text: int, room: int, device: int) -> None:
    check_device(device)
    put_text(text, room, _bus_id(device))


@implements("cuDeviceGetName")
def name(text: int, room: int, device: int) -> None:
    check_device(device)
    put_text(text, room, f"simulated {driver().spec.name}")


@implements("cuDeviceGetUuid")
def uuid(sixteen_bytes: int, device: int) -> None:
    check_device(device)
    number = f" {device}" if device else ""
    digest = hashlib.sha256(f"smsim {driver().spec.name}{number}".encode()).digest()
    ctypes.memmove(sixteen_bytes, digest, 16)


@implements("cuDeviceTotalMem")
def total_memory(size: int, device: int) -> None:
    check_device(device)
    put_word(size, driver().spec.memory_bytes)


@implements("cuDeviceComputeCapability")
def compute_capability(major: int, minor: int, device: int) -> None:
    check_device(device)
    put_int(major, driver().spec.compute_capability[0])
    put_int(minor, driver().spec.compute_capability[1])


@implements("cuDeviceGetAttribute")
def attribute(value: int, which: int, device: int) -> None:
    check_device(device)
    put_int(value, attribute_values(driver().spec).get(which, 0))


@implements("cuDeviceCanAccessPeer")
def can_access_peer(answer: int, device: int, peer: int) -> None:
    check_device(device)
    check_device(peer)
    put_int(answer, int(device != peer))


@implements("cuDeviceGetP2PAttribute")
def peer_attribute(value: int, which: int, source: int, target: int) -> None:
    """Access and native atomics are supported between any two; ranks and arrays are not told."""
    check_device(source)
    check_device(target)
    put_int(value, int(source != target and which in (_P2P_ACCESS, _P2P_ATOMICS)))

"""The GPUs that smsim can play: two TOML files each, every figure with unit, source, date and mark."""

from smsim.devices.spec import MARKS, DeviceSpec, Figure, names
from smsim.devices.spec import named as load

__all__ = ["MARKS", "DeviceSpec", "Figure", "load", "names"]

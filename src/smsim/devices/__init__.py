"""The GPUs that smsim can play: two TOML files each, every figure with unit, source, date and mark."""

from smsim.devices.own import from_dict, load
from smsim.devices.spec import MARKS, DeviceSpec, Figure, names

__all__ = ["MARKS", "DeviceSpec", "Figure", "from_dict", "load", "names"]

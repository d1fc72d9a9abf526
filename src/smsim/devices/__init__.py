"""The GPUs that smsim can play: one TOML file each, every figure with unit, source, date and mark."""

from smsim.devices.spec import DeviceSpec, Figure, load, names

__all__ = ["DeviceSpec", "Figure", "load", "names"]

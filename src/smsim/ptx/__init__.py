"""PTX as text and as data: reading it, linking it, its instruction table and its control flow."""

from smsim.ptx.link import link
from smsim.ptx.parser import load_text, parse, parse_modules

__all__ = ["link", "load_text", "parse", "parse_modules"]

"""The links between GPUs: how much they carry, how long it takes, and how much may be under way.

The figures are rows of ``smsim/devices/links.toml``, with unit, source and mark.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from smsim.devices.spec import LINKS_FILE, Figure, figures_of

#: How a GPU reaches memory: its own, that of a GPU of its node, that of a GPU of another node.
LOCAL, NVLINK, NETWORK = range(3)
#: The names of the two links, in this order, as in the file.
NAMES = ("nvlink", "network")
#: What moves at a time, bytes.
SECTOR = 32


@dataclass(frozen=True, slots=True)
class Link:
    """One kind of link, as every GPU has it.

    Attributes:
        bandwidth: bytes per second that a GPU sends, and as many that it receives.
        hop: seconds that one way takes longer than within a GPU.
        credits: bytes of stores and atomics that one SM may have under way, until they are acknowledged.

    Raises:
        ValueError: a figure is not above zero (``hop`` may be zero), or the credits are less than a sector.
    """

    bandwidth: float
    hop: float
    credits: int

    def __post_init__(self) -> None:
        if not self.bandwidth > 0:
            raise ValueError(f"a link's bandwidth is above 0 bytes per second, not {self.bandwidth}")
        if not self.hop >= 0:
            raise ValueError(f"a link's hop takes 0 seconds or more, not {self.hop}")
        if not self.credits >= SECTOR:
            raise ValueError(
                f"a link has credits for one sector of {SECTOR} bytes at least, not {self.credits}"
            )


@cache
def figures() -> dict[str, Figure]:
    """The rows of the file, by name."""
    text = (resources.files(__package__) / LINKS_FILE).read_text("utf-8")
    return figures_of(tomllib.loads(text))


@cache
def published(name: str) -> Link:
    """One of :data:`NAMES` in DeepSeek's cluster."""
    found = figures()
    return Link(
        bandwidth=float(found[f"{name}_bandwidth"].value),
        hop=found[f"{name}_hop"].value * 1e-9,
        credits=found[f"{name}_credits"].value,
    )

"""What a launch moved over the links to other GPUs, and how busy they were. Bytes are what is carried, by whole
sectors of 32 bytes; headers and requests are in no count."""

from __future__ import annotations

from dataclasses import dataclass

from smsim.devices.links import NAMES
from smsim.profiling.evidence import Evidence

#: What a reader calls the links.
TITLES = {"nvlink": "NVLink", "network": "network"}
#: The metrics, by link and whether it is what was sent. NVLink's are Nsight Compute's names of what users' data takes.
METRICS = {
    ("nvlink", True): "nvltx__bytes_data_user.sum",
    ("nvlink", False): "nvlrx__bytes_data_user.sum",
    ("network", True): "network__bytes_sent.sum",
    ("network", False): "network__bytes_received.sum",
}


@dataclass(frozen=True)
class Traffic:
    """One direction of one link.

    Attributes:
        link: one of :data:`smsim.devices.links.NAMES`.
        sent: from the GPU, or to it.
        replayed: bytes of the replayed SMs.
        share: of the link's bandwidth while the SM was active, from 0 to 1.
    """

    link: str
    sent: bool
    replayed: int
    share: float

    @property
    def title(self) -> str:
        """``"NVLink sent"``."""
        return f"{TITLES[self.link]} {'sent' if self.sent else 'received'}"


def replayed_bytes(evidence: Evidence, link: str, sent: bool) -> int:
    """Bytes of the replayed SMs in one direction of a link; 0 where there is none."""
    table = evidence.replay.link_sent_bytes if sent else evidence.replay.link_received_bytes
    number = NAMES.index(link)
    return int(table[:, number].sum()) if number < table.shape[1] else 0


def traffic(evidence: Evidence) -> list[Traffic]:
    """All directions of all links; nothing where no memory of another GPU was reached."""
    out = []
    for link, figures in zip(NAMES, evidence.trace.links):
        peak = figures.bandwidth / evidence.spec.clock_hz * max(evidence.active_cycles, 1)
        for sent in (True, False):
            replayed = replayed_bytes(evidence, link, sent)
            of_gpu = evidence.on_sm(replayed) * evidence.trace.active_sms
            out.append(Traffic(link, sent, replayed, min(1.0, of_gpu / peak)))
    return out

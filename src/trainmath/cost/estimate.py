"""A run in one call: what the book's calculator shows, from tokens to dollars and days."""

from __future__ import annotations

from dataclasses import dataclass

from trainmath.cost.money import rent_usd
from trainmath.cost.run import reserved_sm_factor
from trainmath.model.flops import days, gpu_hours, six_nd


@dataclass(frozen=True)
class Estimate:
    """FLOP of the run, GPU-hours, USD, and days of wall time if all GPUs work all the time."""

    flop: float
    gpu_hours: float
    usd: float
    days: float


def estimate(
    *,
    tokens: float,
    active_parameters: float,
    attention_flop_per_token: float,
    mfu: float,
    peak_flops: float,
    usd_per_gpu_hour: float,
    gpus: float,
    measured_sms: int = 0,
    reserved_sms: int = 0,
    overlapped: float = 1.0,
    sms: int = 132,
) -> Estimate:
    """A training run by ``6ND`` plus attention, at a share ``mfu`` (0 to 1) of ``peak_flops`` FLOP/s.

    ``measured_sms`` of ``sms`` SMs were reserved for communication where the MFU was measured, ``reserved_sms``
    are in this run, both during a share ``overlapped`` of the time; only their difference matters. Arithmetic
    goes in proportion to the SMs that are left, as in ``reserved_sm_factor``: an upper bound of the effect.

    Raises ``ValueError`` for an MFU that is no share or is 0, for a peak or GPUs that are not above 0, and for
    SMs or an overlap that cannot be.
    """
    if not 0 < mfu <= 1:
        raise ValueError(f"mfu is {mfu}; it is a share above 0 and at most 1, not in percent.")
    if not (peak_flops > 0 and gpus > 0):
        raise ValueError(f"peak_flops and gpus are above 0, not {peak_flops} and {gpus}.")
    if min(tokens, active_parameters, attention_flop_per_token, usd_per_gpu_hour) < 0:
        raise ValueError("tokens, parameters, FLOP and the price are at least 0.")
    flop = six_nd(active_parameters, tokens) + attention_flop_per_token * tokens
    factor = reserved_sm_factor(reserved_sms, sms, overlapped) / reserved_sm_factor(
        measured_sms, sms, overlapped
    )
    hours = float(gpu_hours(flop, mfu, peak_flops) * factor)
    return Estimate(flop, hours, rent_usd(hours, usd_per_gpu_hour), days(hours, gpus))

"""What changes the GPU-hours of a run: reserved SMs, pipeline bubbles, number formats, sparsity, failures.

Every function that ends in ``factor`` gives GPU-hours as a multiple of the same run without the effect. They are
first-order formulas, each with its limits in the docstring; they say how large an effect can be, not what it was.
"""

from __future__ import annotations

import math


def _share(name: str, value: float, below_one: bool = False) -> float:
    if not 0 <= value <= 1 or (below_one and value == 1):
        raise ValueError(f"{name} is {value}; a share lies between 0 and 1, not in percent.")
    return value


def reserved_sm_factor(reserved_sms: float, sms: float = 132, overlapped: float = 1.0) -> float:
    """GPU-hours when ``reserved_sms`` of ``sms`` SMs do no arithmetic during a share ``overlapped`` of the time.

    Arithmetic goes in proportion to the SMs that are left: an upper bound, since memory-bound work loses less.
    What the reserved SMs win by moving data meanwhile is not in it.
    """
    if not 0 <= reserved_sms < sms:
        raise ValueError(f"reserved_sms is {reserved_sms}; it must be at least 0 and less than sms, {sms}.")
    f = _share("overlapped", overlapped)
    return 1 - f + f * sms / (sms - reserved_sms)


def bubble_factor(bubble: float) -> float:
    """GPU-hours when GPUs wait for the pipeline during a share ``bubble`` of a step: ``1 / (1 - bubble)``."""
    return 1 / (1 - _share("bubble", bubble, below_one=True))


def bubble_1f1b(stages: int, micro_batches: int) -> float:
    """Share of a step that the 1F1B schedule leaves idle: ``(PP - 1) / (M + PP - 1)``, all stages alike."""
    if stages < 1 or micro_batches < 1:
        raise ValueError(f"stages and micro_batches are at least 1, not {stages} and {micro_batches}.")
    return (stages - 1) / (micro_batches + stages - 1)


def precision_factor(share: float, speedup: float) -> float:
    """GPU-hours when a ``share`` of the BF16 time runs ``speedup`` times as fast, as in FP8 (Amdahl's law)."""
    if speedup <= 0:
        raise ValueError(f"speedup is {speedup}; it must be greater than 0.")
    f = _share("share", share)
    return 1 - f + f / speedup


def sparsity_factor(active_parameters: float, dense_parameters: float) -> float:
    """FLOPs of a mixture of experts as a multiple of a dense model's, by 6ND on the same number of tokens."""
    return active_parameters / dense_parameters


def effective_factor(effective: float) -> float:
    """GPU-hours when only a share ``effective`` of the time trains, because of restarts and repeated steps."""
    if not 0 < effective <= 1:
        raise ValueError(f"effective is {effective}; a share greater than 0 and at most 1, not in percent.")
    return 1 / effective


def gpu_hours_between_failures(gpus: float, hours: float, failures: float) -> float:
    """GPU-hours for each failure seen; the GPU-hours of a run over this is how many to expect."""
    return gpus * hours / failures


def lost_share(
    checkpoint_hours: float, save_hours: float, restart_hours: float, hours_between_failures: float
) -> float:
    """Share of wall time lost when a checkpoint is saved every ``checkpoint_hours`` (first order; all in hours).

    Saving costs ``save_hours`` each time; each failure costs the restart and half an interval of repeated work.
    """
    saving = save_hours / checkpoint_hours
    failing = (restart_hours + checkpoint_hours / 2) / hours_between_failures
    return saving + failing


def best_checkpoint_hours(save_hours: float, hours_between_failures: float) -> float:
    """Interval in hours that makes ``lost_share`` smallest: ``sqrt(2 * save * between failures)`` (Young, 1974)."""
    return math.sqrt(2 * save_hours * hours_between_failures)

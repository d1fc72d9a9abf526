"""What changes the GPU-hours of a run: reserved SMs, pipeline bubbles, number formats, sparsity, failures.

Every function that ends in ``factor`` gives GPU-hours as a multiple of the same run without the effect. They are
first-order formulas, each with its limits in the docstring; they say how large an effect can be, not what it was.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def _refuse(bad: Any, message: str) -> None:
    """Raise ``ValueError`` where anything in ``bad``, a truth value or an array of them, is true."""
    if np.any(bad):
        raise ValueError(message)


def _share(name: str, value: Any, below_one: bool = False) -> Any:
    outside = ~((np.asarray(value) >= 0) & (np.asarray(value) <= 1))
    _refuse(outside, f"{name} is {value}; a share lies between 0 and 1, not in percent.")
    _refuse(below_one and np.any(np.asarray(value) == 1), f"{name} is 1: nothing would be left.")
    return value


def reserved_sm_factor(reserved_sms: Any, sms: Any = 132, overlapped: Any = 1.0) -> Any:
    """GPU-hours when ``reserved_sms`` of ``sms`` SMs do no arithmetic during a share ``overlapped`` of the time.

    Arithmetic goes in proportion to the SMs that are left: an upper bound, since memory-bound work loses less.
    What the reserved SMs win by moving data meanwhile is not in it.
    """
    possible = (np.asarray(reserved_sms) >= 0) & (np.asarray(reserved_sms) < np.asarray(sms))
    _refuse(~possible, f"reserved_sms is {reserved_sms}; it must be at least 0 and less than sms, {sms}.")
    f = _share("overlapped", overlapped)
    return 1 - f + f * sms / (sms - reserved_sms)


def bubble_factor(bubble: Any) -> Any:
    """GPU-hours when GPUs wait for the pipeline during a share ``bubble`` of a step: ``1 / (1 - bubble)``."""
    return 1 / (1 - _share("bubble", bubble, below_one=True))


def bubble_1f1b(stages: Any, micro_batches: Any) -> Any:
    """Share of a step that the 1F1B schedule leaves idle: ``(PP - 1) / (M + PP - 1)``, all stages alike."""
    few = (np.asarray(stages) < 1) | (np.asarray(micro_batches) < 1)
    _refuse(few, f"stages and micro_batches are at least 1, not {stages} and {micro_batches}.")
    return (stages - 1) / (micro_batches + stages - 1)


def precision_factor(share: Any, speedup: Any) -> Any:
    """GPU-hours when a ``share`` of the BF16 time runs ``speedup`` times as fast, as in FP8 (Amdahl's law)."""
    _refuse(~(np.asarray(speedup) > 0), f"speedup is {speedup}; it must be greater than 0.")
    f = _share("share", share)
    return 1 - f + f / speedup


def sparsity_factor(active_parameters: Any, dense_parameters: Any) -> Any:
    """FLOPs of a mixture of experts as a multiple of a dense model's, by 6ND on the same number of tokens."""
    return active_parameters / dense_parameters


def effective_factor(effective: Any) -> Any:
    """GPU-hours when only a share ``effective`` of the time trains, because of restarts and repeated steps."""
    inside = (np.asarray(effective) > 0) & (np.asarray(effective) <= 1)
    _refuse(~inside, f"effective is {effective}; a share greater than 0 and at most 1, not in percent.")
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

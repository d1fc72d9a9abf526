"""From a model's config to parameters, FLOPs, utilisation and GPU-hours."""

from trainmath.model.config import FAMILIES, Attention, ConfigError, Experts, Shape, read
from trainmath.model.flops import (
    attention_flop_per_token,
    days,
    flops_per_gpu,
    gpu_hours,
    gpu_hours_at_rate,
    mfu,
    mfu_of_run,
    six_nd,
    training_flop_per_token,
)
from trainmath.model.known import KnownModel, UnknownModel, load, names
from trainmath.model.tensors import (
    PARTS,
    Tensor,
    active_parameters,
    by_part,
    mtp_parameters,
    mtp_tensors,
    multiplied_parameters,
    parameters,
    tensors,
)

__all__ = [
    "FAMILIES",
    "PARTS",
    "Attention",
    "ConfigError",
    "Experts",
    "KnownModel",
    "Shape",
    "Tensor",
    "UnknownModel",
    "active_parameters",
    "attention_flop_per_token",
    "by_part",
    "days",
    "flops_per_gpu",
    "gpu_hours",
    "gpu_hours_at_rate",
    "load",
    "mfu",
    "mfu_of_run",
    "mtp_parameters",
    "mtp_tensors",
    "multiplied_parameters",
    "names",
    "parameters",
    "read",
    "six_nd",
    "tensors",
    "training_flop_per_token",
]

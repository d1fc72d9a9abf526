"""Which GPUs a PTX text may run on, by its ``.target``."""

from __future__ import annotations

import re

from smsim.devices import DeviceSpec
from smsim.errors import LaunchError
from smsim.ptx.nodes import Module

_TARGET = re.compile(r"sm_(\d+)(\d)([af]?)$")


def check_target(module: Module, spec: DeviceSpec) -> None:
    """Raise LaunchError if the driver of such a GPU would not take the text.

    PTX for ``sm_80`` runs on every GPU from 8.0 on; what is for ``sm_90a`` on 9.0 only; what is for
    ``sm_100f`` on 10.x from there on (PTX ISA, directive ``.target``).
    """
    found = _TARGET.match(module.target)
    if not found:
        return  # sm_7, sm_8: from before the targets had two digits; every GPU runs them
    wanted, suffix = (int(found[1]), int(found[2])), found[3]
    own = spec.compute_capability
    fits = own == wanted if suffix == "a" else own >= wanted and (not suffix or own[0] == wanted[0])
    if not fits:
        why = (
            "PTX runs on newer GPUs, not on older ones"
            if own < wanted
            else "the letter ties it to its own kind"
        )
        raise LaunchError(
            f"The PTX says .target {module.target}, and the {spec.name} is an sm_{own[0]}{own[1]}: {why}."
        )

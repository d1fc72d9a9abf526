"""GPUs that may use each other's memory."""

from __future__ import annotations

from functools import cache

from numba import cuda


@cache
def open_access(gpus: int) -> None:
    """Let each of the first ``gpus`` GPUs use the memory of every other. A second call changes nothing."""
    contexts = []
    for gpu in range(gpus):
        with cuda.gpus[gpu]:
            contexts.append(cuda.current_context())
    for context in contexts:
        with cuda.gpus[context.device.id]:
            for other in contexts:
                if other is not context and (context.device.id, other.device.id) not in _OPEN:
                    context.enable_peer_access(other.handle)
                    _OPEN.add((context.device.id, other.device.id))


#: A driver refuses to be told so twice.
_OPEN: set[tuple[int, int]] = set()

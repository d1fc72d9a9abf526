"""The same function for many inputs that have nothing to do with each other, on one core, on all, or on a cluster.

from trainmath import sweeping

sweeping.spread(function, items)                      # here, one after the other
sweeping.spread(function, items, jobs=-1)             # on all cores of this machine

with joblib.parallel_config(backend="dask"):          # on the workers of the Dask client that was made before
    sweeping.spread(function, items)

What NumPy can do for all inputs in one call belongs into one call. This is for the rest: routings of many seeds, plans.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class SweepError(RuntimeError):
    """The function raised an exception for one of the inputs; the message says for which, and what."""


def spread(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    jobs: int | None = None,
    progress: bool = True,
) -> list[Result]:
    """``[function(item) for item in items]``, spread by joblib.

    Args:
        function: of one input. What it is given and what it returns must be picklable as soon as ``jobs`` is not 1.
        items: the inputs.
        jobs: processes; -1: one a core; ``None``: what ``joblib.parallel_config`` says around this call, and 1 where it
            says nothing.
        progress: whether to draw a bar. It goes to stderr, and only where that is a terminal.

    Returns:
        The results in the order of ``items``, whoever is done first.

    Raises:
        SweepError: the function raised an exception for an input; of several, the first in order. The others have been
            tried by then. Its traceback is a note of this one.
        ValueError: ``jobs`` is 0.
    """
    from joblib import Parallel, delayed
    from tqdm import tqdm

    if jobs == 0:
        raise ValueError("jobs is 0; a positive number of processes, or -1 for one a core")
    given = list(items)
    one = delayed(partial(_one, function, len(given)))
    with Parallel(n_jobs=jobs, return_as="generator") as parallel:
        results = parallel(one(number, item) for number, item in enumerate(given))
        silent = not (progress and sys.stderr.isatty())
        done = list(tqdm(results, total=len(given), disable=silent, file=sys.stderr))
    return [_got(result) for result in done]


@dataclass(frozen=True)
class _Failed:
    """An exception as text: not every exception survives the way back from another process."""

    message: str
    trace: str


def _one(function: Callable[[Any], Any], total: int, number: int, item: Any) -> Any:
    try:
        return function(item)
    except Exception as error:
        said = f"item {number + 1} of {total}, {_short(item)}: {type(error).__name__}: {error}"
        return _Failed(said, traceback.format_exc())


def _got(result: Any) -> Any:
    if not isinstance(result, _Failed):
        return result
    error = SweepError(result.message)
    error.add_note(result.trace)
    raise error


def _short(item: Any) -> str:
    text = repr(item)
    return text if len(text) <= 80 else f"{text[:77]}..."

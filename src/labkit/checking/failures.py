"""Python and Numba errors in an answer, told in one or two short sentences without file names."""

from __future__ import annotations

import re
import traceback
from typing import Any

from labkit.checking.answer import python_function
from labkit.checking.calling import EndlessAnswer, ForbiddenCall

_LIMIT = 160
_NEW_ARRAY = "a kernel cannot make a new array, list or text. Work element by element."
_RETURNS = "a kernel returns nothing. Write the result into an element of the output, as in `out[i] = ...`."


def describe_failure(failure: Exception, answer: Any) -> tuple[str, str]:
    """``(message, short name)`` for an exception that is not the simulator's verdict."""
    if isinstance(failure, EndlessAnswer):
        said = f"it was stopped after {failure.steps / 1e6:g} million steps. Does it ever end? Look at its loops."
        return said, "never ends"
    if isinstance(failure, ForbiddenCall):
        said = f"`{failure.called}` of the library does the work in this answer. Write your own, then compare the two."
        return said, "the library's own"
    kinds = {kind.__name__ for kind in type(failure).__mro__}
    if "NumbaError" in kinds:
        reason = _reason(str(failure)) + _numba_line(str(failure), answer)
        return f"the kernel does not compile: {reason}", "does not compile"
    if "InlineAsmError" in kinds:
        reason = str(failure).splitlines()[0].rpartition("): ")[2]
        return f"the constraints of an inline PTX text do not fit: {reason}", "wrong constraint"
    if "ArgumentError" in kinds:
        return (
            f"the kernel does not take what this exercise passes: {_reason(str(failure))}",
            "wrong arguments",
        )
    text = f"{type(failure).__name__}: {_reason(str(failure))}"
    return f"running it raised {text}{_python_line(failure, answer)}", "raises"


#: Messages of Numba that say nothing to somebody who writes a first kernel, and what they mean.
_MEANS = (
    (r"No conversion from .* to none for .*return_value", _RETURNS),
    (r"must have void return type", _RETURNS),
    (r"NRT required but not enabled", _NEW_ARRAY),
    (r"(?s)ol_np_empty.*Only accept returning of array", _NEW_ARRAY),
)


def _reason(text: str) -> str:
    """The one line of a Numba message that tells a learner something."""
    for pattern, meaning in _MEANS:
        if re.search(pattern, text):
            return meaning
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("Failed in", "During:", "File ", "<source"))]
    if not lines:
        return "no reason was given."
    telling = [line for line in lines if line.startswith(("NameError", "Unknown", "Untyped"))]
    specific = [m.group(1) for m in (re.match(r"Numba\w*Error: (.*)", line) for line in lines) if m]
    first = specific[0] if specific else (telling or lines)[0]
    if first.startswith("No implementation of function"):
        called = next((line[3:].strip() for line in lines if line.startswith(">>>")), "")
        first = f"there is no {called} for these types" if called else first
    first = re.sub(r"\S*[/\\]\S+", "", first).strip()
    first = first if len(first) <= _LIMIT else first[: _LIMIT - 3].rstrip() + "..."
    return first if first.endswith((".", "!", "?")) else first + "."


def _numba_line(text: str, answer: Any) -> str:
    function = python_function(answer)
    found = re.search(r'File "[^"]*", line (\d+)', text)
    if function is None or not found:
        return ""
    return _relative(int(found.group(1)), function)


def _python_line(failure: Exception, answer: Any) -> str:
    function = python_function(answer)
    if function is None:
        return ""
    frames = traceback.extract_tb(failure.__traceback__)
    own = [f.lineno for f in frames if f.filename == function.__code__.co_filename and f.lineno]
    return _relative(own[-1], function) if own else ""


def _relative(line: int, function: Any) -> str:
    """Which line, counted from the function's first, its decorator included."""
    below = line - function.__code__.co_firstlineno
    return f" (Line {below + 1} of `{function.__name__}`.)" if below >= 0 else ""

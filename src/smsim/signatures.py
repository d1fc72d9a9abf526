"""For which argument types a function such as ``views`` looks at a Numba kernel."""

from __future__ import annotations

from typing import Any


def asked_for(what: str, dispatcher: Any, signature: Any) -> Any:
    """What :func:`smsim.driver.compile.compile_for` takes: a signature, or a tuple of types.

    Args:
        what: how to say it right, for messages, such as ``"views(kernel, signature)"``.
        dispatcher: what ``@cuda.jit`` returns.
        signature: a Numba signature, a string, a tuple of types, or a tuple of arguments such as a launch would
            get. ``None``: those for which the kernel is compiled already, if there is one such set.

    Raises:
        TypeError: the signature is missing and cannot be guessed.
        LaunchError: the arguments are not those of the kernel.
    """
    name = dispatcher.py_func.__name__
    if signature is None:
        seen = list(dispatcher.overloads)
        if len(seen) != 1:
            state = f"is compiled for {len(seen)} signatures" if seen else "has not been launched yet"
            raise TypeError(f"{name} {state}; say for which argument types: {what}.")
        return seen[0]
    if not isinstance(signature, (tuple, list)):
        return signature
    if all(map(_is_type, signature)):
        return tuple(signature)
    from smsim.driver.arguments import check_count, check_passable, parameter_names
    from smsim.driver.compile import types_of

    names = parameter_names(dispatcher.py_func)
    check_count(name, names, signature)
    check_passable(name, names, signature)
    return types_of(dispatcher, signature)


def _is_type(value: Any) -> bool:
    """Whether ``value`` is a Numba type. Numba itself is not imported here."""
    return any(c.__name__ == "Type" and c.__module__.startswith("numba") for c in type(value).__mro__)

"""Short names for what a compiler names at length: ``_ZN8__main__5saxpyB2v1...E`` becomes ``saxpy``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from smsim.ptx.nodes import Function, Module

#: Longer names than this are shortened even when they do not say how.
LONGEST = 40
_TOKEN = re.compile(r"[A-Za-z_$%][\w$]*")
_ENVIRONMENT = "_ZN08NumbaEnv"


def is_bookkeeping(symbol: str) -> bool:
    """Whether a variable is one that Numba puts beside each kernel and the kernel never reads."""
    return symbol.startswith(_ENVIRONMENT)


def short(symbol: str) -> str:
    """The readable part of a symbol: the last name of a mangled one, else the symbol itself.

    Mangled names write each part with its length before it: ``_ZN8__main__5saxpy`` is ``__main__.saxpy``.
    """
    parts = []
    at = re.match(r"_ZN?", symbol)
    rest = symbol[at.end() :] if at else ""
    while found := re.match(r"(\d+)", rest):
        length = int(found[1])
        parts.append(rest[found.end() : found.end() + length])
        rest = rest[found.end() + length :]
    name = parts[-1] if parts and parts[-1] else symbol
    return name if len(name) <= LONGEST else name[: LONGEST - 3] + "..."


def shortened(module: Module, kernel: Function | None, kernel_name: str | None) -> dict[str, str]:
    """A short, unique name for every function and variable of ``module`` that needs one.

    ``kernel`` is the function that shall be called ``kernel_name``.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    if kernel is not None and kernel_name is not None:
        names[kernel.name] = kernel_name
        taken.add(kernel_name)
    symbols = [*module.functions, *module.variables]
    symbols += [name for function in module.functions.values() for name in function.variables]
    for symbol in dict.fromkeys(symbols):
        if symbol in names:
            continue
        name = wanted = short(symbol)
        number = 2
        while name in taken:
            name, number = f"{wanted}_{number}", number + 1
        taken.add(name)
        names[symbol] = name
    for function in module.functions.values():
        for variable in (*function.params, *function.returns):
            if variable.name.startswith(function.name):
                names[variable.name] = names[function.name] + variable.name[len(function.name) :]
    return {symbol: name for symbol, name in names.items() if symbol != name}


def renamed(text: str, names: Mapping[str, str]) -> str:
    """``text`` with every whole name replaced by its short one."""
    return _TOKEN.sub(lambda found: names.get(found[0], found[0]), text)


def names_in(texts: Iterable[str]) -> set[str]:
    """All names, registers and labels that occur in some statements."""
    return {name for text in texts for name in _TOKEN.findall(text)}

"""Several modules into one: what ``.extern`` asks for is found where it is ``.visible``.

The names that a module keeps to itself stay apart: if two modules have a ``helper`` each, the second
becomes ``helper#2``. A function that no module defines stays declared only; the machine supplies a few of
them (``vprintf``, ``malloc``, ``free``, ``__assertfail`` and the cooperative-grid entry points), and says
so if it is asked to call any other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from smsim.ptx.messages import syntax_error
from smsim.ptx.nodes import Address, Function, Group, Instruction, Module, Operand, Symbol, Variable, Vector

_PUBLIC = ("visible", "weak", "common", "extern")


def link(modules: Sequence[Module]) -> Module:
    """Join modules. One module alone is returned as it is.

    Version and target are the highest among them. Lines count through all texts, one after the other;
    modules that were read from one text keep its lines.

    Raises:
        PTXSyntaxError: two modules define the same visible name.
        ValueError: there is no module.
    """
    if not modules:
        raise ValueError("there is nothing to link")
    if len(modules) == 1:
        return modules[0]
    one_text = all(module.text is modules[0].text for module in modules)
    variables: dict[str, Variable] = {}
    functions: dict[str, Function] = {}
    files: dict[int, str] = {}
    taken: dict[str, int] = {}
    lines_before = 0
    for module in modules:
        renamed = _private_names(module, taken)
        first_file = max(files, default=0) if set(files) & set(module.files) else 0
        files.update({first_file + number: path for number, path in module.files.items()})
        move = _Move(renamed, lines_before, first_file)
        for variable in module.variables.values():
            _join(variables, move.variable(variable), _variable_rank)
        for function in module.functions.values():
            _join(functions, move.function(function), _function_rank)
        if not one_text:
            lines_before += module.text.count("\n") + 1
    _check_kinds(variables, functions)
    return Module(
        version=max(module.version for module in modules),
        target=max((module.target for module in modules), key=_target_number),
        address_size=modules[0].address_size,
        variables=variables,
        functions=functions,
        files=files,
        text=modules[0].text if one_text else "\n".join(module.text for module in modules),
        target_options=modules[0].target_options,
    )


def _target_number(target: str) -> tuple[int, str]:
    digits = "".join(character for character in target if character.isdigit())
    return (int(digits) if digits else 0, target)


def _private_names(module: Module, taken: dict[str, int]) -> dict[str, str]:
    """New names for what this module keeps to itself and an earlier module has as well."""
    renamed = {}
    for name, item in [*module.variables.items(), *module.functions.items()]:
        declared_only = isinstance(item, Function) and item.declared_only
        before = taken.get(name, 0)
        taken[name] = before + 1
        if before and item.linkage not in _PUBLIC and not declared_only:
            renamed[name] = f"{name}#{before + 1}"
    return renamed


# Of two that share a name, the one of higher rank stays; equal ranks collide, but for rank 0 and 1.
def _variable_rank(variable: Variable) -> int:
    return {"extern": 0, "weak": 1, "common": 1}.get(variable.linkage or "", 2)


def _function_rank(function: Function) -> int:
    if function.declared_only:
        return 0
    return 1 if function.linkage == "weak" else 2


def _join(known: dict, item: Variable | Function, rank) -> None:
    other = known.get(item.name)
    if other is None or rank(item) > rank(other):
        known[item.name] = item
    elif rank(item) == rank(other) == 2:
        syntax_error(f"'{item.name}' is defined twice, first on line {other.line}", item.line)
    elif isinstance(item, Variable) and rank(item) == 1 == rank(other):
        if item.size_bytes > other.size_bytes or (item.init is not None and other.init is None):
            known[item.name] = item


def _check_kinds(variables: dict[str, Variable], functions: dict[str, Function]) -> None:
    for name in variables.keys() & functions.keys():
        syntax_error(
            f"'{name}' is a variable here and a function on line {functions[name].line}", variables[name].line
        )


class _Move:
    """Copies the parts of a module under new names, lines and file numbers."""

    def __init__(self, renamed: dict[str, str], lines: int, files: int) -> None:
        self.renamed, self.lines, self.files = renamed, lines, files

    def name(self, name: str) -> str:
        return self.renamed.get(name, name)

    def variable(self, variable: Variable) -> Variable:
        if not (self.renamed or self.lines):
            return variable
        relocations = tuple((at, self._relocated(to), addend) for at, to, addend in variable.relocations)
        return dataclasses.replace(
            variable,
            name=self.name(variable.name),
            relocations=relocations,
            line=variable.line + self.lines,
        )

    def _relocated(self, spelling: str) -> str:
        """Rename inside ``generic(name)`` and ``mask(0xff)name`` too."""
        wrapper = ""
        if spelling.startswith("mask("):
            wrapper, _, spelling = spelling.partition(")")
            wrapper += ")"
        if spelling.startswith("generic("):
            return f"{wrapper}generic({self.name(spelling[8:-1])})"
        return wrapper + self.name(spelling)

    def function(self, function: Function) -> Function:
        if not (self.renamed or self.lines or self.files):
            return function
        # Names declared inside the function never equal a module's, so that plain renaming is safe.
        return dataclasses.replace(
            function,
            name=self.name(function.name),
            body=tuple(map(self._instruction, function.body)),
            variables={name: self._local(v) for name, v in function.variables.items()},
            call_targets={k: tuple(map(self.name, v)) for k, v in function.call_targets.items()},
            line=function.line + self.lines,
        )

    def _local(self, variable: Variable) -> Variable:
        relocations = tuple((at, self._relocated(to), addend) for at, to, addend in variable.relocations)
        return dataclasses.replace(variable, relocations=relocations, line=variable.line + self.lines)

    def _instruction(self, instruction: Instruction) -> Instruction:
        loc = instruction.loc
        if loc is not None and self.files:
            loc = dataclasses.replace(loc, file=loc.file + self.files)
        operands = instruction.operands
        if self.renamed:
            operands = tuple(map(self._operand, operands))
        line = instruction.line + self.lines
        return dataclasses.replace(instruction, operands=operands, line=line, loc=loc)

    def _operand(self, operand: Operand) -> Operand:
        if isinstance(operand, Symbol):
            return Symbol(self.name(operand.name), operand.offset)
        if isinstance(operand, Address) and isinstance(operand.base, Symbol):
            return Address(self._operand(operand.base), operand.offset)
        if isinstance(operand, Vector | Group):
            return type(operand)(tuple(map(self._operand, operand.items)))
        return operand

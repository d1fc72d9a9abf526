"""From what was written to what it means: a :class:`~smsim.ptx.nodes.Module` with all names looked up."""

from __future__ import annotations

import dataclasses

from lark import Token

from smsim.ptx import constants, data, tree
from smsim.ptx.body import BodyBuilder
from smsim.ptx.messages import error_at
from smsim.ptx.nodes import Function, Module, Registers, Variable
from smsim.ptx.register_params import CARRIED, through_memory
from smsim.ptx.scope import ModuleScope, Names, Scope


def build_module(written: tree.ModuleText, text: str, blanked: str) -> Module:
    """Build one module. ``blanked`` is ``text`` with its comments replaced by spaces."""
    return _ModuleBuilder(written, text, blanked).build()


class _ModuleBuilder:
    def __init__(self, written: tree.ModuleText, text: str, blanked: str) -> None:
        self.written, self.text, self.blanked = written, text, blanked
        self.scope = ModuleScope()
        self.variables: dict[str, Variable] = {}
        self.functions: dict[str, Function] = {}
        self.files: dict[int, str] = {}
        self._build = {
            tree.VariableDeclaration: self._variable,
            tree.FunctionDeclaration: self._function,
            tree.File: self._file,
            tree.Alias: self._alias,
        }

    def build(self) -> Module:
        for item in self.written.items:
            self._build[type(item)](item)
        target, *options = (str(name) for name in self.written.target)
        return Module(
            version=_version(self.written.version),
            target=target,
            address_size=self._address_size(),
            variables=self.variables,
            functions=self.functions,
            files=self.files,
            text=self.text,
            target_options=tuple(options),
        )

    def _address_size(self) -> int:
        token = self.written.address_size
        if token is None:
            return 64
        size = constants.integer(token)
        if size == 32:
            error_at("expected .address_size 64: since sm_90 addresses of 32 bits are not supported", token)
        if size != 64:
            error_at(f"expected .address_size 64, found {token}", token)
        return size

    def _file(self, item: tree.File) -> None:
        self.files[item.number] = item.path

    def _variable(self, item: tree.VariableDeclaration) -> None:
        if item.space == "param":
            error_at("a variable outside functions cannot be in .param", item.declarators[0].name)
        for variable in data.variables(item, self.scope):
            name, known = variable.name, self.variables.get(variable.name)
            token = next(d.name for d in item.declarators if name.startswith(str(d.name)))
            if name in self.functions or (known and "extern" not in (known.linkage, item.linkage)):
                error_at(f"'{name}' is declared twice", token)
            # A name may be declared .extern any number of times, before and after its definition.
            if known is None or item.linkage != "extern":
                self.variables[name] = variable

    def _alias(self, item: tree.Alias) -> None:
        target = self.functions.get(str(item.target))
        if target is None or target.declared_only:
            error_at(f".alias names '{item.target}', which is not a function defined above", item.target)
        declared = self.functions.get(str(item.name))
        if declared is not None and not declared.declared_only:
            error_at(f"'{item.name}' is declared twice", item.name)
        if declared is None:
            self.scope.declare_symbol(item.name)
        linkage = declared.linkage if declared else target.linkage
        self.functions[str(item.name)] = dataclasses.replace(target, name=str(item.name), linkage=linkage)

    def _function(self, item: tree.FunctionDeclaration) -> None:
        name = str(item.name)
        known = self.functions.get(name)
        if name in self.variables:
            error_at(f"'{name}' is declared twice", item.name)
        if known is None:
            self.scope.declare_symbol(item.name)
        elif item.body is not None and not known.declared_only:
            error_at(f"the function '{name}' is defined twice, first on line {known.line}", item.name)
        elif item.body is None:
            return  # declared again, or declared after its definition
        inner = Scope(self.scope, Names(self.scope))
        registers = Registers()
        returns = tuple(self._parameter(p, inner, registers) for p in item.returns)
        params = tuple(self._parameter(p, inner, registers) for p in item.params)
        if item.kind == "entry" and (returns or any(p.space == "reg" for p in item.params)):
            error_at(f"the kernel '{name}' takes its parameters in .param and returns nothing", item.name)
        body = BodyBuilder(self.blanked, inner, registers)
        body.build(item.body or [])
        function = Function(
            name=name,
            kind=item.kind,
            linkage=item.linkage or (known.linkage if known else None),
            params=params,
            returns=returns,
            registers=registers,
            variables=body.variables,
            body=tuple(body.instructions),
            labels=body.labels,
            directives=item.directives,
            prototypes=body.prototypes,
            branch_targets=body.branch_targets,
            call_targets=body.call_targets,
            line=item.name.line,
            declared_only=item.body is None,
        )
        self.functions[name] = through_memory(function)

    def _parameter(self, item: tree.ParameterDeclaration, scope: Scope, registers: Registers) -> Variable:
        name = item.declarator.name
        if item.space == "reg":
            # The register keeps the name; what carries its value across the call gets another.
            register = scope.declare_register(name, item.specifiers.type, registers)
            return data.parameter(item, register + CARRIED)
        if name == "_":
            return data.parameter(item, "_")
        return data.parameter(item, scope.declare_symbol(name))


#: The last version of PTX under each major number (PTX ISA, "PTX release history"; 9.5 came with CUDA 13.5,
#: November 2026). Each has all the minor numbers below.
_LAST_MINOR = {1: 5, 2: 3, 3: 2, 4: 3, 5: 1, 6: 5, 7: 8, 8: 8, 9: 5}


def _version(token: Token) -> tuple[int, int]:
    major, dot, minor = str(token).partition(".")
    if not (dot and major.isdigit() and minor.isdigit() and len(token) < 8):
        error_at(f"expected a version such as 8.5, found {token}", token)
    version = int(major), int(minor)
    if version[1] > _LAST_MINOR.get(version[0], -1):
        newest = "{}.{}".format(*max(_LAST_MINOR.items()))
        what = f"the newest known is {newest}" if version[0] not in _LAST_MINOR else _series(version[0])
        error_at(f"expected a published version of PTX such as 8.5, found {token}; {what}", token)
    return version


def _series(major: int) -> str:
    return f"of {major} there is {major}.0 to {major}.{_LAST_MINOR[major]}"

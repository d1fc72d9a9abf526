"""``smsim.views``: a kernel's Python and PTX beside each other, linked by line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from smsim.listing import page, plain
from smsim.listing.folding import Folded, Group, Statement, fold
from smsim.listing.fulltext import printable
from smsim.listing.names import shortened
from smsim.listing.parameters import Argument, arguments_of, as_written
from smsim.listing.source import Source
from smsim.ptx import load_text
from smsim.ptx.nodes import Function, Instruction, Module
from smsim.signatures import asked_for


@dataclass(frozen=True, eq=False, repr=False)
class Views:
    """A kernel seen as Python and as PTX. Printed, it is a folded listing; a notebook links the two sides.

    Attributes:
        name: the kernel's name in Python, or that of hand-written PTX.
        ptx: the very text that runs. It may hold paths; :attr:`full` is the one to print.
        module: the text, parsed.
        function: the kernel in it, parsed.
        arguments: what the kernel's PTX parameters are, one entry a Python argument.
    """

    name: str
    ptx: str
    module: Module
    function: Function
    arguments: tuple[Argument, ...]
    source: Source

    @cached_property
    def folded(self) -> tuple[Folded, ...]:
        """The kernel, then every function that it came with."""
        names = shortened(self.module, self.function, self.name)
        others = [f for f in self.module.functions.values() if f is not self.function]
        kernel = fold(self.function, self.module, names, self.source, self.arguments)
        return (
            kernel,
            *(fold(f, self.module, names, self.source) for f in others if not f.declared_only),
        )

    @property
    def full(self) -> str:
        """The whole text, nothing folded. Only source paths and the compiler's build are left out."""
        return printable(self.ptx)

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """The kernel's instructions, parsed, in order."""
        return self.function.body

    @property
    def registers(self) -> dict[str, int]:
        """How many registers of each class the kernel uses: ``{"pred": 1, "b32": 3, ...}``."""
        return dict(self.folded[0].registers)

    def lines(self, python_line: int | str) -> str:
        """The PTX that comes from one line of the kernel's Python source, one instruction a line.

        ``python_line`` is its number, or a piece of its text: ``lines("if i < n")``.

        Raises:
            ValueError: the kernel has no such line; the message says which it has.
        """
        found = plain.statements(self._statements_of(python_line))
        return found or "(no instruction comes from this line)"

    def instructions_of(self, python_line: int | str) -> tuple[Instruction, ...]:
        """Like :meth:`lines`, parsed."""
        return tuple(s.instruction for s in self._statements_of(python_line))

    def _statements_of(self, python_line: int | str) -> list[Statement]:
        wanted = self._line_numbers(python_line)
        groups = [part for part in self.folded[0].parts if isinstance(part, Group)]
        mine = [g for g in groups if g.origin.line in wanted and not g.origin.elsewhere]
        return [statement for group in mine for statement in group.statements]

    def _line_numbers(self, python_line: int | str) -> set[int]:
        known = self.source.lines
        if not known:
            raise ValueError(f"The Python source of {self.name} is not known.")
        if isinstance(python_line, str):
            found = {number for number, text in known.items() if python_line in text}
            if not found:
                raise ValueError(f"No line of {self.name} contains {python_line!r}.")
            return found
        if python_line not in known:
            raise ValueError(
                f"{self.name} stands in Python lines {min(known)} to {max(known)}; "
                f"line {python_line} is not among them."
            )
        return {python_line}

    def _heading(self, function: Folded) -> str:
        what = "kernel" if function.kind == "entry" else "function"
        count = plain.plural(len(function.statements), "instruction")
        major, minor = self.module.version
        return f"{what} {function.name}: {count}, PTX {major}.{minor} for {self.module.target}"

    def __str__(self) -> str:
        return "\n\n".join(plain.listing(f, self._heading(f)) for f in self.folded)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        headings = [self._heading(f) for f in self.folded]
        return page.html(self.folded, headings, self.source.lines, self.full)


def views(kernel: Any, signature: Any = None) -> Views:
    """A kernel's PTX, folded to what matters and linked with its Python lines.

    The text is the very one that runs on the simulated H800, and that ``smsim.check`` runs.

    Args:
        kernel: what ``@cuda.jit`` returns, or a PTX text.
        signature: the argument types as a Numba signature, a string or a tuple of types; or a tuple of
            arguments such as a launch would get. Without it, those for which the kernel is compiled
            already, if there is one such set.

    Raises:
        TypeError: ``kernel`` is neither, the signature is missing and cannot be guessed, or an argument is
            one that no kernel takes.
        PTXSyntaxError: the text is not PTX.
    """
    if isinstance(kernel, str):
        if signature is not None:
            raise TypeError("A PTX text has its types in it; views(text) takes no signature.")
        return _of_text(kernel)
    return _of_kernel(getattr(kernel, "dispatcher", kernel), signature)


def _of_text(text: str) -> Views:
    module = load_text(text)
    bodies = [f for f in module.functions.values() if not f.declared_only]
    if not bodies:
        raise TypeError("This PTX text holds no kernel and no function.")
    function = next((f for f in bodies if f.kind == "entry"), bodies[0])
    name = shortened(module, None, None).get(function.name, function.name)
    return Views(name, text, module, function, as_written(function), Source(None))


def _of_kernel(dispatcher: Any, signature: Any) -> Views:
    python = getattr(dispatcher, "py_func", None)
    if python is None:
        raise TypeError(f"views takes a kernel made by @cuda.jit or a PTX text, not a {_class(dispatcher)}.")
    from smsim.driver.arguments import parameter_names
    from smsim.driver.compile import compile_for

    if dispatcher.targetoptions.get("device"):
        raise TypeError(
            f"{python.__name__} is a device function. Look at a kernel that calls it: "
            "its instructions stand there, inlined."
        )
    types = asked_for(f"views({python.__name__}, signature)", dispatcher, signature)
    compiled = compile_for(dispatcher, types)
    module = load_text(compiled.ptx)
    function = module.functions[compiled.entry]
    arguments = arguments_of(function, compiled.types, parameter_names(python))
    return Views(python.__name__, compiled.ptx, module, function, arguments, Source(python))


def _class(value: Any) -> str:
    return type(value).__name__

"""``smsim.views``: a kernel's Python, PTX and machine code beside each other, linked by line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from smsim.listing import machine, page, plain
from smsim.listing.folding import Folded, Group, Statement, fold
from smsim.listing.fulltext import printable
from smsim.listing.names import shortened
from smsim.listing.parameters import Argument, arguments_of, as_written
from smsim.listing.source import Source
from smsim.ptx import load_text
from smsim.ptx.nodes import Function, Instruction, Module
from smsim.signatures import asked_for

if TYPE_CHECKING:
    from smsim.sass import Assembled, MachineCode


@dataclass(frozen=True, eq=False, repr=False)
class Views:
    """A kernel seen as Python, as PTX and as machine code. Printed, it is a listing; a notebook links the columns.

    Attributes:
        name: the kernel's name in Python, or that of hand-written PTX.
        ptx: the very text that runs. It may hold paths; :attr:`full` is the one to print.
        module: the text, parsed.
        function: the kernel in it, parsed.
        arguments: what the kernel's PTX parameters are, one entry a Python argument.
        source: the kernel's Python lines.
        with_sass: whether the machine code is shown too. :attr:`sass` has it either way.
    """

    name: str
    ptx: str
    module: Module
    function: Function
    arguments: tuple[Argument, ...]
    source: Source
    with_sass: bool = False

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

    @cached_property
    def sass(self) -> MachineCode:
        """The machine code that NVIDIA's assembler makes of the kernel, with control bits; a list of instructions.

        It is for the simulated H800, or for the target of a PTX text that is newer. Nothing here executes it.

        Raises:
            AssemblerError: the assembler refuses the text; the message is its own, with lines.
            MissingTool: nvJitLink or nvdisasm is not installed; the message says how to get it.
        """
        from smsim.sass import MachineCode, disassemble

        assembled = self._assembled
        code = disassemble(assembled.cubin)[self.function.name]
        return MachineCode(machine.arch_for(self.module), code, assembled.usage[self.function.name])

    @property
    def registers_per_thread(self) -> int:
        """How many 32-bit registers a thread of it gets, as NVIDIA's assembler reports. Raises as :attr:`sass`."""
        return self._assembled.usage[self.function.name].registers

    @property
    def spills(self) -> tuple[int, int]:
        """Bytes a thread ``(stored, loaded)`` because registers did not suffice. Raises as :attr:`sass`."""
        usage = self._assembled.usage[self.function.name]
        return usage.spill_stores, usage.spill_loads

    @cached_property
    def _assembled(self) -> Assembled:
        from smsim.sass import assemble

        if self.function.kind != "entry":
            raise TypeError(
                f"{self.name} is a function (.func); only a kernel (.entry) has machine code of its own."
            )
        return assemble(self.ptx, machine.arch_for(self.module))

    @cached_property
    def _machine(self) -> machine.Shown | None:
        return machine.shown(self) if self.with_sass else None

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
        parts = [plain.listing(f, self._heading(f)) for f in self.folded]
        if self._machine is not None:
            parts = [*machine.python(self.source), *parts, machine.listing(self._machine)]
        return "\n\n".join(parts)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        headings = [self._heading(f) for f in self.folded]
        return page.html(self.folded, headings, self.source.lines, self.full, self._machine)


def views(kernel: Any, signature: Any = None, *, sass: bool = False) -> Views:
    """A kernel's PTX, folded to what matters and linked with its Python lines, and if wanted its machine code.

    The text is the very one that runs on the simulated H800, and that ``smsim.check`` runs.

    Args:
        kernel: what ``@cuda.jit`` returns, a PTX text, or what ``smsim.load_ptx`` returns, or a kernel of it.
        signature: the argument types as a Numba signature, a string or a tuple of types; or a tuple of
            arguments such as a launch would get. Without it, those for which the kernel is compiled
            already, if there is one such set.
        sass: show as a third view the machine code that NVIDIA's assembler makes of the PTX. Where the assembler
            or the disassembler is not installed, the view says how to get it.

    Raises:
        TypeError: ``kernel`` is none of these, the signature is missing and cannot be guessed, or an argument
            is one that no kernel takes.
        numba.core.errors.NumbaError: the kernel does not compile for these types.
        PTXSyntaxError: the text is not PTX.
        AssemblerError: with ``sass``, NVIDIA's assembler refuses the text.
    """
    found = _views(kernel, signature)
    if sass:
        found = replace(found, with_sass=True)
        found._machine  # noqa: B018  an error belongs here, not where the result is shown
    return found


def _views(kernel: Any, signature: Any) -> Views:
    text, entry = _handwritten(kernel)
    if text is None:
        return _of_kernel(getattr(kernel, "dispatcher", kernel), signature)
    if signature is not None:
        raise TypeError("A PTX text has its types in it; views(text) takes no signature.")
    return _of_text(text, entry)


def _handwritten(kernel: Any) -> tuple[str | None, str | None]:
    """The PTX text that ``kernel`` is or belongs to, and its name in there if it is one of several."""
    if isinstance(kernel, str):
        return kernel, None
    from smsim.handwritten import PTXKernel, PTXModule

    if isinstance(kernel, PTXModule):
        return kernel.text, None
    if isinstance(kernel, PTXKernel):
        return kernel.module.text, kernel.entry
    return None, None


def _of_text(text: str, entry: str | None) -> Views:
    module = load_text(text)
    bodies = [f for f in module.functions.values() if not f.declared_only]
    if not bodies:
        raise TypeError("This PTX text holds no kernel and no function.")
    wanted = [f for f in bodies if f.name == entry or (entry is None and f.kind == "entry")]
    function = (wanted or bodies)[0]
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

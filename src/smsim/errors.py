"""What can go wrong in a simulated launch, each as an exception a learner can read.

Every error is a sentence first. The facts behind the sentence (kernel, block, threads, PTX line,
Python line, array, address) are attributes, so that a lab's check can look at them.
"""

from __future__ import annotations


class SimulationError(Exception):
    """Base of all that the simulated SM raises.

    Attributes (each ``None`` where it does not apply):
        kernel: the kernel's name as written in Python or PTX.
        block: block index ``(x, y, z)``.
        threads: the threads concerned, each ``(x, y, z)`` within its block.
        ptx_line, ptx_text: line number in the module's PTX and the statement there.
        source_line, source_text: line number in the Python file and its text.
        array: the array's name, where the address belongs to one.
        address: byte offset from the start of that array (or of the state space).
    """

    #: What NVIDIA's compute-sanitizer calls this finding, where it has a name for it.
    sanitizer_name: str | None = None

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.kernel: str | None = None
        self.block: tuple[int, int, int] | None = None
        self.threads: tuple[tuple[int, int, int], ...] | None = None
        self.ptx_line: int | None = None
        self.ptx_text: str | None = None
        self.source_line: int | None = None
        self.source_text: str | None = None
        self.array: str | None = None
        self.address: int | None = None
        for name, value in facts.items():
            setattr(self, name, value)


class HazardWarning(UserWarning):
    """What would be an error, where ``attach(hazards="warn")`` asks only to be told."""


class PTXSyntaxError(SimulationError):
    """The text is not PTX: where (``line``, ``column``), and what was ``expected`` there."""

    def __init__(
        self,
        message: str,
        *,
        line: int | None = None,
        column: int | None = None,
        expected: tuple[str, ...] = (),
        text: str | None = None,
    ) -> None:
        super().__init__(message, ptx_line=line, ptx_text=text)
        self.line, self.column, self.expected, self.text = line, column, expected, text


class UnsupportedPTX(SimulationError):
    """Valid PTX, as far as we can tell, that the simulated SM does not execute (yet)."""

    def __init__(self, message: str, *, line: int | None = None, text: str | None = None) -> None:
        super().__init__(message, ptx_line=line, ptx_text=text)
        self.line, self.text = line, text


class LaunchError(SimulationError):
    """The launch itself is impossible: a limit is exceeded or an argument has the wrong type."""


class InlineAsmError(SimulationError, TypeError):
    """Inline PTX in a kernel is impossible: a constraint, an operand or the text; said when it compiles."""


class MemoryFault(SimulationError):
    """A load, store or atomic touched memory that is not its own, or at a misaligned address."""

    sanitizer_name = "memcheck: Invalid __global__ read/write"


class DataRace(SimulationError):
    """Two threads touched the same bytes, at least one wrote, and nothing ordered them.

    Attributes:
        blocks: the block of each of the two ``threads``.
        source_lines, ptx_lines: the line of each of the two accesses, in the same order.
    """

    sanitizer_name = "racecheck: Race reported between accesses"
    blocks: tuple[tuple[int, int, int], ...] = ()
    source_lines: tuple[int | None, int | None] = (None, None)
    ptx_lines: tuple[int | None, int | None] = (None, None)


class CopyInFlight(SimulationError):
    """The target of an asynchronous copy was touched, or its source written, before the copy was waited for."""


class MbarrierError(SimulationError):
    """An mbarrier was used as the PTX ISA forbids: not initialised, initialised twice, with a count beyond it."""


class BarrierError(SimulationError):
    """A barrier that some threads wait at can never be completed as the PTX ISA asks."""

    sanitizer_name = "synccheck: Divergent thread(s) in block"


class UninitializedRead(SimulationError):
    """A value that nobody wrote reached an address, a branch, a store or an atomic."""

    sanitizer_name = "initcheck: Uninitialized memory read"


class WarpSyncError(SimulationError):
    """A warp-level operation was reached by other lanes than its mask names."""

    sanitizer_name = "synccheck: Invalid arguments"


class RegisterError(SimulationError):
    """``setmaxnreg`` asks for registers in a way that the PTX ISA leaves undefined."""


class Deadlock(SimulationError):
    """Every resident lane waits, and nothing that is still queued can wake one."""


class DeviceAssertion(SimulationError, AssertionError):
    """An ``assert`` in device code did not hold."""


class InstructionBudgetExceeded(SimulationError):
    """The run was stopped because it went on too long. Stopped, not proved wrong."""


class EnvironmentProblem(SimulationError):
    """Kernels cannot run on this computer or in this process as it is: why, and what to do."""

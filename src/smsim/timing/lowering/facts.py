"""What a whole function tells about its registers: who writes and reads them, and which of them are one value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from smsim.ptx import flow
from smsim.ptx.nodes import Function, Instruction
from smsim.ptx.rows import Form, resolve
from smsim.timing.lowering import arguments

#: The special registers that are the same in all threads of a block, and of them those in constant memory.
IN_CONSTANTS = ("%ntid", "%nctaid", "%dynamic_smem", "%total_smem")
SAME_IN_BLOCK = (*IN_CONSTANTS, "%ctaid", "%gridid", "%smid")


class Facts:
    """Reads, writes and forms of a function's instructions.

    Attributes:
        form: by instruction.
        reads, writes: register names by instruction, sorted.
        writers, readers: instructions by register name.
        block: number of the basic block by instruction, and the blocks by number.
        bit: of each register, in the sets that ``live_after`` holds.
        calls_none: whether the function calls no other.
        cell: what a store hands to a call or a load takes from one; see :mod:`.arguments`.
        live_after: by instruction, the registers whose value is still needed behind it.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.form: dict[Instruction, Form] = {}
        self.reads: dict[Instruction, tuple[str, ...]] = {}
        self.writes: dict[Instruction, tuple[str, ...]] = {}
        self.writers: dict[str, list[Instruction]] = defaultdict(list)
        self.readers: dict[str, list[Instruction]] = defaultdict(list)
        table = flow.uses_defs_of(function)
        for index, instruction in enumerate(function.body):
            used, defined, guarded = table(index)
            # What a lane keeps where the guard is false is an operand too.
            reads = sorted(used | defined if guarded else used)
            self.form[instruction] = resolve(instruction)
            self.reads[instruction], self.writes[instruction] = tuple(reads), tuple(sorted(defined))
            for name in reads:
                self.readers[name].append(instruction)
            for name in sorted(defined):
                self.writers[name].append(instruction)
        self.calls_none = all(instruction.opcode != "call" for instruction in function.body)
        self.cell = arguments.cells(function, self.form)
        self._flow(table)

    def _flow(self, table: flow.UsesDefs) -> None:
        """Blocks, and what is live behind each instruction: backwards through each block from what follows it."""
        body = self.function.body
        numbers = flow.register_numbers(self.function, table)
        self.bit = {name: 1 << number for name, number in numbers.items()}
        self.blocks = flow.blocks(self.function, table, numbers)
        self.block: dict[Instruction, int] = {}
        self.live_after: dict[Instruction, int] = {}
        for number, block in enumerate(self.blocks):
            live = 0
            for following in block.successors:
                live |= self.blocks[following].live_in
            for index in range(block.end - 1, block.start - 1, -1):
                self.block[body[index]] = number
                self.live_after[body[index]] = live
                used, defined, guarded = table(index)
                if not guarded:
                    live &= ~self.bits(defined)
                live |= self.bits(used)

    def bits(self, names: Iterable[str]) -> int:
        """A set of registers as ``live_after`` has it."""
        found = 0
        for name in names:
            found |= self.bit[name]
        return found

    def written_once(self, instruction: Instruction) -> bool:
        """Whether nothing else writes what ``instruction`` writes, and it always does."""
        writes = self.writes[instruction]
        return instruction.guard is None and all(len(self.writers[name]) == 1 for name in writes)

    def only_reader(self, name: str) -> Instruction | None:
        """The single instruction that reads a register, if there is just one."""
        readers = self.readers[name]
        return readers[0] if len(readers) == 1 else None

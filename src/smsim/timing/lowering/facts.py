"""What a whole function tells about its registers: who writes and reads them, and which of them are one value."""

from __future__ import annotations

from collections import defaultdict

from smsim.ptx import flow
from smsim.ptx.nodes import Function, Instruction
from smsim.ptx.rows import Form, resolve

#: The special registers that are the same in all threads of a block, and of them those in constant memory.
IN_CONSTANTS = ("%ntid", "%nctaid", "%dynamic_smem", "%total_smem")
SAME_IN_BLOCK = (*IN_CONSTANTS, "%ctaid", "%gridid", "%smid")


class Facts:
    """Reads, writes and forms of a function's instructions.

    Attributes:
        form: by instruction.
        reads, writes: register names by instruction, sorted.
        writers, readers: instructions by register name.
        block: number of the basic block by instruction.
    """

    def __init__(self, function: Function) -> None:
        self.function = function
        self.form: dict[Instruction, Form] = {}
        self.reads: dict[Instruction, tuple[str, ...]] = {}
        self.writes: dict[Instruction, tuple[str, ...]] = {}
        self.writers: dict[str, list[Instruction]] = defaultdict(list)
        self.readers: dict[str, list[Instruction]] = defaultdict(list)
        self.block: dict[Instruction, int] = {}
        starts = {*function.labels.values(), 0}
        block = 0
        for index, instruction in enumerate(function.body):
            if index in starts:
                block += 1
            used, defined, guarded = flow.uses_and_defs(instruction)
            # What a lane keeps where the guard is false is an operand too.
            reads = sorted(used | defined if guarded else used)
            self.form[instruction] = resolve(instruction)
            self.reads[instruction], self.writes[instruction] = tuple(reads), tuple(sorted(defined))
            for name in reads:
                self.readers[name].append(instruction)
            for name in sorted(defined):
                self.writers[name].append(instruction)
            self.block[instruction] = block
            if flow.ends_block(instruction):
                block += 1

    def written_once(self, instruction: Instruction) -> bool:
        """Whether nothing else writes what ``instruction`` writes, and it always does."""
        writes = self.writes[instruction]
        return instruction.guard is None and all(len(self.writers[name]) == 1 for name in writes)

    def only_reader(self, name: str) -> Instruction | None:
        """The single instruction that reads a register, if there is just one."""
        readers = self.readers[name]
        return readers[0] if len(readers) == 1 else None

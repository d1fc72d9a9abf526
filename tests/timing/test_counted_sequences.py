"""The lengths of the lowering's sequences are those in NVIDIA's machine code."""

import pytest
from counted_sequences import COUNTED, counts


@pytest.mark.parametrize("ptx", COUNTED)
def test_a_sequence_is_as_long_as_in_machine_code(ptx):
    lowered, machine = counts(ptx)
    assert lowered == machine

"""From a resolved instruction to a step: a closure that executes it for all lanes of a frame.

One module a family. Computing instructions share :mod:`.compute`, which fetches operands, calls the
function of :mod:`smsim.machine.ops` that the instruction's row names, and stores the result.
"""

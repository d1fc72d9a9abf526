"""``smsim.asm``: inline PTX inside a Numba kernel, in CUDA C's spelling.

    value = smsim.asm("add.s32 %0, %1, %2;", "=r : r, r", a, b)

is what CUDA C writes as ``asm("add.s32 %0, %1, %2;" : "=r"(value) : "r"(a), "r"(b));``. Numba compiles it,
so the same source runs on the simulated SM and on a GPU.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.cuda import types
from numba.cuda.extending import intrinsic

from smsim.errors import InlineAsmError
from smsim.inline.constraints import CONSTANT, Constraint, Constraints, parse
from smsim.inline.template import to_llvm

_LLVM = {
    "h": ir.IntType(16),
    "r": ir.IntType(32),
    "l": ir.IntType(64),
    "f": ir.FloatType(),
    "d": ir.DoubleType(),
}
_NUMBA = {"h": types.int16, "r": types.int32, "l": types.int64, "f": types.float32, "d": types.float64}
_BITS = {"h": 16, "r": 32, "l": 64}


@intrinsic
def asm(typingctx: Any, text: Any, constraints: Any, *operands: Any) -> Any:
    """Inline PTX. Used inside a kernel only.

    Args:
        text: PTX with ``%0``, ``%1`` ... for the operands and ``%%`` for a ``%``; a string constant.
        constraints: one an operand, outputs first, as :mod:`smsim.inline.constraints` describes them.
        operands: values for the inputs (and for each ``+`` output) in their order. For ``l`` an array may
            stand too: the generic address of its first element, so ``x[i:]`` for that of ``x[i]``.

    Returns:
        Nothing, one value, or a tuple, as there are outputs: ``int16``, ``int32``, ``int64``, ``float32`` or
        ``float64`` by the letter; what is marked ``+`` keeps the type of its operand.

    Raises:
        InlineAsmError: number or type of the operands, a constraint or the text is impossible. Raised when
            the kernel is compiled. Whether the PTX itself is right shows when it is loaded.
    """
    if isinstance(text, types.UnicodeType) or isinstance(constraints, types.UnicodeType):
        return None  # Numba asks a second time, with the constants as constants
    try:
        return _typed(_string("text", text), _string("constraints", constraints), operands)
    except InlineAsmError as error:
        said = f"({text.literal_value!r})" if isinstance(text, types.StringLiteral) else ""
        raise InlineAsmError(f"smsim.asm{said}: {error}") from None


def _typed(text: str, written: str, operands: tuple[Any, ...]) -> Any:
    constraints = parse(written)
    wanted = constraints.inputs
    if len(operands) != len(wanted):
        listed = ", ".join(str(c) for _, c in wanted) or "none"
        raise InlineAsmError(
            f"the constraints have {len(wanted)} operand{'s' * (len(wanted) != 1)} to read ({listed}); "
            f"{len(operands)} {'was' if len(operands) == 1 else 'were'} given."
        )
    constants: dict[int, int] = {}
    kinds: dict[int, Any] = {}
    for (number, constraint), operand in zip(wanted, operands):
        kinds[number] = _fitting(number, constraint, operand)
        if constraint.letter == CONSTANT:
            constants[number] = operand.literal_value
    template = to_llvm(text, len(constraints.operands), constants)
    outputs = [kinds[n] if c.read else _NUMBA[c.letter] for n, c in enumerate(constraints.outputs)]
    result = _result_type(outputs)

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = {}
        for at, ((number, constraint), operand) in enumerate(zip(wanted, operands)):
            if constraint.letter != CONSTANT:
                given = builder.extract_value(arguments[2], at)
                values[number] = _lowered(context, builder, operand, kinds[number], given)
        return _call(context, builder, template, constraints, values, result)

    signature = result(types.literal(text), types.literal(written), types.StarArgTuple(operands))
    return signature, codegen


def _string(what: str, kind: Any) -> str:
    if isinstance(kind, types.StringLiteral):
        return kind.literal_value
    raise InlineAsmError(f"the {what} must be a string constant.")


def _result_type(outputs: list[Any]) -> Any:
    if not outputs:
        return types.none
    if len(outputs) == 1:
        return outputs[0]
    return types.UniTuple(outputs[0], len(outputs)) if len(set(outputs)) == 1 else types.Tuple(outputs)


def _fitting(number: int, constraint: Constraint, operand: Any) -> Any:
    """The Numba type that an operand is passed as.

    Raises:
        InlineAsmError: its type is not one for this constraint.
    """
    letter = constraint.letter
    literal = operand.literal_value if isinstance(operand, types.IntegerLiteral) else None
    if letter == CONSTANT:
        if literal is None:
            raise InlineAsmError(f"operand %{number} (n) must be an integer constant; it is {operand}.")
        return operand
    kind = types.unliteral(operand)
    if letter in _BITS:
        if literal is not None:  # a constant takes the size that is asked for, where it fits
            bits = _BITS[letter]
            if -(1 << bits - 1) <= literal < 1 << bits:
                return types.Integer.from_bitwidth(bits, signed=literal < 1 << bits - 1)
            raise InlineAsmError(
                f"operand %{number} ({constraint}) is {literal}, which does not fit {bits} bits."
            )
        if isinstance(kind, types.Array) and letter == "l" and not constraint.written:
            return kind
        if isinstance(kind, types.Integer) and kind.bitwidth == _BITS[letter]:
            return kind
    elif kind == _NUMBA[letter]:
        return kind
    raise InlineAsmError(_misfit(number, constraint, kind))


def _misfit(number: int, constraint: Constraint, kind: Any) -> str:
    letter = constraint.letter
    wanted = _NUMBA[letter]
    what = f"a {_BITS[letter]}-bit integer" if letter in _BITS else str(wanted)
    what += " or an array" if letter == "l" and not constraint.written else ""
    is_array = isinstance(kind, types.Array)
    said = "an array, whose address takes an l" if is_array else str(kind)
    remedy = "" if is_array else f" Convert it: {wanted}(...)."
    return f"operand %{number} ({constraint}) must be {what}; it is {said}.{remedy}"


def _lowered(context: Any, builder: Any, operand: Any, kind: Any, value: Any) -> Any:
    """The LLVM value of one operand."""
    if isinstance(kind, types.Array):
        from numba.cuda.np.arrayobj import make_array

        data = make_array(kind)(context, builder, value).data
        return builder.ptrtoint(data, _LLVM["l"])
    return context.cast(builder, value, operand, kind)


def _call(
    context: Any,
    builder: Any,
    template: str,
    constraints: Constraints,
    values: dict[int, Any],
    result: Any,
) -> Any:
    outputs = constraints.outputs
    parts = [_LLVM[c.letter] for c in outputs]
    returned = ir.VoidType()
    if parts:
        returned = parts[0] if len(parts) == 1 else ir.LiteralStructType(parts)
    spelled = [f"={c.letter}" for c in outputs]
    passed = []
    for number, value in values.items():
        if number >= len(outputs):
            spelled.append(constraints.operands[number].letter)
            passed.append(value)
    for number, value in values.items():  # a + operand is an input that shares its output's register
        if number < len(outputs):
            spelled.append(str(number))
            passed.append(value)
    if constraints.memory:
        spelled.append("~{memory}")
    kind = ir.FunctionType(returned, [value.type for value in passed])
    # As in CUDA C, a text without outputs is volatile, whether it says so or not.
    lasting = constraints.volatile or constraints.memory or not outputs
    found = builder.call(ir.InlineAsm(kind, template, ",".join(spelled), side_effect=lasting), passed)
    if not outputs:
        return context.get_dummy_value()
    if len(outputs) == 1:
        return found
    return context.make_tuple(builder, result, [builder.extract_value(found, n) for n in range(len(outputs))])


def _make_known() -> None:
    """Tell Numba's compiler of :data:`asm` now: it may be in the midst of the first kernel that uses it."""
    from numba.cuda.descriptor import cuda_target

    cuda_target.typing_context.refresh()


_make_known()

"""``lab06.fill``: four lines are missing from a kernel. Each stands for something that PTX says and Python hides."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from labkit.checking.case import Case, unwritten_like
from labkit.exercises.lab06.blanks import Blank, FillExercise, Instructions, Mistake

THREADS = 64

TEXT = """\
.version 8.0
.target sm_90
.address_size 64

.visible .entry neighbours(
  .param .u64 x, .param .u64 out,
  .param .u32 n, .param .f32 scale)
{
  .reg .pred %p<2>;
  .reg .b32 %r<16>;
  .reg .b64 %rd<12>;
  .reg .f32 %f<8>;
  .shared .align 8 .b8 before[8];
  .shared .align 8 .b8 tile[256];

  ld.param.u64 %rd1, [x];
  ld.param.u64 %rd2, [out];
  ld.param.u32 %r1, [n];
  ld.param.f32 %f1, [scale];
  mov.u32      %r2, %ctaid.x;
  mov.u32      %r3, %ntid.x;
  mov.u32      %r4, %tid.x;
  mad.lo.s32   %r5, %r2, %r3, %r4;
  setp.lt.s32  %p1, %r5, %r1;
  mov.u32      %r6, tile;
  shl.b32      %r7, %r4, 2;
  add.s32      %r8, %r6, %r7;
  @!%p1 bra    $wait;
  cvta.to.global.u64 %rd3, %rd1;
  mul.wide.s32 %rd4, %r5, 2;
  add.s64      %rd5, %rd3, %rd4;
{load}
{store}
$wait:
  bar.sync     0;
{leave}
  xor.b32      %r10, %r8, 4;
  ld.shared.u32 %r11, [%r10];
  cvt.rn.f32.s32 %f2, %r11;
  mul.f32      %f3, %f2, %f1;
{floor}
  cvta.to.global.u64 %rd6, %rd2;
  mul.wide.s32 %rd7, %r5, 4;
  add.s64      %rd8, %rd6, %rd7;
  st.global.u32 [%rd8], %r12;
$done:
  ret;
}
"""


def specification(x: np.ndarray, n: int, scale: float) -> np.ndarray:
    pairs = x.reshape(-1, 2)[:, ::-1].ravel()
    return np.floor(pairs * np.float32(scale)).astype(np.int32)


def _make(rng: np.random.Generator, size: int, readable: bool) -> Case:
    """``size`` is even. Readable numbers are signed and need two bytes, and a quarter of them is no whole number."""
    bound = 999 if readable else 32_000
    x = rng.integers(-bound, bound + 1, size).astype(np.int16)
    x[:2] = (-301, 303) if readable else x[:2]
    scale = np.float32(0.25 if readable else rng.uniform(-3, 3))
    arguments = {"x": x, "out": unwritten_like(size, np.int32), "n": size, "scale": scale}
    return Case(size, arguments, blocks=-(-size // THREADS), threads=THREADS)


def _space_is_not(opcode: str, wanted: str) -> Callable[[Instructions], bool]:
    """Some ``ld`` or ``st`` among the instructions names another state space, or none."""

    def seen(instructions: Instructions) -> bool:
        accesses = [i for i in instructions if i.opcode == opcode]
        return any(not any(m.partition("::")[0] == wanted for m in i.modifiers) for i in accesses)

    return seen


def _has_guard(instructions: Instructions) -> bool:
    return any(i.guard is not None for i in instructions)


def _no_guard(instructions: Instructions) -> bool:
    return bool(instructions) and not _has_guard(instructions)


def _type_in(*types: str) -> Callable[[Instructions], bool]:
    """The last access among the instructions has one of these types."""

    def seen(instructions: Instructions) -> bool:
        accesses = [i for i in instructions if i.opcode in ("ld", "st")]
        return bool(accesses) and accesses[-1].modifiers[-1] in types

    return seen


def _based_on(register: str) -> Callable[[Instructions], bool]:
    """An access uses this register as its address."""

    def seen(instructions: Instructions) -> bool:
        return any(f"[{register}" in str(operand) for i in instructions for operand in i.operands)

    return seen


def _jumps_to(label: str) -> Callable[[Instructions], bool]:
    def seen(instructions: Instructions) -> bool:
        return any(i.opcode == "bra" and str(i.operands[-1]) == label for i in instructions)

    return seen


def _nothing(instructions: Instructions) -> bool:
    return not instructions


_EMPTY = Mistake("nothing there", "there is no instruction in it.", seen=_nothing)

LOAD = Blank(
    "load",
    "  ld.global.s16 %r9, [%rd5];",
    (
        _EMPTY,
        Mistake(
            "sign not extended",
            "`.u16` fills the upper half of the register with zeros, and a negative element comes out large. "
            "`.s16` fills it with the sign.",
            text="  ld.global.u16 %r9, [%rd5];",
        ),
        Mistake(
            "wrong state space",
            "`x` lies in global memory, and `%rd5` is an address there. The load says so: `ld.global`.",
            seen=_space_is_not("ld", "global"),
        ),
        Mistake(
            "wrong width",
            "an element of `x` has 16 bits: two bytes from one to the next. The type in the load is what is read.",
            seen=_type_in("u8", "s8", "b8", "u32", "s32", "b32", "f32", "u64", "s64", "b64", "f64"),
        ),
        Mistake(
            "wrong address",
            "that is the address at which `x` begins, for every thread. `%rd5` has the thread's offset added.",
            seen=lambda found: _based_on("%rd3")(found) or _based_on("%rd1")(found),
        ),
        Mistake(
            "wrong address",
            "`%rd4` is how far the element is from the start. `%rd5` has the start added, and is the place.",
            seen=_based_on("%rd4"),
        ),
    ),
)

STORE = Blank(
    "store",
    "  st.shared.u32 [%r8], %r9;",
    (
        _EMPTY,
        Mistake(
            "wrong state space",
            "`tile` is declared `.shared`, and `%r8` is an address in shared memory. The store has to name that "
            "space: `st.shared`.",
            seen=_space_is_not("st", "shared"),
        ),
        Mistake(
            "wrong width",
            "the other side reads 32 bits at that place, so 32 bits have to be written.",
            seen=_type_in("u8", "s8", "b8", "u16", "s16", "b16", "u64", "s64", "b64"),
        ),
        Mistake(
            "wrong address",
            "that is where the tile begins, for every thread. `%r8` has four times the thread's number added.",
            seen=lambda found: _based_on("%r6")(found) or _based_on("tile")(found),
        ),
        Mistake(
            "operands turned round",
            "the element stands in the brackets here. First the place, in brackets, then what goes there.",
            seen=_based_on("%r9"),
        ),
        Mistake(
            "wrong address",
            "`%r7` is the offset within the tile. `%r8` has the tile's own address added, and is the one to use.",
            seen=_based_on("%r7"),
        ),
        Mistake(
            "wrong address",
            "the own element goes to the own place. The neighbour's place is worked out after the barrier.",
            text="  xor.b32 %r13, %r8, 4; st.shared.u32 [%r13], %r9;",
        ),
    ),
)

LEAVE = Blank(
    "leave",
    "  @!%p1 bra $done;",
    (
        _EMPTY,
        Mistake(
            "wrong target",
            "`$wait` stands above: that is a loop. The way out is `$done`.",
            seen=_jumps_to("$wait"),
        ),
        Mistake(
            "guard not negated",
            "`%p1` is true for threads that *have* an element, and yours sends those away. `@!%p1` is the opposite.",
            text="  @%p1 bra $done;",
        ),
        Mistake("no guard", "all threads leave here, the ones with an element too.", text="  bra $done;"),
        Mistake(
            "nobody leaves",
            "threads without an element go on, and write where `out` has ended.",
            text="  mov.u32 %r13, 0;",
        ),
    ),
)

FLOOR = Blank(
    "floor",
    "  cvt.rmi.s32.f32 %r12, %f3;",
    (
        _EMPTY,
        Mistake(
            "wrong rounding mode",
            "`.rzi` rounds towards zero, so that -1.5 becomes -1. Down is towards minus infinity: `.rmi`.",
            text="  cvt.rzi.s32.f32 %r12, %f3;",
        ),
        Mistake(
            "wrong rounding mode",
            "`.rni` rounds to the nearest, and a half to the even one. Down is towards minus infinity: `.rmi`.",
            text="  cvt.rni.s32.f32 %r12, %f3;",
        ),
        Mistake(
            "wrong rounding mode",
            "`.rpi` rounds up, towards plus infinity. Down is towards minus infinity: `.rmi`.",
            text="  cvt.rpi.s32.f32 %r12, %f3;",
        ),
        Mistake(
            "wrong sign",
            "the result is unsigned here, and a negative number becomes 0. The outputs are signed: `.s32`.",
            text="  cvt.rmi.u32.f32 %r12, %f3;",
        ),
        Mistake(
            "bits for value",
            "`mov` copies the 32 bits of the float as they are. To convert, and to round, is what `cvt` does.",
            text="  mov.b32 %r12, %f3;",
        ),
        Mistake(
            "before the scaling",
            "that converts `%f2`, which has not been multiplied yet. The product is in `%f3`.",
            text="  cvt.rmi.s32.f32 %r12, %f2;",
        ),
        Mistake(
            "wrong register",
            "the store below takes `%r12`, and nothing has been written into it.",
            seen=lambda found: not any(str(i.operands[0]) == "%r12" for i in found if i.operands),
        ),
    ),
)

EXERCISE = FillExercise(
    name="lab06.fill",
    entry="neighbours",
    text=TEXT,
    blanks=(LOAD, STORE, LEAVE, FLOOR),
    specification=specification,
    make=_make,
    ladder=(2, 4, 64, 66),
    fresh=(10, 130, 256),
)


def show(**texts: str) -> None:
    """Print the module with numbered lines and its blanks marked, or with these texts in some of them."""
    marked = {blank.name: f"  // {blank.name}" for blank in EXERCISE.blanks}
    for number, line in enumerate(EXERCISE.filled(marked | texts).splitlines(), 1):
        print(f"{number:>2} {line}".rstrip())

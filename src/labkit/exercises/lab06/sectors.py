"""``lab06.sectors``: how many sectors of 32 bytes two loads and a store of one warp touch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from labkit.exercises.lab06.module import kernel, module
from labkit.exercises.lab06.reading import Misreading, ReadingExercise, Result

LISTING = """
mov.u32         %r1, %tid.x;
add.s32         %r2, %r1, %r10;
mul.wide.s32    %rd2, %r2, 8;
add.s64         %rd3, %rd10, %rd2;
ld.global.v2.f32   {%f1, %f2}, [%rd3];
mul.lo.s32      %r3, %r1, %r11;
mul.wide.s32    %rd5, %r3, 4;
add.s64         %rd6, %rd11, %rd5;
setp.ge.u32     %p1, %r1, %r12;
@!%p1 ld.global.f32   %f3, [%rd6];
cvt.u64.u32     %rd8, %r1;
add.s64         %rd9, %rd12, %rd8;
@%p1 st.global.u8   [%rd9+16], %r1;
"""

PARAMETERS = (".u64 x", ".u64 y", ".u64 out", ".u32 shift", ".u32 stride", ".u32 m")

_BEFORE = """
ld.param.u64    %rd10, [x];
ld.param.u64    %rd11, [y];
ld.param.u64    %rd12, [out];
ld.param.u32    %r10, [shift];
ld.param.u32    %r11, [stride];
ld.param.u32    %r12, [m];
"""

WARP, SECTOR, LINE = 32, 32, 128
SHIFTS, STRIDES = 16, 64

_LANES = np.arange(WARP)


def counted(shift: int, stride: int, m: int) -> tuple[int, int, int]:
    """Sectors of the three accesses, in the order of the listing, as the simulated SM counts them."""
    import smsim

    launch = kernel(module(PARAMETERS, _BEFORE, LISTING))[1, WARP]
    x = np.zeros(2 * (WARP + SHIFTS), np.float32)
    y, out = np.zeros(WARP * STRIDES, np.float32), np.zeros(WARP + 16, np.uint8)
    counts = smsim.count(launch, x, y, out, shift, stride, m)
    rows = [row.tally.traffic for row in counts.ptx_lines if ".global" in row.text]
    first, second, third = (traffic["global"].sectors if traffic else 0 for traffic in rows)
    return first, second, third


def sectors(start: Any, width: int, active: Any = True, size: int = SECTOR) -> int:
    """Pieces of ``size`` bytes that lie under ``width`` bytes from each lane's ``start`` on."""
    begins = np.broadcast_to(start, WARP)[np.broadcast_to(active, WARP)]
    return len({int(byte) // size for begin in begins for byte in (begin, begin + width - 1)})


def _misread(label: str, name: str, message: str, value: Callable[..., int]) -> Misreading:
    return Misreading(label, name, message, value)


def _drawn(rng: np.random.Generator) -> dict[str, int]:
    """Half of the strides are so short that lanes share sectors."""
    short = rng.random() < 0.5
    return {
        "shift": int(rng.integers(0, SHIFTS)),
        "stride": int(rng.integers(0, 9 if short else STRIDES)),
        "m": int(rng.integers(0, WARP + 1)),
    }


_LINES = "these are lines of 128 bytes. A sector is a quarter of one."
_EACH = "that is one for each active lane. Lanes whose bytes lie in one sector share it."
_IGNORED = "the access has a guard: lanes that it shuts out touch nothing."

EXERCISE = ReadingExercise(
    name="lab06.sectors",
    results=(Result("first"), Result("second"), Result("third")),
    truth=counted,
    readable=(
        {"shift": 0, "stride": 1, "m": 32},
        {"shift": 4, "stride": 1, "m": 16},
        {"shift": 1, "stride": 2, "m": 32},
        {"shift": 2, "stride": 0, "m": 9},
        {"shift": 3, "stride": 16, "m": 20},
        {"shift": 7, "stride": 9, "m": 0},
        {"shift": 12, "stride": 5, "m": 13},
    ),
    drawn=_drawn,
    fresh=16,
    misreadings=(
        _misread(
            "first",
            "lines for sectors",
            _LINES,
            lambda shift, stride, m: sectors(8 * (_LANES + shift), 8, size=LINE),
        ),
        _misread(
            "first",
            "vector width",
            "`.v2.f32` is two floats, so each lane takes eight bytes, and the lanes stand eight bytes apart.",
            lambda shift, stride, m: sectors(4 * (_LANES + shift), 4),
        ),
        _misread(
            "first",
            "unaligned start",
            "256 bytes are eight sectors only if they begin where a sector begins. `shift` decides.",
            lambda shift, stride, m: sectors(8 * _LANES, 8),
        ),
        _misread(
            "first",
            "bytes for elements",
            "`%r10` is added before the multiplication by 8: `shift` counts elements, not bytes. Four elements "
            "further on a sector begins again.",
            lambda shift, stride, m: sectors(8 * _LANES + shift, 8),
        ),
        _misread("first", "one each", _EACH, lambda shift, stride, m: WARP),
        _misread(
            "second",
            "lines for sectors",
            _LINES,
            lambda shift, stride, m: sectors(4 * stride * _LANES, 4, _LANES < m, LINE),
        ),
        _misread(
            "second",
            "guard ignored",
            _IGNORED,
            lambda shift, stride, m: sectors(4 * stride * _LANES, 4),
        ),
        _misread(
            "second",
            "guard turned round",
            "`%p1` is true from lane `m` on, and the load is behind `@!%p1`: it is for the lanes before `m`.",
            lambda shift, stride, m: sectors(4 * stride * _LANES, 4, _LANES >= m),
        ),
        _misread(
            "second",
            "off by one lane",
            "`setp.ge` is true for lane `m` itself, so lane `m` does not load.",
            lambda shift, stride, m: sectors(4 * stride * _LANES, 4, _LANES <= m),
        ),
        _misread(
            "second",
            "bytes for elements",
            "the product is multiplied by 4 before it is added: `stride` counts elements of four bytes.",
            lambda shift, stride, m: sectors(stride * _LANES, 4, _LANES < m),
        ),
        _misread(
            "second",
            "stride ignored",
            "the lanes do not stand side by side: `mul.lo` puts `stride` elements from one to the next.",
            lambda shift, stride, m: sectors(4 * _LANES, 4, _LANES < m),
        ),
        _misread(
            "second",
            "one each",
            _EACH,
            lambda shift, stride, m: m,
        ),
        _misread(
            "second",
            "span",
            "you counted every sector from the first to the last. With a large stride some between are not wanted.",
            lambda shift, stride, m: 4 * stride * (m - 1) // SECTOR + 1 if m else 0,
        ),
        _misread(
            "third",
            "guard turned round",
            "the store is behind `@%p1`, without the `!` of the load: it is for lanes from `m` on.",
            lambda shift, stride, m: sectors(16 + _LANES, 1, _LANES < m),
        ),
        _misread("third", "guard ignored", _IGNORED, lambda shift, stride, m: sectors(16 + _LANES, 1)),
        _misread(
            "third",
            "offset ignored",
            "`[%rd9+16]` is sixteen bytes further on, which may be the next sector.",
            lambda shift, stride, m: sectors(_LANES, 1, _LANES >= m),
        ),
        _misread(
            "third",
            "four bytes each",
            "`.u8` is one byte, though the value comes from a register of 32 bits; and nothing multiplies the "
            "lane's number here.",
            lambda shift, stride, m: sectors(16 + 4 * _LANES, 4, _LANES >= m),
        ),
        _misread("third", "one each", _EACH, lambda shift, stride, m: WARP - m),
    ),
)

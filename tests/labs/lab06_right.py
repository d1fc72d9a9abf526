"""Right answers to lab 6, in different styles. None may be accused."""

import struct

from answers import Answer, collector

READING: list[Answer] = []
right = collector(READING)
cuda = None  # put here by Answer.ready


@right("lab06.registers", on_host=True)
def line_by_line(t, back, data, scale, a):
    r2 = t - back
    rd3 = r2 >> 63  # Python's shift copies the sign
    rd5 = (rd3 & len(data)) + r2
    r3 = int.from_bytes(data[rd5 : rd5 + 1], "little", signed=True)
    rd8 = r3 * scale
    r6 = struct.unpack("<I", struct.pack("<f", a))[0] >> 23
    p1 = r3 < 0
    r7 = r2 if p1 else r6
    if not p1:
        r7 = r7 - r3
    return rd5, rd8, r6, r7


@right("lab06.registers", on_host=True)
def python_knows_negative_indices(t, back, data, scale, a):
    index = t - back
    byte = (data[index] ^ 128) - 128
    bits = struct.unpack("<i", struct.pack("<f", a))[0] & 0xFFFFFFFF
    return [index % len(data), byte * scale, bits >> 23, index if byte < 0 else (bits >> 23) - byte]


@right("lab06.registers", on_host=True)
def every_register_unsigned(t, back, data, scale, a):
    """The same bits, read without a sign."""
    rd5, rd8, r6, r7 = line_by_line(t, back, data, scale, a)
    return rd5 % 2**64, rd8 % 2**64, r6 % 2**32, r7 % 2**32


@right("lab06.registers", on_host=True)
def in_numpy(t, back, data, scale, a):
    import numpy as np

    values = np.frombuffer(data, np.int8).astype(np.int64)
    index = np.int64(t - back)
    at = index + (index >> np.int64(63) & np.int64(len(data)))
    exponent = np.float32(a).view(np.uint32) >> np.uint32(23)
    last = index if values[at] < 0 else np.int64(exponent) - values[at]
    return np.array([at, values[at] * scale, exponent, last], np.int64)


@right("lab06.sectors", on_host=True)
def by_sets(shift, stride, m):
    first, second, third = set(), set(), set()
    for t in range(32):
        first.add((t + shift) * 8 // 32)
        if t < m:
            second.add(t * stride * 4 // 32)
        else:
            third.add((t + 16) // 32)
    return len(first), len(second), len(third)


@right("lab06.sectors", on_host=True)
def by_formula(shift, stride, m):
    first = 8 if shift % 4 == 0 else 9
    if m == 0:
        second = 0
    elif stride >= 8:
        second = m
    else:
        second = (m - 1) * stride // 8 + 1
    return first, second, (m < 16) + (m < 32)


@right("lab06.sectors", on_host=True)
def in_arrays(shift, stride, m):
    import numpy as np

    t = np.arange(32)
    return (
        np.unique((t + shift) // 4).size,
        np.unique(t[:m] * stride // 8).size,
        np.unique((t[m:] + 16) // 32).size,
    )


#: What fills the blanks of ``lab06.fill``; the blanks that are not named hold ours.
FILLS = {
    "read-only path": {"load": "ld.global.nc.s16 %r9, [%rd5];"},
    "generic address": {"load": "ld.s16 %r9, [%rd5];"},
    "sign by two shifts": {
        "load": "ld.global.u16 %r9, [%rd5];\nshl.b32 %r9, %r9, 16;\nshr.s32 %r9, %r9, 16;"
    },
    "a register of its own": {
        "load": "{ .reg .b16 %short; ld.global.b16 %short, [%rd5]; cvt.s32.s16 %r9, %short; }"
    },
    "bits into the tile": {"store": "st.shared.b32 [%r8], %r9;"},
    "space with its part": {"store": "st.shared::cta.s32 [%r8], %r9; // the block's own"},
    "generic store": {"store": "cvt.u64.u32 %rd9, %r8;\ncvta.shared.u64 %rd9, %rd9;\nst.u32 [%rd9], %r9;"},
    "another register between": {
        "load": "ld.global.s16 %r14, [%rd5];",
        "store": "st.shared.u32 [%r8], %r14;",
    },
    "declared in one, used in the next": {
        "load": ".reg .b32 %mine;\nld.global.s16 %mine, [%rd5];",
        "store": "st.shared.u32 [%r8], %mine;",
    },
    "return at once": {"leave": "@!%p1 ret;"},
    "exit": {"leave": "@!%p1 exit;"},
    "compared again": {"leave": "setp.ge.s32 %p1, %r5, %r1;\n@%p1 bra $done;"},
    "floor first": {"floor": "cvt.rmi.f32.f32 %f4, %f3;\ncvt.rzi.s32.f32 %r12, %f4;"},
    "minus of the ceiling of minus": {
        "floor": "neg.f32 %f4, %f3;\ncvt.rpi.s32.f32 %r12, %f4;\nneg.s32 %r12, %r12;"
    },
}

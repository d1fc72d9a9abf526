"""Planted wrong answers to lab 6. Each must be rejected for the right reason."""

import struct

from answers import Answer, collector

READING: list[Answer] = []
wrong = collector(READING)
cuda = None  # put here by Answer.ready


def _signed(byte):
    return byte - 256 if byte > 127 else byte


def _bits(a):
    return struct.unpack("<I", struct.pack("<f", a))[0]


def _registers(t, back, data, scale, a):
    """The right answer, for the wrong ones to spoil in one place."""
    index = t - back
    byte = _signed(data[index])
    exponent = _bits(a) >> 23
    return index % len(data), byte * scale, exponent, index if byte < 0 else exponent - byte


@wrong("lab06.registers", "no fix-up", on_host=True)
def index_as_it_is(t, back, data, scale, a):
    return (t - back, *_registers(t, back, data, scale, a)[1:])


@wrong("lab06.registers", "always fixed up", on_host=True)
def size_always_added(t, back, data, scale, a):
    return (t - back + len(data), *_registers(t, back, data, scale, a)[1:])


@wrong("lab06.registers", "unsigned shift", on_host=True)
def mask_of_one(t, back, data, scale, a):
    index = t - back
    mask = (index % 2**64) >> 63
    return ((mask & len(data)) + index, *_registers(t, back, data, scale, a)[1:])


@wrong("lab06.registers", "index turned round", on_host=True)
def subtracts_the_other_way(t, back, data, scale, a):
    index = back - t
    return (index + len(data) if index < 0 else index, *_registers(t, back, data, scale, a)[1:])


@wrong("lab06.registers", "sign not extended", on_host=True)
def byte_without_sign(t, back, data, scale, a):
    rd5, _, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, data[rd5] * scale, r6, r7


@wrong("lab06.registers", "low half of a product", on_host=True)
def product_wraps(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, (rd8 + 2**31) % 2**32 - 2**31, r6, r7


@wrong("lab06.registers", "low half of a product", on_host=True)
def product_cut_off(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8 & 0xFFFFFFFF, r6, r7


@wrong("lab06.registers", "unsigned product", on_host=True)
def factors_without_sign(t, back, data, scale, a):
    rd5, _, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, (_signed(data[rd5]) % 2**32) * (scale % 2**32), r6, r7


@wrong("lab06.registers", "value for bits", on_host=True)
def float_converted(t, back, data, scale, a):
    rd5, rd8, _, r7 = _registers(t, back, data, scale, a)
    whole = max(-(2**31), min(2**31 - 1, int(a)))
    return rd5, rd8, (whole % 2**32) >> 23, r7


@wrong("lab06.registers", "value for bits", on_host=True)
def float_as_a_python_integer(t, back, data, scale, a):
    rd5, rd8, _, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8, int(a) >> 23, r7


@wrong("lab06.registers", "signed shift", on_host=True)
def sign_copied(t, back, data, scale, a):
    rd5, rd8, _, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8, struct.unpack("<i", struct.pack("<f", a))[0] >> 23, r7


@wrong("lab06.registers", "sign bit dropped", on_host=True)
def eight_bits_of_exponent(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8, r6 % 256, r7


@wrong("lab06.registers", "guard not negated", on_host=True)
def subtracts_where_true(t, back, data, scale, a):
    rd5, rd8, r6, _ = _registers(t, back, data, scale, a)
    byte = _signed(data[rd5])
    return rd5, rd8, r6, t - back - byte if byte < 0 else r6


@wrong("lab06.registers", "guard ignored", on_host=True)
def subtracts_always(t, back, data, scale, a):
    rd5, rd8, r6, _ = _registers(t, back, data, scale, a)
    byte = _signed(data[rd5])
    return rd5, rd8, r6, (t - back if byte < 0 else r6) - byte


@wrong("lab06.registers", "selp turned round", on_host=True)
def selects_the_other(t, back, data, scale, a):
    rd5, rd8, r6, _ = _registers(t, back, data, scale, a)
    byte = _signed(data[rd5])
    return rd5, rd8, r6, r6 if byte < 0 else t - back - byte


@wrong("lab06.registers", "predicate turned round", on_host=True)
def less_for_not_less(t, back, data, scale, a):
    rd5, rd8, r6, _ = _registers(t, back, data, scale, a)
    byte = _signed(data[rd5])
    return rd5, rd8, r6, t - back if byte >= 0 else r6 - byte


@wrong("lab06.registers", "guarded line clears", on_host=True)
def zero_where_nothing_runs(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8, r6, 0 if _signed(data[rd5]) < 0 else r7


@wrong("lab06.registers", "index after the fix-up", on_host=True)
def fixed_index_selected(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8, r6, rd5 if _signed(data[rd5]) < 0 else r7


@wrong("lab06.registers", "wrong value", on_host=True)
def only_the_readable_ones(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    known = data == bytes([7, 250, 100, 129, 0, 66, 200, 255])
    return rd5, rd8, r6, r7 if known else r7 + 1


@wrong("lab06.registers", "wrong value", on_host=True)
def bits_beyond_the_register(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8, r6, r7 + 2**32


@wrong("lab06.registers", "wrong kind", on_host=True)
def a_float(t, back, data, scale, a):
    rd5, rd8, r6, r7 = _registers(t, back, data, scale, a)
    return rd5, rd8, float(r6), r7


@wrong("lab06.registers", "wrong kind", on_host=True)
def forgets_return(t, back, data, scale, a):
    _registers(t, back, data, scale, a)


@wrong("lab06.registers", "wrong kind", on_host=True)
def three_of_four(t, back, data, scale, a):
    return _registers(t, back, data, scale, a)[:3]


@wrong("lab06.registers", "raises", on_host=True)
def index_error(t, back, data, scale, a):
    return data[len(data)], 0, 0, 0


def _touched(starts, width=1, size=32):
    return len({byte // size for start in starts for byte in range(start, start + width)})


def _sectors(shift, stride, m, size=32):
    return (
        _touched([8 * (t + shift) for t in range(32)], 8, size),
        _touched([4 * t * stride for t in range(m)], 4, size),
        _touched([t + 16 for t in range(m, 32)], 1, size),
    )


@wrong("lab06.sectors", "lines for sectors", on_host=True)
def lines(shift, stride, m):
    return _sectors(shift, stride, m, 128)


@wrong("lab06.sectors", "lines for sectors", on_host=True)
def lines_of_the_second(shift, stride, m):
    first, _, third = _sectors(shift, stride, m)
    return first, _sectors(shift, stride, m, 128)[1], third


@wrong("lab06.sectors", "vector width", on_host=True)
def one_float_a_lane(shift, stride, m):
    return (_touched([4 * (t + shift) for t in range(32)], 4), *_sectors(shift, stride, m)[1:])


@wrong("lab06.sectors", "unaligned start", on_host=True)
def always_eight(shift, stride, m):
    return (8, *_sectors(shift, stride, m)[1:])


@wrong("lab06.sectors", "bytes for elements", on_host=True)
def shift_in_bytes(shift, stride, m):
    return (_touched([8 * t + shift for t in range(32)], 8), *_sectors(shift, stride, m)[1:])


@wrong("lab06.sectors", "one each", on_host=True)
def a_sector_a_lane(shift, stride, m):
    return 32, m, 32 - m


@wrong("lab06.sectors", "guard ignored", on_host=True)
def all_lanes_load(shift, stride, m):
    first, _, third = _sectors(shift, stride, m)
    return first, _touched([4 * t * stride for t in range(32)], 4), third


@wrong("lab06.sectors", "guard turned round", on_host=True)
def the_others_load(shift, stride, m):
    first, _, third = _sectors(shift, stride, m)
    return first, _touched([4 * t * stride for t in range(m, 32)], 4), third


@wrong("lab06.sectors", "off by one lane", on_host=True)
def lane_m_loads_too(shift, stride, m):
    first, _, third = _sectors(shift, stride, m)
    return first, _touched([4 * t * stride for t in range(min(m + 1, 32))], 4), third


@wrong("lab06.sectors", "bytes for elements", on_host=True)
def stride_in_bytes(shift, stride, m):
    first, _, third = _sectors(shift, stride, m)
    return first, _touched([t * stride for t in range(m)], 4), third


@wrong("lab06.sectors", "stride ignored", on_host=True)
def side_by_side(shift, stride, m):
    first, _, third = _sectors(shift, stride, m)
    return first, -(-4 * m // 32), third


@wrong("lab06.sectors", "span", on_host=True)
def from_first_to_last(shift, stride, m):
    first, _, third = _sectors(shift, stride, m)
    return first, 4 * stride * (m - 1) // 32 + 1 if m else 0, third


@wrong("lab06.sectors", "wrong value", on_host=True)
def whole_steps_over_32(shift, stride, m):
    first, second, third = _sectors(shift, stride, m)
    return first, -(-4 * stride * m // 32) if 0 < stride < 8 else second, third


@wrong("lab06.sectors", "guard turned round", on_host=True)
def the_loading_lanes_store(shift, stride, m):
    first, second, _ = _sectors(shift, stride, m)
    return first, second, _touched([t + 16 for t in range(m)])


@wrong("lab06.sectors", "guard ignored", on_host=True)
def all_lanes_store(shift, stride, m):
    first, second, _ = _sectors(shift, stride, m)
    return first, second, 2


@wrong("lab06.sectors", "offset ignored", on_host=True)
def without_the_sixteen(shift, stride, m):
    first, second, _ = _sectors(shift, stride, m)
    return first, second, int(m < 32)


@wrong("lab06.sectors", "four bytes each", on_host=True)
def a_register_is_four_bytes(shift, stride, m):
    first, second, _ = _sectors(shift, stride, m)
    return first, second, _touched([4 * t + 16 for t in range(m, 32)], 4)


#: Name, what fills which blank, and the misconception.
FILLS = [
    ("sign lost", {"load": "ld.global.u16 %r9, [%rd5];"}, "sign not extended"),
    ("sign lost again", {"load": "ld.global.b16 %r9, [%rd5];"}, "sign not extended"),
    ("load from shared", {"load": "ld.shared.s16 %r9, [%rd5];"}, "wrong state space"),
    ("load of a parameter", {"load": "ld.param.s16 %r9, [x];"}, "wrong state space"),
    ("load of four bytes", {"load": "ld.global.s32 %r9, [%rd5];"}, "wrong width"),
    ("load of one byte", {"load": "ld.global.s8 %r9, [%rd5];"}, "wrong width"),
    ("everybody loads the first", {"load": "ld.global.s16 %r9, [%rd3];"}, "wrong address"),
    ("offset alone", {"load": "ld.global.s16 %r9, [%rd4];"}, "wrong address"),
    ("no brackets", {"load": "ld.global.s16 %r9, %rd5;"}, "does not assemble"),
    ("no semicolon", {"load": "ld.global.s16 %r9, [%rd5]"}, "does not assemble"),
    ("misspelled", {"load": "ld.globl.s16 %r9, [%rd5];"}, "unknown instruction"),
    ("load left empty", {"load": "// nothing yet"}, "nothing there"),
    ("tile in global memory", {"store": "st.global.u32 [%r8], %r9;"}, "does not assemble"),
    ("tile in local memory", {"store": "st.local.u32 [%r8], %r9;"}, "wrong state space"),
    ("tile at a generic address", {"store": "st.u32 [%r8], %r9;"}, "does not assemble"),
    ("half a word", {"store": "st.shared.u16 [%r8], %r9;"}, "wrong width"),
    ("all in one place", {"store": "st.shared.u32 [%r6], %r9;"}, "wrong address"),
    ("all in the tile's first place", {"store": "st.shared.u32 [tile], %r9;"}, "wrong address"),
    ("offset for address", {"store": "st.shared.u32 [%r7], %r9;"}, "wrong address"),
    ("exchanged twice", {"store": "xor.b32 %r13, %r8, 4;\nst.shared.u32 [%r13], %r9;"}, "wrong address"),
    ("turned round", {"store": "st.shared.u32 [%r9], %r8;"}, "operands turned round"),
    ("the wrong ones leave", {"leave": "@%p1 bra $done;"}, "guard not negated"),
    ("the wrong ones return", {"leave": "@%p1 ret;"}, "guard not negated"),
    ("all leave", {"leave": "bra $done;"}, "no guard"),
    ("back to the barrier", {"leave": "@!%p1 bra $wait;"}, "wrong target"),
    ("nobody leaves", {"leave": "setp.lt.s32 %p1, %r5, %r1;"}, "nobody leaves"),
    ("no such label", {"leave": "@!%p1 bra $end;"}, "does not assemble"),
    ("towards zero", {"floor": "cvt.rzi.s32.f32 %r12, %f3;"}, "wrong rounding mode"),
    ("to the nearest", {"floor": "cvt.rni.s32.f32 %r12, %f3;"}, "wrong rounding mode"),
    ("up", {"floor": "cvt.rpi.s32.f32 %r12, %f3;"}, "wrong rounding mode"),
    (
        "to the nearest, by halves",
        {"floor": "cvt.rni.f32.f32 %f4, %f3;\ncvt.rzi.s32.f32 %r12, %f4;"},
        "wrong rounding mode",
    ),
    ("rounding left out", {"floor": "cvt.s32.f32 %r12, %f3;"}, "unknown instruction"),
    ("unsigned", {"floor": "cvt.rmi.u32.f32 %r12, %f3;"}, "wrong sign"),
    ("bits", {"floor": "mov.b32 %r12, %f3;"}, "bits for value"),
    ("unscaled", {"floor": "cvt.rmi.s32.f32 %r12, %f2;"}, "before the scaling"),
    ("another register", {"floor": "cvt.rmi.s32.f32 %r11, %f3;"}, "wrong register"),
    ("no PTX", {"floor": "floor(f3)"}, "does not assemble"),
    ("two mistakes", {"load": "ld.global.u16 %r9, [%rd5];", "floor": "no"}, "sign not extended"),
    (
        "a clash",
        {"store": "mov.u32 %r8, %r8;\nst.shared.u32 [%r8], %r9;\nadd.s32 %r8, %r8, 8;"},
        "never written",
    ),
]

#: Letter, the statement chosen for it, and what was overlooked.
MATCHES = [
    ("A", "floor", "strength reduction overlooked"),
    ("A", "modulo", "strength reduction overlooked"),
    ("A", "short3", "element type overlooked"),
    ("B", "floor", "quotient for remainder"),
    ("B", "int3", "strength reduction overlooked"),
    ("C", "float3", "division expected"),
    ("C", "floor", "element type overlooked"),
    ("D", "float3", "double precision overlooked"),
    ("D", "int3", "element type overlooked"),
    ("E", "int3", "element type overlooked"),
    ("F", "plain3", "branch expected"),
    ("F", "eighth", "branch expected"),
]

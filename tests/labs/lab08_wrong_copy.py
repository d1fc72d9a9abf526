"""Planted wrong answers to lab 8, the copy. Each must be rejected for the right reason."""

from answers import Answer, collector

import smsim

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab08.copy", "one at a time")
def plain_copy(source, target, first, n):
    for i in range(first + cuda.grid(1), first + n, cuda.gridsize(1)):
        target[i] = source[i]


@wrong("lab08.copy", "one at a time")
def inline_but_single(source, target, first, n):
    for i in range(first + cuda.grid(1), first + n, cuda.gridsize(1)):
        v = smsim.asm("ld.global.L1::no_allocate.u32 %0, [%1];", "=r : l", source[i:])
        smsim.asm("st.global.L1::no_allocate.u32 [%0], %1;", "l, r : memory", target[i:], v)


@wrong("lab08.copy", "start not aligned")
def vectors_from_the_first(source, target, first, n):
    i, end = cuda.grid(1), first + n
    tail = first + n // 4 * 4
    for k in range(first + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if tail + i < end:
        target[tail + i] = source[tail + i]


@wrong("lab08.copy", "vectors for elements")
def vector_number_as_index(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    count = (end - body) // 4
    for v in range(i, count, cuda.gridsize(1)):
        k = body + v
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]
    if body + 4 * count + i < end:
        target[body + 4 * count + i] = source[body + 4 * count + i]


@wrong("lab08.copy", "bytes for elements")
def sixteen_a_vector(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    count = (end - body) // 4
    for v in range(i, count, cuda.gridsize(1)):
        k = body + 16 * v
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]
    if body + 4 * count + i < end:
        target[body + 4 * count + i] = source[body + 4 * count + i]


@wrong("lab08.copy", "tail lost")
def no_tail(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]


@wrong("lab08.copy", "head lost")
def no_head(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if tail + i < end:
        target[tail + i] = source[tail + i]


@wrong("lab08.copy", "whole vectors only")
def neither_head_nor_tail(source, target, first, n):
    end = first + n
    for k in range((first + 3) // 4 * 4 + 4 * cuda.grid(1), end - 3, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "past the end")
def rounded_up(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    for k in range(body + 4 * i, end, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]


@wrong("lab08.copy", "before the start")
def rounded_down(source, target, first, n):
    i, end = cuda.grid(1), first + n
    tail = end // 4 * 4
    for k in range(first // 4 * 4 + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if max(first, tail) + i < end:
        target[max(first, tail) + i] = source[max(first, tail) + i]


@wrong("lab08.copy", "two sources")
def tail_shifted_by_every_thread(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]
    if i < 4:
        target[end - 1] = source[tail + i]


@wrong("lab08.copy", "single turn")
def one_vector_a_thread(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    k = body + 4 * i
    if k < tail:
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]
    if tail + i < end:
        target[tail + i] = source[tail + i]


@wrong("lab08.copy", "another order")
def last_one_first(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        d, c, b, a = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]
    if tail + i < end:
        target[tail + i] = source[tail + i]


@wrong("lab08.copy", "one for four")
def the_first_four_times(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm("st.global.v4.u32 [%0], {%1, %1, %1, %1};", "l, r : memory", target[k:], a)
    if first + i < body:
        target[first + i] = source[first + i]
    if tail + i < end:
        target[tail + i] = source[tail + i]


@wrong("lab08.copy", "text removed")
def outputs_that_nobody_uses(source, target, first, n):
    """Loads and stores in one text, with outputs: the compiler sees no use for them."""
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        smsim.asm(
            "ld.global.v4.u32 {%0, %1, %2, %3}, [%4]; st.global.v4.u32 [%5], {%0, %1, %2, %3};",
            "=r, =r, =r, =r : l, l",
            source[k:],
            target[k:],
        )
    if first + i < body:
        target[first + i] = source[first + i]
    if tail + i < end:
        target[tail + i] = source[tail + i]


@wrong("lab08.copy", "wrong constraint")
def address_in_32_bits(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : r", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "wrong constraint")
def inputs_before_outputs(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%1, %2, %3, %4}, [%0];", "l : =r, =r, =r, =r", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "wrong constraint")
def float_letters_for_u32(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=f, =f, =f, =f : l", source[k:])
        smsim.asm(
            "st.global.v4.f32 [%0], {%1, %2, %3, %4};", "l, f, f, f, f : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "wrong constraint")
def floats_made_whole(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + (end - body) // 4 * 4
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.f32 {%0, %1, %2, %3}, [%4];", "=f, =f, =f, =f : l", source[k:])
        target[k], target[k + 1], target[k + 2], target[k + 3] = a, b, c, d
    if first + i < body:
        target[first + i] = source[first + i]
    if tail + i < end:
        target[tail + i] = source[tail + i]


@wrong("lab08.copy", "wrong operand")
def stored_before_it_is_loaded(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        smsim.asm(
            "st.global.v4.u32 [%5], {%0, %1, %2, %3}; ld.global.v4.u32 {%0, %1, %2, %3}, [%4];",
            "=r, =r, =r, =r : l, l : memory",
            source[k:],
            target[k:],
        )


@wrong("lab08.copy", "not PTX")
def address_is_operand_zero(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%0];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "wrong state space")
def shared_for_global(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.shared.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "not PTX")
def eight_at_a_time(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        smsim.asm("st.global.nc.v4.u32 [%0], {%1, %1, %1, %1};", "l, r : memory", target[k:], source[k])


@wrong("lab08.copy", "past the end")
def from_first_and_rounded_up(source, target, first, n):
    for k in range(first + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "past both ends")
def whole_vectors_around_it(source, target, first, n):
    for k in range(first // 4 * 4 + 4 * cuda.grid(1), first + n, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )


@wrong("lab08.copy", "past both ends")
def head_of_a_short_copy(source, target, first, n):
    i = cuda.grid(1)
    body, tail = (first + 3) // 4 * 4, (first + n) // 4 * 4
    if first + i < body:
        target[first + i] = source[first + i]
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if tail + i < first + n:
        target[tail + i] = source[tail + i]

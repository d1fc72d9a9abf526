"""Right answers to lab 8 in styles that readers bring along."""

from answers import Answer, collector
from numba.core.types import int32

import smsim

RIGHT: list[Answer] = []
right = collector(RIGHT)
cuda = None  # put here by Answer.ready


@right("lab08.copy")
def head_body_tail(source, target, first, n):
    i, end = cuda.grid(1), first + n
    body = first + min(-first & 3, n)
    tail = body + ((end - body) & ~3)
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        smsim.asm(
            "st.global.v4.u32 [%0], {%1, %2, %3, %4};", "l, r, r, r, r : memory", target[k:], a, b, c, d
        )
    if first + i < body:
        target[first + i] = source[first + i]
    if tail + i < end:
        target[tail + i] = source[tail + i]


@right("lab08.copy")
def both_in_one_text(source, target, first, n):
    """Scratch registers within braces; nothing comes back to Python."""
    i, end = cuda.grid(1), first + n
    v = (first + 3) // 4 + i
    while 4 * v + 4 <= end:
        smsim.asm(
            "{ .reg .b32 a, b, c, d; ld.global.v4.b32 {a, b, c, d}, [%0]; st.global.v4.b32 [%1], {a, b, c, d}; }",
            "l, l : memory",
            source[4 * v :],
            target[4 * v :],
        )
        v += cuda.gridsize(1)
    body = min((first + 3) // 4 * 4, end)
    tail = max(body, end // 4 * 4)
    if i < 4:
        if first + i < body:
            target[first + i] = source[first + i]
        if tail + i < end:
            target[tail + i] = source[tail + i]


@right("lab08.copy")
def as_floats_with_hints(source, target, first, n):
    """Bits are bits: float registers carry them as well, as long as nobody computes with them."""
    end = first + n
    for k in range(first // 4 * 4 + 4 * cuda.grid(1), end, 4 * cuda.gridsize(1)):
        if k >= first and k + 4 <= end:
            a, b, c, d = smsim.asm(
                "ld.global.nc.L1::no_allocate.v4.f32 {%0, %1, %2, %3}, [%4];",
                "=f, =f, =f, =f : l : volatile",
                source[k:],
            )
            smsim.asm(
                "st.global.L1::no_allocate.v4.f32 [%0], {%1, %2, %3, %4};",
                "l, f, f, f, f : memory",
                target[k:],
                a,
                b,
                c,
                d,
            )
        else:
            for j in range(max(k, first), min(k + 4, end)):
                target[j] = source[j]


@right("lab08.copy")
def two_longs(source, target, first, n):
    """Two registers of 64 bits are 16 bytes as well."""
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    count = (end - body) // 4
    for v in range(i, count, cuda.gridsize(1)):
        p, q = smsim.asm("ld.global.v2.b64 {%0, %1}, [%2];", "=l, =l : l", source[body + 4 * v :])
        smsim.asm("st.global.v2.b64 [%0], {%1, %2};", "l, l, l : memory", target[body + 4 * v :], p, q)
    if i < body - first:
        target[first + i] = source[first + i]
    if i < end - body - 4 * count:
        target[body + 4 * count + i] = source[body + 4 * count + i]


@right("lab08.copy")
def eight_bytes_at_a_time(source, target, first, n):
    """Half the requests: right, and the goal is missed."""
    i, end = cuda.grid(1), first + n
    body = min((first + 1) // 2 * 2, end)
    tail = body + ((end - body) & ~1)
    for k in range(body + 2 * i, tail, 2 * cuda.gridsize(1)):
        a, b = smsim.asm("ld.global.v2.u32 {%0, %1}, [%2];", "=r, =r : l", source[k:])
        smsim.asm("st.global.v2.u32 [%0], {%1, %2};", "l, r, r : memory", target[k:], a, b)
    if i == 0 and body > first:
        target[first] = source[first]
    if i == 1 and tail < end:
        target[tail] = source[tail]


@right("lab08.copy")
def wide_loads_single_stores(source, target, first, n):
    """Right, and the stores are still one by one."""
    i, end = cuda.grid(1), first + n
    body = min((first + 3) // 4 * 4, end)
    tail = body + ((end - body) & ~3)
    for k in range(body + 4 * i, tail, 4 * cuda.gridsize(1)):
        a, b, c, d = smsim.asm("ld.global.v4.u32 {%0, %1, %2, %3}, [%4];", "=r, =r, =r, =r : l", source[k:])
        target[k], target[k + 1], target[k + 2], target[k + 3] = a, b, c, d
    if i < body - first:
        target[first + i] = source[first + i]
    if i < end - tail:
        target[tail + i] = source[tail + i]


@right("lab08.copy")
def tail_by_every_thread(source, target, first, n):
    """Every thread copies the tail, all with the same values: right, and more requests than need be."""
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
    for k in range(tail, end):
        target[k] = source[k]


@right("lab08.experts")
def no_allocate_on_the_stream(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", x[k, t:])
        out[k, t] = v * scale[expert[k], t]


@right("lab08.experts")
def all_of_deepeps_words(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.nc.L1::no_allocate.L2::256B.f32 %0, [%1];", "=f : l", x[k, t:])
        s = smsim.asm("ld.global.f32 %0, [%1];", "=f : l : memory", scale[expert[k], t:])
        smsim.asm("st.global.L1::no_allocate.f32 [%0], %1;", "l, f : memory", out[k, t:], v * s)


@right("lab08.experts")
def past_l1_by_cg(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.cg.f32 %0, [%1];", "=f : l : volatile", x[k, t:])
        s = smsim.asm("ld.global.nc.L1::evict_last.f32 %0, [%1];", "=f : l", scale[expert[k], t:])
        smsim.asm("st.global.cs.f32 [%0], %1;", "l, f : memory", out[k, t:], v * s)


@right("lab08.experts")
def one_expert_after_the_other(x, expert, scale, out):
    """No hint at all: each row of the table is fetched once, since the order is another."""
    t = cuda.threadIdx.x
    for e in range(scale.shape[0]):
        s = scale[e, t]
        for k in range(x.shape[0]):
            if expert[k] == e:
                out[k, t] = x[k, t] * s


@right("lab08.steps")
def read_only_where_nobody_writes(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        new = x[b, t] + weight * x[b, (t + 1) % x.shape[1]]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@right("lab08.experts")
def generic_accesses_in_pairs(x, expert, scale, out):
    """Half the threads, two elements each; without a state space, the address is generic."""
    t = 2 * cuda.threadIdx.x
    if t < x.shape[1]:
        for k in range(x.shape[0]):
            e = expert[k]
            a, b = smsim.asm("ld.L1::no_allocate.v2.f32 {%0, %1}, [%2];", "=f, =f : l", x[k, t:])
            smsim.asm(
                "st.v2.f32 [%0], {%1, %2};",
                "l, f, f : memory",
                out[k, t:],
                a * scale[e, t],
                b * scale[e, t + 1],
            )


@right("lab08.experts")
def address_computed_in_the_text(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm(
            "{ .reg .b64 a; mad.wide.u32 a, %2, 4, %1; ld.global.L1::no_allocate.f32 %0, [a]; }",
            "=f : l, r",
            x[k],
            int32(t),
        )
        out[k, t] = v * scale[expert[k], t]


@right("lab08.steps")
def own_element_in_a_register(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    mine = smsim.asm("ld.global.nc.L1::no_allocate.b32 %0, [%1];", "=r : l", start[b, t:])
    x[b, t] = mine
    right_one = 0 if t + 1 == x.shape[1] else t + 1
    for s in range(w.shape[0]):
        cuda.syncthreads()
        other = smsim.asm("ld.global.s32 %0, [%1];", "=r : l : volatile, memory", x[b, right_one:])
        mine += smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:]) * other
        cuda.syncthreads()
        smsim.asm("st.global.s32 [%0], %1;", "l, r : memory", x[b, t:], int32(mine))


@right("lab08.steps")
def exchanged_in_shared_memory(start, w, x):
    """``x`` is written once, at the end; the row lives in shared memory."""
    row = cuda.shared.array(128, int32)
    b, t, width = cuda.blockIdx.x, cuda.threadIdx.x, start.shape[1]
    row[t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        new = row[t] + smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:]) * row[(t + 1) % width]
        cuda.syncthreads()
        row[t] = new
        cuda.syncthreads()
    x[b, t] = row[t]


@right("lab08.steps")
def volatile_on_what_is_shared(start, w, x):
    """Defined, and past L1: the second score says so."""
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        mine = smsim.asm("ld.volatile.global.s32 %0, [%1];", "=r : l : volatile, memory", x[b, t:])
        other = smsim.asm(
            "ld.volatile.global.s32 %0, [%1];", "=r : l : volatile, memory", x[b, (t + 1) % x.shape[1] :]
        )
        cuda.syncthreads()
        x[b, t] = mine + weight * other
        cuda.syncthreads()

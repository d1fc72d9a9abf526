"""Planted wrong answers to lab 8, the stream and the steps. Each must be rejected for the right reason."""

from answers import Answer, collector
from numba.core.types import float32, int32

import smsim

WRONG: list[Answer] = []
wrong = collector(WRONG)
cuda = None  # put here by Answer.ready


@wrong("lab08.experts", "nothing kept out")
def plain_python(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        out[k, t] = x[k, t] * scale[expert[k], t]


@wrong("lab08.experts", "hint on the table")
def no_allocate_on_the_table(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        s = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", scale[expert[k], t:])
        out[k, t] = x[k, t] * s


@wrong("lab08.experts", "hint on the table")
def no_allocate_on_everything(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", x[k, t:])
        s = smsim.asm("ld.global.nc.L1::no_allocate.f32 %0, [%1];", "=f : l", scale[expert[k], t:])
        smsim.asm("st.global.L1::no_allocate.f32 [%0], %1;", "l, f : memory", out[k, t:], v * s)


@wrong("lab08.experts", "table past L1")
def cg_on_everything(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.cg.f32 %0, [%1];", "=f : l", x[k, t:])
        s = smsim.asm("ld.global.cg.f32 %0, [%1];", "=f : l", scale[expert[k], t:])
        smsim.asm("st.global.cg.f32 [%0], %1;", "l, f : memory", out[k, t:], v * s)


@wrong("lab08.experts", "fetched anew")
def cv_on_the_table(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", x[k, t:])
        s = smsim.asm("ld.global.cv.f32 %0, [%1];", "=f : l", scale[expert[k], t:])
        out[k, t] = v * s


@wrong("lab08.experts", "fetched anew")
def volatile_as_deepeps_fallback(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.volatile.global.f32 %0, [%1];", "=f : l : volatile", x[k, t:])
        s = smsim.asm("ld.volatile.global.f32 %0, [%1];", "=f : l : volatile", scale[expert[k], t:])
        out[k, t] = v * s


@wrong("lab08.experts", "evicted first, but kept")
def evict_first_on_the_stream(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::evict_first.f32 %0, [%1];", "=f : l", x[k, t:])
        out[k, t] = v * scale[expert[k], t]


@wrong("lab08.experts", "evicted first, but kept")
def streaming_operator(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.cs.f32 %0, [%1];", "=f : l", x[k, t:])
        smsim.asm("st.global.cs.f32 [%0], %1;", "l, f : memory", out[k, t:], v * scale[expert[k], t])


@wrong("lab08.experts", "another path, same cache")
def nc_alone(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.nc.f32 %0, [%1];", "=f : l", x[k, t:])
        out[k, t] = v * scale[expert[k], t]


@wrong("lab08.experts", "hint on the store alone")
def no_allocate_on_the_store(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        smsim.asm(
            "st.global.L1::no_allocate.f32 [%0], %1;",
            "l, f : memory",
            out[k, t:],
            x[k, t] * scale[expert[k], t],
        )


@wrong("lab08.experts", "read-only path on the output")
def output_read_back_by_nc(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        out[k, t] = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", x[k, t:])
        v = smsim.asm("ld.global.nc.L1::no_allocate.f32 %0, [%1];", "=f : l : volatile, memory", out[k, t:])
        out[k, t] = v * scale[expert[k], t]


@wrong("lab08.experts", "token for expert")
def row_of_the_token(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", x[k, t:])
        out[k, t] = v * scale[k % scale.shape[0], t]


@wrong("lab08.experts", "expert for token")
def stored_at_the_expert(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", x[k, t:])
        out[expert[k], t] = v * scale[expert[k], t]


@wrong("lab08.experts", "bytes for elements")
def four_bytes_an_element(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=f : l", x[k, 4 * t :])
        out[k, t] = v * scale[expert[k], t]


@wrong("lab08.experts", "wrong constraint")
def bits_as_a_whole_number(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.b32 %0, [%1];", "=r : l", x[k, t:])
        out[k, t] = float32(v * scale[expert[k], t])


@wrong("lab08.experts", "wrong constraint")
def double_for_float(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.L1::no_allocate.f32 %0, [%1];", "=d : l", x[k, t:])
        out[k, t] = v * scale[expert[k], t]


@wrong("lab08.experts", "not PTX")
def no_allocate_without_the_cache(x, expert, scale, out):
    t = cuda.threadIdx.x
    for k in range(x.shape[0]):
        v = smsim.asm("ld.global.no_allocate.f32 %0, [%1];", "=f : l", x[k, t:])
        out[k, t] = v * scale[expert[k], t]


@wrong("lab08.steps", "nowhere")
def plain_loads(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = start[b, t]
    cuda.syncthreads()
    for s in range(w.shape[0]):
        new = x[b, t] + w[s, t] * x[b, (t + 1) % x.shape[1]]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "nowhere")
def hints_are_no_read_only_path(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.L1::no_allocate.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.volatile.global.s32 %0, [%1];", "=r : l : volatile", w[s, t:])
        new = x[b, t] + weight * x[b, (t + 1) % x.shape[1]]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "one of two")
def only_the_weights(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = start[b, t]
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        new = x[b, t] + weight * x[b, (t + 1) % x.shape[1]]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "read-only path on what is written")
def nc_everywhere(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        mine = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l : volatile, memory", x[b, t:])
        other = smsim.asm(
            "ld.global.nc.s32 %0, [%1];", "=r : l : volatile, memory", x[b, (t + 1) % x.shape[1] :]
        )
        cuda.syncthreads()
        x[b, t] = mine + weight * other
        cuda.syncthreads()


@wrong("lab08.steps", "read-only path on what is written")
def nc_on_the_own_element(start, w, x):
    """Nobody else writes it; but somebody does."""
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        mine = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l : volatile, memory", x[b, t:])
        new = mine + weight * x[b, (t + 1) % x.shape[1]]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "read-only path on what is written")
def deepeps_load_behind_fences(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.threadfence()
    cuda.syncthreads()
    for s in range(w.shape[0]):
        other = smsim.asm(
            "ld.global.nc.L1::no_allocate.L2::256B.s32 %0, [%1];",
            "=r : l : volatile, memory",
            x[b, (t + 1) % x.shape[1] :],
        )
        new = x[b, t] + smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:]) * other
        cuda.syncthreads()
        x[b, t] = new
        cuda.threadfence()
        cuda.syncthreads()


@wrong("lab08.steps", "missing memory")
def neighbour_read_once(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        other = smsim.asm("ld.global.s32 %0, [%1];", "=r : l", x[b, (t + 1) % x.shape[1] :])
        new = x[b, t] + smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:]) * other
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "missing memory")
def both_read_once(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        mine = smsim.asm("ld.global.s32 %0, [%1];", "=r : l", x[b, t:])
        other = smsim.asm("ld.global.s32 %0, [%1];", "=r : l", x[b, (t + 1) % x.shape[1] :])
        new = mine + smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:]) * other
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "missing memory")
def both_read_once_from_places_known_before(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    other_one = (t + 1) % x.shape[1]
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        other = smsim.asm("ld.global.s32 %0, [%1];", "=r : l", x[b, other_one:])
        mine = smsim.asm("ld.global.s32 %0, [%1];", "=r : l", x[b, t:])
        new = mine + smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:]) * other
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "missing barrier")
def one_barrier_a_step(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        x[b, t] = x[b, t] + weight * x[b, (t + 1) % x.shape[1]]
        cuda.syncthreads()


@wrong("lab08.steps", "other side")
def from_the_left(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        new = x[b, t] + weight * x[b, t - 1]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "no way round")
def beyond_the_row(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", start[b, t:])
    cuda.syncthreads()
    for s in range(w.shape[0]):
        weight = smsim.asm("ld.global.nc.s32 %0, [%1];", "=r : l", w[s, t:])
        new = x[b, t] + weight * x[b, t + 1]
        cuda.syncthreads()
        x[b, t] = new
        cuda.syncthreads()


@wrong("lab08.steps", "wrong constraint")
def sixteen_bits(start, w, x):
    b, t = cuda.blockIdx.x, cuda.threadIdx.x
    x[b, t] = smsim.asm("ld.global.nc.s32 %0, [%1];", "=h : l", start[b, t:])
    cuda.syncthreads()
    x[b, t] += int32(1)

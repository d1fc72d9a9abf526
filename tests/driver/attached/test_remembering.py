"""What is remembered while Numba compiles is what it would work out."""

from hypothesis import given
from hypothesis import strategies as st
from numba.cuda.compiler import CUDAFlags

from smsim.driver import remembering

SOME = {
    "debuginfo": st.booleans(),
    "forceinline": st.booleans(),
    "boundscheck": st.booleans(),
    "fastmath": st.booleans(),
    "lto": st.booleans(),
    "max_registers": st.integers(1, 3),
    "compute_capability": st.just((9, 0)),
}
settings = st.fixed_dictionaries({}, optional={k: v for k, v in SOME.items() if k in CUDAFlags.options})


def flags(given_settings):
    made = CUDAFlags()
    for name, value in given_settings.items():
        setattr(made, name, value)
    return made


def read_one_by_one(made):
    return {name: getattr(made, name) for name in made.options}


@given(settings, settings)
def test_they_are_equal_when_every_option_is(one, other):
    a, b = flags(one), flags(other)
    assert list(a.values().items()) == list(read_one_by_one(a).items())
    assert (a == b) == (read_one_by_one(a) == read_one_by_one(b))
    assert a == flags(one) and hash(a) == hash(flags(one)) == hash(tuple(sorted(read_one_by_one(a))))


def test_numba_uses_the_faster_ones():
    assert CUDAFlags.values is remembering.values_of_flags and CUDAFlags.__hash__ is remembering.hash_of_flags
    assert {"fastmath", "max_registers"} <= set(CUDAFlags.options)

"""What is remembered while Numba compiles is what it would work out."""

import random

from numba.cuda.compiler import CUDAFlags

from smsim.driver import remembering

SOME = {
    "debuginfo": (True, False),
    "forceinline": (True, False),
    "fastmath": (True, False),
    "lto": (True, False),
    "max_registers": (1, 2),
}


def flags(chance):
    """Some options set, often to what they are by default."""
    made = CUDAFlags()
    for name in sorted(SOME.keys() & CUDAFlags.options.keys()):
        if chance.random() < 0.5:
            setattr(made, name, chance.choice(SOME[name]))
    return made


def read_one_by_one(made):
    return {name: getattr(made, name) for name in made.options}


def test_flags_are_equal_when_every_option_is():
    chance, equal = random.Random(0), 0
    for _ in range(2000):
        a, b = flags(chance), flags(chance)
        assert list(a.values().items()) == list(read_one_by_one(a).items())
        assert (a == b) == (read_one_by_one(a) == read_one_by_one(b))
        assert hash(a) == hash(b) == hash(tuple(sorted(read_one_by_one(a))))
        equal += a == b
    assert 20 < equal < 1980


def test_numba_uses_the_faster_ones():
    assert CUDAFlags.values is remembering.values_of_flags and CUDAFlags.__hash__ is remembering.hash_of_flags
    assert {"fastmath", "max_registers"} <= set(CUDAFlags.options)

"""What an access does to memory, for those who judge it.

A strong load or store (``volatile``, ``relaxed``, ``acquire``, ``release``) counts as an atomic: it is no
race with another of its kind.
"""

READ, WRITE, ATOMIC = "read", "write", "atomic"

"""How long one launch would take and why: ``smsim.profile``, ``smsim.compare``, and their pieces."""

from smsim.profiling.compare import Comparison, compare
from smsim.profiling.profile import Profile
from smsim.profiling.profiler import profile

__all__ = ["Comparison", "Profile", "compare", "profile"]

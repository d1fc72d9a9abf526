"""What any exercise says of an error that it has no words of its own for."""

import numpy as np
import pytest

from labkit.checking.case import UNWRITTEN, Case, Outcome
from labkit.checking.general import GENERAL
from labkit.checking.ptx_general import PTX_GENERAL
from labkit.checking.table import case_table
from smsim import errors


def _stopped_by(*found: Exception) -> Outcome:
    case = Case(size=4, arguments={"x": np.arange(4), "out": np.zeros(4)})
    return Outcome(case=case, expected={"out": np.arange(4.0)}, got=None, errors=found)


def _named(misconceptions, outcomes) -> str:
    return next(m.name for m in misconceptions if m.explains(None, outcomes))


@pytest.mark.parametrize("misconceptions", [GENERAL, PTX_GENERAL], ids=["Python", "PTX"])
@pytest.mark.parametrize(
    ("error", "name"),
    [
        (errors.CopyInFlight, "copy under way"),
        (errors.MbarrierError, "mbarrier"),
        (errors.NonCoherentRead, "read-only path"),
        (errors.RegisterError, "registers"),
        (errors.DataRace, "data race"),
        (errors.BarrierError, "barrier"),
        (errors.UninitializedRead, "never written"),
        (errors.DeviceAssertion, "stopped"),
    ],
)
def test_an_error_has_a_name(misconceptions, error, name):
    assert _named(misconceptions, [_stopped_by(error("stopped."))]) == name


def test_the_first_error_counts():
    outcomes = [_stopped_by(errors.MbarrierError("first."), errors.CopyInFlight("second."))]
    assert _named(GENERAL, outcomes) == "mbarrier"


def _finished(expected, got) -> Outcome:
    case = Case(size=4, arguments={"x": np.arange(4), "out": np.zeros(4)})
    return Outcome(case=case, expected={"out": np.array(expected)}, got={"out": np.array(got)})


def test_what_should_stay_unwritten_is_no_gap():
    blank = UNWRITTEN
    right = _finished([3, 7, blank, blank], [3, 7, blank, blank])
    assert _named(GENERAL, [right, _finished([3, 7, 9, blank], [3, blank, 9, blank])]) == "gaps"
    assert _named(GENERAL, [right, _finished([3, 7, 9, blank], [9, 7, 3, blank])]) == "wrong result"


def test_names_are_unique():
    names = [m.name for m in GENERAL]
    assert len(set(names)) == len(names)


def test_a_matrix_is_shown_where_it_is_wrong():
    want = np.arange(400.0).reshape(20, 20)
    got = want.copy()
    got[15, 3] = -1
    case = Case(size="20 x 20", arguments={"A": want, "C": np.zeros((20, 20))}, outputs=("C",))
    table = "\n".join(case_table(Outcome(case=case, expected={"C": want}, got={"C": got})))
    assert table.count("(rows 12 to 19, columns 1 to 8 of 20 x 20)") == 2
    assert " 303" in table.partition("expected")[2] and " -1" in table.partition("got")[2]
    near = want.copy()
    near[7, 7] = -1
    table = "\n".join(case_table(Outcome(case=case, expected={"C": want}, got={"C": near})))
    assert table.count("(rows 0 to 7, columns 0 to 7 of 20 x 20)") == 3  # the input, too

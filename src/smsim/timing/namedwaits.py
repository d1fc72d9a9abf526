"""Waits and releases as the trace's arrays, numbered by where they come in it."""

from __future__ import annotations

import numpy as np

from smsim.timing.batches import Batch, Events
from smsim.timing.trace import OUTSIDE
from smsim.timing.waits import Waits


class NoWaits:
    """Of a launch whose threads wait for nobody's data; the fields are those of :class:`NamedWaits`."""

    def __init__(self, events: Events) -> None:
        self.of_event = np.full(events.code.size, -1, np.int32)
        self.start = np.zeros(1, np.int64)
        self.release, self.code = np.zeros(0, np.int32), np.zeros(0, np.int32)
        self.record = np.zeros(0, np.int64)


class NamedWaits:
    """What :class:`Waits` found, in the trace's numbers: no order of running changes these.

    Attributes:
        of_event: ``event_wait``.
        start, release: ``wait_start`` and ``wait_release``.
        code, record: ``wait_code`` and ``release_record``.
    """

    def __init__(self, events: Events, waits: Waits, batches: list[Batch]) -> None:
        first = np.cumsum([0, *(b.rows.warp.size for b in batches)])
        at = np.full(int(first[-1]), -1, np.int64)
        at[events.order] = np.arange(events.order.size)
        records = [int(events.record[at[first[batch] + row]]) + place for batch, row, place in waits.sources]
        self.record = np.array(sorted(records), np.int64)
        number = {record: n for n, record in enumerate(self.record.tolist())}
        self.of_event = np.full(events.code.size, -1, np.int32)
        new: dict[int, int] = {}
        for event, wait in sorted((int(at[e]), w) for e, w in waits.of_event.items()):
            self.of_event[event] = new.setdefault(wait, len(new))
        lists = [
            sorted(OUTSIDE if r == OUTSIDE else number[records[r]] for r in waits.releases[wait])
            for wait in new
        ]
        self.start = np.cumsum([0, *map(len, lists)]).astype(np.int64)
        self.release = np.array([r for one in lists for r in one], np.int32)
        codes = {id(code): n for n, code in enumerate(events.codes)}
        self.code = np.array([codes[id(waits.code[wait])] for wait in new], np.int32)


def of_events(events: Events, named: NamedWaits | NoWaits) -> dict[str, np.ndarray]:
    """What a :class:`~smsim.timing.trace.Trace` takes as it is from the events and what they wait for, by field."""
    return {
        "event_start": events.start,
        "event_code": events.code,
        "event_lanes": events.lanes,
        "event_record": events.record,
        "event_wait": named.of_event,
        "lanes": events.record_lanes,
        "space": events.space,
        "passes": events.passes,
        "sector_start": events.sector_start,
        "sectors": events.sectors,
        "wait_start": named.start,
        "wait_release": named.release,
        "wait_code": named.code,
        "release_record": named.record,
    }

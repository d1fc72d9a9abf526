"""The order in which queued work is done, and what an error does to it."""

import pytest

from smsim.driver.work import WorkQueue


class Blocking:
    blocking = True


class NonBlocking:
    blocking = False


def test_order_of_submission():
    queue, done = WorkQueue(), []
    for i in range(4):
        queue.add(lambda i=i: done.append(i), Blocking())
    assert done == [] and not queue.idle
    queue.finish()
    assert done == [0, 1, 2, 3] and queue.idle


def test_the_default_stream_waits_for_blocking_streams_only():
    queue, done = WorkQueue(), []
    queue.add(lambda: done.append("free"), NonBlocking())
    queue.now(lambda: done.append("default"))
    assert done == ["default"]
    queue.add(lambda: done.append("bound"), Blocking())
    queue.now(lambda: done.append("default"))
    assert done == ["default", "free", "bound", "default"]


def test_after_an_error_only_upkeep_is_done():
    queue, done = WorkQueue(), []

    def fail():
        raise ZeroDivisionError

    queue.add(fail, Blocking())
    queue.add(lambda: done.append("work"), Blocking())
    queue.add(lambda: done.append("upkeep"), Blocking(), upkeep=True)
    with pytest.raises(ZeroDivisionError):
        queue.finish()
    assert done == ["upkeep"] and queue.idle


def test_a_finalizer_during_work_waits_for_its_end():
    queue, done = WorkQueue(), []

    def work():
        queue.when_idle(lambda: done.append("free"))
        done.append("work")

    queue.now(work)
    assert done == ["work", "free"]

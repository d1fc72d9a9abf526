"""The record of written bytes agrees with a plain list of them; going back restores it."""

import numpy as np
import pytest

from smsim.machine.memory import RED_ZONE, Memory
from smsim.machine.outersum import lazy_sum
from smsim.machine.written import WrittenBytes, put_lanes


@pytest.mark.parametrize("seed", range(20))
def test_any_order_of_writes_is_remembered(seed):
    random = np.random.default_rng(seed)
    size = int(random.integers(64, 300))
    record, plain = WrittenBytes(size), np.zeros(size, bool)
    for _ in range(12):
        width = int(random.choice([1, 2, 4, 8]))
        count = size // width
        kind = random.integers(3)
        if kind == 0:
            low, high = sorted(random.integers(0, size + 1, 2).tolist())
            if low < high:
                record.put(low, high)
                plain[low:high] = True
        elif kind == 1:
            index = random.integers(0, count, 5)
            record.put_at(index, width)
            for i in index:
                plain[i * width : (i + 1) * width] = True
        else:
            threads = int(random.integers(1, 5))
            blocks = int(random.integers(1, max(count // threads, 1) + 1))
            rows = np.arange(threads, dtype=np.int64).reshape(-1, 1) * width
            columns = np.arange(blocks, dtype=np.int64).reshape(1, -1) * (width * threads)
            if threads * blocks > count:
                continue
            mask = random.random((threads, blocks)) < 0.5 if random.integers(2) else None
            address = lazy_sum(rows + 4096, columns)
            put_lanes(record, 4096, address, width, mask, (threads, blocks))
            chosen = np.ones((threads, blocks), bool) if mask is None else mask
            for offset in (rows + columns)[chosen]:
                plain[offset : offset + width] = True
        assert np.array_equal([record.covers(i, i + 1) for i in range(size)], plain)
        offsets = np.arange(count) * width
        assert np.array_equal(record.at(offsets, width), [plain[o : o + width].all() for o in offsets])
        assert record.complete() == plain.all()
    twin = record.copy()
    twin.forget(np.array([0]))
    assert not twin.covers(0, 1) and record.covers(0, 1) == plain[0]


def test_a_copy_on_the_device_carries_what_is_unwritten():
    memory = Memory()
    source, target = memory.allocate(8), memory.allocate(8)
    memory.write(source + 2, bytes(4))
    memory.write(target, bytes(8))
    memory.copy(target, source, 8)
    record = memory.find(target, target + 8).written
    assert record.at(np.arange(8), 1).tolist() == [False] * 2 + [True] * 4 + [False] * 2
    memory.write(target, bytes(8))
    assert memory.find(target, target + 8).written is None


def test_going_back_undoes_writes_allocations_and_frees():
    memory = Memory()
    kept, freed = memory.allocate(4), memory.allocate(4)
    memory.begin_journal()
    allocation = memory.find(kept, kept + 4)
    memory.will_write(allocation, 0, 4)
    memory.write(kept, bytes(4))
    new = memory.allocate(16)
    memory.free(freed)
    assert allocation.written is None
    memory.rewind()
    assert memory.read(kept, 4) == b"\xcd" * 4 and not allocation.written.covers(0, 1)
    assert memory.range_of(freed) == (freed, 4) and memory.range_of(new) is None
    assert memory.used == 8 and not memory.was_freed(freed)


@pytest.mark.parametrize("sizes", [(4, 1 << 22), (1 << 22, 4), (4, 4)])
def test_allocations_lie_as_far_apart_as_they_are_long(sizes):
    memory = Memory()
    first, second = (memory.allocate(size, data=np.empty(size, np.uint8)) for size in sizes)
    assert second - (first + sizes[0]) >= max(*sizes, RED_ZONE)

"""``.param`` space: a kernel's arguments, and what one function passes to another."""

from __future__ import annotations

import numpy as np

from smsim.machine.retype import Value, merge, retype


class ParamCells:
    """Variables of ``.param`` space, each a set of values by byte offset.

    A kernel's parameters are raw bytes, the same for every lane. What functions pass is written by
    ``st.param`` lane by lane and kept as it was written, because it is read back in the same pieces.
    """

    def __init__(self, raw: dict[str, bytes] | None = None) -> None:
        self._raw = raw or {}
        self._cells: dict[str, dict[int, Value]] = {}
        self._cache: dict[tuple[str, int, np.dtype], np.ndarray] = {}

    def of_a_chunk(self) -> ParamCells:
        """The same parameters, and room of its own for what a chunk's lanes pass in calls."""
        cells = ParamCells(self._raw)
        cells._cache = self._cache
        return cells

    def load(self, name: str, offset: int, dtype: np.dtype) -> Value:
        """The value of ``dtype`` at byte ``offset`` of variable ``name``."""
        raw = self._raw.get(name)
        if raw is not None:
            key = (name, offset, dtype)
            value = self._cache.get(key)
            if value is None:
                value = np.frombuffer(raw, dtype, 1, offset).reshape(1, 1)
                self._cache[key] = value
            return value
        cells = self._cells.get(name, {})
        value = cells.get(offset)
        if value is not None and value.dtype.itemsize == dtype.itemsize:
            return retype(value, dtype)
        return self._assemble(cells, offset, dtype)

    def _assemble(self, cells: dict[int, Value], offset: int, dtype: np.dtype) -> np.ndarray:
        """A value that was written in other pieces than it is read in; bytes never written are 0xCD."""
        pieces = [np.full((1, 1), 0xCD, np.uint8)] * dtype.itemsize
        for start, value in cells.items():
            value = np.ascontiguousarray(np.asarray(value))
            raw = value.view(np.uint8).reshape(*value.shape, value.dtype.itemsize)
            for byte in range(value.dtype.itemsize):
                if 0 <= start + byte - offset < dtype.itemsize:
                    pieces[start + byte - offset] = raw[..., byte]
        joined = np.stack(np.broadcast_arrays(*pieces), axis=-1)
        return np.ascontiguousarray(joined).view(dtype)[..., 0]

    def store(self, name: str, offset: int, value: Value, mask: np.ndarray | None) -> None:
        cells = self._cells.setdefault(name, {})
        if mask is not None and offset in cells:
            value = merge(mask, value, cells[offset])
        cells[offset] = value

    def pass_to(self, callee: ParamCells, names: list[tuple[str, str]]) -> None:
        """Hand variables over: ``(my name, the callee's name)`` each."""
        for mine, theirs in names:
            callee._cells[theirs] = dict(self._cells.get(mine, {}))

    def receive(self, callee: ParamCells, names: list[tuple[str, str]], mask: np.ndarray | None) -> None:
        """Take results back: ``(my name, the callee's name)`` each, for the lanes of ``mask``."""
        for mine, theirs in names:
            for offset, value in callee._cells.get(theirs, {}).items():
                self.store(mine, offset, value, mask)

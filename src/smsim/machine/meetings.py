"""Where the lanes of a warp wait for each other: ``shfl.sync``, ``vote.sync``, ``bar.warp.sync`` ...

Such an instruction names its lanes in a mask, and goes on when all of them that still live have come, to
the same operation with the same mask. They need not come to the same place in the program.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from smsim.machine.collectives import LANES, from_warps, to_warps
from smsim.machine.frame import Frame, Mask, without
from smsim.machine.retype import Value, merge

if TYPE_CHECKING:
    from smsim.machine.bind.binding import Step
    from smsim.machine.chunk import Chunk

#: ``(values, here, member) -> results``, all ``(W, 32, B)``; the last result may be a validity mask.
Collective = Callable[[list[np.ndarray], np.ndarray, np.ndarray], tuple[np.ndarray, ...]]

#: ``(frame, mask, step, results)``: reads memory at the addresses that a collective found.
Load = Callable[[Frame, Mask, "Step", list[np.ndarray]], None]

#: Lanes of a frame, and the block where they go on.
Part = tuple[Frame, Mask, int]
#: ``(parts, step)``: puts the lanes of all parts, which met at ``step``, where they go.
Then = Callable[[list[Part], "Step"], None]

_WARP_BARRIER = "bar.warp"

_BIT = (np.uint32(1) << np.arange(LANES, dtype=np.uint32)).reshape(1, -1, 1)


@dataclass(eq=False)
class Party:
    """Lanes that arrived together.

    Attributes:
        frame, mask, resume: who, and where they go on.
        member: the mask operand, uint32, broadcastable to the frame's lanes.
        key: what must agree to meet: the operation's spelling.
        values: the source operands.
        into: slots of the results, ``None`` for those nobody wants.
        act: computes the results for whole warps; one more than ``into`` says where they are defined.
        step: the instruction.
        load: what ``act`` computes are addresses, and this reads what lies there.
        aligned: all 32 lanes of a warp must take part.
        then: where the lanes go from here, if not simply on.
    """

    frame: Frame
    mask: Mask
    resume: int
    member: np.ndarray
    key: str
    values: list[Value]
    into: list[int | None]
    act: Collective
    step: Step
    load: Load | None = None
    aligned: bool = False
    then: Then | None = None


class Meetings:
    """The warp-level operations of a chunk that wait for lanes."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.waiting: list[Party] = []
        self._leaving: list[Part] = []
        #: What ``release`` last looked at in vain: how often lanes had arrived, and who had exited.
        self._arrived, self._looked_at = 0, (0, False)

    def arrive(self, party: Party) -> None:
        """Lanes reach a warp-level operation; those that are complete go on at once.

        Raises:
            WarpSyncError: a lane is not in the mask that it gave.
        """
        lanes = party.frame.lanes
        if party.mask is None and self.chunk.exited is False and party.member.size == 1 and not self.waiting:
            wanted = int(party.member[0, 0])
            if wanted == 0xFFFFFFFF or (lanes.threads < LANES and wanted == (1 << lanes.threads) - 1):
                here = to_warps(np.ones((1, 1), bool), (lanes.threads, 1))
                if party.key.startswith(_WARP_BARRIER):
                    self.chunk.order.warp_sync(None, party.member.reshape(1, 1, 1))
                self._go_on(party, None, here, np.full((1, 1, 1), wanted, np.uint32), [party])
                self._leave(party)
                return
        self._check_own_bit(party)
        self.waiting.append(party)
        self._arrived += 1
        party.frame.waiting.append(party.resume)
        self.release()

    def release(self) -> bool:
        """Let go all lanes whose mask is complete. True if any went."""
        if not self.waiting or (
            self._looked_at[0] == self._arrived and self._looked_at[1] is self.chunk.exited
        ):
            return False
        moved = False
        self._looked_at = self._arrived, self.chunk.exited
        for key in dict.fromkeys(p.key for p in self.waiting):
            parties = [p for p in self.waiting if p.key == key]
            here, member = self._assembled(parties)
            ready = self._ready(here, member)
            if not ready.any():
                continue
            moved = True
            ready_lanes = from_warps(ready, self.chunk.lanes.threads)
            if key.startswith(_WARP_BARRIER):
                self.chunk.order.warp_sync(ready, member)
            for party in parties:
                freed = self.lanes_of(party) & ready_lanes
                if freed.any():
                    self._go_on(party, freed, ready, member, parties)
            self._leave(parties[0])
            for party in parties:
                left = without(party.mask, ready_lanes)
                if left is False:
                    self.waiting.remove(party)
                    party.frame.waiting.remove(party.resume)
                else:
                    party.mask = left
        return moved

    def lanes_of(self, party: Party) -> np.ndarray:
        return np.broadcast_to(True if party.mask is None else party.mask, self.chunk.lanes.shape)

    def _assembled(self, parties: list[Party]) -> tuple[np.ndarray, np.ndarray]:
        """Who is here, and with which mask: ``(W, 32, B)`` each."""
        shape = self.chunk.lanes.shape
        here, member = np.zeros(shape, bool), np.zeros(shape, np.uint32)
        for party in parties:
            lanes = self.lanes_of(party)
            here |= lanes
            member = np.where(lanes, party.member, member)
        return to_warps(here, shape), to_warps(member, shape)

    def _ready(self, here: np.ndarray, member: np.ndarray) -> np.ndarray:
        """The lanes all of whose companions are here with the same mask, or have exited."""
        shape, exited = self.chunk.lanes.shape, self.chunk.exited
        gone = np.broadcast_to(True if exited is None else exited, shape)
        absent = ~_bits(to_warps(~gone, shape))  # lanes beyond the block's last thread, too
        ready = np.zeros_like(here)
        for wanted in np.unique(member[here]):
            agree = here & (member == wanted)
            ready |= agree & (wanted & ~(_bits(agree) | absent) == 0)
        return ready

    def _go_on(
        self, party: Party, freed: Mask, here: np.ndarray, member: np.ndarray, parties: list[Party]
    ) -> None:
        """Compute the results of ``party``'s freed lanes and put them behind the instruction."""
        frame, shape = party.frame, self.chunk.lanes.shape
        if party.aligned and (short := here.any(axis=1, keepdims=True) & ~here).any():
            raise self.chunk.launch.explain.not_a_whole_warp(self.chunk, party.step, here, short)
        values = []
        for number in range(len(party.values)):
            joined = np.asarray(party.values[number])
            for other in parties:
                if other is not party:
                    joined = merge(self.lanes_of(other), np.asarray(other.values[number]), joined)
            values.append(to_warps(joined, shape))
        if party.step.form.row.semantics == "warp.shuffle":
            self._hand_on(party, values, here, parties)
        results = party.act(values, here, member)
        if party.load is not None:
            party.load(frame, freed, party.step, [_by_lane(result, shape[0]) for result in results])
            results = ()
        for slot, result in zip(party.into, results, strict=False):
            if slot is None:
                continue
            lanes = _by_lane(result, shape[0])
            frame.R[slot] = lanes if freed is None else merge(freed, lanes, frame.R[slot])
            if self.chunk.launch.careful is not None:
                self.chunk.launch.careful.overwritten(frame, slot, freed)
        if len(results) > len(party.into):
            self._judge_sources(party, freed, _by_lane(results[-1], shape[0]))
        if party.key.startswith("bar.warp"):
            self.chunk.ordered()
        freed = None if freed is not None and freed.all() else freed
        if party.then is None:
            frame.go(party.resume, freed)
        else:
            self._leaving.append((frame, freed, party.resume))

    def _leave(self, party: Party) -> None:
        """Those who met with ``party`` and go elsewhere go there together."""
        leaving, self._leaving = self._leaving, []
        if leaving:
            party.then(leaving, party.step)

    def _hand_on(
        self, party: Party, values: list[np.ndarray], here: np.ndarray, parties: list[Party]
    ) -> None:
        """A suspected value gets somewhere if some lane reads it."""
        careful = self.chunk.launch.careful
        if careful is None or not any(other.frame.taint for other in parties):
            return
        numbers = np.arange(LANES).reshape(1, -1, 1)
        source = party.act([np.broadcast_to(numbers, here.shape), *values[1:]], here, here)[0]
        read = np.zeros(here.shape, bool)
        np.put_along_axis(read, np.where(here, source, numbers), True, axis=1)
        lanes = from_warps(read & here, self.chunk.lanes.threads)
        for other in parties:
            careful.handed_on(other.frame, other.step, lanes & self.lanes_of(other))

    def _judge_sources(self, party: Party, freed: Mask, known: np.ndarray) -> None:
        """A shuffle that reads a lane which takes no part gets an undefined value."""
        undefined = ~known if freed is None else freed & ~known
        if undefined.any():
            self.chunk.launch.undefined(party.frame, party.step, party.into[0], undefined)

    def _check_own_bit(self, party: Party) -> None:
        shape = self.chunk.lanes.shape
        own = (party.member >> (party.frame.lanes.thread % LANES).astype(np.uint32)) & 1
        missing = self.lanes_of(party) & np.broadcast_to(own == 0, shape)
        if missing.any():
            raise self.chunk.launch.explain.not_in_own_mask(party.frame, missing, party.step, party.member)


def _bits(lanes: np.ndarray) -> np.ndarray:
    """``(W, 32, B)`` truths as masks, uint32 ``(W, 1, B)``: bit i is lane i."""
    return np.bitwise_or.reduce(lanes * _BIT, axis=1, keepdims=True)


def _by_lane(result: np.ndarray, threads: int) -> np.ndarray:
    """A result by warps, perhaps the same in all lanes of a warp, as ``(T, B)``."""
    whole = np.broadcast_to(result, (result.shape[0], LANES, result.shape[2]))
    return np.ascontiguousarray(from_warps(whole, threads))

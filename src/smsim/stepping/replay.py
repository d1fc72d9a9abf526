"""Runs a launch up to any of its instructions, as often as one likes."""

from __future__ import annotations

import io
from contextlib import redirect_stdout
from dataclasses import dataclass

from smsim.errors import SimulationError
from smsim.isolated import Isolated
from smsim.stepping.recorder import Moment, Pause, Recorder

EVERYTHING = 1 << 62


@dataclass
class Replay:
    """What one run, up to some instruction, has shown.

    Attributes:
        recorder: with the warp's instructions.
        finished: whether the launch came to its end, good or bad.
        error: the error that ended it.
        output: what the kernel has printed, in pieces.
        stopped_at: the warp's instruction that was under way when the error came; it is not executed.
    """

    recorder: Recorder
    finished: bool
    error: SimulationError | None
    output: list[str]
    stopped_at: Moment | None = None


class Replayer:
    """Runs the same launch again and again, each time from the state that it was given in.

    Args:
        isolated: the launch.
        block: linear number of the block that is followed.
        warp: number of the warp in it.
    """

    def __init__(self, isolated: Isolated, block: int, warp: int) -> None:
        self.isolated, self.block, self.warp = isolated, block, warp
        self._then = isolated.device.memory.remember()

    def run(self, limit: int = EVERYTHING) -> Replay:
        """Run until the launch has executed ``limit`` instructions; memory stays as that leaves it."""
        self.isolated.device.memory.restore(self._then)
        launch = self.isolated.prepare()
        launch.number = 1
        output: list[str] = []
        recorder = launch.observer = Recorder(self.block, self.warp, limit, output)
        error = None
        finished = True
        try:
            with redirect_stdout(_Pieces(output)):
                launch.run()
        except Pause:
            finished = False
        except SimulationError as found:
            error = found
        stopped_at = recorder.take_back() if error is not None else None
        return Replay(recorder, finished, error, output, stopped_at)


class _Pieces(io.TextIOBase):
    """Takes what is printed, piece by piece."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces

    def write(self, text: str) -> int:
        self.pieces.append(text)
        return len(text)

    def writable(self) -> bool:
        return True

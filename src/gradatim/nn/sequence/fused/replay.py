"""Launches on a GPU, recorded as one CUDA graph when they come again with the same memory.

A step's kernels take a few microseconds, and to launch them from Python takes longer; a graph launches all of
a pass at once. It is bound to the addresses it was recorded with, so it is looked up by them, and other
addresses are another graph. What is seen for the first time is launched one by one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import Any, NamedTuple, Protocol

import torch

MOST, LONGEST = 64, 200_000  # graphs that are kept, and launches in all of them, for each takes memory
Launch = Callable[[], Any]


class Graph(Protocol):
    """Recorded launches."""

    def replay(self) -> None:
        """All of them, on the current stream."""


class RecordedPass(NamedTuple):
    """A pass that came before: its graph, if it has come twice, and the launches in it."""

    graph: Graph | None = None
    length: int = 0


class Replays:
    """The graphs of one pass, the least recently used first."""

    def __init__(self) -> None:
        self.seen: OrderedDict[Hashable, RecordedPass] = OrderedDict()
        self.refused = ""  # why nothing is recorded any more, if so

    def run(self, key: Hashable, launches: Callable[[], Sequence[Launch]]) -> None:
        """Launch what `launches` lists, whose memory is determined by the key."""
        seen = self.seen.pop(key, None)
        if seen and not seen.graph and not self.refused and not torch.cuda.is_current_stream_capturing():
            seen = self._recorded(launches())
        self.seen[key] = seen or RecordedPass()
        while len(self.seen) > MOST or sum(each.length for each in self.seen.values()) > LONGEST:
            self._forget()
        if seen and seen.graph:
            seen.graph.replay()
        else:
            launch(launches())

    def _forget(self) -> None:
        """The pass that was used least recently; its graph may still be running."""
        _, oldest = self.seen.popitem(last=False)
        if oldest.graph is not None and torch.cuda.is_available():
            torch.cuda.synchronize()

    def _recorded(self, launches: Sequence[Launch]) -> RecordedPass:
        if len(launches) > LONGEST:
            return RecordedPass()
        try:
            return RecordedPass(record(launches), len(launches))
        except RuntimeError as error:
            self.refused = str(error).splitlines()[0]
            return RecordedPass()


def launch(launches: Sequence[Launch]) -> None:
    """One by one."""
    for each in launches:
        each()


def record(launches: Sequence[Launch]) -> Graph:
    """The launches as a CUDA graph; they do not run yet. Raises RuntimeError where CUDA refuses."""
    graph, stream = torch.cuda.CUDAGraph(), _stream(torch.cuda.current_device())
    with torch.cuda.graph(graph, stream=stream, capture_error_mode="thread_local"):
        launch(launches)
    return graph


@cache
def _stream(device: int) -> torch.cuda.Stream:
    """Where a device's graphs are recorded: on one stream, so that they share its workspace for BLAS."""
    return torch.cuda.Stream(device)

"""Launches on a GPU, recorded as one CUDA graph when they come again with the same memory.

A step's kernels take a few microseconds, and to launch them from Python takes longer; a graph launches all of
a pass at once. It is bound to the addresses it was recorded with, so it is looked up by them, and other
addresses are another graph. What is seen for the first time is launched one by one.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from functools import cache
from typing import Any, Protocol

import torch

MOST = 64  # graphs that are kept
Launch = Callable[[], Any]


class Graph(Protocol):
    """Recorded launches."""

    def replay(self) -> None:
        """All of them, on the current stream."""


class Replays:
    """The graphs of one pass, the least recently used first."""

    def __init__(self) -> None:
        self.graphs: OrderedDict[Hashable, Graph | None] = OrderedDict()
        self.refused = ""  # why nothing is recorded any more, if so

    def run(self, key: Hashable, launches: Callable[[], Sequence[Launch]]) -> None:
        """Launch what `launches` lists, whose memory is determined by the key."""
        seen, graph = key in self.graphs, self.graphs.pop(key, None)
        if graph is None and seen and not self.refused and not torch.cuda.is_current_stream_capturing():
            graph = self._recorded(launches())
        self.graphs[key] = graph
        if len(self.graphs) > MOST:
            self.graphs.popitem(last=False)
        if graph is not None:
            graph.replay()
        else:
            launch(launches())

    def _recorded(self, launches: Sequence[Launch]) -> Graph | None:
        try:
            return record(launches)
        except RuntimeError as error:
            self.refused = str(error).splitlines()[0]
            return None


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

"""A text for the torch engine: windows of parallel streams, each going on from the last."""

from collections.abc import Iterator

import torch
from torch import Tensor

from gradatim.checks import UsageError
from gradatim.data.streams import Windows
from gradatim.training.batches.layout import BatchSettings, Trial

Batch = tuple[Tensor, Tensor, Tensor | None]  # inputs (T, N), targets (T·N,), no weights


class TorchStreams:
    """A text on the device in N streams; batch w is window w of every stream (truncated BPTT, curriculum E3).

    An epoch goes through the text once, in order: nothing is shuffled, because batch w + 1 begins in the
    state that batch w ended in, but for one stream in turn, which begins anew (see `Carrying.restart`).

    Raises UsageError for a network that carries no state.
    """

    foreign = False
    shuffled = False

    def __init__(self, windows: Windows, how: BatchSettings):
        if how.network is not None and not any(hasattr(part, "carried") for part in how.network.modules()):
            raise UsageError("a text is learned by a network that carries its state, such as char_lm")
        x, y = windows.streams(how.size)
        self.characters, self.unit = len(windows.text.vocabulary), windows.text.unit
        self.length = windows.length
        self.x, self.y = torch.from_numpy(x).to(how.device), torch.from_numpy(y).to(how.device)

    def __len__(self) -> int:
        """Windows in an epoch."""
        return (len(self.x) + self.length - 1) // self.length

    def epoch(self, number: int, start: int = 0) -> Iterator[Batch]:
        """The windows from number `start` on; they are the same in every epoch."""
        for first in range(start * self.length, len(self.x), self.length):
            last = first + self.length
            yield self.x[first:last], self.y[first:last].reshape(-1), None

    def in_order(self) -> Iterator[Batch]:
        """Every window once."""
        return self.epoch(0)

    def trial(self) -> Trial:
        """One step on every character of the vocabulary, each of which may have to be predicted."""
        numbers = torch.arange(self.characters, device=self.x.device)
        return Trial(numbers[None], numbers, numbers, f"a text of {self.characters} distinct {self.unit}")

    def single(self) -> None:
        """A window is of several characters."""

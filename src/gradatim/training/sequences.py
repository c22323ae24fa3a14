"""The torch engine's batches of a text: windows of parallel streams, each going on from the last."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.data.windows import Windows

Batch = tuple[Tensor, Tensor, Tensor | None]  # inputs (T, N), targets (T·N,), no weights


class Streams:
    """A text on the device in N streams; batch w is window w of every stream (truncated BPTT, curriculum E3).

    An epoch goes through the text once, in order: nothing is shuffled, because batch w + 1 begins in the
    state that batch w ended in, but for one stream in turn, which begins anew (see `Carrying.restart`).
    """

    foreign = False

    def __init__(self, windows: Windows, streams: int, device: torch.device):
        x, y = windows.streams(streams)
        self.characters = len(windows.text.vocabulary)
        self.length = windows.length
        self.x, self.y = torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)

    def each(self, model: nn.Module) -> tuple[Tensor, Tensor]:
        """The scores behind every character of the vocabulary, and numbers for them to be scores of."""
        numbers = torch.arange(self.characters, device=self.x.device)
        try:
            return model(numbers[None]), numbers
        except (IndexError, RuntimeError) as error:
            reason = str(error).partition("\n")[0]
            raise UsageError(
                f"the network cannot read a text of {self.characters} distinct characters: {reason}"
            ) from error

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

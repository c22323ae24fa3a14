"""What every way of learning by sampling from rows has: the rows in order, and a rate that stays."""

from collections.abc import Iterator

from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.loop import Loop
from gradatim.training.nonfinite_loss import bad_parameter


class MachineLoop(Loop):
    """A Loop over rows that torch holds, whose rate is constant. Abstract: a step and its measures are open.

    Its constructor sets `rate`, `data` and `valid`; `end` lets go of both parts.
    """

    framework = "pt"
    rate: float
    data: TorchRows | None
    valid: TorchRows | None

    @property
    def lr(self) -> float:
        """η."""
        return self.rate

    @property
    def length(self) -> int:
        """Batches in an epoch."""
        return 0 if self.data is None else len(self.data)

    def batches(self, epoch: int, start: int) -> Iterator:
        """The rows in the order of the epoch."""
        assert self.data is not None
        return self.data.epoch(epoch, start)

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        return bad_parameter(self.model)

    def end(self) -> None:
        """The model into evaluation mode; the rows are let go."""
        self.model.eval()
        self.data = self.valid = None

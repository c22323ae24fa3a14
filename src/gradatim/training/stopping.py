"""Early stopping: when to stop, and what was best (curriculum B12)."""

from dataclasses import dataclass
from typing import Any

from gradatim.record_checks import COUNT, MEASURE, TRUTH, Entries, Maybe

STATE = Entries({"best": Maybe(MEASURE), "best_epoch": COUNT, "waited": COUNT, "stopped": TRUTH})


@dataclass
class EarlyStopping:
    """Stop once `patience` epochs in a row have not lowered the validation loss; None never stops.

    The best epoch is known either way; its parameters are restored only when asked for.
    """

    patience: int | None = None
    best: float | None = None
    best_epoch: int = 0
    waited: int = 0
    stopped: bool = False

    def better(self, loss: float, epoch: int) -> bool:
        """Take in an epoch's validation loss; whether it is the lowest so far."""
        if self.best is None or loss < self.best:
            self.best, self.best_epoch, self.waited = loss, epoch, 0
            return True
        self.waited += 1
        self.stopped = self.patience is not None and self.waited >= self.patience
        return False

    def again(self) -> None:
        """Go on after a stop, with all the patience there was."""
        self.waited, self.stopped = 0, False

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        return {
            "best": self.best, "best_epoch": self.best_epoch, "waited": self.waited, "stopped": self.stopped,
        }  # fmt: skip

    def restore(self, state: dict[str, Any]) -> None:
        """Take a checkpoint's state."""
        STATE.check(state, "stopping")
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self.waited, self.stopped = state["waited"], state["stopped"]

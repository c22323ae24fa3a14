"""When and how the state of a Loop is saved, and how it comes back."""

from time import monotonic
from typing import TYPE_CHECKING

from gradatim.checks import GradatimError
from gradatim.runs.epoch_records import Metrics
from gradatim.runs.file_forms import CHECKPOINT, check_file
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import read_tensors, write_tensors

if TYPE_CHECKING:
    from gradatim.training.loop import Loop

AT_LEAST = 2.0  # seconds between two checkpoints at the ends of epochs
AT_MOST = 60.0  # seconds between two checkpoints, in mid-epoch if need be


class Checkpoints:
    """Saves a Loop into its run's folder: at most `at_most` and at least `at_least` seconds apart."""

    def __init__(
        self, folder: Folder, metrics: Metrics, extensions: int = 0, at_least: float = AT_LEAST,
        at_most: float = AT_MOST,
    ):  # fmt: skip
        self.folder, self.metrics, self.extensions = folder, metrics, extensions
        self.at_least, self.at_most = at_least, at_most
        self.last = monotonic()

    def save_if_due(self, loop: "Loop") -> bool:
        """Save at an epoch's end after `at_least`, in mid-epoch after `at_most`."""
        waited = monotonic() - self.last
        if waited >= (self.at_most if loop.batch else self.at_least):
            self.save(loop)
            return True
        return False

    def save(self, loop: "Loop") -> None:
        """Write the checkpoint, after the records that it counts."""
        tensors, numbers = loop.state()
        length = self.metrics.secure()
        write_tensors(
            self.folder.checkpoint,
            tensors,
            {"training": numbers, "extensions": self.extensions, "metrics_bytes": length},
        )
        self.last = monotonic()


def restore(folder: Folder, loop: "Loop", extensions: int = 0) -> int:
    """Put a run's checkpoint into its Loop; returns the length of metrics.jsonl that belongs to it.

    `extensions` counts how often the run's config was extended: when the checkpoint knows of fewer, the
    loop is extended now. A run that was stopped before its first checkpoint starts from the beginning: 0.
    """
    if not folder.checkpoint.exists():
        return 0
    tensors, numbers = read_tensors(folder.checkpoint, "checkpoint", loop.framework)
    check_file(numbers, CHECKPOINT, folder.checkpoint)
    try:
        loop.restore(tensors, numbers["training"])
        known, length = numbers["extensions"], numbers["metrics_bytes"]
    except GradatimError as error:
        raise GradatimError(f"{folder.checkpoint} is damaged, or of another network: {error}") from error
    except (LookupError, TypeError, ValueError, AttributeError, RuntimeError) as error:
        raise GradatimError(f"{folder.checkpoint} is damaged, or of another network: {error}") from error
    if extensions > known:
        loop.extend(loop.epochs)
    return length

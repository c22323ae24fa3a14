"""A stranger's batches: gone through, never indexed."""

from collections.abc import Iterator
from typing import Any, ClassVar

from gradatim.data.question import Question


class Loader:
    """A torch DataLoader, or any iterable of (x, y) or (x, y, weight) batches that starts anew each time.

    They come as the network sees them; what their targets ask is said by `question`, or by the loss.
    """

    layout: ClassVar[str] = "foreign"
    has_target: ClassVar[bool] = True
    unit: ClassVar[str] = "examples"
    judged_on: ClassVar[str] = "test"
    form: ClassVar[str] = "batches"
    encoder: ClassVar[str] = "as given"
    read_by: ClassVar[str] = ""
    only_own: ClassVar[str] = "a loader is learned by a network of your own: model="
    name: ClassVar[str] = "loader"
    features: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple] = ()
    classes: ClassVar[tuple] = ()
    targets: ClassVar[tuple[str, ...]] = ()
    notices: ClassVar[tuple[str, ...]] = ()
    source: ClassVar[dict[str, Any]] = {}
    shape = y = fingerprint = None  # which only its batches know

    def __init__(self, batches: Any, question: Question | None = None):
        self.batches, self.question = batches, question or Question()

    def __len__(self) -> int:
        """Batches in an epoch; TypeError where that is not known."""
        return len(self.batches)

    def __iter__(self) -> Iterator:
        return iter(self.batches)

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """There are no single examples to look at."""
        return []

    @property
    def task(self) -> str:
        """What its targets ask, where it was said."""
        return self.question.task

    def asking(self, question: Question, targets: tuple[str, ...]) -> "Loader":
        """The same with another question; what its targets are called is its maker's to know."""
        return Loader(self.batches, question)


def is_loader(data: Any) -> bool:
    """Whether data are gone through rather than indexed: a DataLoader, or any other iterable of batches."""
    if isinstance(data, tuple | list | dict) or hasattr(data, "columns") or hasattr(data, "layout"):
        return False
    one_way = hasattr(data, "__iter__") and not hasattr(data, "__getitem__")
    return one_way or type(data).__name__ == "DataLoader"

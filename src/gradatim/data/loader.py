"""A stranger's batches: a torch DataLoader, or any iterable that starts anew each time."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from gradatim.data.question import Question

NOTHING = Question()  # is known of what its targets ask


@dataclass(frozen=True)
class Loader:
    """An iterable of (x, y) or (x, y, weight) batches, which come as the network sees them."""

    layout: ClassVar[str] = "foreign"
    unit: ClassVar[str] = "examples"
    judged_on: ClassVar[str] = "test"
    form: ClassVar[str] = "batches"
    encoder: ClassVar[str] = "as given"
    shape: ClassVar[None] = None
    features: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple] = ()
    classes: ClassVar[tuple] = ()
    targets: ClassVar[tuple[str, ...]] = ()
    notices: ClassVar[tuple[str, ...]] = ()
    name: ClassVar[str] = "loader"

    batches: Any
    question: Question = NOTHING
    source: Any = None
    y: None = None
    fingerprint: None = None

    @property
    def task(self) -> str:
        """What its targets ask, where it was said."""
        return self.question.task

    def asking(self, question: Question, targets: tuple[str, ...]) -> "Loader":
        """The same with another question; what its targets are called is its maker's to know."""
        return replace(self, question=question)


def is_loader(data: Any) -> bool:
    """Whether data are gone through rather than indexed: a DataLoader, or any other iterable of batches."""
    if isinstance(data, tuple | list | dict) or hasattr(data, "columns") or hasattr(data, "layout"):
        return False
    one_way = hasattr(data, "__iter__") and not hasattr(data, "__getitem__")
    return one_way or type(data).__name__ == "DataLoader"

"""A stranger's batches: a torch DataLoader, or any iterable that starts anew each time."""

from dataclasses import dataclass
from typing import Any, ClassVar

from gradatim.data.question import Question


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
    targets: ClassVar[tuple[str, ...]] = ()
    notices: ClassVar[tuple[str, ...]] = ()
    name: ClassVar[str] = "loader"

    batches: Any
    question: Question = Question()
    source: Any = None
    y: None = None
    fingerprint: None = None

    def asking(self, question: Question, targets: tuple[str, ...]) -> "Loader":
        """What a loader's targets ask is its maker's to know."""
        return self


def is_loader(data: Any) -> bool:
    """Whether data are gone through rather than indexed: a DataLoader, or any other iterable of batches."""
    if isinstance(data, tuple | list | dict) or hasattr(data, "columns") or hasattr(data, "layout"):
        return False
    one_way = hasattr(data, "__iter__") and not hasattr(data, "__getitem__")
    return one_way or type(data).__name__ == "DataLoader"

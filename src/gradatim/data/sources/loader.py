"""A stranger's loader of batches."""

from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.data.loader import Loader, is_loader
from gradatim.data.question import Question
from gradatim.data.sources.source import New, Request, Source
from gradatim.data.splits import Splits


class LoaderSource(Source):
    """A DataLoader, or any iterable of (x, y) batches that starts anew each time.

    >>> LoaderSource().takes(batch for batch in ()), LoaderSource().takes([1, 2])
    (True, False)
    """

    kind: ClassVar[str] = "loader"
    layout: ClassVar[str] = "foreign"

    def takes(self, data: Any) -> bool:
        """Whether it is gone through rather than indexed."""
        return isinstance(data, Loader) or is_loader(data)

    def read(self, data: Any, asked: Request) -> Loader:
        """The loader itself."""
        asked.allow("target", "task")
        question = Question(asked.roles.task or "")
        return data if isinstance(data, Loader) else Loader(data, question)

    def divide(self, examples: Any, valid: float, test: float) -> Splits:
        """A loader is not divided: other parts are loaders of their own."""
        return Splits(examples, None, None)

    def read_like(self, data: Any, first: Any) -> Loader:
        """Another loader, whose batches are as the network sees them."""
        return self.read(data, Request()).asking(first.question, ())

    def read_new(self, data: Any, first: Any) -> New:
        """Batches without targets are no batches."""
        raise UsageError("a loader gives (x, y) batches, which are evaluated; predict from arrays, or a file")

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """A loader says nothing of itself."""
        raise UsageError("a loader's batches are not looked at before training")

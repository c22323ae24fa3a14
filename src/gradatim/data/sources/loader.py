"""A stranger's loader of batches."""

from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.data.loader import Loader, is_loader
from gradatim.data.question import Question
from gradatim.data.sources.source import Asked, Source
from gradatim.data.splits import Splits


class LoaderSource(Source):
    """A DataLoader, or any iterable of (x, y) batches that starts anew each time."""

    kind: ClassVar[str] = "loader"

    def takes(self, data: Any) -> bool:
        """Whether it is gone through rather than indexed."""
        return isinstance(data, Loader) or is_loader(data)

    def read(self, data: Any, asked: Asked) -> Loader:
        """The loader itself."""
        asked.allow("target", "task")
        question = Question(asked.roles.task or "")
        return data if isinstance(data, Loader) else Loader(data, question)

    def divide(self, examples: Any, valid: float, test: bool) -> Splits:
        """A loader is not divided: other parts are loaders of their own."""
        return Splits(examples, None, None)

    def like(self, data: Any, first: Any) -> Loader:
        """Another loader."""
        return self.read(data, Asked())

    def describe(self, data: Any, asked: Asked, schema: Any = None) -> dict[str, Any]:
        """A loader says nothing of itself."""
        raise UsageError("a loader's batches are not looked at before training")

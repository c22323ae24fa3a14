"""Batches of a stranger's loader, which come as its network sees them."""

from typing import Any, ClassVar

from gradatim.data.encoders.encoder import Encoder
from gradatim.data.loader import Loader


class PassThrough(Encoder):
    """The loader's own batches."""

    name: ClassVar[str] = "as given"

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Any:
        """The loader itself."""
        return examples

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Loader:
        """A loader of nothing."""
        return Loader(())

"""One picture: its numbers can be looked at; learning needs many."""

from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.data.pictures import describe_picture, is_picture
from gradatim.data.sources.source import Asked, Source, is_named


class PictureSource(Source):
    """A picture's file (curriculum D27).

    >>> PictureSource().takes("cat.png"), PictureSource().takes("digits")
    (True, False)
    """

    kind: ClassVar[str] = "picture"

    def takes(self, data: Any) -> bool:
        """Whether it is a picture by its name."""
        return not is_named(data) and is_picture(data)

    def read(self, data: Any, asked: Asked) -> Any:
        """Nothing is learned from one picture."""
        raise UsageError(f"{data} is one picture, whose numbers gradatim data shows; learning needs many")

    def describe(self, data: Any, asked: Asked, schema: Any = None) -> dict[str, Any]:
        """Its size, mode, and every number."""
        asked.refuse("target", "task", "group", "time", "ignore", "schema")
        return describe_picture(data)

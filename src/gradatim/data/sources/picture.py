"""One picture: its numbers can be looked at, a trained network says what it is; learning needs many."""

from pathlib import Path
from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.picture_files import read_pictures
from gradatim.data.pictures import describe_picture, is_picture
from gradatim.data.sources.page import Block
from gradatim.data.sources.picture_folder import shape_of
from gradatim.data.sources.picture_page import picture_page
from gradatim.data.sources.source import New, Request, Source, found_at, is_named
from gradatim.files import exists


class PictureSource(Source):
    """A picture's file (curriculum D27).

    >>> PictureSource().takes("cat.png"), PictureSource().takes("digits")
    (True, False)
    """

    kind: ClassVar[str] = "picture"

    def takes(self, data: Any) -> bool:
        """Whether it is a picture by its name."""
        return not is_named(data) and is_picture(data)

    def read(self, data: Any, asked: Request) -> Any:
        """Nothing is learned from one picture."""
        raise UsageError(f"{data} is one picture, whose numbers gradatim data shows; learning needs many")

    def read_new(self, data: Any, first: Any) -> New:
        """The picture as an example to predict from."""
        path = Path(data)
        if not exists(path):
            raise UsageError(f"there is no file {path}")
        found = read_pictures([path], shape_of(first))
        new = Dataset(found.x, name=path.name, notices=found.notices, files=(str(data),))
        return New(found_at(new, path.parent))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """Its size, mode, and every number."""
        asked.allow()
        return describe_picture(data)

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Its channels and their numbers."""
        return picture_page(facts)

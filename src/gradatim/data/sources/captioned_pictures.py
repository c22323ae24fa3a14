"""Pictures and what is said of them: a folder with a captions' file, arrays and sentences in memory."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.data.caption_files import captions_file
from gradatim.data.captions import CAPTIONED, captioned_folder, captioned_pictures
from gradatim.data.files_in_folders import files_below
from gradatim.data.pairs import Kind, Pairs
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.picture_files import read_pictures
from gradatim.data.pictures import is_picture
from gradatim.data.sources.captioned import CaptionedSource
from gradatim.data.sources.source import path_of


class CaptionedPictureSource(CaptionedSource):
    """photos/1.jpg, photos/captions.txt, which names a picture and a caption a line; (x, [text, …]) with
    --task captioning. Pictures of any size and mode, read as `data.picture_files` says.

    >>> CaptionedPictureSource().takes(".")
    False
    """

    kind: ClassVar[str] = CAPTIONED.read_by
    of: ClassVar[Kind] = CAPTIONED
    noun: ClassVar[str] = "picture"
    axes: ClassVar[str] = "CHW"
    of_memory: ClassVar[Callable[..., Pairs]] = staticmethod(captioned_pictures)
    of_folder: ClassVar[Callable[..., Pairs]] = staticmethod(captioned_folder)

    def takes_folder(self, folder: Path) -> bool:
        """Whether it has a captions' file."""
        return captions_file(folder) is not None

    def may_take(self, data: Any) -> bool:
        """Whether it may be such: any folder, or arrays and texts."""
        path = path_of(data)
        return super().may_take(data) or (path is not None and path.is_dir())

    def may_be_file(self, data: Any) -> bool:
        """Whether it is a picture by its name."""
        return is_picture(data)

    def new_files(self, path: Path, shape: tuple[int, ...]) -> tuple[np.ndarray, tuple[str, ...], Any]:
        """The one picture, or every picture in the folder."""
        folder = path if path.is_dir() else path.parent
        paths = [one for one in files_below(path) if is_picture_file(one)] if path.is_dir() else [path]
        read = read_pictures(paths, shape, most_lost=1.0, streaming="auto")  # type: ignore[arg-type]
        return read.x, tuple(str(paths[number].relative_to(folder)) for number in read.kept), read.notices

    def size_in_words(self, shape: Sequence[int]) -> str:
        """Pixels, and whether there are colours."""
        channels, height, width = shape
        return f"{height}×{width} pixels, {'grey' if channels == 1 else 'in colours'}"

"""Clips and what is said of them: a folder with a captions' file, arrays and sentences in memory."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

from gradatim.data.clip_captions import (
    CAPTIONED_CLIPS,
    captioned_clip_folder,
    captioned_clips,
    holds_captioned_clips,
)
from gradatim.data.clip_files import read_clips_at
from gradatim.data.clip_places import is_clip_file
from gradatim.data.pairs import Kind, Pairs
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.sources.captioned import CaptionedSource


class CaptionedClipSource(CaptionedSource):
    """clips/1.mp4, clips/2/frame_0.png …, clips/captions.txt, which names a clip's file or folder of frames
    and a caption a line; (x, [text, …]) with --task captioning. Clips as `data.clip_readers` reads them.

    >>> CaptionedClipSource().takes(".")
    False
    """

    kind: ClassVar[str] = CAPTIONED_CLIPS.read_by
    of: ClassVar[Kind] = CAPTIONED_CLIPS
    noun: ClassVar[str] = "clip"
    axes: ClassVar[str] = "CTHW"
    of_memory: ClassVar[Callable[..., Pairs]] = staticmethod(captioned_clips)
    of_folder: ClassVar[Callable[..., Pairs]] = staticmethod(captioned_clip_folder)

    def takes_folder(self, folder: Path) -> bool:
        """Whether it has a captions' file that names clips."""
        return holds_captioned_clips(folder)

    def may_be_file(self, data: Any) -> bool:
        """Whether it is a clip by its name."""
        if not isinstance(data, str | Path):
            return False
        return is_clip_file(Path(data)) or is_picture_file(Path(data))

    def new_files(self, path: Path, shape: tuple[int, ...]) -> tuple[Any, tuple[str, ...], Any]:
        """The one clip, or every clip in the folder."""
        clips, files = read_clips_at(path, shape)  # type: ignore[arg-type]
        return clips.x, files, clips.notices

    def size_in_words(self, shape: Sequence[int]) -> str:
        """Frames, pixels, and whether there are colours."""
        channels, frames, height, width = shape
        colours = "grey" if channels == 1 else "in colours"
        return f"{frames} frames of {height}×{width} pixels, {colours}"

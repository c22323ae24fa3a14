"""Many clips' files as one array: each in the frames, the channels and the size that they share."""

from collections.abc import Sequence
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError, UsageError, whole
from gradatim.data.clip_places import clips_at
from gradatim.data.clip_readers import Clip, Frames, reader_of
from gradatim.data.first_reading import First, Head, InFiles, InMemory, Kept, each, stamped
from gradatim.data.picture_examples import as_example, common_shape
from gradatim.data.streamed_examples import SLICE, together
from gradatim.data.streaming import check_held, must_stream
from gradatim.files import exists

FRAMES = 32  # that are taken of a clip where nothing was asked for; two windows of 16, as C3D has them
LARGEST = 64  # a side of a common size that was not asked for
NAMED = 5  # files that are each named in a notice
EXPECTED = (
    "a clip is a video, an animated GIF, a strip of square frames, an .npz file, or a folder of pictures "
    "whose names differ by a number"
)
Shape = tuple[int, int, int, int]  # channels, frames, height, width


class Clips(NamedTuple):
    """The clips that could be read, the numbers of their files among those given, and what is odd."""

    x: Any  # (N, C, T, H, W) bytes: an array, or StreamedExamples
    kept: list[int]
    names: list[str]  # behind a file's, of several clips in it
    notices: tuple[str, ...]

    def names_in(self, paths: Sequence[Path], folder: Path) -> tuple[str, ...]:
        """What each is called, by its path among `paths`, as seen from a folder."""
        named = zip(self.kept, self.names, strict=True)
        return tuple(f"{paths[number].relative_to(folder)}{which}" for number, which in named)


class ClipFiles:
    """How clips are read from their files in the shape of an example: a `Decoder`."""

    noun = "clip"

    def __init__(self, clips: Sequence[Clip], shape: Shape):
        self._clips, self._shape = clips, shape

    def path(self, number: int) -> Path:
        """A clip's file, or its folder of frames."""
        return self._clips[number].path

    def stamp(self, number: int) -> Any:
        """What is another where a file of the clip's was written to."""
        path = self.path(number)
        return reader_of(path).stamp(path)

    def read(self, number: int) -> np.ndarray:
        """The clip, (C, T, H, W)."""
        return _example(self._clips[number], self._shape)[0]


def clip_size(size: Any) -> tuple[int | None, Any]:
    """Frames, and height and width, of what was asked for: 64 and 64,96 are sizes of pictures, 16,64,64 of
    clips.

    >>> clip_size([16, 64, 96]), clip_size(64), clip_size(None)
    ((16, [64, 96]), (None, 64), (None, None))
    """
    if isinstance(size, list | tuple) and len(size) == 3:
        return whole("input_size", size[0], 2), list(size[1:])
    if isinstance(size, list | tuple) and len(size) != 2:
        raise UsageError(
            "input_size of clips must be one whole number, two (height and width), or three (frames, height "
            f"and width); it is {size!r}"
        )
    return None, size


def evenly(frames: int, wanted: int) -> list[int]:
    """So many frames at even distances, those of a shorter clip more than once.

    >>> evenly(10, 5), evenly(2, 4)
    ([1, 3, 5, 7, 9], [0, 0, 1, 1])
    """
    return [(2 * i + 1) * frames // (2 * wanted) for i in range(wanted)]


def read_clips(
    paths: Sequence[Path], shape: Shape | None = None, size: Any = None, streaming: str = "no",
    head: Head | None = None,
) -> Clips:  # fmt: skip
    """The clips in one shape, which is theirs in common when None; what cannot be read is named.

    With `streaming` "yes", or "auto" where they would fill the memory, they stay in their files, of which
    each is read once here; `head` is what stands before them where examples are hashed, by the number of each
    clip's file and the shape.

    Raises GradatimError where none can be read, UsageError where those to be held do not fit in memory.
    """
    failed: list[GradatimError] = []
    files = dict(each(range(len(paths)), lambda number: _clips_of(paths[number]), failed, 1))
    clips = [clip for some in files.values() for clip in some]
    file_of = [number for number, some in files.items() for _ in some]
    first = {number: at for at, number in reversed(list(enumerate(file_of)))}  # clip of each file
    _check_some(len(clips), failed, paths)
    is_open = shape is None
    shape = _common(clips, size) if shape is None else shape
    reason = must_stream(streaming, len(clips), shape, noun="clips")
    decoder = ClipFiles(clips, shape)
    keep: Kept
    if reason:
        keep = InFiles(len(clips), shape, decoder, head and head(file_of, shape))
    else:
        _check_fit(len(clips), shape, is_open)
        keep = InMemory(len(clips), shape)

    def read_file(number: int) -> list[tuple[np.ndarray, str, Any]]:
        """The clips of a file, what is odd of each, and the file's stamp."""
        stamp = stamped(decoder, first[number]) if reason else None
        some = reader_of(paths[number]).opened(files[number])
        return [(*_example(clip, shape), stamp) for clip in some]

    said = []
    for number, found in each(list(files), read_file, failed, together(SLICE, shape)):
        for at, (x, odd, stamp) in enumerate(found, first[number]):
            keep.add(First(at, x, stamp))
            said += [odd] if odd else []
    _check_some(len(keep.numbers), failed, paths)
    names = ["" if clips[at].number is None else f" {clips[at].number}" for at in keep.numbers]
    notices = (*_left_out(failed), *([reason] if reason else []), *said, *_taken(clips, shape))
    return Clips(keep.x(), [file_of[at] for at in keep.numbers], names, notices)


def read_clips_at(path: Path, shape: Shape) -> tuple[Clips, tuple[str, ...]]:
    """The clips at a path (see `clips_at`), and their names there; UsageError where there is none."""
    if not exists(path):
        raise UsageError(f"there is no file {path}")
    paths = clips_at(path)
    if not paths:
        raise UsageError(f"{path} holds no clip: {EXPECTED}")
    clips = read_clips(paths, shape, streaming="auto")
    return clips, clips.names_in(paths, path.parent if paths == [path] else path)


def _clips_of(path: Path) -> list[Clip]:
    """The clips of a file that may be read; GradatimError for a single frame."""
    clips = reader_of(path).clips(path)
    for clip in clips:
        if clip.frames < 2:
            raise GradatimError(f"{path} has one frame, in which nothing moves")
    return clips


def _common(clips: list[Clip], size: Any) -> Shape:
    """The shape that clips have in common, or that was asked for."""
    frames, size = clip_size(size)
    frames = frames or min(FRAMES, max(clip.frames for clip in clips))
    channels, height, width = common_shape([clip.look for clip in clips], size, LARGEST)
    return channels, frames, height, width


def _check_fit(clips: int, shape: Shape, is_open: bool) -> None:
    """Raise UsageError where so many clips of a shape do not fit in memory."""
    instead = "give fewer at a time"
    if is_open:
        smaller = ",".join(str(max(2, side // 2)) for side in shape[1:])
        instead = (
            "--streaming yes leaves them in their files, and --input-size FRAMES,HEIGHT,WIDTH makes them "
            f"smaller, such as {smaller}"
        )
    check_held(clips * prod(shape), f"{clips:,} clips of {_by(shape)} numbers", instead)


def _check_some(clips: int, failed: list[GradatimError], paths: Sequence[Path]) -> None:
    """Raise GradatimError where no clip can be read."""
    if clips:
        return
    if len(paths) == 1 and failed:
        raise GradatimError(f"{failed[0]}; {EXPECTED}")
    first = f"; the first: {failed[0]}" if failed else ""
    raise GradatimError(f"none of the {len(paths):,} clips can be read{first}")


def _left_out(failed: list[GradatimError]) -> list[str]:
    """What cannot be read, and why."""
    more = [f"{len(failed) - NAMED:,} clips more are left out"] if len(failed) > NAMED else []
    return [f"{one}; it is left out" for one in failed[:NAMED]] + more


def _example(clip: Clip, shape: Shape) -> tuple[np.ndarray, str]:
    """(C, T, H, W), and what a person should be told of the clip."""
    channels, steps, height, width = shape
    reader = reader_of(clip.path)
    wanted = evenly(clip.frames, steps)
    found, count, odd = reader.frames(clip, wanted)
    if 1 < count < clip.frames:  # the file ended before it should have
        wanted = evenly(count, steps)
        found = reader.frames(clip, wanted)[0]
    if not all(number in found for number in wanted):
        raise GradatimError(odd or f"{clip.path} holds no frames that can be read")
    scaled: Frames = {n: as_example(x, (channels, height, width)) for n, x in found.items()}
    return np.stack([scaled[number] for number in wanted], 1), odd


def _taken(clips: list[Clip], shape: Shape) -> list[str]:
    """What was taken of the clips, where that is not all."""
    frames = sorted({clip.frames for clip in clips})
    sizes = sorted({clip.look[:2] for clip in clips})
    if frames == [shape[1]] and sizes == [shape[2:]]:
        return []
    many = f"{frames[0]:,}" if len(frames) == 1 else f"{frames[0]:,} to {frames[-1]:,}"
    large = _by(sizes[0]) if len(sizes) == 1 else f"{_by(sizes[0])} to {_by(sizes[-1])}"
    return [
        f"of each clip of {many} frames of {large} pixels (height × width), {shape[1]} at even distances are "
        f"read in {_by(shape[2:])}; --input-size {','.join(map(str, shape[1:]))} asks for another number and "
        "size"
    ]


def _by(size: Sequence[int]) -> str:
    return "×".join(map(str, size))

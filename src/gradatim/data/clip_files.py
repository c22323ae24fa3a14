"""Many clips' files as one array: each in the frames, the channels and the size that they share."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError, UsageError, whole
from gradatim.data.clip_readers import Clip, Frames, frames_of_gif, numbered_pictures, reader_of
from gradatim.data.files_in_folders import files_in, folders_in
from gradatim.data.picture_examples import Look, as_example, common_shape, is_picture_file, look_at
from gradatim.data.streaming import check_held
from gradatim.data.video_files import is_video_file
from gradatim.files import exists

FRAMES = 32  # that are taken of a clip where nothing was asked for; two windows of 16, as C3D has them
LARGEST = 64  # a side of a common size that was not asked for
LOOKED_AT = 3  # pictures of a folder by which it is known whether they are clips
LEAST = 8  # frames of a strip by which a folder's pictures are known to be strips
NAMED = 5  # files that are each named in a notice
EXPECTED = (
    "a clip is a video, an animated GIF, a strip of square frames, an .npz file, or a folder of pictures "
    "whose names differ by a number"
)
Shape = tuple[int, int, int, int]  # channels, frames, height, width


class Clips(NamedTuple):
    """The clips that could be read, the numbers of their files among those given, and what is odd."""

    x: np.ndarray  # (N, C, T, H, W) bytes
    kept: list[int]
    names: list[str]  # behind a file's, of several clips in it
    notices: tuple[str, ...]

    def names_in(self, paths: Sequence[Path], folder: Path) -> tuple[str, ...]:
        """What each is called, by its path among `paths`, as seen from a folder."""
        named = zip(self.kept, self.names, strict=True)
        return tuple(f"{paths[number].relative_to(folder)}{which}" for number, which in named)


def is_clip_file(path: Path) -> bool:
    """Whether a file is one of clips by its name alone."""
    return is_video_file(path) or path.suffix.lower() == ".npz"


def clips_in(folder: Path) -> list[Path]:
    """The files and folders directly in a folder that may be clips, by name."""
    files = [one for one in files_in(folder) if is_clip_file(one) or is_picture_file(one)]
    return sorted([*files, *(one for one in folders_in(folder) if numbered_pictures(one))])


def holds_clips(folder: Path) -> bool | None:
    """Whether what lies directly in a folder are clips; None where neither clips nor pictures do.

    Pictures are clips where those looked at are strips, of which one has eight frames, or animated GIFs;
    a folder of frames is one where all of its pictures' names differ by a number, and the first of them are
    of one size. Where plain pictures lie, all else is beside them.
    """
    files = files_in(folder)
    pictures = [one for one in files if is_picture_file(one)]
    if pictures:
        return _are_clips(pictures)
    if any(map(is_clip_file, files)):
        return True
    inside = [(one, numbered_pictures(one)) for one in folders_in(folder)]
    inside = [(one, frames) for one, frames in inside if any(map(is_picture_file, files_in(one)))]
    if not inside:
        return None
    if not all(frames for _, frames in inside) or all(len(frames or []) < 2 for _, frames in inside):
        return False
    return all(_are_of_one_size(frames or []) for _, frames in inside[:LOOKED_AT])


def clips_at(path: Path) -> list[Path]:
    """The clips at a path: itself, where it is a file or a folder of frames; else those that lie in it, or in
    the folders inside it.
    """
    if not path.is_dir() or (numbered_pictures(path) and not holds_clips(path)):
        return [path]
    frames = [one for one in folders_in(path) if numbered_pictures(one) and not holds_clips(one)]
    inside = [one for one in folders_in(path) if one not in frames]
    files = [one for one in files_in(path) if is_clip_file(one) or is_picture_file(one)]
    return sorted([*files, *frames]) + [clip for one in inside for clip in clips_at(one)]


def are_clips(paths: Sequence[Path]) -> bool:
    """Whether paths, of which there are some, are folders of frames, files of clips, strips or GIFs."""
    pictures = [one for one in paths if not one.is_dir() and not is_clip_file(one)]
    others = all(is_clip_file(one) or len(numbered_pictures(one) or []) > 1 for one in paths
                 if one not in pictures)  # fmt: skip
    return bool(paths) and others and (not pictures or _are_clips(pictures))


def _are_clips(pictures: list[Path]) -> bool:
    """Whether the first pictures that can be read are strips or animated GIFs."""
    frames = [_frames_of(path, look) for path, look in islice(_looks(pictures), LOOKED_AT)]
    return bool(frames) and all(frames) and max(frames) >= LEAST


def _are_of_one_size(pictures: list[Path]) -> bool:
    """Whether the first of them are, as the frames of a camera; pictures that are only numbered need not."""
    return len({look[:2] for _, look in islice(_looks(pictures), LOOKED_AT)}) < 2


def _frames_of(path: Path, look: Look) -> int:
    """The frames that a picture may be; 0 of one that can be no clip."""
    if path.suffix.lower() == ".gif":
        frames = frames_of_gif(path)
        return max(frames, LEAST) if frames > 1 else 1
    return 0 if look.width % look.height else look.width // look.height


def _looks(pictures: list[Path]) -> Iterator[tuple[Path, Look]]:
    """Each picture whose head can be read."""
    for path in pictures:
        try:
            yield path, look_at(path)
        except GradatimError:
            continue


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


def read_clips(paths: Sequence[Path], shape: Shape | None = None, size: Any = None) -> Clips:
    """The clips in one shape, which is theirs in common when None; what cannot be read is named.

    Raises GradatimError where none can be read, UsageError where they do not fit in memory.
    """
    failed: list[str] = []
    is_open, seen = shape is None, _seen(paths, failed)
    if seen and shape is None:
        frames, size = clip_size(size)
        frames = frames or min(FRAMES, max(clip.frames for _, clip in seen))
        channels, height, width = common_shape([clip.look for _, clip in seen], size, LARGEST)
        shape = (channels, frames, height, width)
    if shape is not None:
        instead = "give fewer at a time"
        if is_open:
            smaller = ",".join(str(max(2, side // 2)) for side in shape[1:])
            instead = f"--input-size FRAMES,HEIGHT,WIDTH makes them smaller, such as {smaller}"
        check_held(
            len(seen) * int(np.prod(shape)), f"{len(seen):,} clips of {_by(shape)} numbers",
            f"{instead}; clips are not streamed",
        )  # fmt: skip
    found, kept, names, said = [], [], [], []
    for number, clip in seen:
        try:
            x, odd = _example(clip, shape)  # type: ignore[arg-type]
        except GradatimError as error:
            failed.append(str(error))
            continue
        found.append(x)
        kept.append(number)
        names.append("" if clip.number is None else f" {clip.number}")
        said += [odd] if odd else []
    if len(paths) == 1 and not found and failed:
        raise GradatimError(f"{failed[0]}; {EXPECTED}")
    if not found or shape is None:
        first = f"; the first: {failed[0]}" if failed else ""
        raise GradatimError(f"none of the {len(paths):,} clips can be read{first}")
    notices = [f"{one}; it is left out" for one in failed[:NAMED]]
    notices += [f"{len(failed) - NAMED:,} clips more are left out"] if len(failed) > NAMED else []
    return Clips(np.stack(found), kept, names, (*notices, *said, *_taken(seen, shape)))


def read_clips_at(path: Path, shape: Shape) -> tuple[Clips, tuple[str, ...]]:
    """The clips at a path (see `clips_at`), and their names there; UsageError where there is none."""
    if not exists(path):
        raise UsageError(f"there is no file {path}")
    paths = clips_at(path)
    if not paths:
        raise UsageError(f"{path} holds no clip: {EXPECTED}")
    clips = read_clips(paths, shape)
    return clips, clips.names_in(paths, path.parent if paths == [path] else path)


def _seen(paths: Sequence[Path], failed: list[str]) -> list[tuple[int, Clip]]:
    """The clips of every file that may be read, with the file's number; one of a single frame is none."""
    seen = []
    for number, path in enumerate(paths):
        try:
            for clip in reader_of(path).clips(path):
                if clip.frames < 2:
                    raise GradatimError(f"{path} has one frame, in which nothing moves")
                seen.append((number, clip))
        except GradatimError as error:
            failed.append(str(error))
    return seen


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


def _taken(seen: list[tuple[int, Clip]], shape: Shape) -> list[str]:
    """What was taken of the clips, where that is not all."""
    frames = sorted({clip.frames for _, clip in seen})
    sizes = sorted({clip.look[:2] for _, clip in seen})
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

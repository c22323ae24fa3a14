"""Frames of one clip: a folder of numbered pictures, a strip, an animated GIF, an .npz file, a video."""

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.files_in_folders import files_in
from gradatim.data.numpy_files import look_at_npz, read_npz, read_npz_row
from gradatim.data.picture_examples import Look, is_picture_file, look_at
from gradatim.data.pictures import read_picture
from gradatim.data.streamed_examples import FileChanged, stamp_of
from gradatim.data.video_files import is_video_file, look_at_video, read_video

DIGITS, MOST_DIGITS = "0123456789", 100  # at the end of a frame's name
CHANNELS = (1, 3)
Frames = dict[int, np.ndarray]  # (C, H, W) bytes, by their numbers from 0


class Clip(NamedTuple):
    """One clip before its frames are read: where it stands, how many frames there are, and of what size."""

    path: Path
    frames: int
    look: Look
    number: int | None = None  # among several in one file
    held: np.ndarray | None = None  # (T, C, H, W), where its frames are read already


class Reader:
    """How the clips of one kind of file are read. Abstract."""

    noun: ClassVar[str]  # what the files are called

    def clips(self, path: Path) -> list[Clip]:
        """The clips at a path; GradatimError where none can be read."""
        raise NotImplementedError

    def opened(self, clips: list[Clip]) -> list[Clip]:
        """The clips of one path that are about to be read one after the other."""
        return clips

    def frames(self, clip: Clip, wanted: Sequence[int]) -> tuple[Frames, int, str]:
        """The frames of these numbers, as many as can be read; how many frames there are after all; and what
        a person should be told, nothing where all is well.
        """
        raise NotImplementedError

    def stamp(self, path: Path) -> Any:
        """What is another where the clips at a path were written to; OSError where they are not there."""
        return stamp_of(path)


class FrameFolder(Reader):
    """A folder of pictures whose names differ by a number, the frames in its order."""

    noun: ClassVar[str] = "folder of frames"

    def clips(self, path: Path) -> list[Clip]:
        """The one clip, of the first picture's size."""
        frames = numbered_pictures(path) or []
        for frame in frames:
            try:
                return [Clip(path, len(frames), look_at(frame))]
            except GradatimError:
                continue
        raise GradatimError(f"{path} holds no frame that can be read")

    def frames(self, clip: Clip, wanted: Sequence[int]) -> tuple[Frames, int, str]:
        """The frames; the one before stands for one that cannot be read, or the one behind."""
        paths, failed = numbered_pictures(clip.path) or [], []
        _check_frames(clip, len(paths))
        found: Frames = {}
        for number in sorted(set(wanted)):
            order = [*range(number, -1, -1), *range(number + 1, len(paths))]
            for other in order:
                try:
                    found[number] = found[other] if other in found else read_picture(paths[other])
                    break
                except GradatimError as error:
                    failed.append(str(error))
        failed = list(dict.fromkeys(failed))
        sizes = {one.shape[1:] for one in found.values()}
        said = []
        if failed:
            said.append(f"{failed[0]}; the frame beside it stands for it" + _more(len(failed) - 1))
        if len(sizes) > 1:
            least, most = min(sizes), max(sizes)
            said.append(
                f"{clip.path} has frames of {len(sizes)} sizes, {_by(least)} to {_by(most)}; each is scaled"
            )
        return found, len(paths), "; ".join(said)

    def stamp(self, path: Path) -> bytes:
        """A digest of the frames' names and their stamps."""
        every = [(one.name, *stamp_of(one)) for one in numbered_pictures(path) or []]
        return sha256(repr(every).encode()).digest()


class Strip(Reader):
    """A picture whose width is a multiple of its height: square frames side by side."""

    noun: ClassVar[str] = "strip"

    def clips(self, path: Path) -> list[Clip]:
        """The one clip; GradatimError for a picture that is no strip."""
        look = look_at(path)
        if look.width % look.height:
            raise GradatimError(
                f"{path} has {look.height}×{look.width} pixels (height × width), but frames side by side "
                "make the width a multiple of the height"
            )
        return [Clip(path, look.width // look.height, look._replace(width=look.height))]

    def frames(self, clip: Clip, wanted: Sequence[int]) -> tuple[Frames, int, str]:
        """The frames from left to right."""
        x = read_picture(clip.path)  # (C, H, n H)
        side = x.shape[1]
        _check_frames(clip, x.shape[2] // side)
        return {n: x[:, :, n * side : (n + 1) * side] for n in wanted}, clip.frames, ""


class AnimatedGif(Reader):
    """A GIF of several frames, read by pillow, which needs no codec."""

    noun: ClassVar[str] = "animated GIF"

    def clips(self, path: Path) -> list[Clip]:
        """The one clip."""
        look = look_at(path)
        return [Clip(path, frames_of_gif(path), look._replace(is_grey=False))]

    def frames(self, clip: Clip, wanted: Sequence[int]) -> tuple[Frames, int, str]:
        """The frames as far as the file can be read."""
        from PIL import Image

        found: Frames = {}
        try:
            with Image.open(clip.path) as image:
                for number in sorted(set(wanted)):
                    image.seek(number)
                    found[number] = np.moveaxis(np.asarray(image.convert("RGBA")), 2, 0).copy()
        except Exception as error:  # pillow's readers raise a dozen kinds over a damaged file
            least = max(found, default=-1) + 1
            return found, least, f"{clip.path} is damaged behind frame {least:,}: {error}"
        return found, clip.frames, ""


class ClipArray(Reader):
    """An .npz file of bytes: a clip (T, H, W) or (T, H, W, C); or clips (N, C, T, H, W), (N, T, H, W, C)."""

    noun: ClassVar[str] = ".npz file"

    def clips(self, path: Path) -> list[Clip]:
        """Every clip in the file, of which nothing but the head is read."""
        x = _clips_of_arrays(path, look_at_npz(path))
        look = Look(x.shape[3], x.shape[4], x.shape[2] == 1)
        return [Clip(path, x.shape[1], look, number if len(x) > 1 else None) for number in range(len(x))]

    def opened(self, clips: list[Clip]) -> list[Clip]:
        """The clips with their frames, for which the file is unpacked once."""
        path = clips[0].path
        x = _clips_of_arrays(path, read_npz(path))
        if len(x) != len(clips):
            raise FileChanged(f"{path} has {len(x):,} clips, and had {len(clips):,} at the first look")
        return [one._replace(held=frames) for one, frames in zip(clips, x, strict=True)]

    def frames(self, clip: Clip, wanted: Sequence[int]) -> tuple[Frames, int, str]:
        """The frames of the clip, one of several in a file alone."""
        x = clip.held
        if x is None and clip.number is None:
            x = _clips_of_arrays(clip.path, read_npz(clip.path))[0]
        elif x is None:
            name = _name_of_clips(clip.path, look_at_npz(clip.path))
            x = _in_order(clip.path, read_npz_row(clip.path, name, clip.number or 0))[0]
        _check_frames(clip, len(x))
        return {n: x[n] for n in wanted}, clip.frames, ""


class VideoFile(Reader):
    """A video's file."""

    noun: ClassVar[str] = "video"

    def clips(self, path: Path) -> list[Clip]:
        """The one clip."""
        video = look_at_video(path)
        return [Clip(path, video.frames, Look(video.height, video.width, False))]

    def frames(self, clip: Clip, wanted: Sequence[int]) -> tuple[Frames, int, str]:
        """The frames as far as the file can be decoded."""
        found, count = read_video(clip.path, wanted)
        if count >= clip.frames or max(wanted) < count:
            return found, max(count, clip.frames), ""
        said = f"{clip.path} is cut off: {count:,} of its {clip.frames:,} frames can be decoded and are read"
        return found, count, said


FOLDER, STRIP, GIF, ARRAY, VIDEO = FrameFolder(), Strip(), AnimatedGif(), ClipArray(), VideoFile()


def reader_of(path: Path) -> Reader:
    """The reader for a path that may be a clip.

    >>> reader_of(Path("wave.avi")).noun, reader_of(Path("wave.png")).noun
    ('video', 'strip')
    """
    if path.is_dir():
        return FOLDER
    if is_video_file(path):
        return VIDEO
    return {".npz": ARRAY, ".gif": GIF}.get(path.suffix.lower(), STRIP)


def numbered_pictures(folder: Path) -> list[Path] | None:
    """The pictures of a folder by their number, where their names differ by nothing else; None where they do.

    What is no picture by its name does not count.
    """
    found: dict[int, Path] = {}
    starts = set()
    for path in files_in(folder):
        if is_picture_file(path):
            start = path.stem.rstrip(DIGITS)
            number = path.stem[len(start) :]
            if not 0 < len(number) < MOST_DIGITS or int(number) in found:
                return None
            starts.add(start)
            found[int(number)] = path
    return [found[number] for number in sorted(found)] if len(starts) == 1 else None


def frames_of_gif(path: Path) -> int:
    """How many frames a GIF has; GradatimError for a file that is none."""
    from PIL import Image

    try:
        with Image.open(path) as image:
            return int(getattr(image, "n_frames", 1))
    except Exception as error:  # pillow's readers raise a dozen kinds over a damaged file
        raise GradatimError(f"{path} is damaged or not a picture") from error


def _check_frames(clip: Clip, frames: int) -> None:
    """Raise FileChanged where a clip has not as many frames as it had when it was looked at."""
    if frames != clip.frames:
        raise FileChanged(
            f"{clip.path} has {frames:,} frames, and had {clip.frames:,} at the first look: bring those back"
        )


def _clips_of_arrays(path: Path, held: dict[str, np.ndarray]) -> np.ndarray:
    """(N, T, C, H, W) of the array `x` among those of a file, or of the only one."""
    return _in_order(path, held[_name_of_clips(path, held)])


def _name_of_clips(path: Path, held: dict[str, np.ndarray]) -> str:
    """What the array of clips is called among those of a file."""
    if "x" not in held and len(held) != 1:
        raise GradatimError(f"{path} holds {', '.join(held) or 'nothing'}; expected one array, or clips x")
    return "x" if "x" in held else next(iter(held))


def _in_order(path: Path, x: np.ndarray) -> np.ndarray:
    """One clip or several as (N, T, C, H, W); GradatimError for an array that is none."""
    if x.dtype != np.uint8:
        raise GradatimError(f"{path} holds numbers of type {x.dtype}; frames are bytes (uint8), 0 to 255")
    axes: Any = None
    if x.ndim == 3:
        axes = x[None, :, None]  # (T, H, W), grey
    elif x.ndim == 4 and x.shape[3] in CHANNELS:
        axes = np.moveaxis(x, 3, 1)[None]  # (T, H, W, C)
    elif x.ndim == 5 and x.shape[1] in CHANNELS:
        axes = np.moveaxis(x, 1, 2)  # (N, C, T, H, W)
    elif x.ndim == 5 and x.shape[4] in CHANNELS:
        axes = np.moveaxis(x, 4, 2)  # (N, T, H, W, C)
    if axes is None or not axes.size:
        raise GradatimError(
            f"{path} holds an array of shape {x.shape}; a clip is (T, H, W) or (T, H, W, C), several are "
            "(N, C, T, H, W), C is 1 or 3"
        )
    return axes


def _more(others: int) -> str:
    return f", as for {others:,} other{'s' * (others > 1)} of this clip" if others else ""


def _by(size: tuple[int, ...]) -> str:
    return "×".join(map(str, size))

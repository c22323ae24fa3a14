"""Frames of a video's file, through PyAV."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError

SUFFIXES = (".mp4", ".m4v", ".avi", ".mov", ".webm", ".mkv", ".mpg", ".mpeg")


class Video(NamedTuple):
    """What a video's file says of itself; frames are counted by the packets that hold one each."""

    frames: int
    height: int
    width: int
    rate: float  # frames a second; 0 where the file does not say it
    codec: str


def is_video_file(path: Path) -> bool:
    """Whether a file is a video by its name.

    >>> is_video_file(Path("a/wave.MP4")), is_video_file(Path("a/wave.gif"))
    (True, False)
    """
    return path.suffix.lower() in SUFFIXES


def look_at_video(path: Path) -> Video:
    """How many frames a video has and how large they are, without decoding more than one.

    Raises GradatimError for a file that is no video, and for one whose codec is missing.
    """
    with _opened(path) as (container, stream):
        rate = float(stream.average_rate or 0)
        codec = stream.codec_context.name
        frames = sum(1 for packet in container.demux(stream) if packet.size)
    with _opened(path) as (container, stream):
        first = next(_decoded(container, stream), None)
        if first is None:
            raise GradatimError(f"{path} is damaged: none of its {frames:,} frames can be decoded")
        height, width, _ = _upright(first).shape
    return Video(frames, height, width, rate, codec)


def read_video(path: Path, wanted: Sequence[int]) -> tuple[dict[int, np.ndarray], int]:
    """The frames of these numbers, as far as the file can be decoded, and how many frames that is.

    Shapes: each (3, H, W) bytes, red, green and blue; a camera's note of which side is up is followed.
    """
    asked, found, count = set(wanted), {}, 0
    with _opened(path) as (container, stream):
        for count, frame in enumerate(_decoded(container, stream), 1):
            if count - 1 in asked:
                found[count - 1] = np.ascontiguousarray(np.moveaxis(_upright(frame), 2, 0))
    return found, count


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Any, Any]]:
    """The file and its first video stream; GradatimError for what is no video, or has no decoder."""
    try:
        import av
    except ImportError as error:
        raise GradatimError(f"{path} is a video, which needs PyAV: pip install av") from error
    try:
        container = av.open(str(path))
    except Exception as error:  # FFmpeg raises a dozen kinds over a damaged file
        raise GradatimError(f"{path} is damaged or not a video: {_why(error)}") from error
    with container:
        stream = next(iter(container.streams.video), None)
        if stream is None:
            raise GradatimError(f"{path} holds no pictures, only {_kinds(container)}")
        if stream.codec_context is None:
            raise GradatimError(f"{path} has a codec that PyAV cannot decode; save it as H.264 in an .mp4")
        yield container, stream


def _decoded(container: Any, stream: Any) -> Iterator[Any]:
    """The frames as far as they can be decoded: a file that was cut off ends there."""
    import av

    frames = container.decode(stream)
    while True:
        try:
            yield next(frames)
        except (StopIteration, av.FFmpegError):
            return


def _upright(frame: Any) -> np.ndarray:
    """(H, W, 3), turned as the file's display matrix says."""
    return np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))


def _kinds(container: Any) -> str:
    return " and ".join(sorted({str(one.type) for one in container.streams})) or "nothing"


def _why(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)

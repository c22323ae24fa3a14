"""Folders of clips: a sub-folder for each class, in which files or folders of frames are clips."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.clip_files import Clips, Shape, read_clips, read_clips_at
from gradatim.data.clip_places import clips_in, holds_clips, is_clip_file
from gradatim.data.dataset import Dataset, fingerprint_head
from gradatim.data.files_in_folders import folders_in
from gradatim.data.numpy_files import read_npz
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.sources.page import Block, Fact
from gradatim.data.sources.picture_folder import (
    check_known,
    check_not_wrapped,
    like_first,
    official_parts,
    streaming_of,
)
from gradatim.data.sources.source import New, Request, Source, found_at, is_named, path_of
from gradatim.data.targets import recode
from gradatim.data.video_files import is_video_file, look_at_video
from gradatim.files import exists


class Labelled(NamedTuple):
    """A clip's path, its class, and the publisher's part that it is of."""

    path: Path
    label: str
    part: str


class ClipFolderSource(Source):
    """waves/one/1.mp4, waves/two/2.mp4; waves/train/one/1.mp4 where there are publisher's parts.

    A clip is a video, an animated GIF, a strip (a picture whose width is a multiple of its height), an .npz
    file of frames, or a folder of pictures whose names differ by a number. A folder is one of clips where
    no class's folder holds a plain picture directly; see `data.clip_files.holds_clips`.

    >>> ClipFolderSource().takes("."), ClipFolderSource().takes("digits")
    (False, False)
    """

    kind: ClassVar[str] = "clip folder"

    def takes(self, data: Any) -> bool:
        """Whether it is a folder of clips, or one video."""
        path = path_of(data)
        if path is None or not path.is_dir():
            return isinstance(data, str | Path) and not is_named(data) and is_video_file(Path(data))
        held = [one for one in (holds_clips(folder) for _, folder in _classes(path)) if one is not None]
        return all(held) if held else bool(holds_clips(path))

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it is a folder, or a clip's file by its name: to networks that read clips a strip is no
        picture, and a folder of pictures no class. An .npz file whose examples have the first's shape holds
        arrays.
        """
        path = path_of(data)
        if path is None or path.is_dir():
            return path is not None or self.takes(data)
        if path.suffix.lower() == ".npz":
            return not _holds_examples(path, first.shape)
        return is_clip_file(path) or is_picture_file(path)

    def read(self, data: Any, asked: Request) -> Dataset:
        """The clips and their classes, by groups where their names tell them; UsageError for a folder without
        sub-folders of clips.
        """
        asked.allow("task", "input_size", "group", "streaming")
        folder, how = _folder(data), streaming_of(asked, "clips")
        found = _labelled(folder)
        if not found:
            raise UsageError(
                f"{folder} holds no sub-folder with clips: a folder is learned from when every class has its "
                "own"
            )
        check_not_wrapped(folder)
        return _dataset(folder, _clips(found, None, asked.input_size, how), found, asked)

    def read_like(self, data: Any, first: Any) -> Dataset:
        """Clips in the frames, channels and size of the first, their classes by its names."""
        folder = _folder(data)
        found = _labelled(folder)
        if not found or not first.classes:
            return _new(folder, first)
        clips = _clips(found, _shape_of(first), None, like_first(first))
        examples = _dataset(folder, clips, found, Request())
        return recode(examples, first.classes)

    def read_new(self, data: Any, first: Any) -> New:
        """The one clip, or every clip in the folder."""
        return New(_new(_there(data), first))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """What is in the clips; of one video its frames, size and codec."""
        path = _there(data)
        if path.is_dir():
            return super().describe(data, asked, schema)
        asked.allow()
        return {"name": path.name, **look_at_video(path)._asdict()}

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """How the facts of `describe` read."""
        if "codec" not in facts:
            return super().page(facts)
        lasts = f", {facts['frames'] / facts['rate']:.3g} seconds at {facts['rate']:.4g} a second"
        return [
            f"{facts['name']}: one clip of {facts['width']} × {facts['height']} pixels",
            Fact("frames", f"{facts['frames']:,}{lasts if facts['rate'] else ''}"),
            Fact("codec", facts["codec"]),
            Fact("note", "learning needs many clips: a folder with a sub-folder for each class"),
        ]


def _there(data: Any) -> Path:
    """The path; UsageError where nothing is."""
    path = Path(data)
    if not exists(path):
        raise UsageError(f"there is no file {path}")
    return path


def _folder(data: Any) -> Path:
    """The path of a folder; UsageError for that of one clip."""
    path = _there(data)
    if not path.is_dir():
        raise UsageError(f"{data} is one clip; learning needs a folder with a sub-folder for each class")
    return path


def _classes(folder: Path) -> list[tuple[str, Path]]:
    """The folders of classes, with the publisher's part of each, "" where there are no parts."""
    parts = official_parts(folder, lambda path: is_picture_file(path) or is_clip_file(path)) or {"": folder}
    return [(part, one) for part, place in parts.items() for one in folders_in(place)]


def _labelled(folder: Path) -> list[Labelled]:
    """Every clip with its class, the name of the sub-folder that it lies in."""
    return [Labelled(path, one.name, part) for part, one in _classes(folder) for path in clips_in(one)]


def _clips(found: list[Labelled], shape: Shape | None, size: Any, streaming: str) -> Clips:
    """The clips, their classes hashed before them where they stay in their files."""
    return read_clips(
        [one.path for one in found], shape, size, streaming,
        head=lambda numbers, _: fingerprint_head(_classes_of([found[number] for number in numbers])),
    )  # fmt: skip


def _classes_of(found: list[Labelled]) -> tuple[str, ...]:
    """The classes of clips in their order."""
    return tuple(sorted({one.label for one in found}))


def _dataset(folder: Path, clips: Clips, every: list[Labelled], asked: Request) -> Dataset:
    """The examples of the clips that were read of `every`."""
    found = [every[number] for number in clips.kept]
    classes = _classes_of(found)
    y = np.array([classes.index(one.label) for one in found])
    part = np.array([one.part for one in found])
    check_known(folder, classes, y, part)
    names = [f"{one.path.relative_to(folder)}{more}" for one, more in zip(found, clips.names, strict=True)]
    group = asked.roles.group
    more = {**({} if group is None else {"group": group}), **asked.of_pictures()}
    return found_at(
        Dataset(
            clips.x, y, classes, name=folder.resolve().name, task=asked.roles.task or "", files=tuple(names),
            official_test=part == "test" if "test" in part else None,
            official_valid=part == "valid" if "valid" in part else None,
            groups=None if group is None else _groups(group, names),
            notices=(*clips.notices, *_of_folders(folder, [one.path for one in found])),
        ),
        folder, **more,
    )  # fmt: skip


def _of_folders(folder: Path, paths: list[Path]) -> Iterator[str]:
    """That folders of numbered pictures are clips, which no video or strip beside them confirms."""
    if all(path.is_dir() for path in paths):
        many = "1 folder is a clip" if len(paths) == 1 else f"{len(paths):,} folders are a clip each"
        yield (
            f"{many}, such as {paths[0].relative_to(folder)}, since the pictures in it differ by a number "
            "only; where each picture stands for itself, it must lie in the folder of its class"
        )


def _groups(pattern: str, names: list[str]) -> np.ndarray:
    """A group number for each name, by what a regular expression matches in it, or by its first part in
    brackets.

    >>> _groups(r"person(\\d+)", ["wave/person02_a.avi", "bend/person02.avi", "bend/person7.avi"]).tolist()
    [0, 0, 1]
    """
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise UsageError(
            f"--group of clips is a regular expression for their names, such as 'person\\d+'; {pattern!r} is "
            f"none: {error}"
        ) from error
    found = [compiled.search(name) for name in names]
    if None in found:
        raise UsageError(f"--group {pattern} matches nothing in {names[found.index(None)]}")
    said = [match[1 if compiled.groups else 0] or "" for match in found if match is not None]
    return np.unique(said, return_inverse=True)[1]


def _new(path: Path, first: Any) -> Dataset:
    """The clip at a path, or every clip of a folder, whatever sub-folder it lies in, without a class."""
    clips, files = read_clips_at(path, _shape_of(first))
    return found_at(Dataset(clips.x, name=path.resolve().name, notices=clips.notices, files=files), path)


def _holds_examples(path: Path, shape: Any) -> bool:
    """Whether an .npz file holds an array (N, …) of examples of a shape."""
    return any(one.shape[1:] == tuple(shape or ()) for one in read_npz(path).values())


def _shape_of(first: Any) -> Shape:
    """Channels, frames, height and width of an example; UsageError where the network reads no clips."""
    if first.layout != "rows" or first.shape is None or not first.is_clips:
        raise UsageError("the network learned from other data than clips, so it reads no folder of clips")
    return first.shape

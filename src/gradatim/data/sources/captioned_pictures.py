"""Pictures and what is said of them: a folder with a captions' file, arrays and sentences in memory."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.caption_files import captions_file
from gradatim.data.captions import CAPTIONED, captioned_folder, captioned_pictures
from gradatim.data.pairs import Pairs
from gradatim.data.picture_files import files_below, is_picture_file, read_pictures
from gradatim.data.pictures import is_picture
from gradatim.data.sources.description import split_rule
from gradatim.data.sources.page import Block, Fact, sizes_of
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.splits import TEST_SHARE


class CaptionedPictureSource(Source):
    """photos/1.jpg, photos/captions.txt, which names a picture and a caption a line; (x, [text, …]) with
    --task captioning. Pictures of any size and mode, read as `data.picture_files` says.

    >>> CaptionedPictureSource().takes(".")
    False
    """

    kind: ClassVar[str] = CAPTIONED.read_by
    layout: ClassVar[str] = "pairs"
    tasks: ClassVar[tuple[str, ...]] = (CAPTIONED.task,)

    def takes(self, data: Any) -> bool:
        """Whether it is a folder with a captions' file, or such pairs."""
        if isinstance(data, Pairs):
            return data.kind == CAPTIONED
        path = path_of(data)
        return path is not None and path.is_dir() and captions_file(path) is not None

    def may_take(self, data: Any) -> bool:
        """Whether it may be such: a folder, or arrays and texts."""
        path = path_of(data)
        return self.takes(data) or (path is not None and path.is_dir()) or _in_memory(data)

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it may be more pictures: a file, and an array alone, too."""
        return self.may_take(data) or is_picture(data) or isinstance(data, np.ndarray)

    def read(self, data: Any, asked: Request) -> Pairs:
        """All pictures and their captions."""
        asked.allow("task", "vocabulary", "input_size", why="is not for pictures with captions")
        found = self._read(data, None, asked.input_size)
        return found if asked.roles.vocabulary is None else replace(found, most=asked.roles.vocabulary)

    def read_like(self, data: Any, first: Any) -> Pairs:
        """Others, in the size and the channels of the first."""
        return self._read(data, first.shape, None)

    def read_new(self, data: Any, first: Any) -> New:
        """Pictures alone, whatever stands beside them."""
        if isinstance(data, Pairs):
            return New(replace(data, references=()))
        if isinstance(data, np.ndarray):
            return New(Pairs(_fitting(data, first.shape), (), CAPTIONED))
        if _in_memory(data):
            return New(Pairs(_fitting(np.asarray(data[0]), first.shape), (), CAPTIONED))
        path = Path(data)
        folder = path if path.is_dir() else path.parent
        paths = [one for one in files_below(path) if is_picture_file(one)] if path.is_dir() else [path]
        read = read_pictures(paths, first.shape)
        files = tuple(str(paths[number].relative_to(folder)) for number in read.kept)
        found = Pairs(read.x, (), CAPTIONED, name=path.name, notices=read.notices, files=files)
        return New(found_at(found, folder))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many, how large, how many captions, of how many words, and the first."""
        found = self.read(data, asked)
        parts = self.divide(found, 0.1, TEST_SHARE)
        lengths = [len(text.split()) for some in found.references for text in some]
        return {
            "name": found.name, "n": len(found), "shape": list(found.shape), "captions": len(lengths),
            "longest": max(lengths), "mean": sum(lengths) / len(lengths),
            "units": parts.train.answers.in_words(),
            "splits": parts.sizes(), "split_rule": split_rule(found),  # type: ignore[arg-type]
            "begins": [found.files[0] if found.files else "", found.references[0][0]],
            "notices": list(found.notices), "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes and lengths, and the first caption."""
        channels, height, width = facts["shape"]
        colours = "grey" if channels == 1 else "in colours"
        file, caption = facts["begins"]
        return [
            f"{facts['name']}: {facts['n']:,} pictures of {height}×{width} pixels, {colours}, with "
            f"{facts['captions']:,} captions of {facts['mean']:.1f} words on average; the longest has "
            f"{facts['longest']:,}",
            *([Fact("task", facts["head"])] if facts.get("head") else []),
            Fact("answers", facts["units"]),
            Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
            "", f"{file}: {caption}" if file else caption, "", Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]  # fmt: skip

    def _read(self, data: Any, shape: Any, size: Any) -> Pairs:
        if isinstance(data, Pairs):
            return data
        if _in_memory(data):
            x, captions = np.asarray(data[0]), list(data[1])
            x = x if shape is None else _fitting(x, shape)
            return captioned_pictures(x, captions, source={"memory": True})
        path = path_of(data)
        if path is None:
            raise UsageError(
                "captions are learned from a folder of pictures with captions.txt, or (x, texts)"
            )
        found = captioned_folder(path, shape, size, name=path.resolve().name)
        return found_at(found, path, **({} if size is None else {"input_size": size}))


def _fitting(x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Pictures of this shape; UsageError where they are others."""
    if x.ndim != 4 or x.shape[1:] != tuple(shape):
        raise UsageError(f"the network reads pictures (N, {', '.join(map(str, shape))}); these are {x.shape}")
    return x


def _in_memory(data: Any) -> bool:
    """Whether these are pictures and what is said of each."""
    if not isinstance(data, tuple) or len(data) != 2 or getattr(data[0], "ndim", 0) != 4:
        return False
    texts = data[1]
    return isinstance(texts, list | tuple) and all(isinstance(one, str | list | tuple) for one in texts)

"""What sources of captioned pictures and of captioned clips have in common."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.pairs import Kind, Pairs
from gradatim.data.sources.description import split_rule
from gradatim.data.sources.page import Block, Fact, sizes_of
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.splits import TEST_SHARE


class CaptionedSource(Source):
    """A folder with a captions' file; (x, [text, …]) with --task captioning. Abstract.

    A kind says what it reads: `of`, whose examples in memory have `axes` axes each, and the functions that
    `of_memory` and `of_folder` are.
    """

    layout: ClassVar[str] = "pairs"
    tasks: ClassVar[tuple[str, ...]] = ("captioning",)
    of: ClassVar[Kind]
    noun: ClassVar[str]
    axes: ClassVar[str]  # of an example, by their letters
    of_memory: ClassVar[Callable[..., Pairs]]  # of x and captions
    of_folder: ClassVar[Callable[..., Pairs]]  # of a folder, a shape, a size and how they stream

    def takes_folder(self, folder: Path) -> bool:
        """Whether a folder is such."""
        raise NotImplementedError

    def may_be_file(self, data: Any) -> bool:
        """Whether this is a file with one or more to predict from."""
        raise NotImplementedError

    def new_files(self, path: Path, shape: tuple[int, ...]) -> tuple[np.ndarray, tuple[str, ...], Any]:
        """What lies at a path, in a shape; the names, and notices."""
        raise NotImplementedError

    def size_in_words(self, shape: Sequence[int]) -> str:
        """How large one is, and its colours."""
        raise NotImplementedError

    def takes(self, data: Any) -> bool:
        """Whether it is a folder with a captions' file, or such pairs."""
        if isinstance(data, Pairs):
            return data.kind == self.of
        path = path_of(data)
        return path is not None and path.is_dir() and self.takes_folder(path)

    def may_take(self, data: Any) -> bool:
        """Whether it may be such: a folder, or arrays and texts."""
        return self.takes(data) or self._in_memory(data)

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it may be more of them: a folder, a file, and an array alone, too."""
        path = path_of(data)
        there = path is not None and path.is_dir()
        return there or self.may_take(data) or self.may_be_file(data) or isinstance(data, np.ndarray)

    def read(self, data: Any, asked: Request) -> Pairs:
        """All of them, and their captions."""
        allowed = ("task", "vocabulary", "input_size", *(["streaming"] if path_of(data) is not None else []))
        asked.allow(*allowed, why=f"is not for {self.noun}s with captions")
        found = self._read(data, None, asked.input_size, asked.streaming or "auto")
        if path_of(data) is not None:
            found = replace(found, source={**found.source, **asked.of_pictures()})
        return found if asked.roles.vocabulary is None else replace(found, most=asked.roles.vocabulary)

    def read_like(self, data: Any, first: Any) -> Pairs:
        """Others, in the size and the channels of the first."""
        return self._read(data, first.shape, None, "yes" if first.is_streamed else "auto")

    def read_new(self, data: Any, first: Any) -> New:
        """Those to predict from alone, whatever stands beside them."""
        if isinstance(data, Pairs):
            return New(replace(data, references=()))
        if isinstance(data, np.ndarray):
            return New(Pairs(self._fitting(data, first.shape), (), self.of))
        if self._in_memory(data):
            return New(Pairs(self._fitting(np.asarray(data[0]), first.shape), (), self.of))
        path = Path(data)
        x, files, notices = self.new_files(path, first.shape)
        found = Pairs(x, (), self.of, name=path.name, notices=notices, files=files)
        return New(found_at(found, path if path.is_dir() else path.parent))

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
        file, caption = facts["begins"]
        return [
            f"{facts['name']}: {facts['n']:,} {self.noun}s of {self.size_in_words(facts['shape'])}, with "
            f"{facts['captions']:,} captions of {facts['mean']:.1f} words on average; the longest has "
            f"{facts['longest']:,}",
            *([Fact("task", facts["head"])] if facts.get("head") else []),
            Fact("answers", facts["units"]),
            Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
            "", f"{file}: {caption}" if file else caption, "", Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]  # fmt: skip

    def _read(self, data: Any, shape: Any, size: Any, streaming: str) -> Pairs:
        if isinstance(data, Pairs):
            return data
        if self._in_memory(data):
            x, captions = np.asarray(data[0]), list(data[1])
            x = x if shape is None else self._fitting(x, shape)
            return type(self).of_memory(x, captions, source={"memory": True})
        path = path_of(data)
        if path is None:
            raise UsageError(
                f"captions are learned from a folder of {self.noun}s with captions.txt, or (x, texts)"
            )
        found = type(self).of_folder(path, shape, size, streaming, name=path.resolve().name)
        return found_at(found, path)

    def _fitting(self, x: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
        """Arrays of this shape; UsageError where they are others."""
        if x.ndim != 1 + len(shape) or x.shape[1:] != tuple(shape):
            wanted = ", ".join(map(str, shape))
            raise UsageError(f"the network reads {self.noun}s (N, {wanted}); these are {x.shape}")
        return x

    def _in_memory(self, data: Any) -> bool:
        """Whether these are arrays of such, and what is said of each."""
        if not isinstance(data, tuple) or len(data) != 2 or getattr(data[0], "ndim", 0) != 1 + len(self.axes):
            return False
        texts = data[1]
        return isinstance(texts, list | tuple) and all(isinstance(one, str | list | tuple) for one in texts)

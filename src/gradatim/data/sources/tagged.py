"""Files of sentences with a tag for every word."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.sentences import Sentences, sentences_of
from gradatim.data.sources.page import Block, Fact, Grid, sizes_of
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.splits import TEST_SHARE, Splits
from gradatim.data.tables.cells import Cells
from gradatim.data.tagged_files import read_new_file, read_tagged_file
from gradatim.data.tagged_lines import TaggedCells
from gradatim.random import permutation

SUFFIXES = (".conllu", ".conll", ".iob", ".bio")  # and the same with .gz behind


class TaggedSource(Source):
    """CoNLL-U, or a word and its tag a line, a blank line behind each sentence.

    >>> TaggedSource().takes("words.txt")  # but with --task tagging
    False
    """

    kind: ClassVar[str] = "tagged"
    layout: ClassVar[str] = "padded"
    tasks: ClassVar[tuple[str, ...]] = ("tagging",)

    def takes(self, data: Any) -> bool:
        """Whether it is one by its name."""
        return self.may_take(data) and str(data).lower().removesuffix(".gz").endswith(SUFFIXES)

    def may_take(self, data: Any) -> bool:
        """Whether it is a file."""
        path = path_of(data)
        return path is not None and not path.is_dir()

    def read(self, data: Any, asked: Request) -> Sentences:
        """The sentences and their tags."""
        asked.allow("target", "task")
        path = Path(data)
        tagged = read_tagged_file(path, asked.target)
        found = sentences_of(tagged.words, tagged.tags, name=path.name.split(".")[0])
        found = replace(found, targets=(tagged.target,))
        return found_at(found, path, target=asked.target, task="tagging")

    def divide(self, examples: Sentences, valid: float, test: float) -> Splits:
        """Sentences drawn by the data's fingerprint: a share to test, one of the others to validate."""
        order = permutation(int(examples.fingerprint[:15], 16), "test 0", len(examples))
        held = round(test * len(order))
        chosen = held + round(valid * (len(order) - held))
        if chosen >= len(order):
            raise UsageError(f"{len(examples)} sentences are too few to split: none is left to train on")
        parts = [np.sort(part) for part in (order[chosen:], order[held:chosen], order[:held])]
        train, *others = [examples.take(part) if len(part) else None for part in parts]
        return Splits(train, *others)

    def read_like(self, data: Any, first: Any) -> Sentences:
        """Other sentences, their tags among the first's."""
        path = Path(data)
        words, tags, target, _ = read_tagged_file(path, _asked(first))
        for tag in sorted({tag for sentence in tags or () for tag in sentence} - set(first.classes)):
            near = did_you_mean(tag, list(first.classes))
            raise UsageError(f"{path} holds the tag {tag!r}, which the network does not know; {near}")
        found = sentences_of(words, tags, first.classes, path.name.split(".")[0])
        return found_at(replace(found, targets=(target,)), path)

    def read_new(self, data: Any, first: Any) -> New:
        """The words, whatever tags they have, each with the number of its sentence."""
        path = Path(data)
        words, _, _, form = read_new_file(path, _asked(first), set(map(str, first.classes)))
        rows = [(i, word) for i, sentence in enumerate(words, 1) for word in sentence]
        written = Cells(("sentence", "word"), None, []).written(rows)
        beside = TaggedCells(("sentence", "word"), None, written, files=((form, len(rows)),))
        return New(sentences_of(words, None, first.classes), beside)

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """Sentences, words and how often each tag comes."""
        found = self.read(data, asked)
        y = np.zeros(0, np.int64) if found.y is None else found.y
        counts = np.bincount(y, minlength=len(found.classes)).tolist()
        lengths = found.numbers.lengths if found.numbers is not None else np.zeros(1)
        return {
            "name": found.name, "n": len(found), "words": int(lengths.sum()),
            "distinct_words": len(found.vocabulary), "longest": int(lengths.max()),
            "counts": dict(zip(found.classes, counts, strict=True)),
            "splits": self.divide(found, 0.1, TEST_SHARE).sizes(), "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes, and the tags, the commonest first."""
        counts = sorted(facts["counts"].items(), key=lambda pair: -pair[1])
        tags = [Grid(("tag", "words"), [[tag, f"{n:,}"] for tag, n in counts])] if counts else []
        return [
            f"{facts['name']}: {facts['n']:,} sentences of {facts['words']:,} words, "
            f"{facts['distinct_words']:,} distinct; the longest has {facts['longest']:,}",
            Fact("splits", sizes_of(facts["splits"], "by the fingerprint")),
            *tags, "", Fact("fingerprint", facts["fingerprint"]),
        ]  # fmt: skip


def _asked(first: Any) -> str | None:
    """The column that was learned, where it has a name of CoNLL-U's."""
    return None if first.targets in ((), ("tag",)) else first.targets[0]

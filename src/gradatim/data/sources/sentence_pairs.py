"""Sentences and their translations: a file of two columns, two files side by side, lists in memory."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.pairs import Pairs
from gradatim.data.sentence_pairs import (
    SENTENCES,
    long_notices,
    read_lines,
    read_two_columns,
    read_two_files,
    sentence_pairs,
    two_columns,
)
from gradatim.data.sources.description import split_rule
from gradatim.data.sources.page import Block, Fact, sizes_of
from gradatim.data.sources.source import New, Request, Source, found_at, path_of
from gradatim.data.splits import TEST_SHARE
from gradatim.data.tables.cells import Cells

SUFFIXES = (".tsv", ".txt", ".tab")  # and the same with .gz behind


class SentencePairSource(Source):
    """pairs.tsv, a sentence and its translation in each line; train.de,train.en; ([text, …], [text, …]) with
    --task translation.

    >>> SentencePairSource().takes("a.tsv"), SentencePairSource().may_take((["ein Hund"], ["a dog"]))
    (False, True)
    """

    kind: ClassVar[str] = SENTENCES.read_by
    layout: ClassVar[str] = "pairs"
    tasks: ClassVar[tuple[str, ...]] = (SENTENCES.task,)

    def takes(self, data: Any) -> bool:
        """Whether they are pairs, or files that say so: two whose lines belong together, or one of two
        columns of sentences.
        """
        if isinstance(data, Pairs):
            return data.kind == SENTENCES
        if _two_paths(data) is not None:
            return True
        path = path_of(data)
        if path is None or path.is_dir():
            return False
        return str(path).lower().endswith(SUFFIXES) and two_columns(path)

    def may_take(self, data: Any) -> bool:
        """Whether they may be pairs, too: any file, or two lists of texts."""
        path = path_of(data)
        return self.takes(data) or (path is not None and not path.is_dir()) or _in_memory(data) is not None

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it may be more sentences: a list of them, too."""
        return self.may_take(data) or _alone(data) is not None

    def read(self, data: Any, asked: Request) -> Pairs:
        """All pairs."""
        asked.allow("task", "vocabulary", why="is not for pairs of sentences")
        found = data if isinstance(data, Pairs) else _read(data)
        return found if asked.roles.vocabulary is None else replace(found, most=asked.roles.vocabulary)

    def read_like(self, data: Any, first: Any) -> Pairs:
        """Other pairs."""
        return self.read(data, Request())

    def read_new(self, data: Any, first: Any) -> New:
        """Sentences alone, whatever stands beside them."""
        if isinstance(data, Pairs):
            return New(replace(data, references=()))
        alone = _alone(data)
        if alone is None:
            pair = _in_memory(data)
            alone = None if pair is None else list(pair[0])
        if alone is not None:
            return New(_new(alone, "data"))
        path = Path((_two_paths(data) or (data,))[0])
        lines, notices = read_lines(path)
        found = _new(lines, path.name, notices)
        rows = Cells(("line", "text"), None, []).written(enumerate(lines, 1))
        return New(found_at(found, path), replace(Cells(("line", "text"), None, []), rows=rows))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many, how long, how many symbols, and the first pair."""
        found = self.read(data, asked)
        parts = self.divide(found, 0.1, TEST_SHARE)
        words = [[len(text.split()) for text in side] for side in (found.inputs, _first(found))]
        return {
            "name": found.name, "n": len(found), "words": [sum(side) for side in words],
            "longest": [max(side) for side in words], "units": parts.train.answers.in_words(),
            "splits": parts.sizes(), "split_rule": split_rule(found),  # type: ignore[arg-type]
            "begins": [found.inputs[0], found.references[0][0]],
            "notices": list(found.notices), "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes and lengths, and the first pair."""
        words, longest = facts["words"], facts["longest"]
        return [
            f"{facts['name']}: {facts['n']:,} pairs of sentences, {words[0]:,} words and {words[1]:,}; the "
            f"longest have {longest[0]:,} and {longest[1]:,}",
            *([Fact("task", facts["head"])] if facts.get("head") else []),
            Fact("answers", facts["units"]),
            Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
            "", facts["begins"][0], facts["begins"][1], "", Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]  # fmt: skip


def _read(data: Any) -> Pairs:
    pair = _in_memory(data)
    if pair is not None:
        return _with_notices(sentence_pairs(*pair, source={"memory": True}))
    paths = _two_paths(data)
    if paths is None:
        path = Path(data)
        left, right, notices = read_two_columns(path)
        name = path.name.split(".")[0]
        found = sentence_pairs(left, right, name=name, notices=tuple(notices))
        return _with_notices(found_at(found, path, task=SENTENCES.task))
    left, right, notices = read_two_files(*paths)
    both = ",".join(str(path.resolve()) for path in paths)
    return _with_notices(
        sentence_pairs(
            left, right, name=paths[0].name.split(".")[0], notices=tuple(notices), source={"path": both}
        )
    )


def _with_notices(found: Pairs) -> Pairs:
    return replace(found, notices=(*found.notices, *long_notices(found.inputs)))


def _new(texts: list[str], name: str, notices: Any = ()) -> Pairs:
    empty = next((number for number, text in enumerate(texts, 1) if not text.strip()), None)
    if empty is not None or not texts:
        raise UsageError("there is no sentence" if empty is None else f"sentence {empty:,} is empty")
    return _with_notices(Pairs(tuple(texts), (), SENTENCES, name=name, notices=tuple(notices)))


def _first(found: Pairs) -> list[str]:
    return [some[0] for some in found.references]


def _two_paths(data: Any) -> tuple[Path, Path] | None:
    """Two files with a comma between their names; None where data are no such."""
    if not isinstance(data, str | Path) or str(data).count(",") != 1 or path_of(data) is not None:
        return None
    found = [path_of(name.strip()) for name in str(data).split(",")]
    if any(path is None or path.is_dir() for path in found):
        return None
    return found[0], found[1]  # type: ignore[return-value]


def _in_memory(data: Any) -> tuple[list[str], list[Any]] | None:
    """Sentences and their translations, two lists of equal length; None where data are no such."""
    if not isinstance(data, tuple) or len(data) != 2:
        return None
    left, right = (_texts(side) for side in data)
    return None if left is None or right is None else (left, right)


def _alone(data: Any) -> list[str] | None:
    found = None if isinstance(data, tuple) else _texts(data)
    return found if found and all(isinstance(one, str) for one in found) else None


def _texts(data: Any) -> list[Any] | None:
    if isinstance(data, np.ndarray):
        data = data.tolist()
    if not isinstance(data, list | tuple) or not data:
        return None
    fits = all(isinstance(one, str) or (isinstance(one, tuple | list) and one) for one in data)
    return list(data) if fits and any(isinstance(one, str | tuple | list) for one in data) else None

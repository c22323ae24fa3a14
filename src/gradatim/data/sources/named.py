"""Data sets by name, and by a name with arguments: moons:n=400,noise=0.1."""

import inspect
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

from gradatim import catalog
from gradatim.checks import UsageError, not_twice, unknown_argument
from gradatim.data.dataset import Dataset
from gradatim.data.sources.in_memory import DatasetSource
from gradatim.data.sources.page import Block
from gradatim.data.sources.source import New, Request, Source
from gradatim.data.splits import split
from gradatim.data.tables.roles import Roles


class NamedSource(DatasetSource):
    """A data set of the catalogue, read from its published files, or drawn by its equation.

    >>> NamedSource().read("digits", Request())
    Dataset('digits', 1797 examples of shape (1, 8, 8), 10 classes)
    >>> NamedSource().read("moons:n=400,noise=0.1", Request())
    Dataset('moons', 400 examples of shape (2,), 2 classes)
    """

    kind: ClassVar[str] = "named"

    def takes(self, data: Any) -> bool:
        """Whether the catalogue has a data set of this name."""
        return isinstance(data, str) and data.partition(":")[0] in catalog.names("dataset")

    def read(self, data: Any, asked: Request) -> Any:
        """The data set; UsageError for a target, which it has already, and for arguments it does not take."""
        if asked.target is not None:
            raise UsageError(f"{data} has its target already; --target is for files")
        name, _, given = data.partition(":")
        draw = catalog.find(name, "dataset").load()
        takes = inspect.signature(draw).parameters
        words = [key for key, one in takes.items() if isinstance(one.default, str)]
        arguments = dataset_arguments(name, given, list(takes), words)
        found = draw(**arguments)
        found = replace(found, source={"name": data}) if arguments else found
        if found.read_by:
            return self._own(found.read_by).read(found, asked)
        if asked.roles.task_of is not None:
            return DatasetSource().read(found, asked)
        asked.allow("target")
        return found

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """What is in the data set, said by the source that reads more like it, where it has one."""
        found = self.read(data, asked)
        facts = self._own(found.read_by).describe(found, asked)
        return facts | {"read_by": found.read_by} if found.read_by else facts

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """How that source says it."""
        return self._own(facts.get("read_by", "")).page(facts)

    def _own(self, kind: str) -> Source:
        return catalog.find(kind, "source").load()() if kind else DatasetSource()

    def read_like(self, data: Any, first: Any) -> Dataset:
        """The data set by the names of the first's columns."""
        return super().read_like(self.read(data, _request_like(first)), first)

    def read_new(self, data: Any, first: Any) -> New:
        """Its test examples."""
        return New(super().read_like(split(self.read(data, _request_like(first))).test, first))


def _request_like(first: Any) -> Request:
    """What the first examples were asked for beside their name."""
    return Request(Roles(task_of=getattr(first, "task_of", "") or None))


def dataset_arguments(
    name: str, given: str, takes: Sequence[str], words: Sequence[str] = ()
) -> dict[str, Any]:  # fmt: skip
    """The arguments in `key=value,key=value`, of those that a data set takes; those in `words` are texts.

    >>> dataset_arguments("moons", "n=400,noise=0.1", ["n", "noise", "seed"])
    {'n': 400, 'noise': 0.1}

    Raises UsageError for one that it does not take, and for a value that is no number.
    """
    found: dict[str, Any] = {}
    for part in filter(None, map(str.strip, given.split(","))):
        key, _, value = part.partition("=")
        if not takes:
            raise UsageError(f"{name} takes no arguments: leave out {part}")
        if key not in takes:
            raise unknown_argument(name, key, takes)
        not_twice(key, found)
        if key in words:
            found[key] = value
            continue
        try:
            found[key] = json.loads(value)
        except ValueError:
            raise UsageError(f"{key} of {name} must be a number, {key}=NUMBER; it is {value!r}") from None
    return found

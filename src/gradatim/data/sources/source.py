"""What every source is, and which one takes what was given."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gradatim import catalog
from gradatim.checks import UsageError, nearest_names, real, shown
from gradatim.data.arrays import with_axes_of
from gradatim.data.masks import NOTHING
from gradatim.data.sources.page import Block, shorten
from gradatim.data.splits import Splits, split
from gradatim.data.tables.roles import Roles
from gradatim.data.targets import recode
from gradatim.files import exists
from gradatim.functional.void import VOID
from gradatim.synonyms import TABLES, key

FOR_TABLES = "is for tables: CSV, TSV and Parquet files, and data frames"
FOR = {  # what has a use for an option, where others have none
    "input_size": "is for folders of pictures and of clips",
    "streaming": "is for folders of pictures, of clips, and for tables that name them",
    **dict.fromkeys(("horizon", "known"), "is for tables whose rows are steps in time"),
    "series": "is for tables whose rows are steps in time, and for arrays (series, steps, numbers)",
    "void": "is for pictures with masks: the value of pixels that are not known",
    "step": "is for music: what a frame of a MIDI file lasts",
    "vocabulary": "is for a language model of words: --task words",
}
APART = ("streams", "padded", "pairs")  # layouts whose examples are none for a network of another
GIVE = {
    "streams": "a text",
    "padded": "sequences of the same kind",
    "pairs": "pairs of the same kind",
}  # where no kind says it better
NO_ANSWER = "the network answers to no single examples"
NONE = {
    "streams": "a text is no example for it", "padded": "sequences are no examples for it",
    "pairs": "inputs with texts are no examples for it",
}  # fmt: skip
Examples = Any  # a Dataset, a Text, a Loader: what has a layout


@dataclass(frozen=True)
class Request:
    """What was asked of data: which columns or array to learn, the task, how tables are split and read, and
    the size to which pictures are scaled.
    """

    roles: Roles = field(default_factory=Roles)
    schema: Any = None
    input_size: Any = None
    reads_target: bool = True  # whether what is asked needs one
    as_texts: bool = False  # whether a table may be texts, where its only input is a column of them
    streaming: str | None = None  # whether pictures or clips stay in their files: see `data.streaming`
    void: Any = None  # the value of masks' pixels that are not known: see `data.masks.void_among`

    @property
    def target(self) -> str | None:
        """The first target's name."""
        return self.roles.target[0] if self.roles.target else None

    def of_pictures(self) -> dict[str, Any]:
        """The size, the streaming and the void that were asked for, as a record has them."""
        given = {"input_size": self.input_size, "streaming": self.streaming, "void": self.void}
        return {name: one for name, one in given.items() if one is not None}

    def allow(self, *names: str, why: str | None = None) -> None:
        """Raise UsageError for anything else that was asked for: this kind of data has no use for it."""
        others = {name: getattr(self, name) for name in ("schema", "input_size", "streaming", "void")}
        given = {**self.roles.as_dict(), **{name: one for name, one in others.items() if one is not None}}
        for name in given:
            if name not in names:
                flag = name.replace("_", "-")
                raise UsageError(f"--{flag} {FOR.get(name) or why or FOR_TABLES}")


class New(NamedTuple):
    """Examples without targets to predict from, and the columns of their file, as they were written."""

    examples: Examples
    beside: Any = None


class Source:
    """One kind of data: whether it takes what was given, how it reads it and more like it. Abstract."""

    kind: ClassVar[str]  # its name in the catalogue and in config.json
    layout: ClassVar[str] = "rows"  # of its examples
    tasks: ClassVar[tuple[str, ...]] = ()  # that it is asked about first, where one of them is asked for
    roles: ClassVar[tuple[str, ...]] = ()  # likewise, that no other source has a use for
    has_columns: ClassVar[bool] = False  # whether the examples may be rows of named columns

    def takes(self, data: Any) -> bool:
        """Whether data are of this kind."""
        raise NotImplementedError

    def may_take(self, data: Any) -> bool:
        """Whether data are of this kind where one of its tasks is asked for, whatever they are called."""
        return self.takes(data)

    def may_take_like(self, data: Any, first: Examples) -> bool:
        """Whether data may be more of what the first examples are."""
        return self.may_take(data)

    def read(self, data: Any, asked: Request) -> Examples:
        """All examples of the data."""
        raise NotImplementedError

    def divide(self, examples: Examples, valid: float, test: float) -> Splits:
        """Training, validation and test parts; `test` is a share; with 0 only a publisher's test part
        stays out.
        """
        return split(examples, valid, test=test)

    def like(self, data: Any, first: Examples) -> Examples:
        """Other examples, in the columns and classes of the first; UsageError where they cannot be."""
        self._check_kind(first)
        self._check_columns(first)
        return _with_axes_of(self.read_like(data, first), first)

    def new(self, data: Any, first: Examples) -> New:
        """Examples to predict from, like the first; UsageError where they cannot be."""
        if first.layout == "streams":
            raise UsageError(getattr(first, "asked_by", NO_ANSWER))
        self._check_kind(first)
        self._check_columns(first)
        found = self.read_new(data, first)
        return found._replace(examples=_with_axes_of(found.examples, first))

    def read_like(self, data: Any, first: Examples) -> Examples:
        """What `like` gives of data that can be so."""
        found = self.read(data, Request(Roles(first.targets, first.task or None), void=_void_of(first)))
        return recode(found, first.classes) if first.classes else found

    def read_new(self, data: Any, first: Examples) -> New:
        """What `new` gives of data that can be so."""
        return New(self.read_like(data, first))

    def _check_kind(self, first: Examples) -> None:
        """Raise UsageError where these are no examples for what learned from the first."""
        strange = first.read_by not in ("", self.kind)
        apart = next((one for one in APART if (first.layout == one) != (self.layout == one)), None)
        if strange or apart is not None:
            give = getattr(first, "give", GIVE.get(first.layout))
            wanted = f"give it {give}" if give else NONE[str(apart)]
            raise UsageError(f"the network learns from {first.form}: {wanted}")

    def _check_columns(self, first: Examples) -> None:
        if first.columns and not self.has_columns:
            raise UsageError("the network was trained on a table: give it one, a CSV file or a data frame")

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """What is in the data, before anything is learned from it: sizes, ranges, classes, splits."""
        from gradatim.data.sources.description import describe_dataset

        return describe_dataset(self.read(data, asked), self)

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """How the facts of `describe` read."""
        from gradatim.data.sources.description import examples_page

        return examples_page(facts)


def request_of(
    target: Any = None, task: str | None = None, group: str | None = None, time: str | None = None,
    ignore: Any = None, schema: Any = None, calendar: bool = True, input_size: Any = None,
    reads_target: bool = True, as_texts: bool = False, known: Any = None,
    streaming: str | None = None, void: Any = None, **more: Any,
) -> Request:  # fmt: skip
    """What was asked, one name standing for a list of one; `more` are other roles by their names."""
    roles = Roles(
        _several(target), task, group, time, _several(ignore), calendar, known=_several(known), **more
    )
    return Request(roles, schema, input_size, reads_target, as_texts, streaming, void)


def source_of(data: Any, task: str | None = None, roles: Roles | None = None) -> Source:
    """The first source of the catalogue that takes the data, of those for the task, or for one of the roles
    that were asked for, first; UsageError where none does.
    """
    asked = roles.as_dict() if roles else {}
    first = [one for one in _sources() if (task and task in one.tasks) or any(r in asked for r in one.roles)]
    found = next((source for source in first if source.may_take(data)), None)
    found = found or next((source for source in _sources() if source.takes(data)), None)
    if found is not None:
        return found
    if isinstance(data, str | Path):
        raise _unknown(Path(data))
    raise UsageError(
        f"cannot learn from {type(data).__name__}: give (X, y) arrays, a data frame with target=, "
        "a torch Dataset, an .npz file, or a name such as digits"
    )


def source_like(data: Any, first: Examples, task: str | None = None) -> Source:
    """The source that reads data like the first examples: their own kind's, where it can be that."""
    for kind in filter(None, (first.read_by, getattr(first, "files_read_by", ""))):
        own = catalog.find(kind, "source").load()()
        if own.may_take_like(data, first):
            return own
    return source_of(data, task)


def _sources() -> Iterator[Source]:
    """Those of the catalogue, each imported when it is asked."""
    return (row.load()() for row in catalog.entries("source"))


def divide(source: Source, examples: Examples, valid: Any, test: float) -> Splits:
    """The source's parts, `valid` checked as a share."""
    return source.divide(examples, real("valid", valid, at_least=0, below=1), test)


def path_of(data: Any) -> Path | None:
    """The path, where data are a file's or a folder's name that is there and is no name of the catalogue."""
    if not isinstance(data, str | Path) or is_named(data):
        return None
    path = Path(data)
    return path if exists(path) else None


def is_named(data: Any) -> bool:
    """Whether this is a name of the catalogue, which wins over a path; `./digits` is the path."""
    if not isinstance(data, str):
        return False
    return data.partition(":")[0] in catalog.names("dataset") or any(
        data in catalog.names(kind) for kind in catalog.DATA
    )


def found_at(examples: Examples, data: Any, **more: Any) -> Examples:
    """The examples with how to find them again."""
    return replace(examples, source={"path": str(Path(data).resolve()), **more})


def _void_of(first: Examples) -> Any:
    """What is asked of the value that is not known in more masks like the first; nothing of what are none."""
    void, is_class = getattr(first, "void", None), VOID in getattr(first, "classes", ())
    return NOTHING if void is None and is_class and first.task == "segmentation" else void


def _with_axes_of(examples: Examples, first: Examples) -> Examples:
    """The examples, their channels last where those of the first are, as earlier versions read them."""
    x = getattr(examples, "x", None)
    if examples.layout != "rows" or not isinstance(x, np.ndarray):
        return examples
    turned = with_axes_of(x, first.shape)
    return examples if turned is x else replace(examples, x=turned)


def _unknown(path: Path) -> UsageError:
    if path.suffix or len(path.parts) > 1:
        return UsageError(f"there is no file {path}")
    names = [name for kind in catalog.DATA for name in catalog.names(kind)]
    brought = key(str(path)) not in map(key, TABLES.split())
    near = nearest_names(str(path), names) if brought else "Gradatim does not bring this table"
    file = f"a file is given by its path, such as {shorten(str(path))}.csv"
    said = near or "no data set is called so (gradatim list dataset), and there is no such file"
    return UsageError(f"unknown data {shown(str(path))}: {said}{'' if brought and near else f'; {file}'}")


def _several(names: str | Sequence[str] | None) -> tuple[str, ...]:
    if names is None:
        return ()
    return (str(names),) if isinstance(names, str | int) else tuple(map(str, names))

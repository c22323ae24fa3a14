"""What every encoder is, and how one comes back from its record."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from importlib import import_module
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import GradatimError, shown
from gradatim.data.dataset import Dataset
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.outliers import sentence
from gradatim.record_checks import Entries, Form

Record = dict[str, Any]
HOMES = {  # of the encoders, by the name in their record
    "none": "gradatim.data.encoders.plain:Plain",
    "standardise": "gradatim.data.encoders.standardise:Standardise",
    "several": "gradatim.data.encoders.several:Several",
    "other pictures": "gradatim.data.encoders.other_pictures:OtherPictures",
    "unit": "gradatim.data.encoders.unit:UnitInterval",
    "unit_table": "gradatim.data.encoders.unit_table:UnitTable",
    "numbers": "gradatim.data.encoders.number_columns:NumberColumns",
    "table": "gradatim.data.encoders.table:TableEncoder",
    "characters": "gradatim.data.encoders.characters:Characters",
    "words of a text": "gradatim.data.encoders.text_words:TextWords",
    "words in context": "gradatim.data.encoders.words_in_context:WordsInContextEncoder",
    "words": "gradatim.data.encoders.words:Words",
    "spelled words": "gradatim.data.encoders.spelled_words:SpelledWords",
    "sequences": "gradatim.data.encoders.sequences:Sequences",
    "n_grams": "gradatim.data.encoders.n_grams:NGrams",
    "text_symbols": "gradatim.data.encoders.text_symbols:TextSymbols",
    "rolls": "gradatim.data.encoders.rolls:RollEncoder",
    "steps": "gradatim.data.encoders.steps:Steps",
    "series": "gradatim.data.encoders.series:SeriesEncoder",
    "log mel": "gradatim.data.encoders.log_mel:LogMelEncoder",
    "transcribed recordings": "gradatim.data.encoders.transcripts:TranscriptEncoder",
    "symbols": "gradatim.data.encoders.symbols:Symbols",
    "forecast": "gradatim.data.encoders.forecast:ForecastEncoder",
    "captioned pictures": "gradatim.data.encoders.captioned_pictures:CaptionedPictures",
    "captioned clips": "gradatim.data.encoders.captioned_clips:CaptionedClips",
    "sentence pairs": "gradatim.data.encoders.sentence_pairs:SentencePairs",
    "as given": "gradatim.data.encoders.pass_through:PassThrough",
}


class Encoder:
    """How inputs become what a network sees, x′ = encode(x): numbers and strings that JSON holds. Abstract.

    Raw inputs are rows as a network was trained to be given them; `prepare` gives whole examples, ready for
    an engine. This class leaves rows as they are, which is what most of its methods mean.
    """

    name: ClassVar[str]
    form: ClassVar[Form] = Entries({})  # of its record
    for_own: ClassVar[str] = ""  # the encoder that a network of the user's own gets instead
    for_tables: ClassVar[str] = ""  # the one of rows of a table's columns instead

    @property
    def symbols(self) -> int | None:
        """How many symbols there are, where inputs are their numbers."""
        return None

    @property
    def sizes(self) -> dict[str, int]:
        """Arguments of a network that such inputs decide, beyond how many numbers they are."""
        return {}

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Any:
        """Examples as an engine takes them: inputs encoded, targets as the problem's loss reads them.

        Raises GradatimError for a text, which has no rows.
        """
        if not hasattr(examples, "x"):
            raise GradatimError(f"the preprocessing {self.name!r} reads rows, and {examples.name} has none")
        x = self.inputs(examples, dtype)
        y = problem.truth(examples.y, x)
        return replace(examples, x=x, y=None if y is None else problem.targets(y), columns=())

    def prepare_to_ask(self, examples: Any, problem: Any, dtype: Any) -> Any:
        """The same, of examples that nothing is learned from."""
        return self.prepare(examples, problem, dtype)

    def inputs(self, data: Dataset, dtype: Any = np.float32) -> np.ndarray:
        """The inputs of examples as the network sees them; streamed ones stay in their files."""
        x: Any = getattr(data, "x", None)
        if isinstance(x, StreamedExamples):
            return x.encoded(lambda raw: self.encode(raw, dtype), dtype, self.shape(data.shape))  # type: ignore[return-value]
        parts = [self.encode(self.raw(part), dtype) for part in self.pieces(data)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def raw(self, data: Dataset) -> np.ndarray:
        """The raw inputs of examples, which `encode` takes."""
        return data.x.read() if isinstance(data.x, StreamedExamples) else data.x

    def encode(self, x: np.ndarray, dtype: Any = np.float32) -> np.ndarray:
        """Raw inputs (N, …) as the network sees them; GradatimError for a number that `dtype` cannot hold."""
        return convert(x, x, dtype)

    def pieces(self, data: Dataset) -> Iterator[Dataset]:
        """The examples, in parts where their raw inputs would be large."""
        yield from data.pieces()

    def raw_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an example's raw inputs."""
        return shape

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of an example as the network sees it."""
        return shape

    def ranked(self, features: tuple[str, ...]) -> list[str]:
        """The inputs that are ranked, because a few enormous values decide their mean and deviation."""
        return []

    def notices(self, features: tuple[str, ...]) -> list[str]:
        """What a person should be told of it."""
        names = self.ranked(features)
        return [sentence(names)] if names else []

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """How columns become numbers, and why."""
        names = ", ".join(self.ranked(features))
        return {"ranks": f"of {names}: a few enormous values decide mean and deviation"} if names else {}

    def in_words(self, shape: tuple[int, ...]) -> str:
        """How an example of this shape becomes what the network sees; empty where it is seen as it is."""
        return ""

    def columns_in_words(self) -> list[str]:
        """The same of each raw column of a table; empty for all else."""
        return []

    def columns(self, data: Dataset) -> tuple[Input, ...]:
        """The raw columns, where examples are rows of named ones."""
        return tuple(Input(str(name), "number") for name in data.features)

    def places(self, width: int) -> list[slice]:
        """Which of the encoded numbers each of `width` raw columns became."""
        return [slice(i, i + 1) for i in range(width)]

    def raw_places(self, width: int) -> list[Any]:
        """Which of the raw numbers each of `width` raw columns is."""
        return [slice(i, i + 1) for i in range(width)]

    def names(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """What each of the encoded numbers is."""
        return features

    def decode(self, x: np.ndarray, features: tuple[str, ...]) -> dict[str, list[Any]]:
        """Numbers (N, D) that stand for encoded ones, such as a reconstruction, by column, in the units that
        the data have; x1, x2, … where the encoded numbers have no names.
        """
        found, known = self.in_own_units(x), self.names(features)
        names = known if len(known) == found.shape[1] else [f"x{k + 1}" for k in range(found.shape[1])]
        return {str(name): column.tolist() for name, column in zip(names, found.T, strict=True)}

    def in_own_units(self, x: np.ndarray) -> np.ndarray:
        """Encoded numbers (N, D) as they were before they were scaled."""
        return x

    def features(self, x: np.ndarray, names: tuple[str, ...], most: int) -> dict[str, Any]:
        """The first of an example's raw inputs by name, as a person reads them."""
        flat = x.reshape(-1)[:most]
        known = names or tuple(f"feature {i}" for i in range(len(flat)))
        return {str(name): float(value) for name, value in zip(known, flat, strict=False)}

    def with_words(self, words: Collection[str]) -> "Encoder":
        """The same, in which each of these words of training has a number, however rare it is."""
        return self

    def rows_of_words(self) -> dict[str, int]:
        """The number of each word that has one."""
        return {}

    def parts(self, examples: Any) -> dict[str, np.ndarray]:
        """Which of the answers to examples, (S,), are measured apart, by what they are of."""
        return {}

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Any:
        """Examples, of which there are none, that say what others are read as."""
        return Dataset(np.empty((0, *(shape or ()))), features=features)

    def views(self, width: int) -> list[list[list[int]]]:
        """What kinds of members of an ensemble read, as ranges of the `width` encoded numbers."""
        return [[[0, width]]]

    def category_places(self) -> list[tuple[int, int]]:
        """Where each category's numbers begin and end among the encoded ones."""
        return []

    def text_units(self, text: str, what: str) -> tuple[list[str], np.ndarray]:
        """The characters or words of a text and their numbers; GradatimError where examples are no texts."""
        raise GradatimError(f"the preprocessing {self.name!r} reads no texts")

    def with_window(self, window: int) -> "Encoder":
        """The same, a sequence cut into windows of so many steps."""
        return self

    def window_in_words(self, window: int) -> str:
        """What a window of so many steps is for, where there is one."""
        return f"the gradient is cut after {window} steps"

    def tree_columns(self, x: np.ndarray) -> np.ndarray:
        """Raw inputs (N, D) as trees take them: what the network sees without scaling and one-hot columns."""
        return x

    def tree_categories(self, width: int) -> np.ndarray:
        """Which of the `width` columns that trees take hold codes of categories."""
        return np.zeros(width, dtype=bool)

    def without_rare_words(self, most: int) -> "Encoder":
        """The same with at most so many words of each free text."""
        return self

    def common_words(self, x: np.ndarray, most: int) -> np.ndarray:
        """Raw inputs (N, …) as those of `without_rare_words(most)`."""
        return x

    def as_dict(self) -> Record | None:
        """The encoder for JSON."""
        return {"name": self.name}

    @classmethod
    def fit(cls, examples: Any) -> "Encoder":
        """The encoder for training examples."""
        return cls()

    @classmethod
    def check(cls, record: Record) -> None:
        """GradatimError naming an entry of a record that cannot be."""
        cls.form.check(record, "encoder")

    @classmethod
    def from_dict(cls, record: Record) -> "Encoder":
        """The encoder of a record that was checked."""
        return cls()


def fit_encoder(examples: Any, name: str | None = None) -> Encoder:
    """The encoder that training examples ask for, or the one of this name, fitted on them."""
    return _class(name or examples.encoder).fit(examples)


def encoder_for_own(name: str) -> str | None:
    """The encoder, by its name, of a network of the user's own where others get this one; None for the same.

    >>> encoder_for_own("standardise"), encoder_for_own("table")
    ('none', None)
    """
    return _class(name).for_own or None


def encoder_for(name: str, examples: Any) -> str:
    """The encoder, by its name, of these examples where a way of learning asks for this one."""
    return _class(name).for_tables if examples.encoder == "table" and _class(name).for_tables else name


def encoder_from(record: Record | None) -> Encoder:
    """The encoder of a record; GradatimError for one that cannot be, or that a later version wrote."""
    name = "none" if record is None else record.get("name")
    if not isinstance(name, str) or name not in HOMES:
        raise GradatimError(f"unknown preprocessing {shown(name)}: update Gradatim")
    _class(name).check(record or {})
    return _class(name).from_dict(record or {})


def _class(name: str) -> type[Encoder]:
    module, attribute = HOMES[name].split(":")
    return getattr(import_module(module), attribute)


def convert(values: np.ndarray, x: np.ndarray, dtype: Any) -> np.ndarray:
    """Values in another type; GradatimError naming the example of x whose value it cannot hold."""
    with np.errstate(over="ignore"):
        found = np.ascontiguousarray(values, dtype=dtype)
    if not np.isfinite(found).all():
        worst = np.unravel_index(int(np.isfinite(found).argmin()), x.shape)
        raise GradatimError(f"example {worst[0]} holds {x[worst]:g}: too large for {np.dtype(dtype).name}")
    return found

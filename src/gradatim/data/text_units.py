"""Texts as symbols, and symbols as texts: words, characters, or byte-pair units (curriculum E12)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, Self

from gradatim.checks import UsageError, one_of, whole
from gradatim.data.word_vocabulary import with_spaces, words_of
from gradatim.record_checks import TEXT, Entries, Form, ListOf, Value

KINDS = ("words", "characters", "bpe")
UNKNOWN, END = "<unk>", "<end>"
UNKNOWN_NUMBER, END_NUMBER = 0, 1
SPECIAL = (UNKNOWN, END)
FEWEST = 2  # times that a word or a character of training must come to have a number of its own
USUAL = {"words": 10_000, "characters": 1_000, "bpe": 4_000}  # symbols at most, where no number is asked for
MOST = 400  # symbols of a text that are read


@dataclass(frozen=True)
class Units:
    """The symbols of texts: 0 every unknown one, 1 the end, then the units, the commonest first.

        words        w_1 w_2 …, signs apart from words; the spaces between them come back by rule
        characters   c_1 c_2 …
        bpe          byte-pair encoding (Sennrich, Haddow & Birch 2016): the commonest pair of neighbouring
                     units becomes a unit, `merges` times; ▁ stands for a space

    >>> units = Units.fit("words", ["a dog sleeps.", "a dog runs."])
    >>> units.symbols, units.numbers("a cat runs.")
    (('<unk>', '<end>', '.', 'a', 'dog'), [3, 0, 0, 2])
    >>> units.text([3, 4, 2])
    'a dog.'
    """

    FORM: ClassVar[Form] = Entries(
        {
            "kind": Value("words, characters or bpe", lambda v: v in KINDS),
            "symbols": ListOf(TEXT, distinct=True), "merges": ListOf(TEXT),
        }
    )  # fmt: skip

    kind: str
    symbols: tuple[str, ...]
    merges: tuple[str, ...] = ()  # of bpe: two units, a space between them

    @classmethod
    def fit(cls, kind: str, texts: Iterable[str], most: int | None = None) -> Self:
        """The units of training texts, at most so many symbols; UsageError where there is none."""
        one_of("text_units", kind, KINDS)
        most = USUAL[kind] if most is None else whole("vocabulary", most, 3)
        if kind == "bpe":
            return cls(kind, *_byte_pairs(texts, most))
        counts = Counter(unit for text in texts for unit in _pieces(kind, text))
        kept = [unit for unit, n in counts.items() if n >= FEWEST and unit not in SPECIAL]
        if not kept:
            raise UsageError(f"none of the {kind} comes twice in the training texts")
        kept.sort(key=lambda unit: (-counts[unit], unit))
        return cls(kind, (*SPECIAL, *kept[: most - len(SPECIAL)]))

    def __len__(self) -> int:
        return len(self.symbols)

    def cut(self, text: str) -> list[str]:
        """The units of a text, known or not, at most 400 of them."""
        if self.kind == "bpe":
            return self._tokenizer.encode(text, add_special_tokens=False).tokens[:MOST]
        return _pieces(self.kind, text)[:MOST]

    def numbers(self, text: str) -> list[int]:
        """The numbers of a text's units, without the end."""
        return [self._places.get(unit, UNKNOWN_NUMBER) for unit in self.cut(text)]

    def ended(self, text: str) -> list[int]:
        """The numbers of a text's units, and the end's."""
        return [*self.numbers(text), END_NUMBER]

    def text(self, numbers: Iterable[int]) -> str:
        """The text of numbers, as far as the end."""
        return self.join(self.units(numbers))

    def units(self, numbers: Iterable[int]) -> list[str]:
        """The units of numbers, as far as the end."""
        found: list[str] = []
        for number in numbers:
            if number == END_NUMBER:
                break
            found.append(self.symbols[number])
        return found

    def join(self, units: Sequence[str]) -> str:
        """Units as a text is written."""
        if self.kind == "words":
            return "".join(with_spaces(units)).strip()
        joined = "".join(units)
        return joined.replace("▁", " ").strip() if self.kind == "bpe" else joined

    def as_dict(self) -> dict[str, Any]:
        """The units for JSON."""
        return {"kind": self.kind, "symbols": list(self.symbols), "merges": list(self.merges)}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        """The units of a record."""
        return cls(record["kind"], tuple(record["symbols"]), tuple(record["merges"]))

    def in_words(self) -> str:
        """What they are, in a sentence."""
        n = f"{len(self):,}"
        if self.kind == "bpe":
            return f"{n} symbols by byte-pair encoding ({len(self.merges):,} merges)"
        return f"{n} symbols: {self.kind} that come twice in training, one for all others, one for the end"

    @cached_property
    def _places(self) -> dict[str, int]:
        return {unit: number for number, unit in enumerate(self.symbols)}

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers.models import BPE

        merges = [tuple(pair.split(" ")) for pair in self.merges]
        return _empty(BPE(self._places, merges, unk_token=UNKNOWN))  # type: ignore[arg-type]


def _pieces(kind: str, text: str) -> list[str]:
    return list(text) if kind == "characters" else [one for one in words_of(text) if one != "\n"]


def _empty(model: Any) -> Any:
    """A tokenizer that marks spaces as ▁ and cuts in front of them."""
    from tokenizers import Tokenizer
    from tokenizers.pre_tokenizers import Metaspace, Punctuation, Sequence

    found = Tokenizer(model)
    found.pre_tokenizer = Sequence([Metaspace(), Punctuation()])
    return found


def _byte_pairs(texts: Iterable[str], most: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Symbols and merges of byte-pair encoding, learned from texts."""
    import json

    from tokenizers.models import BPE
    from tokenizers.trainers import BpeTrainer

    tokenizer = _empty(BPE(unk_token=UNKNOWN))
    trainer = BpeTrainer(
        vocab_size=most, min_frequency=FEWEST, special_tokens=list(SPECIAL), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    model = json.loads(tokenizer.to_str())["model"]
    symbols = sorted(model["vocab"], key=model["vocab"].get)
    if len(symbols) == len(SPECIAL):
        raise UsageError("the training texts hold no character")
    merges = (pair if isinstance(pair, str) else " ".join(pair) for pair in model["merges"])
    return tuple(symbols), tuple(merges)

"""Texts as words, from files and by name, where a language model of words is asked for."""

from typing import Any, ClassVar

from gradatim.checks import whole
from gradatim.data.sources.page import Block, Fact, sizes_of
from gradatim.data.sources.source import Request, Source
from gradatim.data.sources.text import TextSource
from gradatim.data.splits import Splits
from gradatim.data.text import Text, split_text
from gradatim.data.word_text import WordText, word_text_of

USUAL = 10_000  # numbers of the vocabulary


class WordTextSource(Source):
    """A text whose words a language model learns to predict: book.txt or a name, with --task words.

    >>> WordTextSource().takes("book.txt"), WordTextSource().may_take("book.txt")
    (False, True)
    """

    kind: ClassVar[str] = "words"
    layout: ClassVar[str] = "streams"
    tasks: ClassVar[tuple[str, ...]] = ("words",)
    usual: ClassVar[int] = USUAL
    others: ClassVar[str] = "are one symbol"  # words without a number

    def takes(self, data: Any) -> bool:
        """Whether it is a text in words already."""
        return isinstance(data, WordText)

    def may_take(self, data: Any) -> bool:
        """Whether it is a text."""
        return self.takes(data) or TextSource().takes(data)

    def read(self, data: Any, asked: Request) -> WordText:
        """The words; every word has a number until the text is divided."""
        asked.allow("task", "vocabulary", why="is not for a text: every word is predicted from those before")
        if self.takes(data):
            return data
        given = asked.roles.vocabulary
        most = whole("vocabulary", self.usual if given is None else given, 2)
        return self.words(TextSource().read(data, Request()), most)

    def words(self, text: Text, most: int) -> WordText:
        """The words of a text."""
        return word_text_of(text, most)

    def divide(self, examples: WordText, valid: float, test: float) -> Splits:
        """The end of the text is for validation; the training part alone says which words have numbers."""
        train, held = (part for part in split_text(examples, valid) if isinstance(part, WordText))
        vocabulary = train.with_cut()
        train, held = train.in_numbers_of(vocabulary), held.in_numbers_of(vocabulary)
        return Splits(train, held if len(held) else None, None)

    def read_like(self, data: Any, first: Any) -> WordText:
        """Another text, in the vocabulary of the first."""
        found = data
        if not self.takes(data):
            found = self.words(TextSource().read(data, Request()), first.most or self.usual)
        return found.in_numbers_of(first.vocabulary)

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """Words, how many of them are kept, and what share of those validated on is unknown."""
        text = self.read(data, asked)
        train, valid, _ = self.divide(text, 0.1, 0)
        unknown = None if valid is None else float((valid.tokens == 0).mean())
        return {
            "name": text.name, "n": len(text), "distinct": len(text.vocabulary) - 1,
            "kept": len(train.vocabulary) - 1, "commonest": list(train.vocabulary.names[1:9]),
            "unknown_in_validation": unknown,
            "splits": {"train": len(train), "valid": 0 if valid is None else len(valid)},
            "fingerprint": text.fingerprint, "begins": text.characters(0, 40),
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """How many words, and how the text begins."""
        unknown = facts["unknown_in_validation"]
        return [
            f"{facts['name']}: {facts['n']:,} words, {facts['distinct']:,} distinct",
            Fact("kept", f"{facts['kept']:,} with numbers of their own; all others {self.others}"),
            Fact("commonest", ", ".join(map(repr, facts["commonest"]))),
            *([] if unknown is None else [Fact("unknown", f"{100 * unknown:.1f} % of the validation words")]),
            Fact("splits", sizes_of(facts["splits"], "the first nine tenths and the last")),
            "", facts["begins"].strip(), "", Fact("fingerprint", facts["fingerprint"]),
        ]  # fmt: skip

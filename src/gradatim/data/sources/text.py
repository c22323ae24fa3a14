"""Texts, from files and by name."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.data.reading_text import is_text_file, read_text
from gradatim.data.sources.page import Block, Fact, sizes_of
from gradatim.data.sources.source import New, Request, Source, is_named
from gradatim.data.splits import Splits
from gradatim.data.text import Text, split_text


class TextSource(Source):
    """A text whose characters a language model learns to predict: book.txt, a name, or a Text.

    >>> from gradatim.data.text import text_of
    >>> TextSource().read(text_of("to be or not"), Request())
    Text('text', 12 characters, 7 distinct)
    """

    kind: ClassVar[str] = "text"
    layout: ClassVar[str] = "streams"

    def takes(self, data: Any) -> bool:
        """Whether it is a text.

        >>> [TextSource().takes(one) for one in ("tinyshakespeare", "book.txt", "digits")]
        [True, True, False]
        """
        if isinstance(data, str) and is_named(data):
            return data in catalog.names("text")
        return isinstance(data, Text) or (isinstance(data, str | Path) and is_text_file(data))

    def read(self, data: Any, asked: Request) -> Text:
        """The text; UsageError for roles, which its characters have not."""
        why = "is not for a text: every character is predicted from those before it"
        asked.allow("task", why=why)
        if isinstance(data, Text):
            return data
        if isinstance(data, str) and data in catalog.names("text"):
            return catalog.find(data, "text").load()()
        text = read_text(data)
        return replace(text, name=Path(text.name.removesuffix(".gz")).stem)

    def divide(self, examples: Text, valid: float, test: float) -> Splits:
        """The end of the text is for validation; there is no test part."""
        train, held = split_text(examples, valid)
        return Splits(train, held if len(held) else None, None)

    def read_like(self, data: Any, first: Any) -> Text:
        """Another text."""
        return self.read(data, Request())

    def read_new(self, data: Any, first: Any) -> New:
        """A text is continued, not predicted."""
        raise UsageError(f"the network learns from {first.form}: a text is no example for it")

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """Characters, the vocabulary, and the commonest of them with what they alone would cost to guess."""
        text = self.read(data, asked)
        counts = np.bincount(text.tokens, minlength=len(text.vocabulary))
        p = counts / len(text)
        train, valid = split_text(text)
        return {
            "name": text.name, "n": len(text), "characters": text.vocabulary.characters,
            "distinct": len(text.vocabulary), "lines": text.characters().count("\n"),
            "bits_per_character_of_frequencies": float(-(p[p > 0] * np.log2(p[p > 0])).sum()),
            "counts": {c: int(n) for c, n in zip(text.vocabulary.characters, counts, strict=True)},
            "splits": {"train": len(train), "valid": len(valid)}, "fingerprint": text.fingerprint,
            "begins": text.characters(0, 200),
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """The vocabulary, and how the text begins."""
        counts = sorted(facts["counts"].items(), key=lambda pair: -pair[1])
        bits = facts["bits_per_character_of_frequencies"]
        return [
            f"{facts['name']}: {facts['n']:,} characters in {facts['lines']:,} lines, "
            f"{facts['distinct']} distinct",
            Fact("characters", repr(facts["characters"])),
            Fact("commonest", ", ".join(f"{c!r} {n:,}" for c, n in counts[:8])),
            Fact("guessing", f"{bits:.3f} bits per character, by frequency alone"),
            Fact("splits", sizes_of(facts["splits"], "the first nine tenths and the last")),
            "", facts["begins"].strip(), "", Fact("fingerprint", facts["fingerprint"]),
        ]  # fmt: skip

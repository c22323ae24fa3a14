"""Texts whose words get vectors, from files and by name, where those are asked for."""

from typing import Any, ClassVar

from gradatim.data.sources.source import is_named
from gradatim.data.sources.word_text import WordTextSource
from gradatim.data.text import Text
from gradatim.data.words_in_context import WordsInContext, words_in_context
from gradatim.files import exists

USUAL = 50_000  # words that may have a vector


class WordVectorSource(WordTextSource):
    """A text whose words get vectors: book.txt or a name, with --model skip_gram.

    >>> WordVectorSource().takes("book.txt"), WordVectorSource().may_take("book.txt")
    (False, True)
    """

    kind: ClassVar[str] = "word vectors"
    tasks: ClassVar[tuple[str, ...]] = ("word_vectors",)
    usual: ClassVar[int] = USUAL
    others: ClassVar[str] = "are left out"

    def takes(self, data: Any) -> bool:
        """Whether it is a text of this kind already."""
        return isinstance(data, WordsInContext)

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it is a text, or a word that names no file: then the sentence says how words are asked."""
        is_word = isinstance(data, str) and not is_named(data) and not exists(data) and data.isalpha()
        return self.may_take(data) or is_word

    def words(self, text: Text, most: int) -> WordsInContext:
        """The words of a text in small letters, without signs."""
        return words_in_context(text, most)

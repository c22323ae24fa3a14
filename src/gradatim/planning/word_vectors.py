"""`--word-vectors FILE`: the vectors that a network's words begin with."""

from pathlib import Path

import numpy as np

from gradatim.checks import UsageError
from gradatim.planning.aid import Aid
from gradatim.planning.draft import Draft


class StartingVectors(Aid):
    """Vectors by word, of a file that was asked for."""

    def __init__(self) -> None:
        self.by_word: dict[str, np.ndarray] = {}
        self.file = ""

    def check(self, draft: Draft) -> None:
        """Read the vectors of the words of training, and give the network embeddings of their size. A run
        that goes on, which has its encoder, needs none.

        Raises UsageError for a network that does not begin with them, and for another embedding_size.
        """
        if draft.settings.word_vectors is None or draft.known_encoder is not None:
            return
        from gradatim import catalog
        from gradatim.data.pretrained_vectors import read_vectors

        named = draft.named
        if not draft.is_named or not hasattr(catalog.find(named, "network").load(), "set_vectors"):
            said = named if draft.is_named else "a network that is complete"
            raise UsageError(f"--word-vectors is for word_tagger; {said} does not begin with them")
        file = Path(draft.settings.word_vectors)
        self.by_word, self.file = read_vectors(file, draft.train.in_use()), file.name
        size = len(next(iter(self.by_word.values())))
        asked = draft.network.get("embedding_size", size)
        if asked != size:
            raise UsageError(f"embedding_size is {asked}, but a vector in {file.name} has {size} numbers")
        draft.network = {**draft.network, "embedding_size": size}

    def encode(self, draft: Draft) -> None:
        """Number the words that have a vector, too."""
        draft.encoder = draft.encoder.with_words(self.by_word)

    def begin(self, draft: Draft) -> None:
        """Set the vectors of the network's words, and say how many were found."""
        if not self.by_word:
            return
        numbers = draft.encoder.rows_of_words()
        rows = {word: row for word, row in numbers.items() if word in self.by_word}
        vectors = np.stack([self.by_word[word] for word in rows])
        draft.made.set_vectors(list(rows.values()), vectors)
        some = f"{len(rows):,} of {len(numbers):,} words"
        said = f"{some} begin with their vector of {vectors.shape[1]} numbers in {self.file}"
        draft.choices = {**draft.choices, "word_vectors": said}
        draft.notice(said)

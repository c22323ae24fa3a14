"""`--word-vectors FILE`: the vectors that a network's words begin with."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import Encoder
from gradatim.planning.find_data import Data
from gradatim.planning.training_options import Settings


@dataclass(frozen=True)
class StartingVectors:
    """Vectors by word, none where no file was asked for, and what the file is called."""

    by_word: dict[str, np.ndarray] = field(default_factory=dict)
    file: str = ""

    def begin(
        self, network: Any, encoder: Encoder, choices: dict[str, str], data: Data
    ) -> tuple[dict[str, str], Data]:
        """Set the vectors of a network's words; the choices and the data with how many were found."""
        if not self.by_word:
            return choices, data
        numbers = encoder.rows_of_words()
        rows = {word: row for word, row in numbers.items() if word in self.by_word}
        vectors = np.stack([self.by_word[word] for word in rows])
        network.set_vectors(list(rows.values()), vectors)
        some = f"{len(rows):,} of {len(numbers):,} words"
        said = f"{some} begin with their vector of {vectors.shape[1]} numbers in {self.file}"
        return {**choices, "word_vectors": said}, replace(data, notices=(*data.notices, said))


def starting_vectors(
    settings: Settings, model: Any, train: Any, encoder: Encoder | None, asked: dict[str, Any]
) -> tuple[StartingVectors, dict[str, Any]]:
    """The vectors of the file that was asked for, of the words of training, and the network's arguments, with
    embeddings of their size. A run that goes on, which has its encoder, needs none.

    Raises UsageError for a network that does not begin with them, and for another embedding_size.
    """
    if settings.word_vectors is None or encoder is not None:
        return StartingVectors(), asked
    from gradatim import catalog
    from gradatim.data.pretrained_vectors import read_vectors

    named = isinstance(model, str)
    if not named or not hasattr(catalog.find(model, "network").load(), "set_vectors"):
        said = model if named else "a network that is complete"
        raise UsageError(f"--word-vectors is for word_tagger; {said} does not begin with them")
    file = Path(settings.word_vectors)
    found = read_vectors(file, train.in_use())
    size = len(next(iter(found.values())))
    if asked.get("embedding_size", size) != size:
        raise UsageError(
            f"embedding_size is {asked['embedding_size']}, but a vector in {file.name} has {size} numbers"
        )
    return StartingVectors(found, file.name), {**asked, "embedding_size": size}

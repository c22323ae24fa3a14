"""Vectors of words, and what can be asked of them: nearest words, analogies, places on a plane (I9)."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim import files
from gradatim.checks import GradatimError, UsageError, shown, whole

SUFFIXES = (".txt", ".vec", ".bin", ".npz")  # word2vec's text, twice, its binary, arrays
TINY = np.finfo(float).tiny
ALIKE = 0.65  # of the letters of two words, from which one may be meant by the other


class Near(NamedTuple):
    """A word, and the cosine of the angle between its vector and what was asked for."""

    word: str
    cosine: float


class Plane(NamedTuple):
    """Places (n, 2) of words on the plane of their two principal components, and each one's share of the
    variance.
    """

    places: np.ndarray
    shares: tuple[float, float]


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Words (K,), the commonest first, and their vectors (K, D).

    >>> found = WordVectors(("one", "two", "red"), np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]))
    >>> [(near.word, round(near.cosine, 3)) for near in found.nearest("one", 2)]
    [('two', 0.994), ('red', 0.0)]
    """

    words: tuple[str, ...]
    vectors: np.ndarray

    def __len__(self) -> int:
        return len(self.words)

    def __repr__(self) -> str:
        return f"WordVectors({len(self):,} words, {self.vectors.shape[1]} numbers each)"

    def __getitem__(self, word: str) -> np.ndarray:
        """The vector of a word."""
        return self.vectors[self.number(word)]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Where each word stands."""
        return {word: number for number, word in enumerate(self.words)}

    @cached_property
    def unit(self) -> np.ndarray:
        """The vectors, each of length 1, (K, D); zeros stay zeros."""
        vectors = self.vectors.astype(np.float64)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), TINY)

    def number(self, word: str) -> int:
        """Where a word stands, as it is written or else in small letters; UsageError naming words that are
        spelled nearly so.
        """
        if not isinstance(word, str) or not word.strip():
            raise UsageError(f"a word must be letters; it is {shown(word)}")
        for one in (word, word.lower()):
            if one in self.numbers:
                return self.numbers[one]
        near = self.spelled_nearly(word)
        meant = f"did you mean {' or '.join(near)}?" if near else "none is spelled nearly so"
        raise UsageError(f"there is no vector for {shown(word)} among {len(self):,} words: {meant}")

    def spelled_nearly(self, word: str) -> list[str]:
        """The words that may be meant by one, three at most."""
        from difflib import get_close_matches

        return get_close_matches(word.lower(), self.words, n=3, cutoff=ALIKE)

    def nearest(self, word: str, n: int = 10) -> list[Near]:
        """The n words whose vectors point most nearly where this word's does, by cosine."""
        number = self.number(word)
        return self._toward(self.unit[number], [number], n)

    def analogy(self, a: str, b: str, c: str, n: int = 10) -> list[Near]:
        """What is to c as b is to a: the n words whose vectors point most nearly to b − a + c, other than
        these three (Mikolov, Yih & Zweig 2013; the three of length 1).

        >>> corners = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1], [-1, 0, 0.0]])
        >>> found = WordVectors(("man", "king", "woman", "queen", "tree"), corners)
        >>> found.analogy("man", "king", "woman", n=1)[0].word
        'queen'
        """
        numbers = [self.number(word) for word in (a, b, c)]
        at, bt, ct = self.unit[numbers]
        return self._toward(bt - at + ct, numbers, n)

    def _toward(self, direction: np.ndarray, but: Sequence[int], n: int) -> list[Near]:
        """The words whose vectors point where a direction does, but some; of equally near ones the first."""
        cosines = self.unit @ direction / max(float(np.linalg.norm(direction)), TINY)
        order = np.argsort(-cosines, kind="stable")
        order = order[~np.isin(order, but)][: whole("n", n, 1)]
        return [Near(self.words[k], float(cosines[k])) for k in order]

    def plane(self, words: Sequence[str], pairs: Sequence[tuple[str, str]] = ()) -> Plane:
        """The words' unit vectors on the plane of their two principal components, as differences from their
        mean. The sign of each component is that of its largest entry.

        With `pairs` of words (a, b) the first axis is the mean of b − a, and the second the principal
        component of what that leaves: so pairs of one relation lie along parallel lines.
        """
        X = self.unit[[self.number(word) for word in words]]
        X = X - X.mean(0)
        first = self.differences(pairs).mean(0) if pairs else _component(X)
        first = first / max(float(np.linalg.norm(first)), TINY)
        second = _component(X - np.outer(X @ first, first))
        places = X @ np.stack([first, second], 1)
        shares = (places**2).sum(0) / max(float((X**2).sum()), TINY)
        return Plane(places, (float(shares[0]), float(shares[1])))

    def differences(self, pairs: Sequence[tuple[str, str]]) -> np.ndarray:
        """The differences b − a of pairs (a, b) of words, their vectors of length 1, (n, D)."""
        a, b = ([self.number(pair[k]) for pair in pairs] for k in (0, 1))
        return self.unit[b] - self.unit[a]

    def parallel(self, pairs: Sequence[tuple[str, str]]) -> float:
        """The mean cosine between the differences of every two of some pairs: 1 where all are parallel."""
        D = self.differences(pairs)
        D = D / np.maximum(np.linalg.norm(D, axis=1, keepdims=True), TINY)
        return float((D @ D.T)[np.triu_indices(len(D), 1)].mean())

    def write(self, path: str | Path) -> None:
        """Write them to a file, whole or not at all: word2vec's text (.txt, .vec) or binary (.bin), which
        `--word-vectors` and other programs read, or arrays `words` and `vectors` (.npz).
        """
        path = Path(path)
        write: dict[str, Callable[[], str | bytes]] = {
            ".txt": self._text,
            ".vec": self._text,
            ".bin": self._binary,
            ".npz": self._arrays,
        }
        if path.suffix.lower() not in write:
            raise UsageError(f"word vectors are written to a {', '.join(SUFFIXES)} file, not to {path}")
        files.write(path, write[path.suffix.lower()]())

    def _text(self) -> str:
        """How many there are and of how many numbers; then a word and its numbers a line."""
        rows = [" ".join([word, *map(_short, row)]) for word, row in self._without_blanks()]
        return "\n".join([f"{len(rows)} {self.vectors.shape[1]}", *rows, ""])

    def _binary(self) -> bytes:
        """The same first line; then a word, a space, float32 numbers and a line end."""
        rows = [word.encode() + b" " + row.astype("<f4").tobytes() for word, row in self._without_blanks()]
        return b"\n".join([f"{len(rows)} {self.vectors.shape[1]}".encode(), *rows, b""])

    def _without_blanks(self) -> list[tuple[str, np.ndarray]]:
        """Words and vectors, without words that would end a line or a word of a file, as a line end is."""
        pairs = zip(self.words, self.vectors, strict=True)
        return [(word, row) for word, row in pairs if word.split() == [word]]

    def _arrays(self) -> bytes:
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, words=np.array(self.words), vectors=self.vectors)
        return buffer.getvalue()


def _component(X: np.ndarray) -> np.ndarray:
    """The first principal component (D,) of rows that have the mean 0; zeros where they are all 0."""
    _, spread, axes = np.linalg.svd(X, full_matrices=False)
    axis = axes[0] if spread[0] > 1e-12 else np.zeros(X.shape[1])
    return axis * np.where(axis[abs(axis).argmax()] < 0, -1.0, 1.0)


def _short(number: np.floating) -> str:
    """The shortest decimal that is this number again in its precision."""
    return np.format_float_positional(number, trim="-") if abs(number) >= 1e-5 else repr(number.item())


def word_vectors_of(network: Any, encoder: Any) -> WordVectors:
    """The vectors that a network has for the words of its encoder; UsageError for one that has none."""
    numbers = encoder.rows_of_words()
    if not numbers or not hasattr(network, "word_vectors"):
        raise UsageError(
            "this network has no vectors of words; gradatim train book.txt --model skip_gram learns some"
        )
    rows = network.word_vectors().detach().cpu().float().numpy()[list(numbers.values())]
    if not len(rows) or not np.isfinite(rows).all():
        raise GradatimError("the network's vectors of words are not finite")
    return WordVectors(tuple(numbers), rows)

"""Words with the words around them, and other words beside these: what skip-gram learns from.

    P(w is kept)  = min(1, √(t/f(w))),   f(w) the share of all words that are w, t = `sample`
    reach         b uniform from 1 … c: the contexts of a word are the b words before it and the b behind
    P_n(w)        ∝ n(w)^¾,   n(w) how often w comes: noise words, k for each context

(Mikolov et al. 2013). Every draw is a function of (key, place of the word in the text).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.random import hashes, key

POWER = 0.75  # of a word's count, where noise words are drawn
SAMPLE = 1e-3  # t, as word2vec has it
HELD_NOISE = 5  # words beside each context of the pairs that are measured
MOST_HELD = 50_000  # of these pairs, and of the words that they are of
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)


class Alias(NamedTuple):
    """A distribution over K words that is drawn from by one comparison (Walker 1977; Vose 1991).

    Of the K slots, each equally probable, slot s gives s with probability threshold_s/2³², else alias_s.
    """

    threshold: np.ndarray  # (K,) uint32
    alias: np.ndarray  # (K,) int32

    def draw(self, h: np.ndarray) -> np.ndarray:
        """The words that 64 random bits each stand for."""
        slot = ((h >> HALF) * np.uint64(len(self.alias)) >> HALF).astype(np.int64)
        return np.where((h & LOW) < self.threshold[slot], slot, self.alias[slot])


def alias_table(p: np.ndarray) -> Alias:
    """The table for probabilities (K,).

    >>> table = alias_table(np.array([0.75, 0.25]))
    >>> (table.threshold / 2**32).round(3).tolist(), table.alias.tolist()
    ([1.0, 0.5], [0, 0])
    """
    q = np.asarray(p, np.float64) * len(p) / np.sum(p)
    share, alias = q.tolist(), list(range(len(q)))
    few = [k for k, one in enumerate(share) if one < 1]
    many = [k for k, one in enumerate(share) if one >= 1]
    while few and many:
        poor, rich = few.pop(), many[-1]
        alias[poor] = rich
        share[rich] -= 1 - share[poor]
        if share[rich] < 1:
            few.append(many.pop())
    for full in few + many:  # what rounding has left
        share[full] = 1.0
    threshold = np.minimum(np.array(share) * 2.0**32, 2.0**32 - 1)
    return Alias(threshold.astype(np.uint32), np.array(alias, np.int32))


@dataclass(frozen=True)
class Contexts:
    """The words of a text that have numbers, how often each comes in training, and c.

    tokens (L,) int32; counts (K,), counts[0] = 0 for the unknown word, which no draw gives.
    """

    layout: ClassVar[str] = "streams"
    has_target: ClassVar[bool] = True

    tokens: np.ndarray
    counts: np.ndarray
    window: int

    @cached_property
    def noise(self) -> Alias:
        """P_n."""
        return alias_table(self.counts.astype(np.float64) ** POWER)

    def draws(self, at: int, negative: int) -> "Draws":
        """The random numbers of one epoch, or of what is measured, by its key."""
        return Draws(at, self.window, negative, self.noise)

    def kept(self, draws: "Draws", sample: float) -> np.ndarray:
        """The places (M,) of the words that are kept, t = `sample`; all of them where it is 0."""
        if not sample:
            return np.arange(len(self.tokens))
        total = self.counts.sum()
        stays = np.sqrt(sample * total / np.maximum(self.counts, 1.0))  # (K,), above 1 for certain
        u = (draws.hashes(np.arange(len(self.tokens)), 0) >> np.uint64(11)) * 2.0**-53
        return np.flatnonzero(u < stays[self.tokens])

    def held(self) -> Dataset:
        """Pairs that are the same each time: x (P, 2 + k), a word, a context, k noise words; at most 50,000,
        spread over the text.

        Contexts are as near as they stand in the text; then pairs are left out whose context is among the
        noise, and pairs of a word that is not kept, t = 0.001, or 1/K of fewer than a thousand words.
        """
        draws = self.draws(key("held contexts"), HELD_NOISE)
        everywhere = np.arange(len(self.tokens))
        stays = np.zeros(len(everywhere), bool)
        stays[self.kept(draws, max(SAMPLE, 1 / max(len(self.counts) - 1, 1)))] = True
        pairs, i, j = draws.pairs_at(self.tokens, everywhere, spread(len(everywhere)))
        pairs = pairs[stays[i] & stays[j] & (pairs[:, 2:] != pairs[:, 1:2]).all(1)]
        x = pairs[spread(len(pairs))]
        return Dataset(x, np.zeros(len(x), np.int64))


def spread(n: int) -> np.ndarray:
    """Numbers from 0 … n − 1, at most 50,000, equally far apart; all where there are fewer."""
    return np.arange(min(n, MOST_HELD)) * n // max(min(n, MOST_HELD), 1)


@dataclass(frozen=True)
class Draws:
    """The draws of one pass over a text: S = 2 + 2ck numbers for each place p, from number pS on: whether the
    word is kept, its reach, and the noise beside each of 2c contexts.
    """

    at: int  # the key
    window: int  # c
    negative: int  # k
    noise: Alias

    @property
    def stride(self) -> int:
        """S."""
        return 2 + 2 * self.window * self.negative

    def hashes(self, places: np.ndarray, number: int | np.ndarray) -> np.ndarray:
        """The 64 bits of some numbers of places."""
        return hashes(self.at, places * self.stride + number)

    def reaches(self, places: np.ndarray) -> np.ndarray:
        """How far the contexts of the words at these places reach: b, 1 … c."""
        h = self.hashes(places, 1)
        return 1 + ((h >> HALF) * np.uint64(self.window) >> HALF).astype(np.int64)

    def pairs(self, words: np.ndarray, places: np.ndarray, i: np.ndarray) -> np.ndarray:
        """Of the kept words (M,) at their places (M,), those numbered i with each of their contexts, in their
        order, and its noise: (P, 2 + k).
        """
        return self.pairs_at(words, places, i)[0]

    def pairs_at(
        self, words: np.ndarray, places: np.ndarray, i: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The same, and the numbers of the word and of the context of each pair, (P,) and (P,)."""
        c, k = self.window, self.negative
        offsets = np.concatenate([np.arange(-c, 0), np.arange(1, c + 1)])
        at = i[:, None] + offsets  # (n, 2c) places of the contexts among the kept words
        there = (abs(offsets) <= self.reaches(places[i])[:, None]) & (at >= 0) & (at < len(words))
        row, slot = np.nonzero(there)
        numbers = 2 + slot[:, None] * k + np.arange(k)
        noise = self.noise.draw(self.hashes(places[i[row]][:, None], numbers))
        j = at[row, slot]
        return np.column_stack([words[i[row]], words[j], noise]).astype(np.int64), i[row], j

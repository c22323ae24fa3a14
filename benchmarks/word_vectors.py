"""Claim: skip-gram learns from a text at least twice as many words a second as gensim, to vectors as good.

Both learn the same words of a book with one thread: 100 numbers, contexts of up to 5 words, 5 noise words,
t = 0.001, α = 0.025. Speed: the seconds of an epoch, in turns, the median of several, by the clock and of the
processor, which others on the machine do not lengthen. Quality after equally
many epochs, seeds 0 and 1: the loss of the same pairs of words that stand near to each other in the part of
the book that none learned from, and how often the context is above a noise word; and how many of the ten
nearest of each of 500 words two runs share, those of two seeds of one beside those of one and the other.

    pip install gensim; python benchmarks/word_vectors.py FILE.txt [EPOCHS]
"""

import sys
from time import perf_counter, process_time
from typing import Any

import numpy as np

from gradatim.data.contexts import Contexts
from gradatim.data.encoders.words_in_context import WordsInContextEncoder
from gradatim.data.sources.source import Request
from gradatim.data.sources.word_vectors import WordVectorSource
from gradatim.data.word_vectors import WordVectors
from gradatim.models.skip_gram import SkipGram
from gradatim.problems.word_contexts import WordContexts
from gradatim.unsupervised.skip_gram import SkipGramTraining

REPEATS = 5
SIZE, WINDOW, NEGATIVE = 100, 5, 5
SENTENCE = 10_000  # words; gensim's longest
ASKED = 500  # of the commonest words, those whose neighbours are compared


def ours(encoder: Any, text: Contexts, epochs: int, seed: int) -> SkipGramTraining:
    """Our loop, before its first step."""
    model = SkipGram(encoder.symbols, SIZE, NEGATIVE)
    model.draw_parameters(seed, "")
    return SkipGramTraining(model, text, epochs=epochs, seed=seed)


def theirs(sentences: list[list[str]], seed: int) -> Any:
    """Gensim's model, before its first step."""
    from gensim.models import Word2Vec

    model = Word2Vec(
        vector_size=SIZE,
        window=WINDOW,
        min_count=5,
        sg=1,
        negative=NEGATIVE,
        sample=1e-3,
        workers=1,
        seed=seed,
    )
    model.build_vocab(sentences)
    return model


def matrices(found: Any, encoder: Any) -> tuple[np.ndarray, np.ndarray]:
    """The vectors of words and of contexts by our numbers, row 0 for no word."""
    if isinstance(found, SkipGramTraining):
        return found.W[:, :SIZE], found.C[:, :SIZE]
    rows = [found.wv.key_to_index[word] for word in encoder.words]
    return tuple(
        np.concatenate([np.zeros((1, SIZE)), one[rows]]) for one in (found.wv.vectors, found.syn1neg)
    )


def measures(W: np.ndarray, C: np.ndarray, x: np.ndarray) -> dict[str, float]:
    """Of pairs x (P, 2 + k)."""
    a = np.concatenate([
        np.einsum("nd,nkd->nk", W[part[:, 0]], C[part[:, 1:]]) for part in np.array_split(x, 50)
    ])  # fmt: skip
    return WordContexts((), "binary_cross_entropy").measures(a, np.zeros(len(a)))


def neighbours(W: np.ndarray, encoder: Any) -> list[set[str]]:
    """The ten nearest of each of the commonest words."""
    vectors = WordVectors(encoder.words, W[1:])
    return [{near.word for near in vectors.nearest(word, 10)} for word in encoder.words[:ASKED]]


def shared(a: list[set[str]], b: list[set[str]]) -> float:
    """The mean share of the ten nearest that are the same."""
    return float(np.mean([len(one & other) / 10 for one, other in zip(a, b, strict=True)]))


def speed(encoder: Any, text: Contexts, sentences: list[list[str]]) -> None:
    """Words a second of both, in turns."""
    loop, model = ours(encoder, text, REPEATS + 1, 0), theirs(sentences, 0)
    turns = []  # (repeats, 2 programs, clock and processor)
    for _ in range(REPEATS + 1):
        times = [now()]
        next(loop)
        times.append(now())
        model.train(sentences, total_examples=len(sentences), epochs=1)
        times.append(now())
        turns.append(np.diff(times, axis=0))
    taken = np.array(turns[1:])  # the first warms up
    for k, name in enumerate(("gradatim", "gensim")):
        clock, processor = np.median(taken[:, k], 0)
        print(
            f"{name:8} {clock:6.2f} s an epoch by the clock, {processor:6.2f} s of the processor, "
            f"{len(text.tokens) / processor:9,.0f} words a processor second, 1 thread"
        )
    clock, processor = np.median(taken[:, 1] / taken[:, 0], 0)
    print(f"gradatim is {clock:.1f} times as fast by the clock, {processor:.1f} times by the processor")
    print(f"(medians of {REPEATS} turns; its steps: {loop.path})", flush=True)


def now() -> tuple[float, float]:
    """Seconds by the clock, and of this process's threads."""
    return perf_counter(), process_time()


def quality(encoder: Any, text: Contexts, held: Contexts, sentences: list[list[str]], epochs: int) -> None:
    """The loss of held pairs, and shared neighbours, of two seeds."""
    x, near = held.held().x, {}
    for seed in (0, 1):
        loop, model = ours(encoder, text, epochs, seed), theirs(sentences, seed)
        list(loop)
        model.train(sentences, total_examples=len(sentences), epochs=epochs)
        for name, found in (("gradatim", loop), ("gensim", model)):
            W, C = matrices(found, encoder)
            m = measures(W, C, x)
            near[name, seed] = neighbours(W, encoder)
            print(
                f"{name:8} seed {seed}: loss {m['loss']:.4f}, context above noise "
                f"{m['context_above_noise']:.4f} on {len(x):,} held pairs after {epochs} epochs"
            )
    print("shared of the ten nearest of", ASKED, "words:")
    for a, b in (
        (("gradatim", 0), ("gradatim", 1)),
        (("gensim", 0), ("gensim", 1)),
        (("gradatim", 0), ("gensim", 0)),
    ):
        print(f"  {a[0]} seed {a[1]}, {b[0]} seed {b[1]}: {shared(near[a], near[b]):.3f}")


def main(path: str, epochs: int = 10) -> None:
    """Read the book, then speed and quality."""
    source = WordVectorSource()
    parts = source.divide(source.read(path, Request()), 0.1, 0.0)
    encoder = WordsInContextEncoder.fit(parts.train).with_window(WINDOW)
    text, held = (encoder.prepare(part, None, np.float32) for part in (parts.train, parts.valid))
    names = parts.train.vocabulary.names
    words = [names[number] for number in text.tokens.tolist()]
    sentences = [words[at : at + SENTENCE] for at in range(0, len(words), SENTENCE)]
    print(f"{len(words):,} words, {len(encoder.words):,} different ones")
    speed(encoder, text, sentences)
    quality(encoder, text, held, sentences, epochs)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))

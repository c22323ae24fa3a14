"""Captions measured: BLEU against its definition, exact matches whatever their case and spaces."""

from collections import Counter
from math import exp, log

import numpy as np

from gradatim.problems.caption import Caption

PROBLEM = Caption(("<unk>", "<end>", "a"), "cross_entropy")


def bleu(texts, references, n):
    """Papineni et al. 2002, without smoothing."""
    right, said = np.zeros(n), np.zeros(n)
    c = r = 0
    for text, some in zip(texts, references, strict=True):
        words, others = text.lower().split(), [one.lower().split() for one in some]
        c += len(words)
        r += min((len(one) for one in others), key=lambda length: (abs(length - len(words)), length))
        for k in range(1, n + 1):
            grams = Counter(tuple(words[i : i + k]) for i in range(len(words) - k + 1))
            most = Counter()
            for one in others:
                most |= Counter(tuple(one[i : i + k]) for i in range(len(one) - k + 1))
            right[k - 1] += sum((grams & most).values())
            said[k - 1] += sum(grams.values())
    return 100 * min(1.0, exp(1 - r / c)) * exp(sum(log(p) for p in right / said) / n)


def test_bleu_is_that_of_its_definition():
    texts = ["a small red dog runs over the grass", "two men in a boat on the sea", "A girl sits on a bench"]
    references = [
        ("a red dog runs over the green grass", "the small red dog is running over the grass"),
        ("two men are in a boat", "men in a small boat on the sea", "people at sea"),
        ("a girl sits on a bench in a park",),
    ]
    found = PROBLEM.scores_of(texts, references)
    for n in (1, 2, 3, 4):
        assert np.isclose(found[f"bleu_{n}"], bleu(texts, references, n), rtol=0, atol=1e-5)
    assert next(iter(found)) == PROBLEM.deciding[0] and found["exact"] == 0


def test_exact_is_the_share_that_is_one_of_its_references():
    texts = ["A dog.", "a cat", "a  bird", "a cow"]
    references = [("a hen", "a dog ."), ("a dog",), ("a bird",), ("a cow", "a bull")]
    assert PROBLEM.scores_of(texts, references)["exact"] == 0.75

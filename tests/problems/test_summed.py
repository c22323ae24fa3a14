"""The deciding measure by sums over examples is what `measures` gives, of all of them and of a part."""

import numpy as np
import pytest

from gradatim.problems.bleu_sums import summed_bleu
from gradatim.problems.caption import Caption
from gradatim.problems.classes import Classes
from gradatim.problems.labels import Labels
from gradatim.problems.masks import Masks
from gradatim.problems.next_character import NextCharacter
from gradatim.problems.next_word import NextWord
from gradatim.problems.numbers import Numbers
from gradatim.problems.reconstruction import Reconstruction
from gradatim.problems.shares import Shares
from gradatim.problems.texts import ROW
from gradatim.problems.transcript import Transcript
from gradatim.problems.translation import Translation

RNG = np.random.default_rng(0)
N = 40
ABC = ("a", "b", "c")
SAID = ["a dog runs now here", "the cat", "", "a bird sleeps at the lake"] * (N // 4)
RIGHT = [("a dog runs here", "a dog runs"), ("The cat eats.",), ("a bird",), ("a bird sleeps at a lake",)] * (
    N // 4
)


def texts():
    a = np.zeros(N, ROW)
    a["text"], a["nats"], a["symbols"] = SAID, 1.0, 3
    y = np.empty(N, object)
    y[:] = RIGHT
    return a, y


def numbers(k):
    return RNG.normal(size=(N, k)), RNG.normal(size=(N, k))


CASES = {
    "classes": (Classes(ABC, "cross_entropy"), RNG.normal(size=(N, 3)), RNG.integers(3, size=N)),
    "labels": (Labels(ABC, "multilabel"), RNG.normal(size=(N, 3)), RNG.integers(2, size=(N, 3))),
    "one number": (Numbers(("a",), "squared_error", (0.0,), (1.0,)), *numbers(1)),
    "three numbers": (Numbers(ABC, "squared_error", (0.0,) * 3, (1.0, 2.0, 3.0)), *numbers(3)),
    "masks": (Masks(ABC, "cross_entropy"), RNG.normal(size=(N, 3, 4, 4)), RNG.integers(3, size=(N, 4, 4))),
    "reconstruction": (Reconstruction((), "squared_error"), *numbers(5)),
    "shares": (Shares(ABC, "kl_divergence"), RNG.normal(size=(N, 3)), RNG.dirichlet((1, 1, 1), N)),
    "next character": (NextCharacter(ABC, "cross_entropy"), RNG.normal(size=(N, 3)), RNG.integers(3, size=N)),
    "next word": (NextWord(ABC, "cross_entropy"), RNG.normal(size=(N, 3)), RNG.integers(3, size=N)),
    "translation": (Translation(("<unk>", "<end>", "a"), "cross_entropy"), *texts()),
    "caption": (Caption(("<unk>", "<end>", "a"), "cross_entropy"), *texts()),
    "transcript": (Transcript(("<unk>", "<end>", "a"), "cross_entropy"), *texts()),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_the_deciding_measure(name):
    problem, a, y = CASES[name]
    found = problem.summed(a, y)
    np.testing.assert_allclose(
        found.measure, problem.measures(a, y)[problem.deciding[0]], rtol=1e-9, atol=1e-6
    )


@pytest.mark.parametrize("name", sorted(CASES.keys() - {"next character", "next word"}))
def test_of_a_part_of_the_examples_it_is_that_of_the_part(name):
    problem, a, y = CASES[name]
    rows = np.array([0, 3, 3, 7, 13, 13, 13, 21])
    found = problem.summed(a, y)
    several = found.value(np.stack([found.parts[rows].sum(0), found.parts.sum(0)]))
    wanted = [problem.measures(a[some], y[some])[problem.deciding[0]] for some in (rows, slice(None))]
    np.testing.assert_allclose(several, wanted, rtol=1e-9, atol=1e-6)


def test_a_text_is_cut_into_stretches_that_add_up():
    problem = NextCharacter(ABC, "cross_entropy")
    a, y = RNG.normal(size=(1030, 3)), RNG.integers(3, size=1030)
    found = problem.summed(a, y)
    assert found.parts.shape == (6, 2) and found.parts[:, 1].tolist() == [200.0] * 5 + [30.0]
    np.testing.assert_allclose(found.measure, problem.measures(a, y)["bits_per_character"], rtol=1e-12)


def test_bleu_by_sums_is_sacrebleus_of_the_set():
    from sacrebleu.metrics import BLEU

    streams = [[some[k] if k < len(some) else None for some in RIGHT] for k in range(2)]
    np.testing.assert_allclose(
        summed_bleu(SAID, RIGHT).measure, BLEU().corpus_score(SAID, streams).score, rtol=1e-12
    )

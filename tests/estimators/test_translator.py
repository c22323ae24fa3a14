"""The estimator of translations: learns, gives several, refuses what is no sentence."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from gradatim.checks import UsageError
from gradatim.estimators import Translator

WORDS = {"eins": "one", "zwei": "two", "drei": "three", "vier": "four", "fünf": "five"}
NUMBERS = [(a, b, c, d) for a in WORDS for b in WORDS for c in list(WORDS)[:3] for d in list(WORDS)[:2]]
X = [" ".join(some) for some in NUMBERS]
Y = [" ".join(WORDS[one] for one in reversed(some)) for some in NUMBERS]  # the other way around
QUICK = {"hidden_size": 24, "units": "words", "learning_rate_init": 0.01, "max_iter": 20, "dropout": 0}


@pytest.fixture(scope="module")
def fitted():
    rows = np.random.default_rng(0).permutation(len(X))
    train, test = rows[:120], rows[120:]
    return Translator(**QUICK).fit([X[r] for r in train], [Y[r] for r in train]), test


def test_sentences_that_it_never_saw_are_translated(fitted):
    translator, test = fitted
    assert translator.score([X[r] for r in test], [Y[r] for r in test]) > 90
    assert translator.loss_curve_[-1] < 0.2 * translator.loss_curve_[0]


def test_the_best_of_several_is_the_answer(fitted):
    translator, test = fitted
    some = [X[r] for r in test[:5]]
    several = translator.n_best(some, 3)
    assert [one[0] for one in several] == translator.predict(some).tolist()
    assert all(len(set(one)) == 3 for one in several)


def test_each_sentence_may_have_several_right_translations(fitted):
    translator, test = fitted
    some = [X[r] for r in test[:5]]
    said = translator.predict(some).tolist()
    assert translator.score(some, [["nothing like it at all", one] for one in said]) == pytest.approx(100)


def test_it_is_one_of_scikit_learns(fitted):
    again = clone(fitted[0]).set_params(beam=2)
    assert again.get_params()["beam"] == 2
    with pytest.raises(NotFittedError):
        again.predict(X[:1])


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        ("a b", ["a"], "X must be a list of sentences; it is str"),
        ([1, 2], ["a", "b"], r"X\[0\] must be a sentence; it is 1"),
        (["a", "b"], ["a"], "2 sentences but 1 translations"),
        (["a", " "], ["a", "b"], "pair 2 has an empty side"),
    ],
)
def test_what_is_no_pair_is_refused(x, y, sentence):
    with pytest.raises(UsageError, match=sentence):
        Translator().fit(x, y)


def test_no_empty_sentence_is_translated(fitted):
    with pytest.raises(UsageError, match="none of them empty"):
        fitted[0].predict(["zwei", ""])

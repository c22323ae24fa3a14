"""SequenceTagger: scikit-learn's habits, sentences and arrays."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score

from gradatim.checks import UsageError
from gradatim.estimators import SequenceTagger

RNG = np.random.default_rng(0)
QUICK = {"hidden_size": 8, "learning_rate_init": 0.02, "max_iter": 12, "dropout": 0.0, "input_dropout": 0.0}


def sentences(n, rng):
    """After "the" stands a noun, after "to" a verb, whatever the word is."""
    X, y = [], []
    for _ in range(n):
        pairs = [
            ("the", "D", "N") if rng.random() < 0.5 else ("to", "P", "V") for _ in range(rng.integers(1, 5))
        ]
        X.append([word for first, _, _ in pairs for word in (first, f"w{rng.integers(20)}")])
        y.append([tag for _, before, behind in pairs for tag in (before, behind)])
    return X, y


X, Y = sentences(120, RNG)
NEW, TRUE = sentences(30, RNG)
SERIES = [RNG.normal(3.0, 2.0, (n, 2)) for n in RNG.integers(1, 9, 100)]
SIGNS = [(one[:, 0] > 3.0).astype(int) * 5 for one in SERIES]  # the tags are 0 and 5


@pytest.fixture(scope="module")
def tagger():
    return SequenceTagger(**QUICK).fit(X, Y)


def test_sentences_are_tagged_by_what_stands_before(tagger):
    assert tagger.score(X, Y) == tagger.score(NEW, TRUE) == 1.0
    assert [tags.tolist() for tags in tagger.predict([["to", "w99"], [], ["the", "w99"]])] == [
        ["P", "V"], [], ["D", "N"],
    ]  # fmt: skip
    assert tagger.classes_.tolist() == ["D", "N", "P", "V"]
    assert tagger.n_iter_ == 12 and tagger.loss_curve_[-1] < tagger.loss_curve_[0]


def test_probabilities_sum_to_1_and_do_not_depend_on_what_else_is_asked(tagger):
    """To 1e-6, in single precision."""
    together = tagger.predict_proba(NEW)
    for sentence, p, tags in zip(NEW, together, tagger.predict(NEW), strict=True):
        np.testing.assert_allclose(p.sum(1), 1, atol=1e-6)
        np.testing.assert_allclose(tagger.predict_proba([sentence])[0], p, atol=1e-6)
        assert tagger.classes_[p.argmax(1)].tolist() == tags.tolist()


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_arrays_of_numbers_and_of_whole_numbers(cell):
    found = SequenceTagger(**{**QUICK, "max_iter": 30}, cell=cell).fit(SERIES, SIGNS)
    assert found.score(SERIES, SIGNS) > 0.97 and found.classes_.tolist() == [0, 5]
    whole = [one.astype(int) % 3 for one in (one[:, 0].clip(0) for one in SERIES)]
    assert SequenceTagger(**QUICK).fit(whole, whole).score(whole, whole) == 1.0


def test_clones_pickles_and_seeds_give_the_same_bits(tagger):
    again = clone(tagger).fit(X, Y)
    kept = pickle.loads(pickle.dumps(tagger))
    other = clone(tagger).set_params(random_state=1).fit(X, Y)
    expected = np.concatenate(tagger.predict_proba(NEW))
    for found in (again, kept):
        np.testing.assert_array_equal(np.concatenate(found.predict_proba(NEW)), expected)
    assert not np.array_equal(np.concatenate(other.predict_proba(NEW)), expected)
    assert tagger.get_params()["hidden_size"] == 8


def test_searches_and_folds_take_lists():
    few = {**QUICK, "max_iter": 3}
    assert len(cross_val_score(SequenceTagger(**few), X, Y, cv=2)) == 2
    search = GridSearchCV(SequenceTagger(**few), {"hidden_size": [2, 8]}, cv=2).fit(X, Y)
    assert search.best_params_["hidden_size"] in (2, 8)


def test_the_score_is_the_share_of_words(tagger):
    wrong = [["X"] * len(tags) if i == 0 else tags for i, tags in enumerate(TRUE)]
    words = sum(map(len, TRUE))
    assert tagger.score(NEW, wrong) == pytest.approx(1 - len(TRUE[0]) / words, abs=1e-12)
    weights = np.eye(1, len(NEW))[0]
    assert tagger.score(NEW, wrong, weights) == 0.0


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: SequenceTagger().fit("the dog", ["D"]), "X must be a list of .*; it is str"),
        (lambda: SequenceTagger().fit(["the dog"], [["D"]]), r"X\[0\] must be a list of words or an array"),
        (lambda: SequenceTagger().fit([["a", 1]], [["D", "N"]]), r"X\[0\] mixes words and others"),
        (lambda: SequenceTagger().fit([["a"]], [["D", "N"]]), r"sequence 0 has 1 steps but tags of"),
        (lambda: SequenceTagger().fit([["a"], ["b"]], [["D"]]), "y must hold the tags of each of the 2"),
        (lambda: SequenceTagger().fit([["a"]], None), "y must hold .* it holds none"),
        (lambda: SequenceTagger().fit([["a"], [1]], [["D"], ["N"]]), r"X\[1\] is no sequence of the kind"),
        (lambda: SequenceTagger().fit([], []), "there is nothing to learn from"),
        (lambda: SequenceTagger().fit([[]], [[]]), "there is nothing to learn from"),
        (lambda: SequenceTagger().fit([["a"]], [["D"]]), r"the target has 1 class \(D\); learning needs two"),
        (lambda: SequenceTagger(hidden_size=0).fit(X, Y), "hidden_size must be"),
        (lambda: SequenceTagger(dropout=1.0).fit(X, Y), "dropout must be .* below 1"),
        (lambda: SequenceTagger(cell="mlp").fit(X, Y), "unknown cell 'mlp'"),
        (lambda: SequenceTagger(max_iter=0).fit(X, Y), "max_iter must be .* at least 1"),
        (lambda: SequenceTagger(**QUICK, cell="gru").fit(X, Y).predict(SERIES), "fitted on sentences.* oth"),
    ],
)  # fmt: skip
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError, match=sentence):
        call()


def test_what_is_not_fitted_says_so():
    with pytest.raises(NotFittedError):
        SequenceTagger().predict(X)

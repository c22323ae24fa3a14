"""E4, E11: estimators of series by scikit-learn's habits: a list of arrays is X."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.metrics import accuracy_score, r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score

from gradatim.checks import UsageError
from gradatim.estimators import SequenceClassifier, SequenceRegressor

RNG = np.random.default_rng(5)
X = [RNG.normal(size=(n, 2)) + level for n in RNG.integers(3, 9, 30) for level in (-1.0, 1.0)]
Y = np.array(["low", "high"] * 30)
MEANS = np.array([one.mean() for one in X])
QUICK = {"hidden_size": 8, "max_iter": 6, "random_state": 0, "n_jobs": 1, "learning_rate_init": 0.02}


@pytest.fixture(scope="module")
def classifier():
    return SequenceClassifier(**QUICK).fit(X, Y)


def test_classes_are_learned_and_their_probabilities_are_in_their_order(classifier):
    assert classifier.classes_.tolist() == ["high", "low"] and classifier.n_features_in_ == 2
    p = classifier.predict_proba(X)
    np.testing.assert_allclose(p.sum(1), 1, rtol=1e-6)
    assert np.array_equal(classifier.classes_[p.argmax(1)], classifier.predict(X))
    assert classifier.score(X, Y) == accuracy_score(Y, classifier.predict(X)) > 0.9
    assert len(classifier.loss_curve_) == classifier.n_iter_ == 6 and is_classifier(classifier)


def test_it_is_cloned_pickled_and_repeats_to_the_bit(classifier):
    again = clone(classifier)
    assert again.get_params() == classifier.get_params() and not hasattr(again, "classes_")
    expected = classifier.predict_proba(X)
    assert np.array_equal(again.fit(X, Y).predict_proba(X), expected)
    assert np.array_equal(pickle.loads(pickle.dumps(classifier)).predict_proba(X), expected)


def test_an_array_of_three_axes_is_as_many_series():
    x = np.stack([one[:3] for one in X])
    model, other = (SequenceClassifier(**QUICK) for _ in range(2))
    a, b = model.fit(x, Y).predict_proba(x), other.fit(list(x), Y).predict_proba(list(x))
    assert np.array_equal(a, b)


def test_three_classes_of_any_type_come_back_as_they_were():
    y = np.array([7, 3, 5] * 20)
    x = [one + 3 * (label - 5) for one, label in zip(X, y, strict=True)]
    model = SequenceClassifier(**QUICK).fit(x, y)
    assert model.classes_.tolist() == [3, 5, 7] and model.predict(x).dtype == y.dtype
    assert model.score(x, y) > 0.9 and model.predict_proba(x).shape == (60, 3)


def test_numbers_are_learned_one_or_several():
    one = SequenceRegressor(**{**QUICK, "hidden_size": 16, "max_iter": 40, "dropout": 0.0}).fit(X, MEANS)
    assert one.score(X, MEANS) == pytest.approx(r2_score(MEANS, one.predict(X))) and one.score(X, MEANS) > 0.8
    several = SequenceRegressor(**QUICK).fit(X, np.stack([MEANS, -MEANS], 1))
    assert several.predict(X).shape == (60, 2) and several.n_outputs_ == 2 and is_regressor(one)
    assert one.predict(X).shape == (60,)


def test_searches_and_cross_validation_take_lists():
    scores = cross_val_score(SequenceClassifier(**QUICK), X, Y, cv=2)
    assert scores.shape == (2,) and scores.min() > 0.7
    search = GridSearchCV(SequenceClassifier(**QUICK), {"pooling": ["last", "mean"]}, cv=2).fit(X, Y)
    assert search.best_params_["pooling"] in ("last", "mean")


def test_groups_stand_in_one_part_and_without_a_fraction_all_are_learned_from():
    people = np.arange(60) // 20
    model = SequenceClassifier(**QUICK).fit(X, Y, groups=people)
    assert "jitter" in model.choices_
    with pytest.raises(UsageError, match="has 1 group to divide"):
        SequenceClassifier(**QUICK).fit(X, Y, groups=np.zeros(60))
    assert SequenceClassifier(**QUICK, validation_fraction=0).fit(X, Y, groups=np.zeros(60)).score(X, Y) > 0.9


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: SequenceClassifier(pooling="max").fit(X, Y), "pooling must be last or mean or attention"),
        (lambda: SequenceClassifier(max_iter=0).fit(X, Y), "max_iter must be"),
        (lambda: SequenceClassifier(validation_fraction=1).fit(X, Y), "validation_fraction must be"),
        (lambda: SequenceClassifier(hidden_size=2.5).fit(X, Y), "hidden_size must be"),
        (lambda: SequenceClassifier().fit(np.zeros((4, 5)), [0, 1, 0, 1]), r"give X\[..., None\]"),
        (lambda: SequenceClassifier().fit(X[:-1], Y), "inconsistent numbers of samples"),
        (lambda: SequenceClassifier().fit(X, ["a"] * 60), "at least 2 classes"),
        (lambda: SequenceClassifier().fit(X, None), "requires y to be passed"),
        (lambda: SequenceClassifier().fit([*X[:-1], np.zeros((0, 2))], Y), "sequence 59 is empty"),
        (
            lambda: SequenceClassifier().fit([*X[:-1], np.zeros((3, 3))], Y),
            "sequence 59 has 3 numbers",
        ),
        (lambda: SequenceClassifier().fit([*X[:-1], np.full((3, 2), np.nan)], Y), "sequence 59 holds nan"),
        (lambda: SequenceRegressor().fit(X, [*MEANS[:-1], np.nan]), "NaN"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_learned(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_what_is_predicted_must_be_like_what_was_learned(classifier):
    with pytest.raises(UsageError, match="X has 3 numbers a step, but SequenceClassifier is expecting 2"):
        classifier.predict([np.zeros((4, 3))])
    with pytest.raises(NotFittedError):
        SequenceClassifier().predict(X)

"""Sparse X: every estimator does with it what it does with the same numbers in an array."""

import numpy as np
import pytest
import scipy.sparse as sp
from sklearn.base import clone
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from gradatim.data.sparse_rows import SparseRows
from gradatim.estimators import Adaline, MLPClassifier, MLPRegressor, Perceptron

rng = np.random.default_rng(0)
X = rng.standard_normal((150, 12)) * (rng.random((150, 12)) < 0.2)
Y = (X[:, 0] - X[:, 1] > 0).astype(int) + (X[:, 2] > 0.5)
FORMS = [sp.csr_matrix, sp.csr_array, sp.csc_array, sp.coo_array, sp.lil_matrix, sp.dok_array, sp.bsr_array]
ALL = {
    "classifier": MLPClassifier((6,), max_iter=5, random_state=1),
    "classifier in torch": MLPClassifier((6,), max_iter=5, random_state=1, engine="torch", dropout=0.2),
    "early stopping": MLPClassifier((6,), max_iter=5, random_state=1, early_stopping=True),
    "lbfgs": MLPClassifier((6,), max_iter=5, random_state=1, solver="lbfgs"),
    "balanced": MLPClassifier((6,), max_iter=5, random_state=1, class_weight="balanced", batch_size=32),
    "regressor": MLPRegressor((6,), max_iter=5, random_state=1, early_stopping=True),
    "regressor in torch": MLPRegressor((6,), max_iter=5, random_state=1, engine="torch"),
    "perceptron": Perceptron(max_iter=5, random_state=1),
    "adaline": Adaline(max_iter=5, random_state=1),
}
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def learned(estimator):
    names = ("coefs_", "intercepts_") if hasattr(estimator, "coefs_") else ("coef_", "intercept_")
    return [np.asarray(part) for name in names for part in getattr(estimator, name)]


def same(one, other):
    for a, b in zip(learned(one), learned(other), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_allclose(one.loss_curve_, other.loss_curve_, rtol=1e-14)
    assert one.n_features_in_ == other.n_features_in_ == 12


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_weights_are_those_of_the_dense_rows_bit_for_bit(name, dtype):
    dense = clone(ALL[name]).fit(X.astype(dtype), Y)
    sparse = clone(ALL[name]).fit(sp.csr_array(X.astype(dtype)), Y)
    same(sparse, dense)
    np.testing.assert_allclose(sparse.predict(sp.csr_array(X)), dense.predict(X), rtol=1e-12)
    np.testing.assert_allclose(sparse.predict(X), dense.predict(sp.csr_array(X)), rtol=1e-12)
    assert sparse.score(sp.csr_array(X), Y) == pytest.approx(dense.score(X, Y), rel=1e-12)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", ["classifier", "regressor", "perceptron", "adaline"])
def test_every_form(form, kind):
    same(clone(ALL[kind]).fit(form(X), Y), clone(ALL[kind]).fit(X, Y))


@pytest.mark.parametrize("name", ["classifier", "classifier in torch", "regressor", "perceptron", "adaline"])
def test_in_parts_and_in_turn(name):
    """partial_fit on sparse parts, on dense ones, and on both in turn."""
    found = []
    for forms in ((np.array, np.array), (sp.csr_array, sp.csr_array), (sp.csr_array, np.array)):
        model = clone(ALL[name])
        if hasattr(model, "early_stopping"):
            model.set_params(early_stopping=False)
        more = {} if name == "regressor" else {"classes": [0, 1, 2]}
        for i in range(4):
            model.partial_fit(forms[i % 2](X[i * 30 : i * 30 + 30]), Y[i * 30 : i * 30 + 30], **more)
            more = {}
        found.append(model)
    same(found[1], found[0])
    same(found[2], found[0])


def test_weights_of_rows_probabilities_and_labels_in_columns():
    w = rng.random(150)
    one, other = (
        clone(ALL["classifier"]).fit(form(X), Y, sample_weight=w) for form in (sp.csr_array, np.array)
    )
    same(one, other)
    np.testing.assert_allclose(one.predict_proba(sp.csr_array(X)), other.predict_proba(X), rtol=1e-12)
    labels = np.stack([Y > 0, Y > 1], 1).astype(int)
    same(*(clone(ALL["classifier"]).fit(form(X), labels) for form in (sp.csr_array, np.array)))


def test_behind_a_one_hot_encoder_and_behind_counted_words():
    cells = rng.choice(["red", "green", "blue"], (150, 4))
    y = (cells[:, 0] == "red").astype(int)
    for model in (MLPClassifier((8,), solver="lbfgs", random_state=0), Perceptron(random_state=0)):
        assert cross_val_score(make_pipeline(OneHotEncoder(), model), cells, y, cv=3).mean() > 0.95
    texts = [" ".join(row) for row in cells]
    words = make_pipeline(CountVectorizer(), MLPClassifier((8,), max_iter=60, random_state=0)).fit(texts, y)
    assert words.predict(texts).shape == (150,)


def test_what_is_no_number_is_refused_as_in_an_array():
    bad = sp.csr_array(np.where(X[0, np.flatnonzero(X[0])[0]] == X, np.nan, X))
    for model in ALL.values():
        with pytest.raises(ValueError, match="NaN"):
            clone(model).fit(bad, Y)
    fitted = clone(ALL["classifier"]).fit(sp.csr_array(X), Y)
    with pytest.raises(ValueError, match="X has 5 features, but MLPClassifier is expecting 12"):
        fitted.predict(sp.csr_array(X[:, :5]))


def test_a_matrix_that_would_not_fit_with_its_zeros():
    """300,000 × 40,000 numbers would be 96 GB: rows become dense a batch at a time."""
    n, d = 300_000, 40_000
    wide = sp.csr_array((np.ones(600), (np.arange(600) * 500, np.arange(600) % d)), shape=(n, d))
    rows = SparseRows(wide)
    assert rows[np.array([0, 1])].shape == (2, d) and rows.part(np.arange(3)).shape == (3, d)
    few = MLPClassifier((2,), max_iter=1, batch_size=50, random_state=0)
    few.fit(wide[: 200 * 500 : 500], np.arange(200) % 2)
    assert few.coefs_[0].shape == (d, 2)

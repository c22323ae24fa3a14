"""Trees as arrays answer as scikit-learn's own, to the bit, missing and unknown values too."""

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from gradatim.checks import GradatimError
from gradatim.runs.boosted_trees import BoostedTrees


def table(n, seed=0, categories=40):
    rng = np.random.default_rng(seed)
    x = np.stack([rng.normal(size=n), rng.integers(0, categories, n), rng.exponential(size=n),
                  rng.integers(3, 6, n), rng.integers(0, 2, n)], 1).astype(np.float64)  # fmt: skip
    x[rng.random(n) < 0.2, 0] = np.nan
    x[rng.random(n) < 0.1, 1] = np.nan
    y = np.nan_to_num(x[:, 0]) * 2 + (x[:, 1] % 3 == 0) * 3 + x[:, 2] * (x[:, 3] == 4) + rng.normal(size=n)
    return x, y


CATEGORIES = [[False] * 5, [False, True, False, True, False], [True] + [False] * 4, [False] * 4 + [True]]


def odd_rows():
    """Values that training has not seen: beyond its range, unknown codes, infinities, all missing."""
    x, _ = table(60, seed=9, categories=120)
    x[0], x[1] = np.nan, -1.0
    x[2, 0], x[3, 0], x[4, 2], x[5] = np.inf, -np.inf, 1e300, 254.0
    return x


@pytest.mark.parametrize("categories", CATEGORIES[:2] + CATEGORIES[3:])
def test_the_sums_are_scikit_learn_s_to_the_bit(categories):
    x, y = table(800)
    if categories[4]:
        x[:, 1] = np.nan_to_num(x[:, 1])
    model = HistGradientBoostingRegressor(categorical_features=categories, max_iter=60, random_state=0).fit(
        x, y
    )
    trees = BoostedTrees.of(model).check()
    new = odd_rows()
    finite = np.where(np.isinf(new), 1e308, new)
    np.testing.assert_array_equal(trees.scores(x)[:, 0], model.predict(x))
    np.testing.assert_array_equal(trees.scores(finite)[:, 0], model.predict(finite))


@pytest.mark.parametrize("classes", [2, 5])
def test_probabilities_of_classes_are_scikit_learn_s(classes):
    """To 1e-12."""
    x, y = table(900)
    y = np.digitize(y, np.quantile(y, np.linspace(0, 1, classes + 1)[1:-1]))
    model = HistGradientBoostingClassifier(
        categorical_features=CATEGORIES[1], max_iter=20, random_state=0
    ).fit(x, y)  # fmt: skip
    trees = BoostedTrees.of(model).check()
    new = np.where(np.isinf(odd_rows()), np.nan, odd_rows())
    scores = trees.scores(new)
    assert scores.shape == (60, 1 if classes == 2 else classes)
    p = np.stack([1 - expit(scores[:, 0]), expit(scores[:, 0])], 1) if classes == 2 else softmax(scores, 1)
    np.testing.assert_allclose(p, model.predict_proba(new), rtol=1e-12, atol=1e-15)


def test_no_rows_and_a_tree_of_one_leaf():
    x, _ = table(30)
    model = HistGradientBoostingRegressor(max_iter=3).fit(x, np.full(30, 2.5))
    trees = BoostedTrees.of(model).check()
    np.testing.assert_array_equal(trees.scores(x), np.full((30, 1), 2.5))
    assert trees.scores(x[:0]).shape == (0, 1)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("left", lambda v: v + 1_000_000), ("feature_idx", lambda v: v - 9), ("feature_idx", lambda v: v + 9),
        ("starts", lambda v: v[:-1]), ("bitset_idx", lambda v: v + 10_000), ("value", lambda v: v[:-1]),
        ("order", lambda v: v * 0), ("baseline", lambda v: v[:0]), ("right", lambda v: v + 1_000_000),
        ("left", lambda v: v * 0),
    ],
)  # fmt: skip
def test_damaged_numbers_are_refused(name, change):
    x, y = table(200)
    tensors = BoostedTrees.of(HistGradientBoostingRegressor(max_iter=3).fit(x, y)).tensors
    with pytest.raises(GradatimError, match="damaged"):
        BoostedTrees({**tensors, name: change(tensors[name])}).check()
    with pytest.raises(GradatimError, match="damaged"):
        BoostedTrees({key: value for key, value in tensors.items() if key != name}).check()

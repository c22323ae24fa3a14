"""G5: choosing without labels of the target, beside closed forms and skada."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from gradatim.checks import UsageError
from gradatim.transfer.density_ratio import logistic_ratio
from gradatim.transfer.selection import deep_embedded_validation, reverse_validation


def of_gaussians(n, seed, shift=0.5):
    """x ~ N(0, 1), l = x², w = N(x; s, 1)/N(x; 0, 1) = exp(s x − s²/2): E_target[l] = 1 + s²."""
    x = np.random.default_rng(seed).normal(size=n)
    return x**2, np.exp(shift * x - shift**2 / 2)


def test_on_a_known_ratio_the_risk_is_the_targets_within_its_own_error():
    found = deep_embedded_validation(*of_gaussians(200_000, 0))
    assert abs(found.risk - 1.25) < 4 * found.variance**0.5 < 0.05


def test_the_variance_is_that_of_many_estimates_and_below_the_plain_ones():
    """2,000 estimates of n = 400 each: the formula's mean is within 10 % of their variance."""
    found = [deep_embedded_validation(*of_gaussians(400, seed)) for seed in range(2000)]
    risks, plain = np.array([one.risk for one in found]), np.array([one.weighted for one in found])
    said = np.mean([one.variance for one in found])
    assert said == pytest.approx(risks.var(ddof=1), rel=0.1)
    assert risks.var() < 0.75 * plain.var()


def test_the_variance_is_the_closed_form_of_the_correlation():
    """Var(wl)(1 − ρ²)/n, with Var and ρ of the true moments (Lemma 2's control variate at its optimum)."""
    l, w = of_gaussians(500, 3)
    rho = np.corrcoef(w * l, w)[0, 1]
    expected = np.var(w * l, ddof=1) * (1 - rho**2) / 500
    assert deep_embedded_validation(l, w).variance == pytest.approx(expected, rel=1e-12)


def test_equal_weights_give_the_mean_loss_and_a_loss_that_is_constant_itself():
    l, w = of_gaussians(50, 0)
    assert deep_embedded_validation(l, np.ones(50)).risk == pytest.approx(l.mean(), rel=1e-14)
    one = deep_embedded_validation(np.full(50, 0.3), w)
    assert one.risk == pytest.approx(0.3, rel=1e-12) and one.variance == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(
    ("losses", "weights"),
    [([1.0], [1.0]), ([1.0, 2.0], [1.0]), ([1.0, 2.0], [1.0, -1.0]), ([1, 2], [1, np.nan])],
)
def test_what_has_no_risk_is_refused(losses, weights):
    with pytest.raises(UsageError):
        deep_embedded_validation(losses, weights)


def test_weights_by_a_classifier_are_the_ratio_of_gaussians():
    """Of N(0, 1) and N(1, 1) the log ratio is x − ½, which a logistic regression holds exactly."""
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(20_000, 1)), rng.normal(1, 1, size=(10_000, 1))
    x = np.linspace(-2, 2, 9)[:, None]
    found = logistic_ratio(source, target, x, C=1e6, squares=False)
    assert np.log(found) == pytest.approx(x[:, 0] - 0.5, abs=0.1)


def test_one_function_weighs_held_out_rows_and_the_source_itself():
    """The odds of the target by scikit-learn, times N/M, in the columns or in them and their squares."""
    rng = np.random.default_rng(0)
    source, target = rng.normal(size=(80, 2)), rng.normal(1, 1, size=(50, 2))
    both, domain = np.concatenate((source, target)), np.repeat(["source", "target"], [80, 50])
    by_hand = {
        False: make_pipeline(LogisticRegression(max_iter=1000)),
        True: make_pipeline(FunctionTransformer(lambda x: np.concatenate((x, x**2), 1)), StandardScaler(),
                            LogisticRegression(max_iter=1000)),
    }  # fmt: skip
    for squares, model in by_hand.items():
        of_source, of_target = model.fit(both, domain).predict_proba(target).T
        found = logistic_ratio(source, target, target, squares=squares)
        np.testing.assert_allclose(found, 80 / 50 * of_target / of_source, rtol=1e-10)
        own = logistic_ratio(source, target, squares=squares)
        np.testing.assert_array_equal(own, logistic_ratio(source, target, source, squares=squares))


def clouds(shift, n=120):
    rng = np.random.default_rng(2)
    y = np.arange(n) % 2
    return rng.normal(size=(n, 2)) + np.stack((3 * y + shift, np.zeros(n)), 1), y


def test_reverse_validation_prefers_what_finds_the_targets_classes():
    """Of ways to move the target by a known shift before it is classified, the right one scores best."""
    (X, y), (T, _) = clouds(0), clouds(30.0)

    def way(moved):
        class Moved:
            def __init__(self, X, y, other):
                far = other.mean() > X.mean()
                self.by = (-moved if far else moved) * np.array([1.0, 0.0])
                self.own, self.model = X, LogisticRegression().fit(X, y)

            def predict(self, X):
                return self.model.predict(X if np.array_equal(X, self.own) else X + self.by)

        return Moved

    scores = {moved: reverse_validation(way(moved), X, y, T) for moved in (0.0, 28.0, 30.0)}
    assert max(scores, key=lambda moved: scores[moved]) == 30.0 and scores[30.0] > 0.8


def test_it_is_the_score_on_examples_that_neither_learned_from():
    seen = []

    def learn(X, y, target):
        seen.append((X, target))
        return LogisticRegression().fit(X, y)

    (X, y), (T, _) = clouds(0), clouds(1.0)
    reverse_validation(learn, X, y, T, held_out=0.25, seed=1)
    (forth, t), (back, s) = seen
    assert len(forth) == 90 and np.array_equal(t, T) and np.array_equal(back, T) and np.array_equal(s, forth)


def test_a_target_of_one_class_is_scored_by_that_class():
    (X, y), (T, _) = clouds(0), clouds(30.0)
    assert reverse_validation(lambda X, y, T: LogisticRegression().fit(X, y), X, y, T, 0.0) == 0.5


def test_it_is_skadas_circular_validation():
    skada = pytest.importorskip("skada")
    from skada.metrics import CircularValidation
    from sklearn.metrics import balanced_accuracy_score

    (X, y), (T, _) = clouds(0), clouds(1.0)
    both, domain = np.concatenate((X, T)), np.repeat([1, -2], [len(X), len(T)])
    masked = np.concatenate((y, np.full(len(T), -1)))
    model = skada.make_da_pipeline(LogisticRegression()).fit(both, masked, sample_domain=domain)
    theirs = CircularValidation()(model, both, masked, sample_domain=domain)
    mine = reverse_validation(
        lambda X, y, T: LogisticRegression().fit(X, y), X, y, T, 0.0, score=balanced_accuracy_score
    )
    assert mine == pytest.approx(theirs, abs=1e-12)


def test_it_is_skadas_deep_embedded_validation():
    skada = pytest.importorskip("skada")
    from skada.metrics import DeepEmbeddedValidation
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state

    (X, y), (T, _) = clouds(0), clouds(1.0)
    both, domain = np.concatenate((X, T)), np.repeat([1, -2], [len(X), len(T)])
    masked = np.concatenate((y, np.full(len(T), -1)))
    model = skada.make_da_pipeline(LogisticRegression()).fit(both, masked, sample_domain=domain)
    own = DeepEmbeddedValidation(  # with a column of losses: its default's row is multiplied by a column
        loss_func=lambda y, p: -np.log(p[np.arange(len(y)), y])[:, None], random_state=0
    )
    theirs = -own(model, both, masked, sample_domain=domain)
    train, valid, _, truth = train_test_split(X, y, test_size=0.33, random_state=check_random_state(0))
    p = LogisticRegression().fit(X, y).predict_proba(valid)
    losses = -np.log(p[np.arange(len(valid)), truth])
    found = deep_embedded_validation(losses, logistic_ratio(train, T, valid, squares=False))
    assert found.risk == pytest.approx(theirs, rel=1e-8)

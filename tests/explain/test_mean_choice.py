"""Shares of a network and of the models beside it: those that are best, and only where that is no chance."""

import numpy as np
import pytest

from gradatim.data.dataset import Dataset
from gradatim.explain.mean_choice import LEAST_ROWS, choose_mean, mean_is_better, shares_of
from gradatim.problems.classes import Classes
from gradatim.problems.labels import Labels
from gradatim.problems.numbers import Numbers
from gradatim.runs.kept_model import Constant, KeptModel, outputs_beside

NUMBERS = Numbers(("y",), "squared_error")
ONE = Constant({"value": np.zeros(1)})


def beside(*names):
    return [KeptModel(name, "", (ONE,)) for name in names]


def examples(y):
    return Dataset(np.zeros((len(y), 1)), y)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_errors_that_cancel_at_a_quarter_get_these_shares(rng):
    """3 e of the network and −e of the trees cancel in ¼ and ¾; the linear model only adds noise."""
    y, e, noise = rng.normal(size=(3, 200))
    a = np.stack([y + 3 * e, y + 50 * noise, y - e])[..., None]
    kept = choose_mean(NUMBERS, beside("linear model", "boosted trees"), a, examples(y), 0)
    assert kept.share == pytest.approx((0.25, 0, 0.75))
    assert kept.mean_valid == pytest.approx(0, abs=1e-12)
    assert kept.valid == pytest.approx([np.sqrt(np.mean((one[:, 0] - y) ** 2)) for one in a])
    assert (kept.measure, kept.name) == ("rmse", "weighed mean")
    assert list(kept.shares) == ["network", "boosted trees"]


@pytest.mark.parametrize("problem", [Classes(("n", "y"), "binary_cross_entropy"),
                                     Classes(("a", "b", "c"), "cross_entropy"),
                                     Labels(("r", "b"), "multilabel")])  # fmt: skip
def test_the_loss_is_least_among_all_shares_of_twenty_takes(problem, rng):
    """By trying every share k/n up to n = 20 of two models: the loss is convex, so greedy steps find it."""
    truth = rng.normal(size=(400, outputs_beside(problem)))
    y = _drawn(problem, truth, rng)
    a = np.stack([truth + rng.normal(size=truth.shape), truth + 1.3 * rng.normal(size=truth.shape)])
    kept = choose_mean(problem, beside("boosted trees"), a, examples(y), 0)

    def loss(share):
        p = share * problem.predictions(a[0]) + (1 - share) * problem.predictions(a[1])
        if isinstance(problem, Labels):
            return -np.mean(np.log(np.where(y == 1, p, 1 - p)))
        return -np.mean(np.log(p[np.arange(len(y)), y]))

    best = min((loss(m / n), m / n) for n in range(1, 21) for m in range(n + 1))
    assert kept.is_mean
    assert loss(kept.share[0]) == pytest.approx(best[0], abs=2e-4)
    assert kept.share[0] == pytest.approx(best[1], abs=0.06)
    assert kept.measure == "loss"


def _drawn(problem, truth, rng):
    """Answers that have the probabilities of these outputs."""
    p = problem.predictions(truth)
    if isinstance(problem, Labels):
        return (rng.random(p.shape) < p).astype(np.int64)
    return np.array([rng.choice(len(row), p=row / row.sum()) for row in p])


def test_the_loss_that_is_said_is_that_of_the_mean_on_validation(rng):
    y, e, f = rng.normal(size=(3, 200))
    a = np.stack([y + e, y + f])[..., None]
    kept = choose_mean(NUMBERS, beside("boosted trees"), a, examples(y), 0)
    mean = kept.share[0] * e + kept.share[1] * f
    assert kept.mean_valid == pytest.approx(np.sqrt(np.mean(mean**2)))
    assert kept.mean_valid < min(kept.valid)
    assert kept.share == pytest.approx(shares_of(NUMBERS, a, y))


def test_a_fifth_is_answered_by_what_the_other_four_choose(rng):
    """A single row decides the shares of all rows, and is one of the fifth that it has not chosen for."""
    y, e, f = rng.normal(size=(3, 50))
    e[0], f[0] = 100.0, -100.0  # cancel at ½ here, and nowhere else
    f[1:] *= 0.01
    a = np.stack([y + e, y + f])[..., None]
    assert shares_of(NUMBERS, a, y) == pytest.approx([0.5, 0.5], abs=0.01)
    assert not mean_is_better(NUMBERS, a, examples(y), 0)
    assert choose_mean(NUMBERS, beside("boosted trees"), a, examples(y), 0).name == "boosted trees"


def test_chance_chooses_few_means_and_they_cost_little():
    """The second model is the first and noise: any share of it is chance. On the rows of choice greedy
    selection likes some of it in about half of the draws.
    """
    seen, found, costs = 0, 0, []
    for draw in range(100):
        y, e, noise, new_e, new_noise = np.random.default_rng(draw).normal(size=(5, 50))
        a = np.stack([y + e, y + e + 0.5 * noise])[..., None]
        seen += shares_of(NUMBERS, a, y).max() < 1
        kept = choose_mean(NUMBERS, beside("boosted trees"), a, examples(y), draw)
        found += kept.is_mean
        error = new_e + 0.5 * kept.share[1] * new_noise
        costs.append(np.mean(error**2) / np.mean(new_e**2))
    assert seen > 35
    assert found < 0.75 * seen
    assert np.mean(costs) < 1.03


def test_of_few_rows_the_best_single_model_answers(rng):
    y, e = rng.normal(size=(2, LEAST_ROWS - 1))
    a = np.stack([y + 2 * e, y - e])[..., None]
    kept = choose_mean(NUMBERS, beside("boosted trees"), a, examples(y), 0)
    assert (kept.share, kept.mean_valid, kept.name) == ((0, 1), None, "boosted trees")


def test_equal_models_leave_the_network(rng):
    y, e = rng.normal(size=(2, 100))
    a = np.stack([y + e, y + e])[..., None]
    kept = choose_mean(NUMBERS, beside("boosted trees"), a, examples(y), 0)
    assert (kept.share, kept.answers, kept.name) == ((1, 0), False, "network")


def test_of_classes_the_loss_decides_and_not_the_accuracy():
    """The network is right more often, and so sure where it is wrong that its loss is higher."""
    y = np.array([0, 1] * 12)
    sure = np.where(y == 1, 8.0, -8.0)
    sure[0] = 8.0  # wrong, for sure
    unsure = np.where(y == 1, 2.0, -2.0)
    unsure[:2] *= -0.1
    problem = Classes(("n", "y"), "binary_cross_entropy")
    kept = choose_mean(problem, beside("boosted trees"), np.stack([sure, unsure])[..., None], examples(y), 0)
    assert kept.name == "boosted trees"
    assert kept.valid[0] == pytest.approx((8 + 24 * np.log1p(np.exp(-8))) / 24, rel=1e-6)


def test_a_network_whose_outputs_are_no_numbers_has_no_share(rng):
    y, e, f = rng.normal(size=(3, 100))
    a = np.stack([np.full(100, np.nan), y + e, y - e + 0.1 * f])[..., None]
    kept = choose_mean(NUMBERS, beside("linear model", "boosted trees"), a, examples(y), 0)
    assert kept.share == pytest.approx((0, 0.5, 0.5))
    assert np.isnan(kept.valid[0])


def test_groups_stay_together(rng):
    """Rows of a group are five copies: each alone would be answered by shares that its copies have chosen."""
    y, e, f = rng.normal(size=(3, 10))
    e[0], f[0] = 100.0, -100.0
    f[1:] *= 0.01
    y, e, f, groups = (np.repeat(one, 5) for one in (y, e, f, np.arange(10)))
    a = np.stack([y + e, y + f])[..., None]
    x = np.zeros((50, 1))
    assert mean_is_better(NUMBERS, a, Dataset(x, y), 0)
    assert not mean_is_better(NUMBERS, a, Dataset(x, y, groups=groups), 0)

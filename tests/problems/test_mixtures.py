"""B10: numbers with several peaks: what is predicted of a mixture, and that it is learned."""

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from gradatim import Run, Training
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.jobs.train import train
from gradatim.models.mlp import mlp
from gradatim.problems.choose import pose, problem_from
from gradatim.problems.mixtures import Mixtures

RNG = np.random.default_rng(0)
N, K, T = 30, 3, 2
A = RNG.normal(0, 1, (N, K * (T + 2)))
Z, S, MU = A[:, :K], A[:, K : 2 * K], A[:, 2 * K :].reshape(N, K, T)
PI, SIGMA = np.exp(Z) / np.exp(Z).sum(1, keepdims=True), np.exp(S)
SHIFT, SCALE = np.array([10.0, -3.0]), np.array([2.0, 50.0])
TWO = Mixtures(("a", "b"), "mixture_nll", tuple(SHIFT), tuple(SCALE))


def inverse_problem(n, seed=0):
    """Bishop's: x = t + 0.3 sin 2πt + noise, asked for t: up to three answers for an x."""
    rng = np.random.default_rng(seed)
    t = rng.uniform(0, 1, n)
    return (t + 0.3 * np.sin(2 * np.pi * t) + rng.uniform(-0.05, 0.05, n))[:, None], t


def test_the_head_has_a_share_a_width_and_the_middles_of_each_component():
    assert TWO.head().outputs == 12
    posed = pose(Question("regression", ("t",)), np.arange(4.0), "mixture_nll")
    assert type(posed) is Mixtures and posed.head().outputs == 9 and posed.shift == (1.5,)


def test_what_is_predicted_is_that_of_the_mixture():
    found = TWO.arrays(A)
    np.testing.assert_allclose(found["prediction"], (PI[:, :, None] * MU).sum(1) * SCALE + SHIFT, rtol=1e-12)
    highest = (PI / SIGMA**T).argmax(1)
    np.testing.assert_allclose(found["likeliest"], MU[np.arange(N), highest] * SCALE + SHIFT, rtol=1e-12)
    for name, q in (("low", 0.05), ("high", 0.95)):
        for n in range(N):
            for t in range(T):
                expected = brentq(
                    lambda x, n=n, t=t, q=q: PI[n] @ norm.cdf(x, MU[n, :, t], SIGMA[n]) - q,
                    -200,
                    200,
                    xtol=1e-13,
                )
                assert found[name][n, t] == pytest.approx(expected * SCALE[t] + SHIFT[t], rel=1e-9)


def test_columns_measures_and_the_record():
    columns = TWO.columns(A)
    assert list(columns)[:4] == ["prediction a", "likeliest a", "low a", "high a"]
    y = RNG.normal(0, 1, (N, T)) * SCALE + SHIFT
    found = TWO.measures(A, y)
    assert list(found) == ["rmse", "mae", "r2", "interval_coverage", "loss"]
    low, high = TWO.ends(A)
    assert found["interval_coverage"] == ((low <= y) & (y <= high)).mean()
    assert problem_from(TWO.as_dict()) == TWO


def test_enormous_outputs_have_finite_answers():
    for size in (1e3, 1e30):
        for value in TWO.arrays(size * A).values():
            assert not np.isnan(value).any()


def test_refusals(tmp_path):
    with pytest.raises(UsageError, match="leave --target-transform out"):
        TWO.with_transform("log", np.ones((3, 2)))
    x, t = inverse_problem(60)
    with pytest.raises(
        UsageError, match="--members 3 cannot be: the outputs of several networks have no mean"
    ):
        train((x, t), loss="mixture_nll", members=3, epochs=1, out=tmp_path / "run", quiet=True)


def test_a_mixture_learns_bishop_s_inverse_problem():
    """Where x has three answers, the mean is none of them, and the likeliest is one."""
    x, t = inverse_problem(1000)
    losses = {}
    for name, outputs in (("gaussian_nll", 2), ("mixture_nll", 9)):
        network = Network(mlp(1, outputs, (20,), "tanh"), seed=0)
        for _ in Training(network, (x, t), loss=name, epochs=150, lr=0.01, schedule="cosine"):
            pass
        losses[name] = network
    fresh, answer = inverse_problem(500, seed=1)
    middle = (fresh[:, 0] > 0.4) & (fresh[:, 0] < 0.6)
    mixture = Mixtures(("t",), "mixture_nll")
    a = losses["mixture_nll"].outputs(fresh)
    gaussian = pose(Question("regression", ("t",)), None, "gaussian_nll")
    assert (
        mixture.mean_loss(a, answer) < gaussian.mean_loss(losses["gaussian_nll"].outputs(fresh), answer) - 0.5
    )
    found = mixture.likeliest(a)[middle, 0]
    back = found + 0.3 * np.sin(2 * np.pi * found)
    assert np.mean(np.abs(back - fresh[middle, 0]) < 0.1) > 0.9
    assert 0.85 < mixture.measures(a, answer)["interval_coverage"] < 0.96


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_run_answers_and_goes_on(tmp_path, engine):
    x, t = inverse_problem(300)
    run = train((x, t), loss="mixture_nll", epochs=3, engine=engine, out=tmp_path / "run", quiet=True)
    assert isinstance(run, Run) and (run.path / "report.html").exists()
    further = train(resume=run.path, data=(x, t), epochs=4, quiet=True)
    assert len(further.records) == 4 and 0 < further.metrics["interval_coverage"] <= 1
    assert list(further.predict(x[:5]).arrays)[:4] == ["prediction", "likeliest", "low", "high"]


@pytest.mark.parametrize(
    ("likelihood", "y", "loss"),
    [
        ("bernoulli_nll", [0, 1, 0, 1], "binary_cross_entropy"),
        ("categorical_nll", [0, 1, 2, 1], "cross_entropy"),
        ("bernoulli_nll", [[0, 1], [1, 1], [0, 0], [1, 0]], "multilabel"),
    ],
)
def test_likelihoods_of_classes_are_their_losses(tmp_path, likelihood, y, loss):
    """The run is that of the loss by its usual name, to the bit."""
    x, y = np.tile(np.random.default_rng(0).normal(size=(4, 3)), (20, 1)), np.array(y * 20)
    found = [
        train((x, y), loss=name, epochs=2, out=tmp_path / name, quiet=True).records
        for name in (likelihood, loss)
    ]
    assert [one["train_loss"] for one in found[0]] == [one["train_loss"] for one in found[1]]

"""B9, B10: every loss by hand against torch's, central differences, and what its sentence says."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim import catalog
from gradatim.by_hand.losses.by_name import BOX_LOSSES, LOSSES, MASK_LOSSES, loss_by_name
from gradatim.checks import UsageError
from gradatim.functional import losses as in_torch

RNG = np.random.default_rng(1)
N = 7
NUMBERS = RNG.standard_normal((N, 3)) * 2
SIGNS = RNG.choice([-1, 1], N)


def mixture_in_torch(a, y, K=2, D=3):
    from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

    z, s, mu = a[:, :K], a[:, K : 2 * K], a[:, 2 * K :].reshape(-1, K, D)
    parts = Independent(Normal(mu, s.exp()[:, :, None].expand(-1, K, D)), 1)
    return -MixtureSameFamily(Categorical(logits=z), parts).log_prob(y)


def halves(a):
    return a[:, :3], a[:, 3:]


# name: (arguments, targets, number of outputs, the losses of the examples in torch)
CASES = {
    "cross_entropy": ({}, RNG.integers(0, 4, N), 4, lambda a, y: F.cross_entropy(a, y, reduction="none")),
    "categorical_nll": (
        {}, RNG.integers(0, 4, N), 4, lambda a, y: -torch.distributions.Categorical(logits=a).log_prob(y),
    ),
    "binary_cross_entropy": (
        {}, RNG.integers(0, 2, N), 1,
        lambda a, y: F.binary_cross_entropy_with_logits(a[:, 0], y.double(), reduction="none"),
    ),
    "bernoulli_nll": (
        {}, RNG.integers(0, 2, N), 1,
        lambda a, y: -torch.distributions.Bernoulli(logits=a[:, 0]).log_prob(y.double()),
    ),
    "multilabel": (
        {}, RNG.integers(0, 2, (N, 3)), 3,
        lambda a, y: F.binary_cross_entropy_with_logits(a, y.double(), reduction="none").sum(1),
    ),
    "hinge": ({}, SIGNS, 1, lambda a, y: F.relu(1 - y * a[:, 0])),
    "squared_hinge": (
        {}, RNG.integers(0, 4, N), 4, lambda a, y: F.multi_margin_loss(a, y, p=2, reduction="none"),
    ),
    "focal": (
        {"gamma": 1.5}, RNG.integers(0, 4, N), 4,
        lambda a, y: (1 - (-F.cross_entropy(a, y, reduction="none")).exp()) ** 1.5
        * F.cross_entropy(a, y, reduction="none"),
    ),
    "kl_divergence": (
        {}, RNG.dirichlet(np.ones(4), N), 4,
        lambda a, y: F.kl_div(torch.log_softmax(a, 1), y, reduction="none").sum(1),
    ),
    "nll": ({}, RNG.integers(0, 4, N), 4, lambda a, y: F.nll_loss(a, y, reduction="none")),
    "squared_error": ({}, NUMBERS, 3, lambda a, y: F.mse_loss(a, y, reduction="none").sum(1)),
    "half_squared_error": ({}, NUMBERS, 3, lambda a, y: F.mse_loss(a, y, reduction="none").sum(1) / 2),
    "absolute_error": ({}, NUMBERS, 3, lambda a, y: F.l1_loss(a, y, reduction="none").sum(1)),
    "huber": (
        {"delta": 0.7}, NUMBERS, 3, lambda a, y: F.huber_loss(a, y, reduction="none", delta=0.7).sum(1),
    ),
    "gaussian_nll": (
        {}, NUMBERS, 6,
        lambda a, y: -torch.distributions.Normal(halves(a)[0], (halves(a)[1] / 2).exp()).log_prob(y).sum(1),
    ),
    "laplace_nll": (
        {}, NUMBERS, 6,
        lambda a, y: -torch.distributions.Laplace(halves(a)[0], halves(a)[1].exp()).log_prob(y).sum(1),
    ),
    "poisson_nll": (
        {}, RNG.poisson(3, (N, 3)), 3, lambda a, y: F.poisson_nll_loss(a, y, reduction="none").sum(1),
    ),
    "mixture_nll": ({"components": 2}, NUMBERS, 10, mixture_in_torch),
}  # fmt: skip


def case(name):
    arguments, y, outputs, theirs = CASES[name]
    return loss_by_name(name, **arguments), RNG.standard_normal((N, outputs)) * 1.5, y, theirs


def test_every_loss_has_a_case_and_the_catalogue_s_have_twins():
    assert set(CASES) == set(LOSSES)
    # Of masks and of boxes: test_mask_losses.py and test_box_losses.py beside this file
    assert set(catalog.names("loss")) <= {*LOSSES, *MASK_LOSSES, *BOX_LOSSES}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_values_and_gradients_are_torch_s(name, weighted):
    """Losses, (weighted) mean and its gradient, to 1e-12."""
    loss, a, y, theirs = case(name)
    w = RNG.uniform(0, 2, N) if weighted else None
    at = torch.from_numpy(a).requires_grad_()
    expected = theirs(at, torch.from_numpy(y))
    np.testing.assert_allclose(loss(a, y), expected.detach().numpy(), rtol=1e-12, atol=1e-14)
    mean = expected.mean() if w is None else in_torch.weighted_mean(expected, torch.from_numpy(w))
    mean.backward()
    assert loss(a, y).shape == (N,)
    np.testing.assert_allclose(loss.mean(a, y, w), mean.item(), rtol=1e-13)
    np.testing.assert_allclose(loss.gradient(a, y, w), at.grad.numpy(), rtol=1e-12, atol=1e-14)
    value, gradient = loss.mean_and_gradient(a, y, w)
    assert value == loss.mean(a, y, w)
    np.testing.assert_array_equal(gradient, loss.gradient(a, y, w))


@pytest.mark.parametrize("name", CASES)
def test_gradients_by_central_differences(name):
    """To 1e-7 relative, 1e-9 absolute; and the outputs and targets are left as they were."""
    loss, a, y, _ = case(name)
    before, targets, h = a.copy(), y.copy(), 1e-5
    slope = np.empty_like(a)
    for index in np.ndindex(a.shape):
        change = np.zeros_like(a)
        change[index] = h
        slope[index] = (loss.mean(a + change, y) - loss.mean(a - change, y)) / (2 * h)
    np.testing.assert_allclose(loss.gradient(a, y), slope, rtol=1e-7, atol=1e-9)
    np.testing.assert_array_equal(a, before)
    np.testing.assert_array_equal(y, targets)


@pytest.mark.parametrize("name", CASES)
def test_single_precision_stays_single(name):
    loss, a, y, _ = case(name)
    a = a.astype(np.float32)
    assert loss(a, y).dtype == loss.gradient(a, y).dtype == np.float32
    np.testing.assert_allclose(loss(a, y), loss(a.astype(np.float64), y), rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy"])
def test_the_interface_is_that_of_the_torch_loss(name):
    loss, a, y, _ = case(name)
    twin = catalog.find(name, "loss").load()()
    at, yt = torch.from_numpy(a), torch.from_numpy(y)
    np.testing.assert_allclose(loss(a, y), twin(at, yt).numpy(), rtol=1e-12)
    np.testing.assert_allclose(loss.probabilities(a), twin.probabilities(at).numpy(), rtol=1e-12)
    np.testing.assert_array_equal(loss.decide(a), twin.decide(at).numpy())
    assert loss.decide(a).dtype == np.int64


@pytest.mark.parametrize("name", ["cross_entropy", "binary_cross_entropy", "multilabel"])
def test_scores_far_out_give_finite_losses(name):
    loss, a, y, theirs = case(name)
    a = np.sign(a) * 1e4
    np.testing.assert_allclose(loss(a, y), theirs(torch.from_numpy(a), torch.from_numpy(y)).numpy())
    assert np.isfinite(loss.gradient(a, y)).all()


def test_decisions_of_many_labels_and_of_signs():
    a = np.array([[-1.0, 2.0], [0.0, 0.5]])
    assert loss_by_name("multilabel").decide(a).tolist() == [[0, 1], [0, 1]]
    np.testing.assert_allclose(loss_by_name("multilabel").probabilities(a)[1, 0], 0.5, rtol=1e-15)
    assert loss_by_name("hinge").decide(np.array([[-1.0], [0.0], [2.0]])).tolist() == [0, 0, 1]


def test_a_batch_without_weight_has_no_loss():
    loss, a, y, _ = case("cross_entropy")
    assert loss.mean(a, y, np.zeros(N)) == 0
    assert not loss.gradient(a, y, np.zeros(N)).any()


def test_the_conventions_at_the_kinks():
    assert loss_by_name("absolute_error").slope(np.zeros((1, 1)), np.zeros((1, 1))) == 0
    assert loss_by_name("hinge").slope(np.ones((1, 1)), np.ones(1)) == 0
    assert loss_by_name("laplace_nll").slope(np.zeros((1, 2)), np.zeros(1)).tolist() == [[0, 1]]


# ---- what B9 and B10 say of them


def test_two_class_softmax_is_a_sigmoid_of_the_difference():
    a = RNG.standard_normal((N, 2))
    p = loss_by_name("binary_cross_entropy").probabilities(a[:, 1] - a[:, 0])
    np.testing.assert_allclose(loss_by_name("cross_entropy").probabilities(a), p, rtol=1e-14)


def test_gaussian_with_fixed_variance_is_squared_error_up_to_a_constant_and_a_factor():
    """NLL = ½Σ r²/σ² + D(½ log 2π + log σ), σ = 0.4, to 1e-13."""
    mu, s = RNG.standard_normal((N, 3)), np.full((N, 3), 2 * math.log(0.4))
    expected = loss_by_name("half_squared_error")(mu, NUMBERS) / 0.16
    expected = expected + 3 * (0.5 * math.log(2 * math.pi) + math.log(0.4))
    found = loss_by_name("gaussian_nll")(np.concatenate([mu, s], 1), NUMBERS)
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_a_mixture_of_one_is_a_round_gaussian():
    mu, s = RNG.standard_normal((N, 3)), RNG.standard_normal((N, 1))
    one = loss_by_name("mixture_nll", components=1)(np.concatenate([np.zeros((N, 1)), s, mu], 1), NUMBERS)
    same = loss_by_name("gaussian_nll")(np.concatenate([mu, np.repeat(2 * s, 3, 1)], 1), NUMBERS)
    np.testing.assert_allclose(one, same, rtol=1e-13)


def test_the_best_constant_of_squares_is_the_mean_and_of_absolute_values_the_median():
    """One outlier moves the first and not the second: B9's comparison, at the gradient's zero."""
    y = np.array([[1.0], [2.0], [3.0], [4.0], [100.0]])
    for name, best in (("squared_error", y.mean()), ("absolute_error", np.median(y))):
        a = np.full_like(y, best)
        np.testing.assert_allclose(loss_by_name(name).gradient(a, y).sum(), 0, atol=1e-14)


def test_one_number_an_example_may_lie_flat():
    loss, a, y = loss_by_name("squared_error"), RNG.standard_normal(N), RNG.standard_normal(N)
    for outputs in (a, a[:, None]):
        np.testing.assert_allclose(loss(outputs, y), (a - y) ** 2, rtol=1e-15)
        assert loss.gradient(outputs, y).shape == outputs.shape
    np.testing.assert_array_equal(
        loss_by_name("gaussian_nll")(np.stack([a, a], 1), y),
        loss_by_name("gaussian_nll")(np.stack([a, a], 1), y[:, None]),
    )


@pytest.mark.parametrize(
    ("name", "a", "y", "sentence"),
    [
        ("squared_error", (3, 2), (3,), "outputs of shape (3, 2) do not fit targets of shape (3,)"),
        ("huber", (3,), (3, 1), "outputs of shape (3,) do not fit targets of shape (3, 1)"),
        (
            "gaussian_nll", (3, 3), (3, 2),
            "a mean and a log variance for each target take outputs of shape (3, 4); they have (3, 3)",
        ),
        (
            "mixture_nll", (3, 3), (3,),
            "a mixture of 3 in 1 dimensions takes outputs of shape (3, 9); they have (3, 3)",
        ),
    ],
)  # fmt: skip
def test_outputs_that_do_not_fit_are_refused(name, a, y, sentence):
    with pytest.raises(UsageError) as error:
        loss_by_name(name)(np.zeros(a), np.zeros(y))
    assert str(error.value) == sentence


def test_an_unknown_loss_is_refused():
    with pytest.raises(UsageError, match=r"^unknown loss 'hubert': did you mean huber\?"):
        loss_by_name("hubert")


@pytest.mark.parametrize("smoothing", [0.1, 0.5])
def test_smoothed_targets_are_torch_s(smoothing):
    """Values and gradients against torch's label_smoothing, to 1e-13; two classes against soft targets."""
    rng = np.random.default_rng(4)
    a, y = rng.standard_normal((6, 4)) * 3, np.array([0, 1, 2, 3, 3, 0])
    scores = torch.tensor(a, requires_grad=True)
    theirs = F.cross_entropy(scores, torch.tensor(y), label_smoothing=smoothing, reduction="none")
    theirs.sum().backward()
    loss = loss_by_name("cross_entropy", smoothing=smoothing)
    np.testing.assert_allclose(loss(a, y), theirs.detach().numpy(), rtol=1e-13)
    np.testing.assert_allclose(loss.slope(a, y), scores.grad.numpy(), rtol=1e-12, atol=1e-14)
    one = torch.tensor(a[:, 0], requires_grad=True)
    soft = (1 - smoothing) * torch.tensor(y % 2, dtype=torch.float64) + smoothing / 2
    theirs = F.binary_cross_entropy_with_logits(one, soft, reduction="none")
    theirs.sum().backward()
    loss = loss_by_name("binary_cross_entropy", smoothing=smoothing)
    np.testing.assert_allclose(loss(a[:, 0], y % 2), theirs.detach().numpy(), rtol=1e-13)
    np.testing.assert_allclose(loss.slope(a[:, 0], y % 2), one.grad.numpy(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(("name", "of"), [("gaussian_nll", "Normal"), ("laplace_nll", "Laplace")])
def test_the_spread_is_torchs_standard_deviation(name, of):
    a = np.random.default_rng(0).standard_normal((6, 4))
    mu, s = torch.from_numpy(a).split(2, dim=1)
    width = (s / 2).exp() if of == "Normal" else s.exp()
    exact = getattr(torch.distributions, of)(mu, width).stddev
    np.testing.assert_allclose(loss_by_name(name).spread(a), exact.numpy(), rtol=1e-12)
    assert loss_by_name(name).outputs == 2

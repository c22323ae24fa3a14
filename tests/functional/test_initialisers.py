"""B13: variances, bounds and orthogonality of the initialisers, and why zeros fail."""

from math import prod, sqrt

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.functional import initialisers
from gradatim.models.building import build
from gradatim.random import generator

DENSE, CONV = (300, 200), (40, 30, 5, 5)  # fan_in 200 and 750, fan_out 300 and 1000
VARIANCE = {  # of fan_in, fan_out, from the papers
    "uniform": lambda i, o: 0.1**2 / 3,
    "normal": lambda i, o: 0.01**2,
    "xavier_uniform": lambda i, o: 2 / (i + o),
    "xavier_normal": lambda i, o: 2 / (i + o),
    "he_uniform": lambda i, o: 2 / i,
    "he_normal": lambda i, o: 2 / i,
    "lecun_uniform": lambda i, o: 1 / i,
    "lecun_normal": lambda i, o: 1 / i,
}


def draw(name, shape, seed=0, **arguments):
    return getattr(initialisers, name)(generator(seed, "w"), shape, **arguments)


def test_every_initialiser_is_tested_here():
    assert {*VARIANCE, "zeros", "orthogonal"} == set(catalog.names("initialiser"))


@pytest.mark.parametrize("name", catalog.names("initialiser"))
def test_weights_are_float64_of_the_shape_and_repeat(name):
    first = draw(name, (4, 3, 2))
    assert first.shape == (4, 3, 2)
    assert first.dtype == np.float64
    assert (draw(name, (4, 3, 2)) == first).all()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (DENSE, (200, 300)),
        (CONV, (750, 1000)),
        ((6, 3, 5, 5), (75, 150)),
        ((2, 3, 4), (12, 8)),
        ((1, 1), (1, 1)),
    ],
)
def test_fans(shape, expected):
    assert initialisers.fans(shape) == expected
    weight = torch.empty(shape)
    assert expected == torch.nn.init._calculate_fan_in_and_fan_out(weight)


@pytest.mark.parametrize("shape", [DENSE, CONV])
@pytest.mark.parametrize("name", VARIANCE)
def test_mean_and_variance(name, shape):
    """Within 5 standard errors: s²'s is √((κ − 1)/n) of it, with κ = 9/5 of a uniform and 3 of a normal."""
    w = draw(name, shape)
    variance = VARIANCE[name](prod(shape[1:]), shape[0] * prod(shape[2:]))
    kurtosis = 1.8 if "uniform" in name else 3.0
    assert abs(w.mean()) < 5 * sqrt(variance / w.size)
    assert abs(w.var() / variance - 1) < 5 * sqrt((kurtosis - 1) / w.size)
    fourth = (w**4).mean() / variance**2
    assert fourth == pytest.approx(kurtosis, rel=0.1)


@pytest.mark.parametrize("name", [name for name in VARIANCE if "uniform" in name])
def test_a_uniform_keeps_its_bound_and_comes_near_it(name):
    bound = sqrt(3 * VARIANCE[name](200, 300))
    largest = np.abs(draw(name, DENSE)).max()
    assert 0.999 * bound < largest <= bound


def test_gains_scale():
    for name in ("xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "orthogonal"):
        np.testing.assert_allclose(draw(name, (6, 5), gain=3.0), 3 * draw(name, (6, 5), gain=1.0), rtol=1e-14)
    np.testing.assert_allclose(draw("he_normal", (6, 5)), sqrt(2) * draw("lecun_normal", (6, 5)), rtol=1e-14)
    np.testing.assert_allclose(draw("uniform", (6, 5), bound=2.0), 20 * draw("uniform", (6, 5)), rtol=1e-14)
    np.testing.assert_allclose(draw("normal", (6, 5), std=1.0), 100 * draw("normal", (6, 5)), rtol=1e-14)


@pytest.mark.parametrize(
    ("name", "activation"),
    [("he_normal", "relu"), ("he_uniform", "relu"), ("lecun_normal", "identity"), ("lecun_normal", "selu")],
)
def test_a_deep_signal_keeps_its_scale(name, activation):
    """10 layers of 300 units: the mean square stays within a factor of 3; N(0, 0.01²) loses it."""
    g = catalog.find(activation, "activation").load()

    def through(init):
        h = torch.from_numpy(np.random.default_rng(0).standard_normal((200, 300)))
        for depth in range(10):
            w = getattr(initialisers, init)(generator(depth, "w"), (300, 300))
            h = g(h @ torch.from_numpy(w).T)
        return (h * h).mean().item()

    assert 1 / 3 < through(name) < 3
    assert through("normal") < 1e-6


@pytest.mark.parametrize("shape", [(8, 8), (9, 4), (4, 9), (6, 2, 3, 3), (30, 2, 3, 3), (1, 5)])
def test_orthogonal(shape):
    """QᵀQ = I or QQᵀ = I, to 1e-12."""
    q = draw("orthogonal", shape).reshape(shape[0], -1)
    gram = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


def test_orthogonal_is_uniform():
    """Haar's measure on 3×3: E Q = 0 and E Q_ij² = ⅓. Without the signs, QR's diagonal would be biased."""
    draws = np.stack([initialisers.orthogonal(generator(i, "q"), (3, 3)) for i in range(4000)])
    assert np.abs(draws.mean(0)).max() < 4.5 * sqrt(1 / 3 / 4000)
    assert np.abs((draws**2).mean(0) - 1 / 3).max() < 0.025
    assert abs(np.sign(np.linalg.det(draws)).mean()) < 4.5 / sqrt(4000)


def test_zeros_keep_hidden_units_equal():
    """B13, why zero fails: equal units get equal gradients, so 8 hidden units learn what one could."""
    description = {"name": "mlp", "in_features": 3, "out_features": 2, "hidden": [8], "activation": "sigmoid"}
    rng = np.random.default_rng(0)
    x, y = torch.from_numpy(rng.standard_normal((40, 3))), (torch.arange(40) % 3 == 0).long()
    x[:, 0] += y

    def trained(init):
        network = build({**description, "init": init}, dtype=torch.float64)
        optimizer = torch.optim.SGD(network.parameters(), lr=0.5)
        for _ in range(50):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x), y).backward()
            optimizer.step()
        weights = dict(network.named_parameters())
        return weights["1.weight"].detach(), weights["3.weight"].detach()

    first, last = trained("zeros")
    assert first.abs().max() > 1e-3  # they learn
    assert last.abs().max() > 1e-2
    assert (first == first[0]).all()  # but all alike
    assert (last == last[:, :1]).all()
    first, last = trained("xavier_uniform")
    assert (first != first[0]).any()


@pytest.mark.parametrize("name", sorted({*VARIANCE, "orthogonal"} - {"uniform", "normal"}))
def test_a_fan_needs_two_axes(name):
    with pytest.raises(UsageError, match=r"needs a weight of two or more axes; the shape is \(5,\)"):
        draw(name, (5,))

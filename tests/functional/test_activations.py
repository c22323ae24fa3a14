"""B2: values and derivatives of the activations against closed forms, finite differences, and their kinks."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim import catalog
from gradatim.by_hand.twins import TWINS
from gradatim.checks import UsageError
from gradatim.functional import activations

LAMBDA, ALPHA = 1.0507009873554804934193349852946, 1.6732632423543772848170429916717
Z = np.concatenate([np.linspace(-6, 6, 48), [-700.0, -40.0, -1e-9, 1e-9, 19.999, 40.0, 700.0]])


def sigma(z):
    return 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))


def Phi(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def phi(z):
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def softplus(z):
    return max(z, 0) + math.log1p(math.exp(-abs(z)))


def mish_slope(z):
    t = math.tanh(softplus(z))
    return t + z * sigma(z) * (1 - t * t)


# g and g′ in plain Python numbers, from the docstrings
CLOSED_FORMS = {
    "identity": (lambda z: z, lambda z: 1.0),
    "sigmoid": (sigma, lambda z: sigma(z) * sigma(-z)),
    "tanh": (math.tanh, lambda z: 1 / math.cosh(z) ** 2 if abs(z) < 300 else 0.0),
    "relu": (lambda z: max(z, 0.0), lambda z: float(z > 0)),
    "leaky_relu": (lambda z: z if z > 0 else 0.01 * z, lambda z: 1.0 if z > 0 else 0.01),
    "elu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
    "selu": (
        lambda z: LAMBDA * (z if z > 0 else ALPHA * math.expm1(z)),
        lambda z: LAMBDA * (1.0 if z > 0 else ALPHA * math.exp(z)),
    ),
    "softplus": (softplus, sigma),
    "celu": (lambda z: z if z > 0 else math.expm1(z), lambda z: 1.0 if z > 0 else math.exp(z)),
    "softsign": (lambda z: z / (1 + abs(z)), lambda z: 1 / (1 + abs(z)) ** 2),
    "mish": (lambda z: z * math.tanh(softplus(z)), mish_slope),
    "hard_sigmoid": (lambda z: min(max(z + 3, 0), 6) / 6, lambda z: (-3 < z < 3) / 6),
    "hard_swish": (
        lambda z: z * min(max(z + 3, 0), 6) / 6,
        lambda z: 0.0 if z <= -3 else z / 3 + 0.5 if z < 3 else 1.0,
    ),
    "gelu": (lambda z: z * Phi(z), lambda z: Phi(z) + z * phi(z)),
    "silu": (lambda z: z * sigma(z), lambda z: sigma(z) * (1 + z * sigma(-z))),
}
OF_VECTORS = {"maxout", "softmax", "log_softmax"}
WITHOUT_GRADIENT = {"step"}


def derivative(function, z):
    z = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    function(z).sum().backward()
    return z.grad.numpy()


def test_every_activation_is_tested_here():
    assert {*CLOSED_FORMS, *OF_VECTORS, *WITHOUT_GRADIENT} == set(catalog.names("activation"))


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_value(name):
    """To 1e-12; softplus above 20 is linear, 2.1e-9 off at most."""
    found = getattr(activations, name)(torch.from_numpy(Z)).numpy()
    expected = np.array([CLOSED_FORMS[name][0](z) for z in Z])
    atol = np.where((name == "softplus") & (Z > 20), 2.1e-9, 1e-15)
    assert (np.abs(found - expected) <= 1e-12 * np.abs(expected) + atol).all()


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_derivative(name):
    """Autograd's against the closed form, to 1e-12 (softplus above 20: 2.1e-9)."""
    found = derivative(getattr(activations, name), Z)
    expected = np.array([CLOSED_FORMS[name][1](z) for z in Z])
    atol = np.where((name == "softplus") & (Z > 20), 2.1e-9, 1e-15)
    assert (np.abs(found - expected) <= 1e-12 * np.abs(expected) + atol).all()


@pytest.mark.parametrize("name", CLOSED_FORMS)
def test_derivative_by_finite_differences(name):
    """Central differences away from the kink, error O(h²): to 1e-7."""
    z, h = np.concatenate([np.linspace(-4, -0.1, 20), np.linspace(0.1, 4, 20)]), 1e-5
    g = getattr(activations, name)
    slope = (g(torch.from_numpy(z + h)) - g(torch.from_numpy(z - h))).numpy() / (2 * h)
    np.testing.assert_allclose(derivative(g, z), slope, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "arguments", "value", "slope"),
    [
        ("relu", {}, 0, 0),
        ("leaky_relu", {}, 0, 0.01),
        ("leaky_relu", {"negative_slope": 0.3}, 0, 0.3),
        ("elu", {}, 0, 1),
        ("elu", {"alpha": 2.0}, 0, 2),
        ("selu", {}, 0, LAMBDA * ALPHA),
        ("celu", {"alpha": 2.0}, 0, 1),
        ("softsign", {}, 0, 1),
    ],
)
def test_the_convention_at_the_kink(name, arguments, value, slope):
    def g(z):
        return getattr(activations, name)(z, **arguments)

    assert g(torch.zeros(1, dtype=torch.float64)).item() == value
    np.testing.assert_allclose(derivative(g, [0.0]), [slope], rtol=1e-15)


@pytest.mark.parametrize(
    ("name", "z", "value", "slope"),
    [
        ("hard_sigmoid", -3, 0, 0),
        ("hard_sigmoid", 3, 1, 0),
        ("hard_swish", -3, 0, 0),
        ("hard_swish", 3, 3, 1),
    ],
)
@pytest.mark.parametrize("n", [1, 33])
def test_the_conventions_at_both_kinks(name, z, value, slope, n):
    """Of one number, and of so many that torch computes them several at a time."""
    g = getattr(activations, name)
    assert g(torch.full((n,), z, dtype=torch.float64)).tolist() == [value] * n
    assert derivative(g, [float(z)] * n).tolist() == [slope] * n


THEIRS = {
    "celu": (F.celu, {"alpha": 0.7}),
    "mish": (F.mish, {}),
    "hard_sigmoid": (F.hardsigmoid, {}),
    "hard_swish": (F.hardswish, {}),
    "softsign": (F.softsign, {}),
    "gelu": (F.gelu, {"approximate": "tanh"}),
    "softmax": (F.softmax, {"dim": 1}),
    "log_softmax": (F.log_softmax, {"dim": -2}),
}


@pytest.mark.parametrize("name", THEIRS)
def test_values_and_derivatives_are_torch_s_by_hand_too(name):
    """Beside torch.nn.functional in float64, to 1e-12, with torch's arguments; also at the kinks, far out.

    torch's gradients of hardsigmoid and celu have 1/6 and 1/α in single precision, 6e-8 off times |z|/α.
    """
    theirs, arguments = THEIRS[name]
    rng = np.random.default_rng(3)
    for scale in (1.0, 30.0, 1e4):
        z = np.round(rng.uniform(-scale, scale, (4, 5, 6)), 1)
        c = rng.standard_normal(z.shape)
        at, twin = torch.tensor(z, requires_grad=True), TWINS[name](**arguments)
        expected = theirs(at, **arguments)
        expected.backward(torch.from_numpy(c))
        ours = getattr(activations, name)(torch.from_numpy(z), **arguments)
        assert at.grad is not None
        for found in (ours.numpy(), twin.forward(z)):
            np.testing.assert_allclose(found, expected.detach().numpy(), rtol=1e-12, atol=1e-12)
        rtol = 1e-6 if name in ("hard_sigmoid", "celu") else 1e-12
        np.testing.assert_allclose(twin.backward(c), at.grad.numpy(), rtol=rtol, atol=1e-12)


def test_gelu_s_tanh_form_is_its_equation():
    """½ z (1 + tanh u) with its derivative, to 1e-12; within 5e-4 of the exact form."""
    z = np.linspace(-8, 8, 101)
    u, slope = math.sqrt(2 / math.pi) * (z + 0.044715 * z**3), math.sqrt(2 / math.pi) * (1 + 0.134145 * z**2)
    t = np.tanh(u)

    def g(z):
        return activations.gelu(z, approximate="tanh")

    np.testing.assert_allclose(g(torch.from_numpy(z)).numpy(), z * (1 + t) / 2, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(
        derivative(g, z), (1 + t) / 2 + z * (1 - t * t) * slope / 2, rtol=1e-12, atol=1e-13
    )
    assert abs(g(torch.from_numpy(z)) - activations.gelu(torch.from_numpy(z))).max() < 5e-4


def test_slopes_are_arguments():
    z = torch.tensor([-2.0, 3.0], dtype=torch.float64)
    torch.testing.assert_close(activations.leaky_relu(z, 0.2), torch.tensor([-0.4, 3.0], dtype=z.dtype))
    expected = torch.tensor([1.5 * math.expm1(-2.0), 3.0], dtype=z.dtype)
    torch.testing.assert_close(activations.elu(z, 1.5), expected, rtol=1e-15, atol=0)


def test_step_is_one_from_zero_on_and_passes_no_gradient():
    z = torch.tensor([-1.0, -1e-300, 0.0, 1e-300, 5.0], dtype=torch.float64, requires_grad=True)
    assert activations.step(z).tolist() == [0, 0, 1, 1, 1]
    assert activations.step(z).dtype == torch.float64
    assert not activations.step(z).requires_grad


def test_selu_keeps_mean_0_and_variance_1():
    """Their fixed point, by Gauss–Hermite quadrature split at the kink: ∫ g φ = 0, ∫ g² φ = 1, to 1e-6."""
    z = np.linspace(-12, 12, 240_001)
    g = activations.selu(torch.from_numpy(z)).numpy()
    weight = np.exp(-z * z / 2) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    assert abs((g * weight).sum()) < 1e-6
    assert abs((g * g * weight).sum() - 1) < 1e-6


@pytest.mark.parametrize(
    ("name", "edge"),
    [
        ("sigmoid", math.log((1 + math.sqrt(0.96)) / (1 - math.sqrt(0.96)))),
        ("tanh", math.atanh(math.sqrt(0.99))),
    ],
)
def test_saturation_begins_where_the_derivative_is_a_hundredth(name, edge):
    """σ(1 − σ) = 0.01 at z = ±4.58…; 1 − tanh² = 0.01 at ±2.99…; ReLU and softplus never saturate above 0."""
    inside, outside = np.array([-edge, edge]) * (1 - 1e-9), np.array([-edge, edge]) * (1 + 1e-9)
    assert (derivative(getattr(activations, name), inside) > 0.01).all()
    assert (derivative(getattr(activations, name), outside) < 0.01).all()
    assert (derivative(activations.relu, [edge, 100.0]) == 1).all()


# ---- of vectors


def test_maxout_takes_the_largest_of_neighbours():
    z = torch.tensor([[1.0, 5.0, -2.0, -3.0, 0.0, 0.5]])
    assert activations.maxout(z).tolist() == [[5.0, -2.0, 0.5]]
    assert activations.maxout(z, pieces=3).tolist() == [[5.0, 0.5]]
    assert activations.maxout(z, pieces=1).tolist() == z.tolist()
    assert activations.maxout(torch.zeros(4, 7, 6)).shape == (4, 7, 3)


def test_maxout_over_channels_takes_the_largest_of_neighbouring_maps():
    z = torch.randn(2, 6, 3, 4)
    expected = torch.stack([torch.maximum(z[:, 2 * c], z[:, 2 * c + 1]) for c in range(3)], 1)
    assert torch.equal(activations.maxout(z, dim=1), expected)
    assert torch.equal(activations.maxout(z, dim=-3), expected)


def test_maxout_s_gradient_goes_to_the_largest_and_is_shared_in_a_tie():
    found = derivative(activations.maxout, [[1.0, 5.0, 2.0, 2.0]])
    assert found.tolist() == [[0.0, 1.0, 0.5, 0.5]]
    assert derivative(lambda z: activations.maxout(z, 4), [[1.0, 1.0, 0.0, 1.0]]).tolist() == [
        pytest.approx([1 / 3, 1 / 3, 0, 1 / 3], abs=1e-15)
    ]


def test_maxout_makes_relu_and_the_absolute_value():
    """max(z, 0) and max(z, −z): a maxout unit learns its activation (Goodfellow et al. 2013, figure 1)."""
    z = torch.linspace(-3, 3, 13, dtype=torch.float64)[:, None]
    assert torch.equal(activations.maxout(torch.cat([z, 0 * z], 1)), activations.relu(z))
    assert torch.equal(activations.maxout(torch.cat([z, -z], 1)), z.abs())


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"name": "maxout"}, "maxout of 2 pieces needs features in multiples of 2; there are 5"),
        ({"name": "maxout", "dim": 2}, "maxout along axis 2 got examples of shape"),
        ({"name": "maxout", "pieces": 0}, "pieces must be a whole number of at least 1; it is 0"),
        ({"name": "maxout", "pieces": "2"}, "pieces must be a whole number of at least 1; it is '2'"),
        ({"name": "softmax", "dim": 2}, "softmax along axis 2 got examples of shape"),
        ({"name": "log_softmax", "dim": "a"}, "log_softmax along axis a got examples of shape"),
        ({"name": "celu", "alpha": 0}, "alpha must be a number above 0; it is 0"),
        ({"name": "gelu", "approximate": "erf"}, "approximate must be none or tanh; it is 'erf'"),
        ({"name": "elu", "alpha": "a"}, "alpha must be a number that is finite; it is 'a'"),
        (
            {"name": "leaky_relu", "negative_slope": math.nan},
            "negative_slope must be a number that is finite",
        ),
    ],
)
def test_arguments_are_refused_by_name(entry, sentence):
    function = getattr(activations, entry["name"])
    arguments = {key: value for key, value in entry.items() if key != "name"}
    with pytest.raises(UsageError, match=f"^{sentence}"):
        function(torch.zeros(2, 5), **arguments)


def test_softmax_is_a_distribution_and_forgets_a_shift():
    z = torch.from_numpy(np.random.default_rng(0).standard_normal((4, 6)) * 3)
    e = np.exp(z.numpy())
    found = activations.softmax(z).numpy()
    np.testing.assert_allclose(found, e / e.sum(-1, keepdims=True), rtol=1e-14)
    np.testing.assert_allclose(activations.softmax(z + 1000).numpy(), found, rtol=1e-12)
    assert activations.softmax(torch.tensor([1e4, 0.0, -1e4])).tolist() == [1, 0, 0]


def test_softmax_s_derivative_is_a_matrix():
    """∂p_k/∂z_j = p_k([k = j] − p_j): symmetric, and its rows sum to 0."""
    z = torch.tensor([0.5, -1.0, 2.0, 0.0], dtype=torch.float64)
    p = activations.softmax(z)
    jacobian = torch.autograd.functional.jacobian(activations.softmax, z)
    torch.testing.assert_close(jacobian, torch.diag(p) - p[:, None] * p, rtol=1e-13, atol=1e-16)
    torch.testing.assert_close(jacobian.sum(1), torch.zeros_like(p), rtol=0, atol=1e-16)


def test_log_softmax_is_finite_where_a_probability_underflows():
    z = torch.tensor([[0.0, 1e4, -1e4], [1.0, 2.0, 3.0]], dtype=torch.float64)
    assert activations.log_softmax(z)[0].tolist() == [-1e4, 0, -2e4]
    assert TWINS["log_softmax"]().forward(z.numpy())[0].tolist() == [-1e4, 0, -2e4]
    torch.testing.assert_close(
        activations.log_softmax(z)[1].exp(), activations.softmax(z)[1], rtol=1e-14, atol=0
    )


def test_softmax_over_channels_makes_each_pixel_a_distribution():
    z = torch.randn(2, 3, 4, 5, dtype=torch.float64)
    torch.testing.assert_close(activations.softmax(z, dim=1).sum(1), torch.ones(2, 4, 5, dtype=z.dtype))
    moved = activations.softmax(z.movedim(1, -1)).movedim(-1, 1)
    torch.testing.assert_close(activations.softmax(z, dim=1), moved, rtol=1e-14, atol=0)

"""G9: measures of how alike domains are, beside brute force and cases that are known."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.functional.kernels import KERNELS
from gradatim.transfer import linear_probe_gain, mmd, proxy_a_distance

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("kernel", ["linear", "rbf", "laplace"])
def test_mmd_is_the_sum_over_pairs(kernel):
    """Two loops over pairs of different rows, to 1e-12, float64."""
    a, b = RNG.normal(size=(9, 3)), RNG.normal(size=(7, 3)) + 1

    def k(x, y):
        return KERNELS[kernel](x[None], y[None], 0.4)[0, 0]

    within = [
        sum(k(x[i], x[j]) for i in range(len(x)) for j in range(len(x)) if i != j) / (len(x) * (len(x) - 1))
        for x in (a, b)
    ]
    across = np.mean([k(x, y) for x in a for y in b])
    assert mmd(a, b, kernel, 0.4) == pytest.approx(sum(within) - 2 * across, abs=1e-12)


def test_mmd_of_one_distribution_is_zero_in_the_mean():
    """200 pairs of samples: the mean within 3 standard errors of 0; of two distributions far above it."""
    found = np.array([mmd(RNG.normal(size=(20, 2)), RNG.normal(size=(15, 2)), gamma=0.5) for _ in range(200)])
    assert abs(found.mean()) < 3 * found.std() / np.sqrt(200)
    assert mmd(RNG.normal(size=(20, 2)), RNG.normal(size=(15, 2)) + 2, gamma=0.5) > 5 * found.std()


def test_the_proxy_distance_grows_from_0_to_2():
    x = RNG.normal(size=(300, 3))
    found = [proxy_a_distance(x, RNG.normal(size=(200, 3)) + shift * np.eye(3)[0]) for shift in (0, 1, 6)]
    assert found[0] < 0.3 < found[1] < 1.5 and found[2] > 1.95
    # Φ(½) of each domain is on its side: 2(2Φ(½) − 1)
    assert found[1] == pytest.approx(2 * (2 * 0.6915 - 1), abs=0.2)


def test_features_that_say_the_class_gain_what_inputs_lack():
    """A class that is the sign of a product: inputs tell nothing, the product everything."""
    x = RNG.normal(size=(400, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(int)
    assert linear_probe_gain(x.prod(1, keepdims=True), x, y) > 0.4
    assert linear_probe_gain(x, x, y) == 0


@pytest.mark.parametrize(
    ("ask", "sentence"),
    [
        (lambda: mmd(np.ones((3, 2)), np.ones((3, 1))), "of the same columns"),
        (lambda: mmd(np.ones((1, 2)), np.ones((3, 2))), "two rows or more"),
        (lambda: proxy_a_distance(np.ones((3, 2)), np.ones((9, 2))), "5 folds need .* one has 3"),
        (lambda: linear_probe_gain(np.ones((9, 1)), np.ones((9, 1)), [0] * 8 + [1]), "5 folds need"),
    ],
)
def test_what_cannot_be_is_named(ask, sentence):
    with pytest.raises(UsageError, match=sentence):
        ask()

"""D10: local response normalisation, by torch in its reading of α and by the paper's sum in the paper's."""

import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.nn.local_response_norm import LocalResponseNorm

SHAPES = [(2, 7), (2, 7, 5), (2, 7, 4, 3), (2, 7, 2, 3, 2), (1, 1, 3, 3)]


def values(shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 3


@pytest.mark.parametrize("shape", SHAPES[1:])  # torch wants three axes
@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
def test_divided_by_n_it_is_torch_s(shape, size):
    a = values(shape)
    found = LocalResponseNorm(size, alpha=0.3, beta=0.7, k=1.5, divide=True)(a)
    expected = F.local_response_norm(a, size, alpha=0.3, beta=0.7, k=1.5)
    torch.testing.assert_close(found, expected, rtol=1e-13, atol=0)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_undivided_it_is_the_paper_s_equation(shape, n):
    a = values(shape)
    expected = torch.empty_like(a)
    for i in range(shape[1]):
        neighbours = range(max(0, i - n // 2), min(shape[1] - 1, i + (n - 1) // 2) + 1)
        total = sum(a[:, j] ** 2 for j in neighbours)
        expected[:, i] = a[:, i] / (2 + 0.1 * total) ** 0.75
    torch.testing.assert_close(LocalResponseNorm(n, alpha=0.1)(a), expected, rtol=1e-13, atol=0)


def test_its_gradient_is_that_of_finite_differences():
    a = values((2, 6, 2, 2)).requires_grad_()
    assert torch.autograd.gradcheck(LocalResponseNorm(3, alpha=0.5), (a,))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"size": 0}, "size must be a whole number of at least 1; it is 0"),
        ({"alpha": -1.0}, "alpha must be a number at least 0; it is -1.0"),
        ({"beta": "x"}, "beta must be a number at least 0; it is 'x'"),
        ({"k": float("nan")}, "k must be a number at least 0; it is nan"),
    ],
)
def test_arguments_are_refused_by_name(arguments, sentence):
    with pytest.raises(UsageError, match=f"^{sentence}$"):
        LocalResponseNorm(**arguments)

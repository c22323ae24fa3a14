"""What the report says a loss is a number of."""

import pytest

from gradatim.explain.loss_unit import loss_unit
from gradatim.problems.numbers import Numbers
from gradatim.problems.reconstruction import Reconstruction


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Reconstruction((), "squared_error"), "squared error, summed over an example's numbers"),
        (Numbers(("a",), "squared_error"), "mean squared error"),
        (Numbers(("a", "b"), "squared_error"), "sum over 2 targets of the mean squared error"),
        (Numbers(("a", "b"), "absolute_error"), "sum over 2 targets of the mean absolute error"),
    ],
)
def test_a_loss_that_is_a_sum_over_outputs_is_called_one(problem, words):
    assert loss_unit(problem) == words

"""I1: the planted cross decides, and neither of its columns does alone."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.teaching.crossed import planted


@pytest.mark.parametrize("levels", [2, 6, 20])
def test_every_row_and_column_of_the_table_holds_as_many_ones_as_zeros(levels):
    table = planted(levels, 3)
    assert (table.sum(0) == levels / 2).all() and (table.sum(1) == levels / 2).all()
    assert (planted(levels, 4) != table).any() or levels == 2


def test_the_table_is_no_checkerboard_of_few_kinds_of_rows():
    assert np.linalg.matrix_rank(planted(20, 0) * 2.0 - 1) > 15


def test_the_answer_is_the_table_s_but_for_the_noise():
    found = load_data("crossed:n=20000,noise=0.2,levels=4,seed=1")
    right = planted(4, 1)[found.x[:, 0].astype(int), found.x[:, 1].astype(int)]
    assert (found.y == right).mean() == pytest.approx(0.8, abs=0.01)
    for column in found.x.T:
        shares = [found.y[column == k].mean() for k in range(4)]
        np.testing.assert_allclose(shares, 0.5, atol=0.03)


def test_the_first_rows_of_more_are_those_of_fewer():
    few, many = (load_data(f"crossed:n={n}") for n in (50, 100))
    np.testing.assert_array_equal(many.x[:50], few.x)
    np.testing.assert_array_equal(many.y[:50], few.y)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("crossed:levels=5", "levels must be an even number; it is 5"),
        ("crossed:levels=102", "levels must be a whole number of at most 100"),
        ("crossed:noise=0.5", "noise must be a number at least 0 and below 0.5"),
    ],
)
def test_arguments_that_cannot_be_are_named(name, says):
    with pytest.raises(UsageError, match=says):
        load_data(name)

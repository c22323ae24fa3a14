"""B10, B11: counts, each with the mean of a Poisson distribution."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.problems.choose import pose
from gradatim.problems.counts import Counts

ONE = Question("regression", ("visits",))
A, Y = np.random.default_rng(0).normal(size=(50, 1)), np.random.default_rng(1).poisson(2, 50)


def test_predictions_are_the_means_in_their_own_units():
    problem = pose(ONE, Y, "poisson_nll")
    assert problem == Counts(("visits",), "poisson_nll") and problem.shift == problem.scale == ()
    np.testing.assert_allclose(problem.predictions(A), np.exp(A), rtol=1e-15)
    assert problem.columns(A)["prediction"] == np.exp(A)[:, 0].tolist()
    found = problem.measures(A, Y)
    assert found["rmse"] == pytest.approx(np.sqrt(np.mean((np.exp(A)[:, 0] - Y) ** 2)), rel=1e-12)
    torchs = F.poisson_nll_loss(torch.from_numpy(A[:, 0]), torch.from_numpy(Y))
    assert found["loss"] == pytest.approx(torchs.item(), rel=1e-12)
    assert problem.constant(Y)[2].tolist() == [Y.mean()]
    assert Counts(("a", "b")).head() == (2, "2 counts: one linear output each, the logarithm of its mean")


@pytest.mark.parametrize(
    ("y", "shown"), [([0.0, 1.0, 2.5], "2.5"), ([3, -1, 2], "-1"), ([[1, 2], [0, 0.5]], "0.5")]
)
def test_what_is_no_count_is_refused(y, shown):
    with pytest.raises(UsageError) as error:
        pose(ONE, np.array(y), "poisson_nll")
    assert str(error.value) == f"poisson_nll is for counts 0, 1, 2, …; a target is {shown}"

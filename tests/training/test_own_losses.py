"""A loss of one's own beside a column of outputs: targets are compared one by one, or it is refused."""

import numpy as np
import pytest
import torch
from torch import nn

import gradatim
from gradatim.checks import UsageError
from gradatim.training.torch_optimizer import ELEMENTWISE, Custom

A, Y = torch.tensor([[1.0], [3.0], [0.5]]), torch.tensor([0.0, 1.0, 1.0])


@pytest.mark.parametrize("kind", ELEMENTWISE)
def test_torch_s_elementwise_losses_compare_each_output_with_its_own_target(kind):
    a = torch.sigmoid(A) if kind is nn.BCELoss else A
    torch.testing.assert_close(Custom(kind()).mean(a, Y), kind()(a[:, 0], Y))


@pytest.mark.parametrize(
    "function", [nn.functional.mse_loss, nn.functional.l1_loss, nn.functional.smooth_l1_loss]
)
def test_a_function_that_would_compare_all_with_all_is_refused(function):
    with pytest.raises(
        UsageError, match=r"every output with every target: outputs are \(3, 1\), targets \(3,\)"
    ):
        Custom(function).mean(A, Y)
    torch.testing.assert_close(Custom(lambda a, y: function(a[:, 0], y)).mean(A, Y), function(A[:, 0], Y))


def test_a_line_is_learned_by_a_module_of_one_s_own_with_torch_s_squared_error(tmp_path):
    """y = 2 x₀ + ½ without noise: broadcast, the loss would stay at the target's variance."""
    x = np.random.default_rng(0).normal(size=(150, 3))
    data = (x, 2 * x[:, 0] + 0.5)
    how = {"lr": 0.1, "weight_decay": 0.0, "epochs": 30, "threads": 1, "quiet": True}
    run = gradatim.train(data, model=nn.Linear(3, 1), loss=nn.MSELoss(), out=tmp_path / "run", **how)
    assert run.records[-1]["valid_loss"] < 1e-3

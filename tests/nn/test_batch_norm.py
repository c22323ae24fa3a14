"""D10: batch normalisation against torch's modules, training, evaluation and what runs beside."""

import pytest
import torch
from torch import nn

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.batch_norm import BatchNorm

THEIRS = {
    (4,): nn.BatchNorm1d,
    (4, 5): nn.BatchNorm1d,
    (4, 5, 3): nn.BatchNorm2d,
    (4, 2, 3, 2): nn.BatchNorm3d,
}


@pytest.mark.parametrize("shape", THEIRS, ids=str)
@pytest.mark.parametrize("momentum", [0.1, 0, None])
@pytest.mark.parametrize("affine", [True, False])
def test_values_gradients_and_running_numbers_are_torch_s(shape, momentum, affine):
    ours = BatchNorm(4, 1e-3, momentum, affine).double()
    theirs = THEIRS[shape](4, 1e-3, momentum, affine).double()
    assert list(ours.state_dict()) == list(theirs.state_dict())
    for _ in range(3):
        x = 3 + 2 * torch.randn(6, *shape, dtype=torch.float64)
        torch.testing.assert_close(ours(x), theirs(x), rtol=0, atol=0)
    for name, value in theirs.state_dict().items():
        torch.testing.assert_close(ours.state_dict()[name], value, rtol=0, atol=0)
    x = torch.randn(6, *shape, dtype=torch.float64)
    torch.testing.assert_close(ours.eval()(x), theirs.eval()(x), rtol=0, atol=0)


def test_it_begins_at_1_0_0_1_wherever_it_is_built():
    module = build({"name": "stack", "layers": [{"name": "batch_norm", "num_features": 3}]})
    state = {name: value.tolist() for name, value in module.state_dict().items()}
    assert state == {
        "0.weight": [1] * 3, "0.bias": [0] * 3, "0.running_mean": [0] * 3, "0.running_var": [1] * 3,
        "0.num_batches_tracked": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "sentence"),
    [
        ((2, 4, 5), "batch_norm of 3 channels got examples of shape (4, 5)"),
        (
            (1, 3),
            "batch_norm needs more than one number per channel while training; it got one: "
            "let every batch hold two examples or more",
        ),
        (
            (1, 3, 1, 1),
            "batch_norm needs more than one number per channel while training; it got one: "
            "let every batch hold two examples or more",
        ),
    ],
)
def test_what_cannot_be_is_refused(shape, sentence):
    layer = BatchNorm(3)
    with pytest.raises(UsageError) as error:
        layer(torch.zeros(shape))
    assert str(error.value) == sentence
    assert layer.num_batches_tracked == 0

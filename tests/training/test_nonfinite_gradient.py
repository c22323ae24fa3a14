"""By hand, a step whose gradient is not finite, though its loss is, leaves the network as it was."""

import copy

import numpy as np
import pytest

from gradatim.by_hand.losses.loss import Loss
from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss
from gradatim.training.training import Training

rng = np.random.default_rng(0)
X, Y = rng.standard_normal((40, 3)), rng.standard_normal(40)
LAYERS = [
    {"name": "dense", "in_features": 3, "out_features": 4},
    {"name": "tanh"},
    {"name": "dense", "in_features": 4, "out_features": 1},
]
OPTIMIZERS = ["sgd", "momentum", "adam", "adamw", "adagrad", "rmsprop", "lion", "muon", "nesterov_torch"]


class Cliff(Loss):
    """A loss whose value is always finite, and whose slope is `bad` from the n-th call on."""

    calls, n, bad = 0, 4, float("nan")

    def __call__(self, a, y):
        return a[:, 0] ** 2

    def slope(self, a, y):
        Cliff.calls += 1
        slope = 2 * a
        if Cliff.calls >= Cliff.n:
            slope[2] = Cliff.bad
        return slope


def state_of(training):
    tensors, numbers = training.engine.tensors(), training.engine.numbers()
    return {name: np.asarray(value).copy() for name, value in tensors.items()}, copy.deepcopy(numbers)


def stopped(training):
    """The message, and the state before the step that failed and behind it."""
    before, step = [], training.engine.step

    def noted(*given):
        before.append(state_of(training))
        return step(*given)

    training.engine.step = noted
    with pytest.raises(NonFiniteLoss) as caught:
        list(training)
    return str(caught.value), before[-1], state_of(training)


@pytest.fixture(autouse=True)
def from_the_start(monkeypatch):
    monkeypatch.setattr(Cliff, "calls", 0)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(
    "options", [{}, {"clip_norm": 1.0}, {"clip_value": 0.1}, {"l2": 0.01, "schedule": "cosine"}], ids=str
)
def test_parameters_and_the_optimizers_state_stay(optimizer, options):
    """Whatever moves them, with clipping and penalties, too."""
    training = Training(
        Network(LAYERS, 0), (X, Y), Cliff(), optimizer, batch_size=10, epochs=2, lr=0.01, **options
    )
    message, before, after = stopped(training)
    assert message.startswith("at step 4 (epoch 1, batch 4) the gradient has nan in ")
    assert "though the loss is" in message and "try a learning rate below" in message
    assert before[0].keys() == after[0].keys()
    for name, value in before[0].items():
        np.testing.assert_array_equal(after[0][name], value, err_msg=name)
        assert np.isfinite(value).all()
    assert training.step == 3


@pytest.mark.parametrize("bad", [float("inf"), float("-inf"), float("nan")])
@pytest.mark.parametrize("accumulate", [1, 2])
def test_what_it_has_is_said(bad, accumulate, monkeypatch):
    monkeypatch.setattr(Cliff, "bad", bad)
    training = Training(Network(LAYERS, 0), (X, Y), Cliff(), batch_size=5, epochs=2, accumulate=accumulate)
    message, *_ = stopped(training)
    assert f"at step {4 if accumulate == 1 else 2} (epoch 1, batch " in message
    assert "the gradient has" in message


@pytest.mark.parametrize("scale", [1e18, 1e19])
def test_large_gradients_whose_squares_are_beyond_the_type_are_finite(scale):
    """Their squares overflow in float32; the step is made."""

    class Steep(Cliff):
        def __call__(self, a, y):
            return a[:, 0] * scale

        def slope(self, a, y):
            return np.full_like(a, scale)

    training = Training(Network(LAYERS, 0), (X, Y), Steep(), "lion", batch_size=40, epochs=1, lr=0.01)
    assert next(training).step == 1

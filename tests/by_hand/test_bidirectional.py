"""E4, E7: sequences read in both directions by hand, and their vector, against torch and autograd."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.by_hand.layers.bidirectional import Bidirectional
from gradatim.by_hand.layers.step_pooling import StepPooling
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError

RNG = np.random.default_rng(5)
T, N, D, H = 6, 3, 4, 5
THEIRS = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}


def held(layer):
    """The layer with parameters of its own."""
    layer.hold(
        {name: RNG.uniform(-0.7, 0.7, shape) for name, shape in layer.shapes.items()},
        {name: np.empty(shape) for name, shape in layer.shapes.items()},
    )
    return layer


@pytest.mark.parametrize("cell", THEIRS)
def test_outputs_and_gradients_are_torch_s(cell):
    """Torch has two biases: the second is 0, but for the one inside r ⊙ (…) of a GRU; 1e-12."""
    layer, theirs = held(Bidirectional(D, H, cell)), THEIRS[cell](D, H, bidirectional=True).double()
    for name, p in theirs.named_parameters():
        with torch.no_grad():
            p.zero_()
            if "bias_hh" not in name:
                p.copy_(torch.from_numpy(layer.parameters[name.replace("bias_ih", "bias")]))
            elif cell == "gru":
                p[2 * H :] = torch.from_numpy(layer.parameters[name.replace("bias_hh", "bias_hn")])
    x, g = RNG.standard_normal((T, N, D)), RNG.standard_normal((T, N, 2 * H))
    x_t = torch.from_numpy(x).requires_grad_()
    out = theirs(x_t)[0]
    out.backward(torch.from_numpy(g))
    np.testing.assert_allclose(layer.forward(x), out.detach().numpy(), rtol=0, atol=1e-12)
    np.testing.assert_allclose(layer.backward(g), x_t.grad.numpy(), rtol=0, atol=1e-12)
    for name, p in theirs.named_parameters():
        right = p.grad.numpy()
        if "bias_hh" in name:
            if cell == "gru":
                mine = layer.gradients[name.replace("bias_hh", "bias_hn")]
                np.testing.assert_allclose(mine, right[2 * H :], rtol=0, atol=1e-12)
            continue
        mine = layer.gradients[name.replace("bias_ih", "bias")]
        np.testing.assert_allclose(mine, right, rtol=0, atol=1e-12)


def test_without_the_gradient_of_the_inputs_nothing_is_handed_back():
    layer = held(Bidirectional(D, H))
    layer.forward(RNG.standard_normal((T, N, D)))
    assert layer.backward(RNG.standard_normal((T, N, 2 * H)), inputs=False) is None


@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_the_vector_of_a_sequence(pooling):
    """torch.cat of each direction's last step, or the mean; gradients by autograd."""
    layer, x, g = StepPooling(pooling), *(RNG.standard_normal((n, N, 2 * H)) for n in (T, 1))
    x_t = torch.from_numpy(x).requires_grad_()
    right = torch.cat([x_t[-1, :, :H], x_t[0, :, H:]], 1) if pooling == "last" else x_t.mean(0)
    right.backward(torch.from_numpy(g[0]))
    np.testing.assert_allclose(layer.forward(x)[0], right.detach().numpy(), rtol=0, atol=1e-15)
    np.testing.assert_allclose(layer.backward(g), x_t.grad.numpy(), rtol=0, atol=1e-15)


def test_the_directions_are_drawn_apart():
    network = Network([{"name": "bidirectional", "input_size": 2, "hidden_size": 3, "cell": "lstm"}], seed=1)
    p = network.parameters
    assert not np.allclose(p["0.weight_ih_l0"], p["0.weight_ih_l0_reverse"])
    assert p["0.bias_l0_reverse"].tolist() == [0] * 3 + [1] * 3 + [0] * 6  # the gate that keeps


def test_what_cannot_be():
    with pytest.raises(UsageError, match="unknown cell 'lsmt': did you mean lstm"):
        Bidirectional(2, 3, "lsmt")
    with pytest.raises(UsageError, match="reads \\(steps, sequences, 2\\)"):
        held(Bidirectional(2, 3)).forward(np.zeros((4, 2)))
    with pytest.raises(UsageError, match="pooling must be last or mean"):
        StepPooling("max")

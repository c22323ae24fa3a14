"""E8, E19, E20: how far gradients reach, the unrolled network, and the word that is spelled."""

import numpy as np
import pytest
import torch

from gradatim.by_hand.jacobians import jacobian_norms
from gradatim.by_hand.layers.rnn import RNN
from gradatim.by_hand.speller import Speller
from gradatim.by_hand.unrolled import unroll
from gradatim.checks import UsageError
from gradatim.functional.initialisers import orthogonal

RNG = np.random.default_rng(3)


# ---- E8


@pytest.mark.parametrize(("s", "said"), [(0.9, "2.66e-05"), (1.0, "1.00e+00"), (1.1, "1.38e+04")])
@pytest.mark.parametrize("size", [1, 8, 50])
def test_a_scaled_rotation_changes_the_norm_by_s_at_every_step(s, said, size):
    """‖∂h_T/∂h_{T−k}‖₂ = s^k to 1e-12, for every k up to 100."""
    Q = orthogonal(np.random.default_rng(size), (size, size))
    norms = jacobian_norms(s * Q, 100)
    np.testing.assert_allclose(norms, s ** np.arange(101), rtol=1e-12)
    assert f"{norms[-1]:.2e}" == said
    assert s != 1.1 or round(norms[-1]) == 13_781


def test_a_singular_value_above_1_does_not_suffice_to_explode():
    """[[.5, 10], [0, .5]]: 10.02 at first, and it vanishes; its powers are known, ½^k [[1, 20k], [0, 1]]."""
    U = np.array([[0.5, 10.0], [0.0, 0.5]])
    norms = jacobian_norms(U, 100)
    assert round(norms[1], 2) == 10.02
    exact = [np.linalg.norm(0.5**k * np.array([[1, 20 * k], [0, 1]]), 2) for k in range(101)]
    np.testing.assert_allclose(norms, exact, rtol=1e-12)
    assert norms[-1] < 1e-26


def test_a_largest_singular_value_below_1_suffices_to_vanish():
    for nonlinearity in ("identity", "tanh", "relu"):
        U = RNG.standard_normal((6, 6))
        U *= 0.95 / np.linalg.norm(U, 2)
        norms = jacobian_norms(U, 60, nonlinearity, RNG.standard_normal((60, 6)))
        assert (norms <= 0.95 ** np.arange(61) * (1 + 1e-12)).all()


def test_behind_tanh_the_jacobian_is_autograd_s():
    U, x = RNG.standard_normal((4, 4)), RNG.standard_normal((7, 4))
    norms = jacobian_norms(U, 7, "tanh", x)

    def end(h, first):
        for t in range(first, 7):
            h = torch.tanh(torch.from_numpy(U) @ h + torch.from_numpy(x[t]))
        return h

    h = torch.zeros(4, dtype=torch.float64)
    for t in range(7):
        jacobian = torch.autograd.functional.jacobian(lambda s, t=t: end(s, t), h).numpy()
        np.testing.assert_allclose(norms[7 - t], np.linalg.norm(jacobian, 2), rtol=1e-12)
        h = torch.tanh(torch.from_numpy(U) @ h + torch.from_numpy(x[t]))
    assert norms[0] == 1


# ---- E19


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("steps", [1, 6])
def test_the_unrolled_network_has_the_same_outputs_and_its_gradients_add_up_to_bptt(bias, steps):
    """To 1e-13; and the layers' gradients are those of autograd, every layer's weights on their own."""
    rnn = RNN(3, 4, bias)
    rnn.hold(
        {name: RNG.uniform(-1, 1, shape) for name, shape in rnn.shapes.items()},
        {name: np.empty(shape) for name, shape in rnn.shapes.items()},
    )
    x, g = RNG.standard_normal((steps, 2, 3)), RNG.standard_normal((steps, 2, 4))
    h, layers = unroll(rnn, x, g)
    np.testing.assert_allclose(h, rnn.forward(x), rtol=1e-13)
    rnn.backward(g)
    joined = np.concatenate([rnn.gradients["weight_hh_l0"], rnn.gradients["weight_ih_l0"]], 1)
    np.testing.assert_allclose(sum(one["weight"] for one in layers), joined, rtol=1e-12, atol=1e-14)
    if bias:
        total = sum(one["bias"] for one in layers)
        np.testing.assert_allclose(total, rnn.gradients["bias_l0"], rtol=1e-12, atol=1e-14)
    both = np.concatenate([rnn.parameters["weight_hh_l0"], rnn.parameters["weight_ih_l0"]], 1)
    free = [torch.from_numpy(both.copy()).requires_grad_() for _ in range(steps)]
    b = torch.from_numpy(rnn.parameters["bias_l0"]) if bias else 0
    state, loss = torch.zeros(2, 4, dtype=torch.float64), 0
    for weight, x_t, g_t in zip(free, torch.from_numpy(x), torch.from_numpy(g), strict=True):
        state = torch.tanh(torch.cat([state, x_t], 1) @ weight.T + b)
        loss = loss + (state * g_t).sum()
    loss.backward()
    for one, weight in zip(layers, free, strict=True):
        np.testing.assert_allclose(one["weight"], weight.grad.numpy(), rtol=1e-12, atol=1e-14)


# ---- E20


def test_hello_has_33_weights_and_every_gradient_is_autograd_s():
    speller = Speller("hello")
    p = {
        name: torch.from_numpy(value.copy()).requires_grad_()
        for name, value in speller.network.parameters.items()
    }
    assert [tuple(value.shape) for value in p.values()] == [(3, 4), (3, 3), (4, 3)]
    assert sum(value.numel() for value in p.values()) == 33
    scores, grad, loss = speller.backpropagate()
    h, s = torch.zeros(3, dtype=torch.float64), []
    for x in torch.eye(4, dtype=torch.float64)[[0, 1, 2, 2]]:  # h e l l
        h = torch.tanh(p["0.weight_ih_l0"] @ x + p["0.weight_hh_l0"] @ h)
        s.append(p["1.weight"] @ h)
    theirs = torch.stack(s)
    theirs.retain_grad()
    twin = torch.nn.functional.cross_entropy(theirs, torch.tensor([1, 2, 2, 3]))  # e l l o
    twin.backward()
    np.testing.assert_allclose(loss, twin.item(), rtol=1e-13)
    np.testing.assert_allclose(scores, theirs.detach().numpy(), rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(grad, theirs.grad.numpy(), rtol=1e-12)
    for name, value in p.items():
        np.testing.assert_allclose(
            speller.network.gradients[name], value.grad.numpy(), rtol=1e-12, atol=1e-15
        )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("word", ["hello", "banana"])
def test_it_learns_to_spell(word, seed):
    """banana needs a state: an a is followed by n and n and then by the end."""
    speller = Speller(word, 3 if word == "hello" else 6, seed)
    while speller.spelled() != word and speller.updates < 3000:
        speller.backpropagate()
        speller.update(0.5)
    assert speller.spelled() == word


def test_spelling_leaves_no_state_behind():
    speller = Speller("hello")
    before = speller.backpropagate()[2]
    speller.spelled()
    assert speller.backpropagate()[2] == before


@pytest.mark.parametrize("word", ["", "a", "aa"])
def test_a_word_of_one_letter_is_refused(word):
    with pytest.raises(UsageError, match="word must have at least two different letters"):
        Speller(word)

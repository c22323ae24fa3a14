"""E17, E18, E23: the tasks by their rules, the measures by autograd and by hand."""

import numpy as np
import pytest
import torch

from gradatim.experiments.influence import forget_gates, influences
from gradatim.experiments.recurrent import Recurrent, judge, loss_of, wrong, wrong_at_the_end
from gradatim.experiments.sequence_tasks import (
    COPIED,
    SYMBOLS,
    Examples,
    adding,
    copying,
    delayed,
    latest_topic,
)
from gradatim.experiments.windows import network_of
from gradatim.nn.initialise import initialise
from gradatim.random import generator


class Fixed(torch.nn.Module):
    """Answers that were written before."""

    def __init__(self, a):
        super().__init__()
        self.a = torch.as_tensor(a)

    def forward(self, x):
        return self.a


def test_adding_marks_one_number_of_each_half_and_guessing_has_a_sixth():
    x, y, _ = adding(10)(np.random.default_rng(1), 20_000)
    marks = x[..., 1]
    assert (marks[:5].sum(0) == 1).all() and (marks[5:].sum(0) == 1).all()
    np.testing.assert_allclose(y[:, 0], (x[..., 0] * marks).sum(0), rtol=1e-6)
    assert abs(float(((y - 1) ** 2).mean()) - 1 / 6) < 0.005


def test_copying_asks_for_the_first_ten_symbols_behind_the_signal():
    pause = 7
    x, y, counts = copying(pause)(np.random.default_rng(0), 50)
    read = x.argmax(2)
    assert read.shape == (pause + 2 * COPIED, 50) and (x.sum(2) == 1).all()
    assert (read[:COPIED] < SYMBOLS).all() and (read[-COPIED - 1] == SYMBOLS + 1).all()
    assert (read[COPIED : -COPIED - 1] == SYMBOLS).all() and (read[-COPIED:] == SYMBOLS).all()
    assert (y[-COPIED:] == read[:COPIED]).all() and counts.sum(0).tolist() == [COPIED] * 50


@pytest.mark.parametrize("back", [0, 3])
def test_a_delayed_input_is_the_answer_where_it_counts(back):
    x, y, counts = delayed(8, back)(np.random.default_rng(0), 5)
    assert counts[:, 0].tolist() == [t >= back for t in range(8)]
    assert all((y[t] == x[t - back, :, 0]).all() for t in range(back, 8))


def test_the_latest_topic_asks_for_the_number_at_the_last_mark():
    for change in (None, 4, -1):
        x, y, _ = latest_topic(9, change)(np.random.default_rng(0), 30)
        last = 8 - x[::-1, :, 1].argmax(0)
        assert (y[:, 0] == x[last, np.arange(30), 0]).all()
        assert change == -1 or (last == (change or 0)).all()


def test_losses_and_shares_are_those_of_the_answers_that_count():
    y = np.array([[0, 1], [1, 1]])
    a = np.zeros((2, 2, 2), np.float32)
    a[..., 1] = 3.0  # always 1
    counts = np.array([[True, False], [True, True]])
    examples = Examples(np.zeros((2, 2, 1), np.float32), y, counts)
    expected = np.mean([np.log1p(np.exp(3.0)), np.log1p(np.exp(-3.0)), np.log1p(np.exp(-3.0))])
    assert float(loss_of(Fixed(a), examples)) == pytest.approx(expected, rel=1e-6)
    assert wrong(Fixed(a), lambda *_: examples, 0) == pytest.approx(1 / 3)
    assert wrong_at_the_end(Fixed(a), lambda *_: examples, 0) == 0
    numbers = Examples(np.zeros((2, 2, 1), np.float32), np.array([[1.0], [2.0]], np.float32))
    assert judge(Fixed(np.zeros((2, 2, 1), np.float32)), lambda *_: numbers, 0) == pytest.approx(2.5)


def test_influences_are_the_norms_of_jacobians():
    """Against torch's jacobian of one sequence, to 1e-6."""
    network = initialise(Recurrent("lstm", 2, 5, 1), 3)
    found = influences(network, latest_topic(6, 3), 4, 1)
    x = torch.from_numpy(latest_topic(6, 3)(generator(4, "influence"), 1).x)
    jacobian = torch.autograd.functional.jacobian(lambda x: network.layer(x)[0][-1, 0], x)  # (H, T, 1, D)
    np.testing.assert_allclose(found, jacobian[:, :, 0].square().sum((0, 2)).sqrt().numpy(), rtol=1e-5)


def test_forget_gates_are_those_that_explain_the_memory():
    """c_t = f ⊙ c_{t−1} + i ⊙ g, so f is the diagonal of ∂c_t/∂c_{t−1} at fixed h_{t−1}."""
    network = initialise(Recurrent("lstm", 2, 4, 1), 1)
    task = latest_topic(5, 2)
    found = forget_gates(network, task, 0, 1)
    x = torch.from_numpy(task(generator(0, "influence"), 1).x)
    for t in range(5):
        state = network.layer(x[:t])[1] if t else (torch.zeros(1, 1, 4), torch.zeros(1, 1, 4))
        h, c = (part.detach() for part in state)

        def memory(c, h=h, t=t):
            return network.layer(x[t : t + 1], (h, c))[1][1].flatten()

        slope = torch.autograd.functional.jacobian(memory, c)[:, 0, 0]
        np.testing.assert_allclose(found[t], slope.diagonal().numpy(), rtol=1e-5)


@pytest.mark.parametrize("name", ["window", "convolution"])
def test_networks_without_memory_see_their_window_and_nothing_else(name):
    network = initialise(network_of(name, 5, 8), 0)
    x = torch.randn(12, 1, 1, generator=torch.Generator().manual_seed(0), requires_grad=True)
    (slope,) = torch.autograd.grad(network(x)[9].sum(), x)
    assert [t for t in range(12) if slope[t].abs().sum() > 0] == [5, 6, 7, 8, 9]

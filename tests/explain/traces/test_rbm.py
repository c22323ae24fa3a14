"""The trace of a Boltzmann machine's step, against enumeration, torch's step and finite differences."""

from itertools import product

import numpy as np
import pytest
import torch

from gradatim.by_hand.boltzmann_machine import Machine
from gradatim.checks import UsageError
from gradatim.explain.traces.rbm import exact_gradient, rbm
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.contrast import cd_gradient

W, B, C = np.array([[0.5, -0.5, 1], [-1, 0.5, 0]]), np.array([0, 0.5, -0.5]), np.array([0.5, 0])


def sigma(z):
    return 1 / (1 + np.exp(-z))


def test_every_probability_state_and_product_is_that_of_the_equations():
    trace = rbm()
    p = sigma(C + W @ [1, 0, 1])
    hidden = trace.table("The hidden units, from the example")
    assert hidden.column("p = σ(in)") == pytest.approx(p, rel=1e-14)
    assert hidden.column("h") == [1, 0]  # 0.8808 > 0.4, 0.2689 < 0.6
    q = sigma(B + W[0])
    visible = trace.table("The visible units, from those")
    assert visible.column("q = σ(in)") == pytest.approx(q, rel=1e-14)
    assert visible.column("v′") == [0, 1, 1]  # 0.6225 < 0.7, 0.5 > 0.3, 0.6225 > 0.5
    again = sigma(C + W @ [0, 1, 1])
    np.testing.assert_allclose(trace.table("∇W").rows, np.outer(p, [1, 0, 1]) - np.outer(again, [0, 1, 1]))
    assert trace.table("The step with η = 0.5").column("after") == pytest.approx(
        [*(W + 0.5 * np.array(trace.table("∇W").rows)).ravel(), 0.5, 0, -0.5, *(C + 0.5 * (p - again))]
    )


def test_the_step_is_torch_s_with_the_same_numbers():
    machine = RBM(3, 2).double()
    with torch.no_grad():
        for parameter, value in zip(machine.parameters(), (W, B, C), strict=True):
            parameter.copy_(torch.from_numpy(value))
        drawn = {"hidden 0": [0.4, 0.6], "visible 0": [0.7, 0.3, 0.5]}
        found, _ = cd_gradient(
            machine, torch.tensor([[1.0, 0, 1]]).double(), None, 1,
            lambda name, shape: torch.tensor(drawn[name]).double().view(shape),
        )  # fmt: skip
    gradient = np.concatenate([found[name].ravel() for name, _ in machine.named_parameters()])
    assert rbm().table("CD-1 beside the exact gradient").column("CD-1") == pytest.approx(gradient, rel=1e-13)


def test_the_exact_gradient_and_probability_are_those_of_all_32_states():
    """Finite differences of log P(v) by the joint distribution, to 1e-8."""
    v = np.array([1.0, 0, 1])

    def log_p(theta):
        W, b, c = theta[:6].reshape(2, 3), theta[6:9], theta[9:]
        terms = {
            s: sum(np.exp(np.dot(h, W @ s) + b @ s + np.dot(c, h)) for h in product([0, 1], repeat=2))
            for s in product([0, 1], repeat=3)
        }
        return np.log(terms[tuple(v.astype(int))] / sum(terms.values()))

    theta = np.concatenate([W.ravel(), B, C])
    numeric = [(log_p(theta + e) - log_p(theta - e)) / 2e-5 for e in 1e-5 * np.eye(11)]
    exact = np.concatenate([part.ravel() for part in exact_gradient(Machine(W, B, C), v)])
    np.testing.assert_allclose(exact, numeric, atol=1e-8)
    probability = rbm().table("The example's probability").column("P(v)")
    assert probability[0] == pytest.approx(np.exp(log_p(theta)), rel=1e-12)
    assert probability[1] > probability[0]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"v": (1, 2, 0)}, "the units of v are 0 or 1; they are 1, 2, 0"),
        ({"u": (0.5, 1)}, "u must be .* below 1; it is 1"),
        ({"v": (1, 0)}, "v must be 3 numbers"),
        ({"lr": 0}, "lr must be a number above 0"),
        ({"w": [[0] * 9] * 2}, "every state of at most 10 units; these are 11"),
    ],
)
def test_misuse_is_refused(given, said):
    with pytest.raises(UsageError, match=said):
        rbm(**given)

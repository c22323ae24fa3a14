"""The updates on arrays have the settings, the state and the steps of the torch optimizers of their names."""

import inspect

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.optim import numpy_updates
from gradatim.optim.numpy_updates import ADAM_RATIO, METHODS, vector_update

SHAPES = [(3, 4), (3,), (2, 3), (2,)]
ELEMENTWISE = [name for name in METHODS if name not in ("lbfgs",)]


def test_every_optimizer_is_here():
    assert set(METHODS) == set(catalog.names("optimizer"))


@pytest.mark.parametrize("name", METHODS)
def test_settings_are_those_of_the_torch_optimizer(name):
    parameters = inspect.signature(catalog.find(name, "optimizer").load()).parameters
    theirs = {key: p.default for key, p in parameters.items() if key not in ("params", "fused", "self")}
    beta1, beta2 = theirs.pop("betas", (None, None))
    decay = theirs.pop("weight_decay", 0.0)
    if name == "muon":
        assert theirs.pop("adam_ratio") == ADAM_RATIO
        beta1 = None  # of the others'
    if name == "lbfgs":
        theirs["max_iter"] = 1  # in a Training a step is one iteration
    if beta1 is not None:
        theirs |= {"beta1": beta1, "beta2": beta2}
    method = METHODS[name]
    assert {k: v for k, v in method.settings.items() if k != "weight_decay"} == theirs
    assert method.weight_decay == decay


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_state_has_torch_s_names(name):
    made_by = catalog.find(name, "optimizer").load()
    assert METHODS[name].state == tuple(key for key in made_by.state_names if key != "step")


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_steps_are_the_wrapper_s(name):
    """30 steps on matrices and vectors, to 1e-13."""
    rng = np.random.default_rng(1)
    start = [rng.standard_normal(shape) for shape in SHAPES]
    tensors = [torch.nn.Parameter(torch.tensor(p)) for p in start]
    made_by = catalog.find(name, "optimizer").load()
    fused = {"fused": False} if "fused" in inspect.signature(made_by).parameters else {}
    decay = {"weight_decay": 0.0}
    torch_optimizer = made_by(tensors, lr=0.01, **decay, **fused)
    theta = np.concatenate([p.ravel() for p in start])
    update = vector_update(name, theta, SHAPES)
    for _ in range(30):
        grads = [rng.standard_normal(shape) for shape in SHAPES]
        for p, g in zip(tensors, grads, strict=True):
            p.grad = torch.tensor(g)
        torch_optimizer.step()
        update(theta, np.concatenate([g.ravel() for g in grads]), 0.01)
    theirs = np.concatenate([p.detach().numpy().ravel() for p in tensors])
    np.testing.assert_allclose(theta, theirs, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", [name for name in METHODS if name not in ("lbfgs", "muon")])
def test_pieces_change_nothing(name, monkeypatch):
    rng = np.random.default_rng(2)
    start, gradients = rng.standard_normal(50), rng.standard_normal((5, 50))
    ends = []
    for size in (64, 7):
        monkeypatch.setattr(numpy_updates, "PIECE", size)
        theta = start.copy()
        update = vector_update(name, theta, [(50,)])
        for g in gradients:
            update(theta, g, 0.01)
        ends.append([theta, *update.state.values()])
    for whole, pieces in zip(*ends, strict=True):
        np.testing.assert_array_equal(whole, pieces)


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match=r"^unknown optimizer 'adamm': did you mean adam"):
        vector_update("adamm", np.zeros(1), [(1,)])


LAYOUTS = {  # of a row: the same numbers, with others beside them
    "in one piece": lambda x, base: base.__setitem__(slice(5, 5 + len(x)), x) or base[5 : 5 + len(x)],
    "every other": lambda x, base: base.__setitem__(slice(0, 2 * len(x), 2), x) or base[: 2 * len(x) : 2],
    "backwards": lambda x, base: base.__setitem__(slice(0, len(x)), x[::-1]) or base[: len(x)][::-1],
}


@pytest.mark.parametrize("name", ELEMENTWISE)
@pytest.mark.parametrize("of_theta", LAYOUTS)
@pytest.mark.parametrize("of_gradient", [*LAYOUTS, "one number everywhere", "of another precision", "theta"])
def test_rows_may_lie_anywhere(name, of_theta, of_gradient):
    """The steps are those of rows in one piece, to 1e-12, and what lies beside them stays."""
    rng, n = np.random.default_rng(2), sum(int(np.prod(shape)) for shape in SHAPES)
    start, base = rng.standard_normal(n), np.full(3 * n, 1e6)
    theta, plain = LAYOUTS[of_theta](start, base), start.copy()
    updates = [vector_update(name, row, SHAPES) for row in (theta, plain)]
    before = base == 1e6
    for _ in range(4):
        g = rng.standard_normal(n).astype(np.float32).astype(float)
        if of_gradient == "theta":
            theirs, g = theta, plain.copy()
        elif of_gradient == "one number everywhere":
            theirs = np.broadcast_to(g[:1], g.shape)
            g = theirs.copy()
        elif of_gradient == "of another precision":
            theirs = g.astype(np.float32)
        else:
            theirs = LAYOUTS[of_gradient](g, np.full(3 * n, 7.0))
        updates[0](theta, theirs, 0.1)
        updates[1](plain, g, 0.1)
    np.testing.assert_allclose(theta, plain, rtol=1e-12, atol=1e-14)
    assert ((base == 1e6) == before).all()
    copied = of_gradient in ("of another precision", "theta")  # into one piece
    apart = of_theta == "in one piece" and (copied or of_gradient == of_theta)
    assert updates[0].path == (updates[1].path if apart else "text")
    updates[0](start.copy(), g, 0.1)
    assert updates[0].path == updates[1].path

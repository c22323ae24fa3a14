"""Memory that moves, that two share, or that is of another precision: the steps are the text's."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.optim.sgd import SGD

STEPPING = [name for name in catalog.names("optimizer") if name != "lbfgs"]
FUSED = ["sgd", "momentum", "nesterov_torch", "adam", "adamw", "adagrad", "amsgrad"]
EACH = pytest.mark.parametrize("name", STEPPING)
MATRIX = (4, 6)


def drawn(shape, *seed):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def optimizer_of(name, params, **settings):
    """The catalogue's optimizer, without weight decay unless asked."""
    decay = {} if name == "lbfgs" else {"weight_decay": 0.0}
    return catalog.find(name, "optimizer").load()(params, **{**decay, **settings})


def same(a, b):
    torch.testing.assert_close(a.detach().contiguous(), b.detach().contiguous(), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("name", FUSED)
@pytest.mark.parametrize("change", [
    lambda p: p.data.t(),  # the same address
    lambda p: p.data.t().contiguous().t(),
    lambda p: torch.cat([p.data, p.data])[::2],
    lambda p: p.data.repeat_interleave(2, 0)[::2],
])  # fmt: skip
def test_a_parameter_that_changes_its_memory_in_mid_run(name, change):
    square = (5, 5)
    p, plain = nn.Parameter(drawn(square, 1)), nn.Parameter(drawn(square, 1))
    optimizer, by_text = optimizer_of(name, [p]), optimizer_of(name, [plain], fused=False)
    for t in range(6):
        if t == 3:
            p.data = change(p)
            plain.data = p.data.clone().contiguous()
        for q, o in ((p, optimizer), (plain, by_text)):
            q.grad = drawn(square, t, 2)
            o.step()
    same(p, plain)


@pytest.mark.parametrize("name", FUSED)
def test_double_precision_in_mid_run(name):
    """The parameters are double from there on, the state is still single: a kernel would misread it."""

    def run(**settings):
        p = nn.Parameter(drawn(MATRIX, 1).float())
        optimizer = optimizer_of(name, [p], **settings)
        for t in range(4):
            if t == 2:
                p.data = p.data.double()
            p.grad = drawn(MATRIX, t, 3).to(p.dtype)
            optimizer.step()
        assert optimizer.path == ("text" if settings or name != "sgd" else "fused")
        return p.detach()

    torch.testing.assert_close(run(), run(fused=False), rtol=1e-6, atol=1e-6)


@EACH
def test_a_gradient_that_is_its_parameter_is_read_first(name):
    """θ² /2 has the gradient θ: the same tensor, a view of it, and another object on its memory."""
    start = drawn(MATRIX, 1)

    def run(gradient_of):
        ps = [nn.Parameter(start.clone()), nn.Parameter(start[0].clone())]
        optimizer = optimizer_of(name, ps, lr=0.1, weight_decay=0.1)
        for _ in range(4):
            for p in ps:
                p.grad = gradient_of(p)
            optimizer.step()
        return ps

    expected = run(lambda p: p.detach().clone())
    for gradient_of in (lambda p: p.detach(), lambda p: torch.from_numpy(p.detach().numpy())):
        for a, b in zip(run(gradient_of), expected, strict=True):
            same(a, b)


@pytest.mark.parametrize("name", FUSED)
def test_memory_that_two_share_goes_through_the_text(name):
    """Rows 0 … 3 and 2 … 5 of one tensor, moved one after the other."""

    def run(**settings):
        base = drawn((6, 4), 1)
        ps = [nn.Parameter(base[:4]), nn.Parameter(base[2:])]
        optimizer = optimizer_of(name, ps, **settings)
        for t in range(3):
            for i, p in enumerate(ps):
                p.grad = drawn((4, 4), t, i)
            optimizer.step()
        assert optimizer.path == "text"
        return base

    same(run(), run(fused=False))


def test_a_flat_vector_of_parameters_and_gradients_is_fused():
    """Side by side in one storage, they do not meet."""
    flat = drawn((48,), 1)
    p = nn.Parameter(flat[:24].view(MATRIX))
    p.grad = flat[24:].view(MATRIX)
    before = flat.clone()
    optimizer = SGD([p], lr=0.1)
    optimizer.step()
    assert optimizer.path == "fused"
    same(flat[:24], before[:24] - 0.1 * before[24:])
    assert torch.equal(flat[24:], before[24:])


@pytest.mark.parametrize("name", catalog.names("optimizer"))
def test_a_number_in_several_places_cannot_move_apart(name):
    p = nn.Parameter(torch.ones(1).expand(2, 3))
    with pytest.raises(
        UsageError, match=r"^parameter 0 of shape \(2, 3\) holds one number in several places"
    ):
        optimizer_of(name, [p])
    windows = torch.as_strided(torch.zeros(4), (3, 2), (1, 1))
    with pytest.raises(
        UsageError, match=r"^parameter 1 of shape \(3, 2\) holds one number in several places"
    ):
        optimizer_of(name, [nn.Parameter(torch.zeros(2)), nn.Parameter(windows)])
    apart = torch.as_strided(torch.zeros(6), (2, 2), (3, 2))  # rows that interleave and do not meet
    assert optimizer_of(name, [nn.Parameter(apart)]).param_groups

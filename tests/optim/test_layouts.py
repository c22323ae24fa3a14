"""Whatever lies where in memory: every optimizer's steps are its text's, and no other memory is touched."""

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.optim.adam import Adam
from gradatim.optim.adamw import AdamW
from gradatim.optim.lbfgs import LBFGS
from gradatim.optim.numpy_updates import METHODS, vector_update

STEPPING = [name for name in catalog.names("optimizer") if name != "lbfgs"]
FUSED = ["sgd", "momentum", "nesterov_torch", "adam", "adamw", "adagrad", "amsgrad"]
EACH = pytest.mark.parametrize("name", STEPPING)
MATRIX, PICTURES = (4, 6), (4, 3, 2, 2)
HUGE = 1e6  # what stands beside a view


def contiguous(x):
    return x.clone(), None


def channels_last(x):
    return x.clone(memory_format=torch.channels_last), None


def transposed(x):
    return x.transpose(0, 1).contiguous().transpose(0, 1), None


def strided(x):
    """base[::2]: every other row of a larger tensor."""
    base = torch.full((2 * len(x), *x.shape[1:]), HUGE, dtype=x.dtype)
    base[::2] = x
    return base[::2], base


def sliced(x):
    """base[:, 1:-1]: columns of a larger tensor."""
    base = torch.full((len(x), x.shape[1] + 2, *x.shape[2:]), HUGE, dtype=x.dtype)
    base[:, 1:-1] = x
    return base[:, 1:-1], base


def middle(x):
    """base[1:-1]: rows of a larger tensor, in one piece."""
    base = torch.full((len(x) + 2, *x.shape[1:]), HUGE, dtype=x.dtype)
    base[1:-1] = x
    return base[1:-1], base


def expanded(x):
    """One number, seen at every place: as of autograd.grad(p.sum(), p)."""
    return x.flatten()[0].clone().expand(x.shape), None


def rows_expanded(x):
    return x[:1].clone().expand(x.shape), None


def negated(x):
    """A view that turns every sign, and has not done so yet."""
    return torch._neg_view(-x), None


OF_PARAMETER = [contiguous, channels_last, transposed, strided, sliced, middle]
OF_GRADIENT = [*OF_PARAMETER, expanded, rows_expanded, negated]
PAIRS = [
    (shape, p, g) for shape in (MATRIX, PICTURES) for p in OF_PARAMETER for g in OF_GRADIENT
    if len(shape) == 4 or channels_last not in (p, g)
]  # fmt: skip


def drawn(shape, *seed):
    return torch.from_numpy(np.random.default_rng(seed).standard_normal(shape))


def optimizer_of(name, params, **settings):
    """The catalogue's optimizer, without weight decay unless asked."""
    decay = {} if name == "lbfgs" else {"weight_decay": 0.0}
    return catalog.find(name, "optimizer").load()(params, **{**decay, **settings})


def texts_steps(name, theta, gradients, decay=0.0):
    """The text on one NumPy vector, step by step."""
    theta = theta.numpy().copy()
    settings = METHODS[name].settings
    own = {"weight_decay": decay} if "weight_decay" in settings else {}
    vector = theta.reshape(-1)
    update = vector_update(name, vector, [theta.shape], own)
    if name == "muon":
        update.others["weight_decay"] = decay
    for g in gradients:
        g = g.numpy().reshape(-1)
        update(vector, g if own else g + decay * vector, settings["lr"])
    return torch.from_numpy(theta)


def beside(base, p):
    """What lies in the larger tensor around a view of it."""
    kept = base.clone()
    torch.as_strided(kept, p.shape, p.stride(), p.storage_offset()).fill_(HUGE)
    return kept


def same(a, b):
    torch.testing.assert_close(a.detach().contiguous(), b.detach().contiguous(), rtol=1e-12, atol=1e-14)


@EACH
@pytest.mark.parametrize("decay", [0.0, 0.03])
def test_every_pair_of_layouts_is_the_text_s(name, decay):
    """Double precision, 5 steps, of one parameter and of two: equal to 1e-12; what is beside a view stays."""
    for shape, of_p, of_g in PAIRS:
        start = drawn(shape, 1)
        views = [of_p(start), of_p(start)]
        both = [nn.Parameter(view) for view, _ in views]
        assert all(p.stride() == view.stride() for p, (view, _) in zip(both, views, strict=True))
        optimizers = [
            optimizer_of(name, ps, weight_decay=decay)
            for ps in (both[:1], [both[1], nn.Parameter(drawn((3,), 2))])
        ]
        gradients = []
        for t in range(5):
            g, base = of_g(drawn(shape, t, 3))
            gradients.append(g.clone().contiguous())
            both[0].grad, both[1].grad = g, g
            optimizers[1].param_groups[0]["params"][1].grad = drawn((3,), t, 4)
            for optimizer in optimizers:
                optimizer.step()
            assert torch.equal(g, gradients[-1]), "the gradient is read only"
            assert base is None or (beside(base, g) == HUGE).all()
        expected = texts_steps(name, start, gradients, decay)
        for p, (_, base) in zip(both, views, strict=True):
            same(p, expected)
            assert base is None or (beside(base, p) == HUGE).all()


@EACH
def test_the_gradient_s_layout_may_change_from_step_to_step(name):
    layouts = [contiguous, expanded, contiguous, channels_last, transposed, strided, contiguous]
    start = drawn(PICTURES, 1)
    p = nn.Parameter(start.clone())
    optimizer, gradients = optimizer_of(name, [p]), []
    for t, layout in enumerate(layouts):
        p.grad, _ = layout(drawn(PICTURES, t, 3))
        gradients.append(p.grad.clone().contiguous())
        optimizer.step()
    same(p, texts_steps(name, start, gradients))


def test_the_ordinary_path_is_the_kernel():
    """Alike in memory: contiguous, channels last, transposed, a piece of a flat vector; other strides of a
    single axis are no other order."""
    for name in FUSED:
        for layout in (contiguous, channels_last, transposed, middle):
            p = nn.Parameter(layout(drawn(PICTURES, 1))[0])
            optimizer = optimizer_of(name, [p])
            for t in range(3):
                p.grad = layout(drawn(PICTURES, t, 3))[0]
                optimizer.step()
                assert optimizer.path == "fused"
        narrow = nn.Parameter(drawn((4, 3, 1, 1), 1).to(memory_format=torch.channels_last))
        narrow.grad = drawn((4, 3, 1, 1), 2)
        optimizer = optimizer_of(name, [narrow])
        optimizer.step()
        assert optimizer.path == "fused"
        same(narrow, texts_steps(name, drawn((4, 3, 1, 1), 1), [drawn((4, 3, 1, 1), 2)]))


@pytest.mark.parametrize("fused", [None, True])
def test_path_says_what_the_text_moved(fused):
    ps = [nn.Parameter(drawn(MATRIX, i)) for i in range(3)]
    optimizer = Adam(ps, fused=fused)
    for p in ps:
        p.grad = torch.ones_like(p)
    ps[1].grad = torch.ones(1, dtype=torch.float64).expand(MATRIX)
    optimizer.step()
    assert optimizer.path == "fused, and text for 1 of 3 parameters"
    ps[1].grad = torch.ones_like(ps[1])
    optimizer.step()
    assert optimizer.path == "fused"


@pytest.mark.parametrize("name", STEPPING)
def test_what_is_empty_moves_nothing(name):
    ps = [nn.Parameter(drawn((0, 3), 1)), nn.Parameter(drawn(MATRIX, 1))]
    optimizer = optimizer_of(name, ps)
    for p in ps:
        p.grad = torch.ones_like(p)
    optimizer.step()
    same(ps[1], texts_steps(name, drawn(MATRIX, 1), [torch.ones(MATRIX, dtype=torch.float64)]))


@pytest.mark.parametrize("layout", OF_PARAMETER[2:])
def test_lbfgs_in_every_layout(layout):
    target = drawn(MATRIX, 2)

    def run(of_p, of_g):
        p, base = of_p(drawn(MATRIX, 1))
        p = nn.Parameter(p)
        optimizer = LBFGS([p])

        def closure():
            p.grad, _ = of_g((4 * (p - target) ** 3).detach())
            return ((p - target) ** 4).sum().detach()

        optimizer.step(closure)
        assert base is None or (beside(base, p) == HUGE).all()
        return p

    expected = run(contiguous, contiguous)
    for of_g in (contiguous, transposed, strided, sliced, negated):
        same(run(layout, of_g), expected)


def test_a_tensor_of_another_class_goes_through_the_text():
    class Marked(nn.Parameter):
        pass

    p = Marked(drawn(MATRIX, 1))
    optimizer = AdamW([p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    assert optimizer.path == "text"
    same(
        p.as_subclass(torch.Tensor),
        texts_steps("adamw", drawn(MATRIX, 1), [torch.ones(MATRIX, dtype=torch.float64)], 0.01),
    )

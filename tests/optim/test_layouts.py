"""Whatever lies where in memory: every optimizer's steps are its text's, and no other memory is touched."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.optim.adam import Adam
from gradatim.optim.adamw import AdamW
from gradatim.optim.lbfgs import LBFGS
from gradatim.optim.nadam import NAdam
from gradatim.optim.on_arrays import METHODS, vector_update
from gradatim.optim.sgd import SGD

STEPPING = [name for name in catalog.names("optimizer") if name != "lbfgs"]
FUSED = ["sgd", "momentum", "nesterov_torch", "adam", "adamw", "adagrad"]
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


def convolutions(layout):
    model = nn.Sequential(
        nn.Conv2d(3, 4, 2), nn.Tanh(), nn.Conv2d(4, 3, 1), nn.Flatten(), nn.Linear(12, 2)
    ).double()
    with torch.no_grad():
        for i, p in enumerate(model.parameters()):
            p.copy_(0.5 * drawn(tuple(p.shape), i, 5))
    return model.to(memory_format=layout)


def walk(model, optimizer, start, stop):
    for t in range(start, stop):
        optimizer.zero_grad()
        (model(drawn((5, 3, 3, 3), t, 6)) ** 2).mean().backward()
        optimizer.step()


LAYOUTS = [torch.contiguous_format, torch.channels_last]


@EACH
@pytest.mark.parametrize("before", LAYOUTS)
@pytest.mark.parametrize("after", LAYOUTS)
def test_state_loads_into_another_layout(name, before, after):
    """As by load_state_dict, of itself and as saved to a file, which forgets the order: equal to 1e-12."""
    straight = convolutions(torch.contiguous_format)
    settings = {"fused": False} if name in FUSED else {}
    walk(straight, optimizer_of(name, straight.parameters(), lr=0.01, **settings), 0, 12)
    first = convolutions(before)
    optimizer = optimizer_of(name, first.parameters(), lr=0.01)
    walk(first, optimizer, 0, 6)
    saved = optimizer.state_dict()
    in_file = copy.deepcopy(saved)
    for state in in_file["state"].values():
        state.update({key: value.contiguous() for key, value in state.items()})
    for held in (saved, in_file):
        second = convolutions(after)
        second.load_state_dict(first.state_dict())
        other = optimizer_of(name, second.parameters())
        other.load_state_dict(copy.deepcopy(held))
        walk(second, other, 6, 12)
        assert (other.path == "fused") == (name in FUSED), "a state is laid out beside its parameter"
        for a, b in zip(second.parameters(), straight.parameters(), strict=True):
            same(a, b)


@EACH
def test_the_network_changes_its_layout_under_the_optimizer(name):
    straight, model = convolutions(torch.contiguous_format), convolutions(torch.contiguous_format)
    walk(straight, optimizer_of(name, straight.parameters(), lr=0.01), 0, 12)
    optimizer = optimizer_of(name, model.parameters(), lr=0.01)
    for start, layout in ((0, LAYOUTS[0]), (4, LAYOUTS[1]), (8, LAYOUTS[0])):
        model.to(memory_format=layout)
        walk(model, optimizer, start, start + 4)
    for a, b in zip(model.parameters(), straight.parameters(), strict=True):
        same(a, b)


@pytest.mark.parametrize("layout", [strided, sliced, transposed, expanded])
def test_state_that_lies_anywhere_is_laid_out(layout):
    """A saved moment that is itself a view: its neighbours stay."""
    p, plain = nn.Parameter(drawn(MATRIX, 1)), nn.Parameter(drawn(MATRIX, 1))
    first, second = Adam([p]), Adam([plain])
    for q, o in ((p, first), (plain, second)):
        q.grad = torch.ones_like(q)
        o.step()
    saved = copy.deepcopy(first.state_dict())
    value, base = layout(saved["state"][0]["exp_avg"])
    saved["state"][0]["exp_avg"] = value
    first.load_state_dict(saved)
    for q, o in ((p, first), (plain, second)):
        q.grad = torch.ones_like(q)
        o.step()
    assert first.path == "fused"
    same(p, plain)
    assert base is None or (beside(base, value) == HUGE).all()


@EACH
def test_a_state_of_another_shape_is_refused(name):
    """Also where as many numbers are in it: they would be others' means."""
    p, q = nn.Parameter(drawn(MATRIX, 1)), nn.Parameter(drawn((6, 4), 1))
    optimizer = optimizer_of(name, [p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    other = optimizer_of(name, [q])
    if name == "sgd":  # without a state
        other.load_state_dict(optimizer.state_dict())
        return
    with pytest.raises(
        UsageError, match=r"^the saved \w+ of parameter 0 has the shape \(4, 6\); here it is \(6, 4\)$"
    ):
        other.load_state_dict(optimizer.state_dict())


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


def test_nadam_s_one_number_is_no_layout():
    p = nn.Parameter(drawn(MATRIX, 1))
    optimizer = NAdam([p])
    p.grad = torch.ones_like(p)
    optimizer.step()
    held = optimizer.state_dict()
    optimizer.load_state_dict(copy.deepcopy(held))
    assert optimizer.state[p]["mu_product"].shape == ()

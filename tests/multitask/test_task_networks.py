"""H1: networks of several tasks: losses and gradients, how tasks are weighed, what columns share."""

import math

import numpy as np
import pytest
import torch
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.cross_stitch import CrossStitch
from gradatim.models.shared_trunk import SharedTrunk
from gradatim.models.soft_sharing import SoftSharing
from gradatim.multitask.gradnorm import gradnorm
from gradatim.multitask.training import MultiTaskTraining, TaskLoss
from gradatim.nn.initialise import initialise

TASKS = [("sold", "binary_cross_entropy", 1), ("kind", "cross_entropy", 3), ("price", "squared_error", 1)]


def rows(n=14, missing=0.3, seed=0):
    """Inputs (n, 4), and targets of three tasks, some of them missing."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 4))
    y = np.stack([rng.integers(0, 2, n), rng.integers(0, 3, n), rng.normal(size=n)], 1).astype(float)
    y[rng.random(y.shape) < missing] = np.nan
    return torch.from_numpy(x), torch.from_numpy(y)


def made(kind=SharedTrunk, seed=1, **arguments):
    network = kind(4, 5, TASKS, **{"hidden": (6, 5), "activation": "tanh", **arguments})
    return initialise(network.double(), seed).train()


def gradients(network, loss):
    network.zero_grad()
    loss.backward()
    return {
        n: torch.zeros_like(p) if p.grad is None else p.grad.clone() for n, p in network.named_parameters()
    }


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (SharedTrunk, {"task_weights": [0.5, 2, 1]}),
        (SharedTrunk, {"task_weights": "uncertainty", "head_hidden": (3,)}),
        (CrossStitch, {"task_weights": "uncertainty"}), (SoftSharing, {"sharing": 0.3}),
    ],
)  # fmt: skip
def test_gradients_are_those_of_finite_differences(kind, arguments):
    """Central differences of h = 1e-6 in float64, every parameter: to 1e-7."""
    x, y = rows()
    network = made(kind, **arguments)
    loss = TaskLoss(network)
    network.zero_grad()
    loss(network(x), y).backward()
    found = torch.cat([p.grad.reshape(-1) for p in network.parameters()])
    theta = parameters_to_vector(network.parameters()).detach()
    for k in range(0, len(theta), 3):
        values = []
        for h in (1e-6, -1e-6):
            moved = theta.clone()
            moved[k] += h
            vector_to_parameters(moved, network.parameters())
            values.append(loss(network(x), y).item())
        assert found[k].item() == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-7)


def test_the_loss_is_the_weighted_sum_of_means_over_the_rows_that_have_a_target():
    x, y = rows()
    network = made(task_weights=[0.5, 2, 1])
    a = network(x)
    known = ~torch.isnan(y)
    by_hand = (
        0.5 * torch.nn.functional.binary_cross_entropy_with_logits(a[known[:, 0], 0], y[known[:, 0], 0])
        + 2 * torch.nn.functional.cross_entropy(a[known[:, 1], 1:4], y[known[:, 1], 1].long())
        + (a[known[:, 2], 4] - y[known[:, 2], 2]).square().mean()
    )
    assert TaskLoss(network)(a, y).item() == pytest.approx(by_hand.item(), abs=1e-12)


def test_missing_targets_change_nothing_of_other_tasks_gradients():
    """Gradients of tasks alone add up to those of all; without any target a task has none: 1e-14."""
    x, y = rows()
    network = made()
    loss = TaskLoss(network)
    whole = gradients(network, loss(network(x), y))
    parts = []
    for t in range(3):
        alone = torch.full_like(y, torch.nan)
        alone[:, t] = y[:, t]
        parts.append(gradients(network, loss(network(x), alone)))
        others = [s for s in range(3) if s != t]
        assert not any(parts[t][n].any() for n in whole if n.startswith(tuple(f"heads.{s}." for s in others)))
    for name, g in whole.items():
        torch.testing.assert_close(sum(part[name] for part in parts), g, rtol=0, atol=1e-14)
    fewer = y.clone()
    fewer[:9, 2] = torch.nan
    for name, g in gradients(network, loss(network(x), fewer)).items():
        if name.startswith(("heads.0", "heads.1")):
            torch.testing.assert_close(g, whole[name], rtol=0, atol=0)


def test_the_best_variance_is_the_loss_of_a_number_and_twice_that_of_a_class():
    """∂L/∂s = 0 at σ² = 2cL, where L is ½ + ½ log σ² a task: to 1e-12; elsewhere L is larger."""
    network = made(task_weights="uncertainty")
    losses, there = torch.tensor([0.3, 1.4, 0.02]).double(), torch.tensor([True] * 3)
    best = torch.log(torch.tensor([0.6, 2.8, 0.02]).double())
    with torch.no_grad():
        network.log_variances.copy_(best)
    least = network.weigh(losses, there)
    (g,) = torch.autograd.grad(least, network.log_variances)
    assert g.abs().max().item() < 1e-12
    assert least.item() == pytest.approx((0.5 + 0.5 * best).sum().item(), abs=1e-12)
    for step in (-0.1, 0.1):
        with torch.no_grad():
            network.log_variances.copy_(best + step)
        assert network.weigh(losses, there).item() > least.item()


def test_a_task_without_a_row_leaves_its_variance_alone():
    network = made(task_weights="uncertainty")
    x, y = rows()
    y[:, 1] = torch.nan
    g = gradients(network, TaskLoss(network)(network(x), y))["log_variances"]
    assert g[1].item() == 0 and g[0].item() != 0


@pytest.mark.parametrize("alpha", [0.0, 0.5, 1.5])
def test_gradnorm_is_the_gradient_of_its_own_loss(alpha):
    """Against autograd of Σ|G − target|, the targets held, then Σw = T (Chen et al. 2018, eq. 2): 1e-12."""
    rng = np.random.default_rng(3)
    for _ in range(5):
        w, norms, losses, first = rng.uniform(0.3, 2, (4, 2))
        weights = torch.tensor(w, requires_grad=True)
        g = weights * torch.tensor(norms)
        pace = torch.tensor(losses / first)
        target = (g.mean() * (pace / pace.mean()) ** alpha).detach()
        (derivative,) = torch.autograd.grad((g - target).abs().sum(), weights)
        right = (weights - 0.025 * derivative).detach()
        right = right * 2 / right.sum()
        np.testing.assert_allclose(gradnorm(w, norms, losses, first, alpha), right.numpy(), atol=1e-12)


def test_gradnorm_in_training_moves_the_weights_by_the_gradients_of_the_trunk():
    """One step on a linear trunk of one unit, whose gradients are written out: to 1e-12."""
    tasks = [("a", "squared_error", 1), ("b", "squared_error", 1)]
    network = build({"name": "shared_trunk", "in_features": 2, "out_features": 2, "hidden": [1],
                     "activation": "identity", "tasks": tasks, "task_weights": "gradnorm"},
                    dtype=torch.float64)  # fmt: skip
    x = np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.0]])
    y = np.array([[1.0, 3.0], [0.0, np.nan], [-1.0, 30.0]])
    W = network.shared_weight().detach().numpy().copy()
    heads = [head[0].weight.item() for head in network.heads]
    h = x @ W[0]
    norms, losses = [], []
    for t, v in enumerate(heads):
        known = ~np.isnan(y[:, t])
        r = v * h[known] - y[known, t]
        losses.append((r**2).mean())
        norms.append(np.linalg.norm((2 * r * v) @ x[known] / known.sum()))
    training = MultiTaskTraining(network, (x, y), "sgd", epochs=2, batch_size=3, lr=1e-3, precision="float64")
    next(iter(training))
    np.testing.assert_allclose(network.weights.numpy(), gradnorm([1, 1], norms, losses, losses), atol=1e-12)
    assert training.facts()["task_weights"]["a"] > 1 > training.facts()["task_weights"]["b"]


def test_a_checkpoint_goes_on_exactly_with_the_weights_of_gradnorm():
    x, y = (one.numpy() for one in rows(40))
    entry = {"name": "shared_trunk", "in_features": 4, "out_features": 5, "hidden": [6], "dropout": 0.2,
             "tasks": TASKS, "task_weights": "gradnorm"}  # fmt: skip
    trainings = [MultiTaskTraining(build(entry), (x, y), epochs=4, batch_size=8) for _ in range(2)]
    first = iter(trainings[0])
    next(first), next(first)
    trainings[1].restore(*trainings[0].state())
    for training in trainings:
        for _ in training:
            pass
    states = [training.model.state_dict() for training in trainings]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert states[0]["weights"].sum().item() == pytest.approx(3, abs=1e-5)


def test_cross_stitch_by_the_identity_is_separate_networks():
    """Outputs of each task equal those of its column alone: to 1e-14; of 0.9 they do not."""
    x, _ = rows()
    found = {start: made(CrossStitch, stitch=start) for start in (1.0, 0.9)}
    for start, network in found.items():
        alone, first = [], 0
        for column, head in zip(network.columns, network.heads, strict=True):
            h = x
            for block in column:
                h = block(h)
            alone.append(head(h))
        same = torch.allclose(network(x), torch.cat(alone, 1), rtol=0, atol=1e-14)
        assert same == (start == 1.0), first


def test_cross_stitch_mixes_what_every_column_found():
    x, _ = rows()
    network = made(CrossStitch, hidden=(6,))
    with torch.no_grad():
        network.stitches[0].copy_(torch.arange(9.0).reshape(3, 3))
    h = torch.stack([column[0](x) for column in network.columns])
    right = [head((network.stitches[0][t][:, None, None] * h).sum(0)) for t, head in enumerate(network.heads)]
    torch.testing.assert_close(network(x), torch.cat(right, 1), rtol=0, atol=1e-12)
    assert made(CrossStitch).stitches[1].sum(1).tolist() == pytest.approx([1.0] * 3)


def test_the_price_of_distance_is_summed_over_pairs():
    network = made(SoftSharing, sharing=0.7)
    vectors = [parameters_to_vector(column.parameters()) for column in network.columns]
    pairs = [(vectors[s] - vectors[t]).square().sum() for s in range(3) for t in range(s)]
    assert network.penalty().item() == pytest.approx(0.7 * sum(pairs).item(), abs=1e-10)
    assert made(SoftSharing, sharing=0).penalty() == 0


def test_columns_that_are_pulled_hard_become_one():
    x, y = (one.numpy() for one in rows(40))
    apart = {}
    for sharing in (0.0, 3.0):
        entry = {"name": "soft_sharing", "in_features": 4, "out_features": 5, "hidden": [6], "tasks": TASKS,
                 "sharing": sharing}  # fmt: skip
        network = build(entry)
        for _ in MultiTaskTraining(network, (x, y), "sgd", epochs=30, batch_size=40, lr=0.05):
            pass
        a, b, _ = (parameters_to_vector(column.parameters()) for column in network.columns)
        apart[sharing] = (a - b).norm().item()
    assert apart[3.0] < 0.05 * apart[0.0]


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: made(task_weights="most"), "unknown task_weights 'most'"),
        (lambda: made(task_weights=[1, 2]), "or 3 numbers, for sold, kind, price"),
        (lambda: made(task_weights=[1, 2, -1]), "task_weights must be a number at least 0"),
        (lambda: made(hidden=(), task_weights="gradnorm"), "needs a trunk that all tasks share"),
        (lambda: made(CrossStitch, task_weights="gradnorm"), "CrossStitch has none"),
        (lambda: SharedTrunk(4, 6, TASKS), "the tasks have 5 outputs; out_features is 6"),
        (lambda: SharedTrunk(4, 1, [("a", "hinge", 1)]), "unknown loss of a task 'hinge'"),
        (lambda: SharedTrunk(4, 3, [("a", "squared_error", 1)] * 3), "different names"),
        (lambda: SharedTrunk(4, 1, [("a", "cross_entropy", 1)]), "does not read 1 outputs"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(make, says):
    with pytest.raises(UsageError, match=says):
        make()


def test_a_task_without_rows_and_targets_of_another_width_are_refused():
    x, y = (one.numpy() for one in rows())
    with pytest.raises(UsageError, match="one column for each of 3 tasks"):
        MultiTaskTraining(made().float(), (x, y[:, :2]))
    y[:, 1] = math.nan
    with pytest.raises(UsageError, match="the task 'kind' has no row with a target"):
        MultiTaskTraining(made().float(), (x, y))
    with pytest.raises(UsageError, match="label_smoothing is for a single task"):
        MultiTaskTraining(made().float(), (x, y), label_smoothing=0.1)

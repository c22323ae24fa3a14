"""D19: a class for every pixel. Training is a bare loop with torch's own cross entropy."""

import copy
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.functional.losses import BinaryCrossEntropy, CrossEntropy
from gradatim.models.building import build
from gradatim.random import permutation
from gradatim.training.training import Training

N, K, H, W = 6, 3, 5, 7
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 1, H, W))
MASKS = RNG.integers(0, K, (N, H, W))
WEIGHTS = RNG.uniform(0.5, 2, N)


def conv(out=K, seed=0, dtype=torch.float64):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.Conv2d(4, out, 3, padding=1)).to(dtype)


def train(model, data, **how):
    options: dict[str, Any] = {
        "epochs": 3,
        "batch_size": 4,
        "lr": 0.2,
        "optimizer": "sgd",
        "precision": "float64",
    }
    return Training(model, data, **{**options, **how})


def bare(model, x, masks, each, epochs, lr, batch, weights=None):
    """Losses of the loop that everybody writes; each(a, y) is a loss for every pixel."""
    x, y = torch.from_numpy(x), torch.from_numpy(masks)
    w = torch.ones(len(x), dtype=torch.float64) if weights is None else torch.from_numpy(weights)
    sgd, losses = torch.optim.SGD(model.parameters(), lr=lr), []
    for epoch in range(epochs):
        total = 0.0
        for rows in torch.from_numpy(permutation(0, epoch, len(x))).split(batch):
            pixels = each(model(x[rows]), y[rows])
            loss = (pixels.mean((1, 2)) * w[rows]).sum() / w[rows].sum()
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            total += loss.item() * w[rows].sum().item()
        losses.append(total / w.sum().item())
    return losses


def cross_entropy(a, y):
    return F.cross_entropy(a, y, reduction="none")


@pytest.mark.parametrize("weights", [None, WEIGHTS])
def test_the_trajectory_is_that_of_a_bare_loop(weights):
    model = conv()
    oracle = copy.deepcopy(model)
    data = (X, MASKS) if weights is None else (X, MASKS, weights)
    found = [record.train_loss for record in train(model, data)]
    expected = bare(oracle, X, MASKS, cross_entropy, 3, 0.2, 4, weights)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    for ours, theirs in zip(model.parameters(), oracle.parameters(), strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-12)


def test_fcn8s_learns_masks_as_in_a_bare_loop():
    """The small backbone, two epochs of two steps, float64."""
    entry = {"name": "fcn8s", "num_classes": 2, "in_channels": 1, "backbone": "small", "width": 0.5}
    x = RNG.normal(size=(4, 1, 9, 12))
    masks = (x[:, 0] > 0).astype(int)
    model = build({**entry, "dropout": 0.0}, 1, torch.float64)
    oracle = copy.deepcopy(model)
    training = train(model, (x, masks), epochs=2, batch_size=2, lr=0.01, valid=(x, masks))
    found = list(training)
    expected = bare(oracle, x, masks, cross_entropy, 2, 0.01, 2)
    np.testing.assert_allclose([r.train_loss for r in found], expected, rtol=1e-10)
    right = (oracle.eval()(torch.from_numpy(x)).argmax(1).numpy() == masks).mean()
    assert found[-1].valid["accuracy"] == right


def test_measures_count_pixels_and_average_the_loss_over_an_example_s():
    training = train(conv(), (X, MASKS))
    a, y = training.model(torch.from_numpy(X)).detach(), torch.from_numpy(MASKS)
    found = training.evaluate((X, MASKS, WEIGHTS))
    assert found["accuracy"] == (a.argmax(1) == y).double().mean().item()
    each = F.cross_entropy(a, y, reduction="none").mean((1, 2)).numpy()
    assert found["loss"] == pytest.approx((each * WEIGHTS).sum() / WEIGHTS.sum(), rel=1e-13)


def test_masks_of_two_classes_with_one_output():
    masks = (MASKS > 1).astype(int)
    model = conv(1)
    oracle = copy.deepcopy(model)
    training = train(model, (X, masks), loss="binary_cross_entropy", valid=(X, masks))
    found = list(training)

    def each(a, y):
        return F.binary_cross_entropy_with_logits(a[:, 0], y.double(), reduction="none")

    np.testing.assert_allclose(
        [r.train_loss for r in found], bare(oracle, X, masks, each, 3, 0.2, 4), atol=1e-12
    )
    right = ((oracle(torch.from_numpy(X))[:, 0] > 0).numpy() == masks).mean()
    assert found[-1].valid["accuracy"] == pytest.approx(right, abs=1e-15)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_loss_is_the_mean_over_an_example_s_places(smoothing):
    """N equal to a side of the mask: weights of examples must not be taken for those of rows of pixels."""
    a, y = torch.randn(4, K, 4, 4, dtype=torch.float64), torch.randint(0, K, (4, 4, 4))
    w = torch.tensor([1.0, 0.0, 3.0, 0.5], dtype=torch.float64)
    loss = CrossEntropy(smoothing)
    each = torch.stack(
        [F.cross_entropy(a[n : n + 1], y[n : n + 1], label_smoothing=smoothing) for n in range(4)]
    )
    torch.testing.assert_close(loss(a, y), each, rtol=1e-13, atol=0)
    torch.testing.assert_close(loss.mean(a, y, w), (each * w).sum() / w.sum(), rtol=1e-13, atol=0)
    torch.testing.assert_close(loss.mean(a, y), each.mean(), rtol=1e-13, atol=0)
    assert loss.probabilities(a).sum(1).allclose(torch.ones(4, 4, 4, dtype=torch.float64))
    b, z = a[:, :1], (y > 0).long()
    binary = BinaryCrossEntropy()
    each = F.binary_cross_entropy_with_logits(b[:, 0], z.double(), reduction="none").mean((1, 2))
    torch.testing.assert_close(binary.mean(b, z, w), (each * w).sum() / w.sum(), rtol=1e-13, atol=0)
    assert binary.probabilities(b).shape == (4, 2, 4, 4) and torch.equal(
        binary.decide(b), (b[:, 0] > 0).long()
    )


def test_going_on_in_mid_epoch_is_exact():
    straight = train(conv(dtype=torch.float32), (X, MASKS), optimizer="adam", precision="float32")
    expected = [r.train_loss for r in straight]
    first = train(conv(dtype=torch.float32), (X, MASKS), optimizer="adam", precision="float32")
    while first.step < 3:
        first.advance(0)
    second = train(conv(seed=5, dtype=torch.float32), (X, MASKS), optimizer="adam", precision="float32")
    second.restore(*first.state())
    assert [r.train_loss for r in second] == expected[1:]


def by_hand():
    layer = {"name": "conv2d", "in_channels": 1, "out_channels": K, "kernel_size": 3, "padding": 1}
    return Network([layer], 0, "float64")


@pytest.mark.parametrize(
    ("model", "data", "how", "said"),
    [
        (conv(), (X, MASKS[:, :4]), {}, "for each place of the outputs, 5 × 7; they are 4 × 7"),
        (conv(), (X, MASKS + 1), {}, "the loss needs 4 outputs an example"),
        (conv(), (X, MASKS - 1), {}, r"class numbers 0 … 2; example \d has -1 at \d, \d"),
        (conv(), (X, MASKS[:, 0, 0]), {}, r"the network gives \(3, 5, 7\)"),
        (nn.Sequential(conv(), nn.Flatten(), nn.Linear(105, 3)).double(), (X, MASKS), {},
         r"one class number an example; their shape is \(6, 5, 7\)"),
        (conv(), (X, MASKS), {"class_weight": "balanced"}, r"one class number an example; .* \(6, 5, 7\)"),
        (conv(2), (X, MASKS > 1), {"loss": "binary_cross_entropy"}, r"cannot read outputs .*\(2, 2, 5"),
        (by_hand(), Dataset(X, MASKS), {}, "one class an example; masks need a torch module"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_said(model, data, how, said):
    with pytest.raises(UsageError, match=said):
        train(model, data, **how)


def test_the_focal_loss_trains_as_a_bare_loop_with_its_definition():
    """One step of gradient descent with −(1 − p_y)² log p_y, the mean over the pixels of all pictures."""
    model, bare = conv(), conv()
    training = train(model, (X, MASKS), loss="focal", batch_size=N, epochs=1)
    p = torch.softmax(bare(torch.from_numpy(X)), 1).gather(1, torch.from_numpy(MASKS)[:, None])
    loss = (-((1 - p) ** 2) * p.log()).mean()
    loss.backward()
    assert next(training).train_loss == pytest.approx(loss.item(), rel=1e-12)
    for moved, p in zip(model.parameters(), bare.parameters(), strict=True):
        torch.testing.assert_close(moved, p - 0.2 * p.grad, rtol=1e-10, atol=1e-12)

"""B9: weights of the answer yes and soft targets: torch's values and gradients, in torch and by hand."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.by_hand.losses import classes as by_hand
from gradatim.checks import UsageError
from gradatim.functional.label_losses import MultiLabel
from gradatim.functional.losses import BinaryCrossEntropy, CrossEntropy
from gradatim.training.checks_of_outputs import smooth

RNG = np.random.default_rng(0)
A = torch.from_numpy(RNG.standard_normal((30, 4)) * 3)
SOFT = torch.from_numpy(RNG.dirichlet(np.ones(4), 30))
LABELS = torch.from_numpy(RNG.integers(0, 2, (30, 4)))
WEIGHTS = [0.3, 1.0, 5.0, 2.0]


def both(loss, a):
    a = a.clone().requires_grad_()
    value = loss(a)
    return value.detach(), torch.autograd.grad(value.sum(), a)[0]


def same(found, expected):
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("y", [SOFT, 3 * SOFT, LABELS.double()], ids=["sum 1", "sum 3", "0 and 1"])
def test_soft_targets_are_torch_s(y, smoothing):
    """To 1e-12; the mean over examples too, weighted and not."""
    expected = both(lambda a: F.cross_entropy(a, y, reduction="none", label_smoothing=smoothing), A)
    loss, hand = CrossEntropy(smoothing), by_hand.CrossEntropy(smoothing)
    same(both(lambda a: loss(a, y), A), expected)
    same(hand.both(A.numpy(), y.numpy()), expected)
    w = RNG.uniform(0, 2, 30)
    assert loss.mean(A, y).item() == pytest.approx(expected[0].mean().item(), rel=1e-12)
    assert loss.mean(A, y, torch.from_numpy(w)).item() == pytest.approx(hand.mean(A.numpy(), y.numpy(), w))


def test_certain_soft_targets_are_class_numbers():
    y = torch.from_numpy(RNG.integers(0, 4, 30))
    same(both(lambda a: CrossEntropy()(a, F.one_hot(y).double()), A), both(lambda a: CrossEntropy()(a, y), A))
    single = by_hand.CrossEntropy().both(A.numpy().astype(np.float32), SOFT.numpy())
    assert single[0].dtype == single[1].dtype == CrossEntropy()(A.float(), SOFT).numpy().dtype == np.float32


@pytest.mark.parametrize("w", [0.25, 1.0, 7.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize("shape", [(30,), (30, 1)])
def test_the_weight_of_class_1_is_torch_s(w, smoothing, shape):
    y, a = LABELS[:, 0], A[:, 0].reshape(shape)
    target = (1 - smoothing) * y.double() + smoothing / 2

    def theirs(a):
        return F.binary_cross_entropy_with_logits(
            a.reshape(30), target, reduction="none", pos_weight=torch.tensor(w).double()
        )

    same(both(lambda a: BinaryCrossEntropy(smoothing, w)(a, y), a), both(theirs, a))
    same(by_hand.BinaryCrossEntropy(smoothing, w).both(a.numpy(), y.numpy()), both(theirs, a))


@pytest.mark.parametrize("w", [3.0, WEIGHTS, np.array(WEIGHTS), torch.tensor(WEIGHTS).double()])
def test_the_weights_of_labels_are_torch_s(w):
    def theirs(a):
        held = torch.as_tensor(w, dtype=torch.float64)
        return F.binary_cross_entropy_with_logits(a, LABELS.double(), reduction="none", pos_weight=held).sum(
            1
        )

    same(both(lambda a: MultiLabel(w)(a, LABELS), A), both(theirs, A))
    same(by_hand.MultiLabel(w).both(A.numpy(), LABELS.numpy()), both(theirs, A))


def test_far_scores_stay_finite():
    """w l of a yes that is answered no: 7 · 10⁴."""
    a = np.array([-1e4, 1e4])
    value, slope = by_hand.BinaryCrossEntropy(pos_weight=7).both(a, np.array([1, 1]))
    assert value.tolist() == [7e4, 0] and slope.tolist() == [-7, 0]


def test_smoothing_keeps_the_weight():
    for made_by in (BinaryCrossEntropy, by_hand.BinaryCrossEntropy):
        loss = made_by(pos_weight=3)
        found = smooth(loss, 0.1)
        assert (found.smoothing, found.pos_weight, loss.smoothing) == (0.1, 3, 0)


@pytest.mark.parametrize(
    "made_by", [BinaryCrossEntropy, by_hand.BinaryCrossEntropy, MultiLabel, by_hand.MultiLabel]
)
def test_a_weight_is_above_zero(made_by):
    with pytest.raises(UsageError, match=r"^pos_weight must be a number above 0; it is 0$"):
        made_by(pos_weight=0)
    if "Multi" in made_by.__name__:
        with pytest.raises(UsageError, match=r"^pos_weight must be a number above 0; it is -1$"):
            made_by(pos_weight=[1, -1])

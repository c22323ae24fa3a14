"""D19: pixels that are not known have no loss and no gradient, as with torch's ignore_index."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim import catalog
from gradatim.by_hand.losses.by_name import MASK_LOSSES, loss_by_name
from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.functional.boundary_weights import boundary_weights
from gradatim.functional.losses import CrossEntropy
from gradatim.functional.void import VOID, known_shares
from gradatim.random import permutation
from gradatim.training.checks_of_outputs import check_fit, is_right
from gradatim.training.training import Training

RNG = np.random.default_rng(3)
N, K, SIZE = 4, 3, (5, 6)
A, Y = torch.from_numpy(1.5 * RNG.standard_normal((N, K, *SIZE))), RNG.integers(0, K, (N, *SIZE))
Y[RNG.random(Y.shape) < 0.3] = VOID
Y[1] = VOID  # a picture of which nothing is known
KNOWN = Y != VOID
NAMES = ("cross_entropy", "focal", "nll", *MASK_LOSSES)


def loss_of(name, **arguments):
    return catalog.find(name, "loss").load()(**arguments)


def scores(name):
    return torch.log_softmax(A, 1) if name == "nll" else A


def of_known_alone(name, loss, a, y):
    """The loss of one picture's known pixels in a row; cells are as far apart as before."""
    known = torch.from_numpy(y != VOID)
    if not known.any():
        return a.sum() * 0
    row, classes = a[:, known], torch.from_numpy(y)[known]
    if name != "boundary_cross_entropy":
        return loss(row[None, :, :, None], classes[None, :, None])[0]
    filled = np.where(y == VOID, loss.background, y)  # cells are where they were
    near = boundary_weights(filled, loss.w0, loss.sigma) - boundary_weights(filled, 0.0, loss.sigma)
    counts = np.bincount(classes, minlength=K)
    balance = classes.numel() / ((counts > 0).sum() * counts.clip(1))
    w = torch.from_numpy(balance[classes] + near[y != VOID])
    return (w * F.cross_entropy(row.T, classes, reduction="none")).mean()


@pytest.mark.parametrize("name", NAMES)
def test_losses_and_gradients_are_those_of_the_known_pixels(name):
    """To 1e-12; at pixels that are not known the gradient is 0 to the bit."""
    loss, a = loss_of(name), scores(name).clone().requires_grad_()
    found = loss(a, torch.from_numpy(Y))
    wanted = torch.stack([of_known_alone(name, loss, *pair) for pair in zip(a, Y, strict=True)])
    torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-14)
    assert found[1] == 0
    (gradient,) = torch.autograd.grad(found.sum(), a, retain_graph=True)
    torch.testing.assert_close(gradient, torch.autograd.grad(wanted.sum(), a)[0], rtol=1e-11, atol=1e-14)
    assert not gradient.movedim(1, 3)[~torch.from_numpy(KNOWN)].any() and gradient[0].any()


@pytest.mark.parametrize("name", MASK_LOSSES)
def test_by_hand_they_are_torch_s(name):
    """To 1e-12 and 1e-10; a picture of which nothing is known has neither loss nor gradient."""
    a, by_hand = A.clone().requires_grad_(), loss_by_name(name)
    found = loss_of(name)(a, torch.from_numpy(Y))
    value, slope = by_hand.both(A.numpy(), Y)
    np.testing.assert_allclose(value, found.detach(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(slope, torch.autograd.grad(found.sum(), a)[0], rtol=1e-10, atol=1e-14)
    assert not slope.transpose(0, 2, 3, 1)[~KNOWN].any() and value[1] == 0 and not slope[1].any()


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_cross_entropy_is_torch_s_with_ignore_index(smoothing):
    """The mean over the batch, without weights and with shares of known pixels as these; to 1e-13."""
    loss, y = CrossEntropy(smoothing), torch.from_numpy(Y)
    a = A.clone().requires_grad_()
    wanted = F.cross_entropy(a, y, ignore_index=VOID, label_smoothing=smoothing)
    shares = torch.from_numpy(known_shares(Y))
    for found in (loss.mean(a, y), loss.mean(a, y, shares)):
        assert found.item() == pytest.approx(wanted.item(), rel=1e-13)
        slopes = (torch.autograd.grad(one, a, retain_graph=True)[0] for one in (found, wanted))
        torch.testing.assert_close(*slopes, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("weighted", [False, True])
def test_a_batch_of_which_nothing_is_known_gives_nothing(name, weighted):
    a, y = scores(name).clone().requires_grad_(), torch.full(Y.shape, VOID)
    found = loss_of(name).mean(a, y, torch.zeros(N, dtype=a.dtype) if weighted else None)
    assert found.item() == 0 and not torch.autograd.grad(found, a)[0].any()


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_powers_below_one_have_a_finite_gradient_there(gamma):
    a = A.float().requires_grad_()
    (gradient,) = torch.autograd.grad(loss_of("focal", gamma=gamma)(a, torch.from_numpy(Y)).sum(), a)
    assert torch.isfinite(gradient).all() and not gradient.movedim(1, 3)[~torch.from_numpy(KNOWN)].any()


def test_255_is_a_class_where_classes_can_be_so_many_and_in_sequences():
    many, y = torch.randn(2, 300, 1, 3), torch.tensor([[[255, 0, 1]], [[2, 3, 255]]])
    torch.testing.assert_close(CrossEntropy().mean(many, y), F.cross_entropy(many, y))
    steps = torch.tensor([[255, 0, 1], [2, 3, 255]])
    torch.testing.assert_close(
        CrossEntropy().mean(many[:, :, 0], steps), F.cross_entropy(many[:, :, 0], steps)
    )
    with pytest.raises(UsageError, match="the loss needs 256 outputs an example"):
        check_fit(CrossEntropy(), (2, 3, 3), np.array([[255, 0, 1], [2, 1, 0]]))


def test_fit_and_accuracy_leave_them_out():
    check_fit(CrossEntropy(), tuple(A.shape), Y)
    beyond = np.where(KNOWN, Y + 1, Y)
    with pytest.raises(UsageError, match="needs 4 outputs an example"):
        check_fit(CrossEntropy(), tuple(A.shape), beyond)
    with pytest.raises(UsageError, match="no pixel of the masks is known"):
        check_fit(CrossEntropy(), tuple(A.shape), np.full_like(Y, VOID))
    right = is_right(A.argmax(1), torch.from_numpy(Y))
    assert right.numel() == KNOWN.sum() and right.sum() == (A.argmax(1).numpy() == Y)[KNOWN].sum()


@pytest.mark.parametrize("accumulate", [1, 2])
def test_training_is_torch_s_loop_with_ignore_index(accumulate):
    """Two epochs of SGD, in batches of two or in whole ones of two halves; to 1e-12."""
    x = RNG.standard_normal((N, 1, *SIZE))
    torch.manual_seed(0)
    own, model = (torch.nn.Conv2d(1, K, 3, padding=1).double() for _ in range(2))
    model.load_state_dict(own.state_dict())
    data = Dataset(x, Y.astype(np.uint8), tuple(range(K)), task="segmentation")
    how = {"optimizer": "sgd", "lr": 0.5, "precision": "float64", "accumulate": accumulate}
    training = Training(model, data, "cross_entropy", epochs=2, batch_size=2, valid=data, **how)
    (_, last), y = list(training), torch.from_numpy(Y)
    for epoch in range(2):
        for rows in permutation(0, epoch, N).reshape(-1, 2 * accumulate):
            own.zero_grad()
            F.cross_entropy(own(torch.from_numpy(x[rows])), y[rows], ignore_index=VOID).backward()
            with torch.no_grad():
                for p in own.parameters():
                    p -= 0.5 * p.grad
    for found, wanted in zip(model.parameters(), own.parameters(), strict=True):
        torch.testing.assert_close(found, wanted, rtol=1e-12, atol=1e-14)
    a = own(torch.from_numpy(x))
    assert last.valid["loss"] == pytest.approx(F.cross_entropy(a, y, ignore_index=VOID).item(), rel=1e-12)
    assert last.valid["accuracy"] == (a.argmax(1).numpy() == Y)[KNOWN].mean()

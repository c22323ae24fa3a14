"""Training on augmented pictures: exact resume, unchanged evaluation, losses of mixed targets."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.data.as_dataset import as_dataset
from gradatim.data.augmentation.augmentation import Augmentation
from gradatim.random import permutation
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_rows import TorchRows
from gradatim.training.training import Training
from gradatim.transfer.adversarial import DomainAdversarial
from gradatim.unsupervised.autoencoders import AutoencoderTraining

N, K = 23, 3
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(N, 3, 8, 8)).astype(np.float32)
Y = np.arange(N) % K


class Small(nn.Module):
    """A convolution and a head; it keeps what it was shown while training."""

    def __init__(self, outputs=K):
        super().__init__()
        torch.manual_seed(0)
        self.body, self.head = nn.Conv2d(3, 4, 3), nn.Linear(4, outputs)
        self.shown, self.evaluated = [], []

    def forward(self, x):
        (self.shown if self.training else self.evaluated).append(x.detach().clone())
        return self.head(torch.relu(self.body(x)).mean((2, 3)))


def training(policy="strong+mixup", model=None, data=(X, Y), **settings):
    settings = {"epochs": 3, "batch_size": 5, "lr": 0.05, "seed": 4} | settings
    return Training(model or Small(), data, augment=policy, **settings)


def test_training_put_back_in_mid_epoch_goes_on_to_the_bit():
    whole = training()
    losses = [record.train_loss for record in whole]
    first = training()
    next(first)
    first.advance(0)
    first.advance(0)
    assert first.batch == 2 and first.epoch == 1
    again = training()
    again.restore(*first.state())
    assert [record.train_loss for record in again] == losses[1:]
    for one, other in zip(whole.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("size", [1, 4, 23])
def test_no_size_of_batches_changes_what_an_example_looks_like(size):
    data = as_dataset((X, Y))
    rows = TorchRows(data, BatchSettings(size, 4, torch.device("cpu"), torch.float32, augment="strong"))
    seen = torch.cat([x for x, _, _ in rows.epoch(2)])
    order = permutation(4, 2, N)
    wanted = Augmentation("strong", 4, torch.from_numpy(X), torch.from_numpy(Y))(2, order)[0]
    assert torch.equal(seen, wanted)
    assert torch.equal(torch.cat([x for x, _, _ in rows.in_order()]), torch.from_numpy(X))


def test_what_is_evaluated_is_not_augmented():
    model = Small()
    run = training("flip+cutout", model, valid=(X[:6], Y[:6]), epochs=1)
    model.evaluated.clear()
    list(run)
    assert torch.equal(torch.cat(model.evaluated), torch.from_numpy(X[:6]))
    assert not torch.equal(model.shown[0], torch.from_numpy(X[permutation(4, 0, N)[:5]]))


def test_no_policy_and_none_are_the_same_run():
    plain, none = (training(policy) for policy in (None, "none"))
    assert [r.train_loss for r in plain] == [r.train_loss for r in none]


def loss_of_first_batch(**settings):
    """The loss of one batch of all examples, and outputs and mixed targets to find it again."""
    model = Small(settings.pop("outputs", K))
    run = training("mixup", model, batch_size=N, epochs=1, **settings)
    x, y, w = next(run.data.epoch(0))
    with torch.no_grad():
        a = model.eval()(x)
    return next(run).train_loss, a, y, w


@pytest.mark.parametrize("smoothing", [None, 0.1])
def test_cross_entropy_reads_shares_of_classes(smoothing):
    found, a, y, _ = loss_of_first_batch(label_smoothing=smoothing)
    q = (1 - (smoothing or 0)) * y + (smoothing or 0) / K
    assert y.shape == (N, K) and found == pytest.approx(
        -(q * a.log_softmax(1)).sum(1).mean().item(), rel=1e-5
    )


def test_weights_of_classes_weigh_both_parts():
    weights = [1.0, 5.0, 0.5]
    found, a, _, _ = loss_of_first_batch(class_weight=weights)
    plain = next(training("mixup", batch_size=N).data.epoch(0))[1]
    each = plain * torch.tensor(weights)  # λ c_i and (1 − λ) c_j at their classes
    wanted = -(each * a.log_softmax(1)).sum() / each.sum()
    assert found == pytest.approx(wanted.item(), rel=1e-5)


def test_binary_cross_entropy_reads_a_share_of_the_answer_yes():
    y = Y % 2
    found, a, mixed, _ = loss_of_first_batch(data=(X, y), loss="binary_cross_entropy", outputs=1)
    assert mixed.shape == (N,) and mixed.max() <= 1 and ((mixed > 0) & (mixed < 1)).sum() > 5
    assert found == pytest.approx(F.binary_cross_entropy_with_logits(a[:, 0], mixed).item(), rel=1e-5)


def test_labels_and_numbers_are_mixed():
    labels = RANDOM.integers(0, 2, (N, K))
    _, _, mixed, _ = loss_of_first_batch(data=(X, labels), loss="multilabel")
    assert mixed.shape == (N, K) and set(mixed.unique().tolist()) > {0.0, 1.0}
    numbers = RANDOM.normal(size=N)
    found, _, mixed, _ = loss_of_first_batch(data=(X, numbers), loss="squared_error", outputs=1)
    assert found > 0 and mixed.std() < numbers.std()


def test_masks_are_learned_with_their_pictures():
    class Pixels(nn.Module):
        def __init__(self):
            super().__init__()
            torch.manual_seed(0)
            self.body = nn.Conv2d(3, 2, 1)

        def forward(self, x):
            return self.body(x)

    masks = (X[:, 0] > 0).astype(np.int64)
    run = training("standard+turn+cutmix", Pixels(), (X, masks), epochs=30, lr=0.1)
    losses = [record.train_loss for record in run]
    assert losses[-1] < 0.35 < losses[0]  # a rule of the pixel itself is learned only where both move


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: training("mixup", Small(1), (X, Y % 2), loss="hinge"), "mixup and cutmix make targets"),
        (
            lambda: Training(Network([{"name": "dense", "in_features": 4, "out_features": 2}]),
                             (X[:, 0, 0, :4], Y % 2), augment="flip"),
            "augment is for the torch engine",
        ),
        (lambda: training("flip", nn.Linear(4, K), (X[:, 0, 0, :4], Y)), "augmentation is for pictures"),
        (lambda: training("flop"), "did you mean flip"),
        (lambda: DomainAdversarial(Small(), (X, Y), X, augment="flip"), "augment would change the source"),
        (lambda: AutoencoderTraining(Small(), X, augment="flip"), "inputs are their own targets"),
    ],
)  # fmt: skip
def test_what_cannot_be_augmented_is_refused(make, message):
    with pytest.raises(UsageError, match=message):
        make()

"""The loop with further kinds of units and of learning: resumed exactly, bad input, free energies."""

import json

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.data.digits import digits
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.free_energies import compare_energies
from gradatim.unsupervised.gaussian import GaussianContrastiveDivergence
from gradatim.unsupervised.rbm import ContrastiveDivergence

X = digits().x.reshape(-1, 64)[:200] / 16
LABELS = np.eye(10)[digits().y[:200].astype(int)]
KINDS = {
    "persistent": lambda: ContrastiveDivergence(RBM(64, 9), X, k=2, persistent=True, epochs=3, valid=X[:40]),
    "tempered": lambda: ContrastiveDivergence(RBM(64, 9), X, tempering=4, epochs=3, valid=X[:40]),
    "centred": lambda: ContrastiveDivergence(RBM(64, 9), X, centred=True, epochs=3, valid=X[:40]),
    "sparse": lambda: ContrastiveDivergence(RBM(64, 9), X, sparsity_target=0.1, epochs=3, weight_decay=1e-3),
    "relu": lambda: ContrastiveDivergence(RBM(64, 9, hidden_units="relu"), X, lr=0.01, epochs=3),
    "gaussian hidden": lambda: ContrastiveDivergence(
        RBM(64, 9, hidden_units="gaussian"), X, lr=0.01, centred=True, epochs=3, valid=X[:40]
    ),
    "softmax": lambda: ContrastiveDivergence(
        RBM(74, 9, classes=10), np.hstack([X, LABELS]), epochs=3, momentum=0.0, weight_decay=1e-3
    ),
    "gaussian": lambda: GaussianContrastiveDivergence(
        GaussianRBM(64, 9), X * 16, persistent=True, centred=True, lr=0.05, epochs=3, valid=X[:40] * 16
    ),
}  # fmt: skip


def records(loop):
    return [{n: v for n, v in record.as_dict().items() if n != "seconds"} for record in loop]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_goes_on_exactly_from_any_step(kind):
    straight, first, second = (KINDS[kind]() for _ in range(3))
    expected = records(straight)
    while first.step < 9:
        first.advance(0)
    tensors, numbers = first.state()
    second.restore(tensors, json.loads(json.dumps(numbers)))
    assert records(second) == expected[1:]
    for name, tensor in second.state()[0].items():
        assert torch.equal(tensor, straight.state()[0][name]), name
    assert expected[-1]["train_loss"] < expected[0]["train_loss"]


def test_a_gaussian_machine_finds_the_parts_that_a_mixture_has():
    """Two far groups of points: likelihood above that of one Gaussian, to which h = 0 would come."""
    rng = np.random.default_rng(0)
    group = rng.integers(2, size=400)
    rows = rng.normal(0, 0.5, (400, 2)) + np.where(group, 3, -3)[:, None]
    rbm = GaussianRBM(2, 2)
    list(
        GaussianContrastiveDivergence(rbm, rows, lr=0.05, k=5, epochs=60, precision="float64", centred=False)
    )
    with torch.no_grad():
        ours = (-rbm.free_energy(torch.from_numpy(rows)) - rbm.log_partition()).mean().item()
    covariance = np.cov(rows.T)
    one_gaussian = -np.log(2 * np.pi) - np.log(np.linalg.det(covariance)) / 2 - 1
    assert ours > one_gaussian + 0.3
    assert np.abs(rbm.sigma.detach().numpy()).max() < 1.5  # of 3.04 at the start


def test_a_machine_with_labels_learns_to_classify():
    """Digits and their label in one-hot form: P(class | pixels) right on 80 % of rows not seen."""
    x, y = digits().x.reshape(-1, 64) / 16, digits().y.astype(int)
    rows = np.hstack([x, np.eye(10)[y]])
    rbm = RBM(74, 60, classes=10)
    list(ContrastiveDivergence(rbm, rows[:1400], epochs=40, batch_size=20, lr=0.1))
    with torch.no_grad():
        found = rbm.class_probabilities(torch.from_numpy(x[1400:]).float()).argmax(1).numpy()
    assert (found == y[1400:]).mean() > 0.8


def test_the_free_energies_part_when_a_machine_learns_by_heart():
    loop = ContrastiveDivergence(RBM(64, 200), X[:30], valid=X[100:130], epochs=400, batch_size=5, lr=0.1)
    said = [(record.epoch, loop.notice()) for record in loop if loop.notice()]
    assert said[0][1].startswith("200 hidden units learn from 30 examples: a machine with more units")
    assert "the free energies part: " in said[1][1] and "it overfits" in said[1][1]
    assert loop.energies.valid > loop.energies.train and len(said) < 8
    record = next(ContrastiveDivergence(RBM(64, 5), X, valid=X[:50], epochs=1)).as_dict()
    assert record["train_free_energy"] == pytest.approx(record["valid_free_energy"], rel=1e-6)  # one set


def test_energies_are_compared_by_their_standard_error():
    rng = np.random.default_rng(0)
    train, valid = (torch.from_numpy(rng.normal(m, 1, 100)) for m in (0, 1))
    found = compare_energies(train, valid)
    assert found.error == pytest.approx((2 / 100) ** 0.5, rel=0.2) and found.parted and found.just_parted
    assert not compare_energies(train, valid, found).just_parted
    assert not compare_energies(train, train + 0.3).parted and not compare_energies(train, valid - 3).parted


def learn(x, **how):
    return next(ContrastiveDivergence(RBM(x.shape[1], 3, **how), x, epochs=1))


def with_(x, row, column, value):
    x = x.copy()
    x[row, column] = value
    return x


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda: learn(with_(X, 3, 20, 255.0)),
            r"numbers from 0 to 1; example 3 holds 255 at 20: scale the rows, this column as x/255",
        ),
        (lambda: learn(with_(X, 3, 20, -1.0)), r"this column as \(x − -1\)/2, compare them with a threshold"),
        (lambda: learn(np.full((4, 3), 7.0)), "example 0 holds 7 at 0: leave the column out, which"),
        (lambda: learn(with_(X, 3, 20, np.nan)), "the inputs hold nan at example 3, feature 20"),
        (
            lambda: GaussianContrastiveDivergence(GaussianRBM(3, 2), np.ones((5, 3))),
            "no column varies from row to row, so that there is nothing to learn",
        ),
        (lambda: GaussianContrastiveDivergence(GaussianRBM(3, 2), np.ones((1, 3))), "no column varies"),
        (lambda: learn(np.hstack([X, LABELS * 0]), classes=10), "those of example 0 are not"),
        (
            lambda: ContrastiveDivergence(RBM(64, 3), X, sparsity_target=1),
            "sparsity_target must be .* below 1; it is 1",
        ),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, said):
    with pytest.raises(UsageError, match=said):
        call()


def test_one_row_is_learned_from():
    assert np.isfinite(learn(X[:1]).train_loss)

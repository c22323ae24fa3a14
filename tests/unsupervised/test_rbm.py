"""F6: contrastive divergence against NumPy, exact expectations, and scikit-learn; killed and gone on with."""

import json
import os
import signal
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest
import torch
from sklearn.neural_network import BernoulliRBM

from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.digits import digits
from gradatim.nn.rbm import RBM
from gradatim.random import mix, permutation, uniform
from gradatim.runs.checkpoints import Checkpoints, restore
from gradatim.runs.epoch_records import Metrics
from gradatim.runs.folder import Folder
from gradatim.unsupervised.contrast import cd_gradient, contrast
from gradatim.unsupervised.rbm import ContrastiveDivergence

V, H = 6, 4
RNG = np.random.default_rng(0)
ROWS = RNG.random((11, V))
BINARY = (RNG.random((40, V)) < np.linspace(0.1, 0.9, V)).astype(float)
W8 = RNG.uniform(0, 2, 11)


def sigma(z):
    return 1 / (1 + np.exp(-z))


def machine(seed=0, spread=1.0):
    rbm = RBM(V, H).double()
    rng = np.random.default_rng(seed)
    with torch.no_grad():
        for p in rbm.parameters():
            p.copy_(torch.from_numpy(rng.normal(0, spread, tuple(p.shape))))
    return rbm


def parameters(rbm):
    return [p.detach().numpy().copy() for p in (rbm.weight, rbm.visible_bias, rbm.hidden_bias)]


def by_hand(W, b, c, v, k, draw, w):
    """CD-k written out in NumPy: the gradients of W, b, c and the first reconstruction."""
    chain, first = v, None
    for t in range(k):
        h = (draw(f"hidden {t}", (len(v), H)) < sigma(c + chain @ W.T)).astype(float)
        p = sigma(b + h @ W)
        first = p if first is None else first
        chain = (draw(f"visible {t}", (len(v), V)) < p).astype(float)
    p0, pk = sigma(c + v @ W.T), sigma(c + chain @ W.T)
    share = (np.ones(len(v)) if w is None else w)[:, None] / (len(v) if w is None else w.sum())
    of_w = (share * p0).T @ v - (share * pk).T @ chain
    return [of_w, (share * (v - chain)).sum(0), (share * (p0 - pk)).sum(0)], first


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("w", [None, W8])
def test_the_gradient_of_cd_k_is_its_equations_with_given_numbers(k, w):
    """To 1e-13, float64."""
    drawn: dict = {}

    def draw(name, shape):
        return drawn.setdefault(name, np.random.default_rng(len(drawn)).random(shape))

    rbm = machine()
    expected, first = by_hand(*parameters(rbm), ROWS, k, draw, w)
    with torch.no_grad():
        found, reconstruction = cd_gradient(
            rbm, torch.from_numpy(ROWS), None if w is None else torch.from_numpy(w), k,
            lambda name, shape: torch.from_numpy(draw(name, shape)),
        )  # fmt: skip
    assert len(drawn) == 2 * k
    for name, value in zip(("weight", "visible_bias", "hidden_bias"), expected, strict=True):
        np.testing.assert_allclose(found[name], value, rtol=0, atol=1e-14)
    np.testing.assert_allclose(reconstruction, first, rtol=1e-13)


def test_with_the_machine_s_own_distribution_it_is_the_gradient_of_the_likelihood():
    """⟨·⟩_data − ⟨·⟩_model by every state, against autograd of mean log P(v), to 1e-12."""
    rbm = machine(1)
    data = torch.from_numpy(BINARY)
    likelihood = (-rbm.free_energy(data) - rbm.log_partition()).mean()
    likelihood.backward()
    states = ((torch.arange(2**V)[:, None] >> torch.arange(V)) & 1).double()
    with torch.no_grad():
        p = torch.exp(-rbm.free_energy(states) - rbm.log_partition())
        found = contrast(rbm, data, rbm(data), states, rbm(states), None, p).gradients()
    for name, parameter in rbm.named_parameters():
        torch.testing.assert_close(found[name], parameter.grad, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("w", [None, W8])
def test_the_trajectory_is_the_update_written_out_in_numpy(w):
    """Three epochs with momentum and weight decay, float64, to 1e-12: batches, numbers drawn, losses."""
    rbm = machine(2, 0.3)
    theta = parameters(rbm)
    how = {"k": 2, "epochs": 3, "batch_size": 4, "lr": 0.2, "momentum": 0.7, "weight_decay": 0.1, "seed": 5}
    records = list(ContrastiveDivergence(rbm, Dataset(ROWS, weights=w), precision="float64", **how))
    deltas, seen = [np.zeros_like(p) for p in theta], 0
    for epoch, record in enumerate(records):
        order, total = permutation(5, epoch, 11), 0.0
        for at in range(0, 11, 4):
            rows = order[at : at + 4]
            v, shares = ROWS[rows], None if w is None else w[rows]

            def draw(name, shape, step=seen):
                elements = mix(np.arange(shape[0] * shape[1], dtype=np.int32))
                return uniform(elements, 5, name, step).reshape(shape)

            gradient, first = by_hand(*theta, v, 2, draw, shares)
            weights = np.ones(len(rows)) if shares is None else shares
            total += (((v - first) ** 2).mean(1) * weights).sum()
            for i, (p, g) in enumerate(zip(theta, gradient, strict=True)):
                deltas[i] = 0.7 * deltas[i] + 0.2 * (g - (0.1 * p if i == 0 else 0))
                theta[i] = p + deltas[i]
            seen += 1
        weight = 11 if w is None else w.sum()
        assert record.train_loss == pytest.approx(total / weight, abs=1e-13)
    for ours, theirs in zip(parameters(rbm), theta, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)


def test_measures_are_their_definitions():
    rbm = machine(3)
    W, b, c = parameters(rbm)
    loop = ContrastiveDivergence(rbm, ROWS, valid=ROWS, precision="float64")
    reconstruction = sigma(b + sigma(c + ROWS @ W.T) @ W)
    energy = -ROWS @ b - np.log1p(np.exp(c + ROWS @ W.T)).sum(1)
    expected = {"reconstruction_error": ((ROWS - reconstruction) ** 2).mean(), "free_energy": energy.mean()}
    assert loop.evaluate((ROWS, np.zeros(11))) == pytest.approx(expected, rel=1e-12)
    assert loop.measure() == pytest.approx(expected | {"free_energy_apart": 0.0}, rel=1e-12)  # the same rows
    weighted = loop.evaluate(Dataset(ROWS, weights=W8))
    assert weighted["free_energy"] == pytest.approx((energy * W8).sum() / W8.sum(), rel=1e-12)
    assert ContrastiveDivergence(rbm, ROWS).measure() == {}


def test_likelihood_rises_and_the_rows_become_probable():
    """Exactly, by log Z: from about 2^−6 a row to near the entropy of four patterns, log 4."""
    patterns = np.array([[1, 1, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1], [1, 1, 1, 1, 1, 1.0]])
    rows = np.repeat(patterns, 10, 0)
    rbm = RBM(V, H).double()
    data = torch.from_numpy(rows)

    def likelihood():
        with torch.no_grad():
            return (-rbm.free_energy(data) - rbm.log_partition()).mean().item()

    before = likelihood()
    list(ContrastiveDivergence(rbm, rows, k=5, epochs=600, batch_size=8, lr=0.1, precision="float64"))
    assert before == pytest.approx(-V * np.log(2), abs=0.05)
    assert likelihood() > -np.log(4) - 0.35


def fresh(seed=0):
    rbm = RBM(64, 16)
    rbm.draw_parameters(seed, "")
    data = digits()
    x = data.x[:200] / 16
    return ContrastiveDivergence(rbm, x, epochs=4, batch_size=30, valid=x[:50], weight_decay=1e-3, seed=2)


def run(loop):
    return [{n: v for n, v in record.as_dict().items() if n != "seconds"} for record in loop]


@pytest.mark.parametrize("steps", [0, 1, 6, 7, 17, 28])
def test_going_on_at_any_step_is_exact_to_the_bit(steps, tmp_path):
    straight = fresh()
    expected = run(straight)
    assert list(expected[0]) == [
        "epoch", "step", "train_loss", "train_free_energy", "valid_reconstruction_error", "valid_free_energy",
        "valid_free_energy_apart", "lr",
    ]  # fmt: skip
    first = fresh()
    while first.step < steps:
        first.advance(0)
    metrics = Metrics(tmp_path / "metrics.jsonl")
    Checkpoints(Folder(tmp_path), metrics).save(first)
    metrics.close()
    second = fresh(9)
    restore(Folder(tmp_path), second)
    found = run(second)
    assert found == expected[4 - len(found) :]
    (ours, numbers), (theirs, others) = second.state(), straight.state()
    assert all(torch.equal(tensor, theirs[name]) for name, tensor in ours.items())
    assert {**numbers, "seconds": 0} == json.loads(json.dumps({**others, "seconds": 0}))
    assert {"model.weight", "delta.weight"} <= ours.keys()


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, {here!r})
import torch
torch.set_num_threads(1)
from test_rbm import fresh
from gradatim.runs.checkpoints import Checkpoints
from gradatim.runs.folder import Folder
from gradatim.runs.epoch_records import Metrics
loop = fresh()
folder = Path({folder!r})
checkpoints = Checkpoints(Folder(folder), Metrics(folder / "metrics.jsonl"))
while not loop.finished:
    loop.advance(0)
    checkpoints.save(loop)
"""


def test_a_process_that_is_killed_is_gone_on_with(tmp_path):
    torch.set_num_threads(1)
    code = CHILD.format(here=os.path.dirname(__file__), folder=str(tmp_path))  # noqa: PTH120
    process = subprocess.Popen([sys.executable, "-c", code])
    folder = Folder(tmp_path)
    while not folder.checkpoint.exists() and process.poll() is None:
        time.sleep(0.001)
    time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    second = fresh(9)
    restore(folder, second)
    assert 0 < second.step <= 28
    straight = fresh()
    expected, found = run(straight), run(second)
    assert found == expected[4 - len(found) :]
    for name, tensor in second.state()[0].items():
        assert torch.equal(tensor, straight.state()[0][name]), name


def test_it_reconstructs_digits_about_as_well_as_scikit_learn_s():
    """64 hidden units, 10 epochs of batches of 10, rate 0.1: the same error of P(v | P(h | v)), per unit.

    Ours 0.0353, theirs 0.0394, a constant's 0.0733: contrastive divergence beside persistent.
    """
    x = digits().x.reshape(-1, 64) / 16
    loop = ContrastiveDivergence(RBM(64, 64), x, epochs=10, batch_size=10, lr=0.1, momentum=0.0)
    list(loop)
    ours = loop.evaluate(x)["reconstruction_error"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = BernoulliRBM(64, learning_rate=0.1, batch_size=10, n_iter=10, random_state=0).fit(x)
    W, b, c = theirs.components_, theirs.intercept_visible_, theirs.intercept_hidden_
    error = ((x - sigma(b + sigma(c + x @ W.T) @ W)) ** 2).mean()
    assert ours < 1.05 * error
    baseline = ((x - x.mean(0)) ** 2).mean()
    assert ours < 0.5 * baseline


def test_pictures_are_laid_out_as_rows_and_what_is_learned_is_kept():
    data = digits()
    loop = ContrastiveDivergence(RBM(64, 8), Dataset(data.x[:50] / 16, data.y[:50]), epochs=1)
    record = next(iter(loop))
    assert loop.finished and loop.keep() == 1 and loop.framework == "pt" and record.lr == loop.lr == 0.1
    loop.end()
    assert loop.data is None and not loop.model.training


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ContrastiveDivergence(RBM(V, H), ROWS + 1), r"example 0 holds 1\.\d+ at 0: scale the rows"),
        (
            lambda: ContrastiveDivergence(RBM(V, H), ROWS[:, :5]),
            "has 6 visible units; a row here has 5 numbers",
        ),
        (lambda: ContrastiveDivergence(RBM(V, H), ROWS, k=0), "k must be .* at least 1; it is 0"),
        (lambda: ContrastiveDivergence(RBM(V, H), ROWS, momentum=1), "momentum must be .* below 1; it is 1"),
        (lambda: ContrastiveDivergence(RBM(V, H), ROWS, lr=0), "lr must be a number above 0; it is 0"),
        (
            lambda: ContrastiveDivergence(RBM(V, H), ROWS, precision="bfloat16"),
            "precision must be float32 or",
        ),
        (lambda: ContrastiveDivergence(RBM(V, H), iter([ROWS])), "rows in memory; these are foreign"),
    ],
)  # fmt: skip
def test_misuse_is_refused(call, said):
    with pytest.raises(UsageError, match=said):
        call()


def test_a_machine_that_diverges_is_said_so():
    rbm = machine()
    with torch.no_grad():
        rbm.weight[0, 0] = float("inf")
    with pytest.raises(NonFiniteLoss, match=r"left .* of layer RBM"):
        next(ContrastiveDivergence(rbm, ROWS, precision="float64"))

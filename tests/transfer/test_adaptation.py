"""G5: domain adaptation as a loop: its gradients, its record, its checkpoint, and what it gains."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.training.training import Training
from gradatim.transfer.adversarial import DomainAdversarial
from gradatim.transfer.alignment import DomainAlignment
from gradatim.transfer.discrepancies import PENALTIES
from gradatim.transfer.features import InputOfHead
from gradatim.transfer.strength import strength

NETWORK = {"name": "mlp", "in_features": 3, "out_features": 2, "hidden": [8]}
WAYS = ("dann", "cdan", "coral", "mmd")


def domains(n=60, m=44):
    """Two classes by the first number; the third says nothing in the source, and all of the target's is 2."""
    rng = np.random.default_rng(0)
    x, t = rng.normal(size=(n, 3)), rng.normal(size=(m, 3))
    x[:, 0] += 3 * (np.arange(n) % 2)
    t[:, 0] += 3 * (np.arange(m) % 2)
    t[:, 2] += 2.0
    return (x, np.arange(n) % 2), (t, np.arange(m) % 2)


def loop_of(kind, network=NETWORK, **how):
    source, (target, _) = domains()
    how = {"epochs": 3, "batch_size": 16, "lr": 0.01, "precision": "float64", **how}
    way = DomainAlignment if kind in PENALTIES else DomainAdversarial
    return way(build(network, dtype=torch.float64), source, target, kind=kind, **how)


def test_a_step_of_dann_is_the_saddle_points():
    """θ_f ← θ_f − η (∂L_y − λ ∂L_d), θ_d ← θ_d − η ∂L_d (Ganin et al. 2016, eq. 13–15), λ half way."""
    loop = loop_of("dann", optimizer="sgd", lr=0.1)
    loop.step = loop.total_steps() // 2
    (x, y, _), t = next(loop.batches(0, 0))
    lam = strength(loop.step / loop.total_steps())
    before = {n: p.detach().clone() for n, p in loop.model.named_parameters()}
    domain_before = {n: p.detach().clone() for n, p in loop.domain.named_parameters()}
    features = lambda x: F.relu(F.linear(x, before["1.weight"], before["1.bias"]))  # noqa: E731
    for p in (*before.values(), *domain_before.values()):
        p.requires_grad_()
    f, g = features(x), features(t)
    label_loss = F.cross_entropy(F.linear(f, before["3.weight"], before["3.bias"]), y)
    score = lambda f: F.linear(  # noqa: E731
        F.relu(F.linear(f, domain_before["1.weight"], domain_before["1.bias"])),
        domain_before["3.weight"], domain_before["3.bias"],
    )[:, 0]  # fmt: skip
    domain_loss = 0.5 * F.softplus(score(f)).mean() + 0.5 * F.softplus(-score(g)).mean()
    saddle = torch.autograd.grad(label_loss - lam * domain_loss, list(before.values()), retain_graph=True)
    descent = torch.autograd.grad(domain_loss, list(domain_before.values()))
    found = loop.take_step([((x, y, None), t)])
    for (_, p), old, d in zip(loop.model.named_parameters(), before.values(), saddle, strict=True):
        torch.testing.assert_close(p, old - 0.1 * d, rtol=1e-12, atol=1e-14)
    for (_, p), old, d in zip(loop.domain.named_parameters(), domain_before.values(), descent, strict=True):
        torch.testing.assert_close(p, old - 0.1 * d, rtol=1e-12, atol=1e-14)
    assert found["loss_sum"] / found["weight_sum"] == pytest.approx(label_loss.item(), rel=1e-12)
    assert found["discrepancy_sum"] / found["weight_sum"] == pytest.approx(domain_loss.item(), rel=1e-12)


@pytest.mark.parametrize("kind", ["coral", "mmd"])
def test_a_step_of_a_penalty_is_the_gradient_of_the_sum(kind):
    loop = loop_of(kind, optimizer="sgd", lr=0.1, weight=0.7)
    loop.step = loop.total_steps() // 2
    (x, y, _), t = next(loop.batches(0, 0))
    lam = strength(loop.step / loop.total_steps(), 0.7)
    before = [p.detach().clone().requires_grad_() for p in loop.model.parameters()]
    w, b, v, c = before
    f, g = F.relu(F.linear(x, w, b)), F.relu(F.linear(t, w, b))
    loss = F.cross_entropy(F.linear(f, v, c), y) + lam * PENALTIES[kind](f, g)
    gradients = torch.autograd.grad(loss, before)
    loop.take_step([((x, y, None), t)])
    for p, old, d in zip(loop.model.parameters(), before, gradients, strict=True):
        torch.testing.assert_close(p, old - 0.1 * d, rtol=1e-12, atol=1e-14)


NORMED = {"name": "stack", "layers": [
    {"name": "dense", "in_features": 3, "out_features": 4}, {"name": "batch_norm", "num_features": 4},
    {"name": "dense", "in_features": 4, "out_features": 2},
]}  # fmt: skip


@pytest.mark.parametrize("norms", ["together", "apart"])
def test_norms_see_both_domains_or_each_its_own(norms):
    """CORAL's step by hand from ĥ = (h − μ)/√(σ² + ε), μ and σ² of both batches or each one's; apart, the
    running numbers are 0.9 and 0.1 of what they were and of the target's (variance over m − 1)."""
    loop = loop_of("coral", NORMED, optimizer="sgd", lr=0.1, weight=0.7, norms=norms)
    loop.step = loop.total_steps() // 2
    (x, y, _), t = next(loop.batches(0, 0))
    lam = strength(loop.step / loop.total_steps(), 0.7)
    before = [p.detach().clone().requires_grad_() for p in loop.model.parameters()]
    w, b, gain, shift, v, c = before
    h, k = F.linear(x, w, b), F.linear(t, w, b)
    hat = lambda h, of: (h - of.mean(0)) / (of.var(0, correction=0) + 1e-5).sqrt() * gain + shift  # noqa: E731
    both = torch.cat((h, k))
    f, g = (hat(h, h), hat(k, k)) if norms == "apart" else (hat(h, both), hat(k, both))
    loss = F.cross_entropy(F.linear(f, v, c), y) + lam * PENALTIES["coral"](f, g)
    gradients = torch.autograd.grad(loss, before)
    loop.take_step([((x, y, None), t)])
    for p, old, d in zip(loop.model.parameters(), before, gradients, strict=True):
        torch.testing.assert_close(p, old - 0.1 * d, rtol=1e-10, atol=1e-12)
    remembered = k if norms == "apart" else both
    norm = loop.model[1]
    torch.testing.assert_close(norm.running_mean, 0.1 * remembered.mean(0))
    torch.testing.assert_close(norm.running_var, 0.9 + 0.1 * remembered.var(0))
    assert norm.momentum == 0.1


@pytest.mark.parametrize("kind", WAYS)
def test_without_weight_it_is_training_on_the_source(kind):
    """λ = 0: the same parameters as Training's, to rounding: a batch and its fellows stand in one product."""
    loop = loop_of(kind, weight=0.0)
    source, _ = domains()
    plain = Training(
        build(NETWORK, dtype=torch.float64), source, epochs=3, batch_size=16, lr=0.01, precision="float64"
    )
    for mine, theirs in zip(loop, plain, strict=True):
        assert mine.train_loss == pytest.approx(theirs.train_loss, rel=1e-12)
    for p, q in zip(loop.model.parameters(), plain.model.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=1e-10, atol=1e-12)


def test_cdan_reads_products_of_features_and_probabilities():
    loop = loop_of("cdan")
    (x, y, _), t = next(loop.batches(0, 0))
    seen = []
    loop.domain.register_forward_pre_hook(lambda _m, inputs: seen.append(inputs[0].detach()))
    w, b, v, c = (p.detach().clone() for p in loop.model.parameters())
    loop.take_step([((x, y, None), t)])
    f = F.relu(F.linear(torch.cat((x, t)), w, b))
    p = F.softmax(F.linear(f, v, c), 1)
    torch.testing.assert_close(seen[0].reshape(-1, 8, 2), f[:, :, None] * p[:, None], rtol=1e-12, atol=0)


def test_the_target_comes_again_and_again_each_time_in_another_order():
    loop = loop_of("dann")
    x = loop.target
    rows = torch.cat([t for epoch in range(3) for _, t in loop.batches(epoch, 0)])
    found = [(x == row).all(1).nonzero().item() for row in rows]
    whole = [found[i : i + 44] for i in range(0, len(found) - 43, 44)]
    assert len(whole) == 4 and all(sorted(one) == list(range(44)) for one in whole)
    assert whole[0] != whole[1]
    again = list(loop.batches(2, 1))
    assert torch.equal(again[0][1], rows[16 * 9 : 16 * 10])


@pytest.mark.parametrize("kind", WAYS)
def test_it_goes_on_exactly_in_mid_epoch(kind):
    whole = loop_of(kind, schedule="cosine", accumulate=2)
    records = list(whole)
    part = loop_of(kind, schedule="cosine", accumulate=2)
    next(part)
    part.advance(seconds=0)  # one step
    assert part.batch == 2
    again = loop_of(kind, schedule="cosine", accumulate=2)
    again.restore(*part.state())
    rest = list(again)
    assert [(r.train_loss, r.train) for r in rest] == [(r.train_loss, r.train) for r in records[1:]]
    for p, q in zip(whole.model.parameters(), again.model.parameters(), strict=True):
        assert torch.equal(p, q)


def turned(degrees, n=300):
    """Two half moons, and the same turned: the toy problem of Ganin et al. 2016, section 5.1."""
    rng = np.random.default_rng(1)
    angle, y = np.pi * rng.random(n), np.arange(n) % 2
    x = np.stack((np.cos(angle), np.sin(angle)), 1)
    x[y == 1] = [1.0, 0.5] - x[y == 1]
    x += 0.08 * rng.normal(size=x.shape) - [0.5, 0.25]
    a = np.deg2rad(degrees)
    return x @ np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]]), y


def test_domains_become_alike_and_the_target_is_known_better():
    """0.70 of the turned moons are right without adaptation, 0.82 with it; the bounds leave room."""
    network = {"name": "mlp", "in_features": 2, "out_features": 2, "hidden": [32, 32]}
    source, target = turned(0), turned(35)
    how = {"epochs": 30, "batch_size": 50, "lr": 0.01}
    plain = Training(build(network), source, **how)
    dann = DomainAdversarial(build(network), source, target[0], hidden=0, **how)
    list(plain)
    accuracies = [record.train["domain_accuracy"] for record in dann]
    assert dann.evaluate(target)["accuracy"] > plain.evaluate(target)["accuracy"] + 0.06
    assert abs(np.mean(accuracies[-10:]) - 0.5) < 0.1


def test_the_network_is_left_as_it_came():
    loop = loop_of("dann")
    next(loop)
    loop.end()
    assert not loop.head.layer._forward_pre_hooks


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"target": np.zeros((4, 2))}, r"target has the shape \(2,\), one of the source \(3,\)"),
        ({"target": np.zeros((0, 3))}, "the target has no examples"),
        ({"optimizer": "lbfgs", "batch_size": 60}, "lbfgs needs the whole loss"),
        ({"optimizer": torch.optim.SGD}, "by an optimizer with a name"),
        ({"weight": -1.0}, "weight must be"),
        ({"kind": "wasserstein"}, "kind must be"),
    ],
)
def test_what_cannot_be_is_refused(change, said):
    source, (target, _) = domains()
    how = {"kind": "dann", "network": NETWORK, "target": target, "precision": "float64", **change}
    network, target = how.pop("network"), how.pop("target")
    with pytest.raises(UsageError, match=said):
        DomainAdversarial(build(network, dtype=torch.float64), source, target, **how)


def test_a_network_without_a_dense_layer_has_no_features():
    with pytest.raises(UsageError, match="no dense layer at its end"):
        InputOfHead(torch.nn.Conv2d(1, 2, 3))

"""F7: greedy stages, up-down against its equations in NumPy, samples of a class, any stage gone on with."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.digits import digits
from gradatim.nn.dbn import DBN
from gradatim.nn.rbm import RBM
from gradatim.unsupervised.deep_belief import DeepBelief, samples_of_class
from gradatim.unsupervised.rbm import ContrastiveDivergence
from gradatim.unsupervised.up_down import up_down_gradients

RNG = np.random.default_rng(0)
DIGITS = digits()
X, Y = (DIGITS.x.reshape(-1, 64) / 16).astype(np.float32), DIGITS.y


def sigma(z):
    return 1 / (1 + np.exp(-z))


def network(fine_tuning="none", sizes=(12, 8), classes=10, visible=64):
    net = DBN(visible, sizes, classes, fine_tuning)
    net.draw_parameters(1, "")
    return net


def pseudo_code(p, data, targets, k, rand):
    """Appendix B of Hinton, Osindero & Teh 2006 with one hidden layer below the penultimate one left out: the
    statistics of each update, means over rows.
    """
    n = len(data)
    wakepenprobs = sigma(data @ p["vispen"] + p["penrecbiases"])
    wakepenstates = wakepenprobs > rand("wake 0", wakepenprobs.shape)
    waketopprobs = sigma(wakepenstates @ p["pentop"] + targets @ p["labtop"] + p["topbiases"])
    waketopstates = waketopprobs > rand("top", waketopprobs.shape)
    poslabtop, pospentop = targets.T @ waketopstates, wakepenstates.T.astype(float) @ waketopstates
    negtopstates = waketopstates
    for t in range(k):
        negpenprobs = sigma(negtopstates @ p["pentop"].T + p["pengenbiases"])
        negpenstates = negpenprobs > rand(f"visible {t}", negpenprobs.shape)
        scores = np.exp(negtopstates @ p["labtop"].T + p["labgenbiases"])
        neglabprobs = scores / scores.sum(1, keepdims=True)
        negtopprobs = sigma(negpenstates @ p["pentop"] + neglabprobs @ p["labtop"] + p["topbiases"])
        negtopstates = negtopprobs > rand(f"hidden {t}", negtopprobs.shape)
    negpentop, neglabtop = negpenstates.T.astype(float) @ negtopstates, neglabprobs.T @ negtopstates
    sleeppenstates = negpenstates
    sleepvisprobs = sigma(sleeppenstates @ p["penvis"] + p["visgenbiases"])
    psleeppenstates = sigma(sleepvisprobs @ p["vispen"] + p["penrecbiases"])
    pvisprobs = sigma(wakepenstates @ p["penvis"] + p["visgenbiases"])
    return {
        "penvis": wakepenstates.T @ (data - pvisprobs) / n,
        "visgenbiases": (data - pvisprobs).mean(0),
        "labtop": (poslabtop - neglabtop) / n,
        "labgenbiases": (targets - neglabprobs).mean(0),
        "pentop": (pospentop - negpentop) / n,
        "pengenbiases": (wakepenstates.astype(float) - negpenstates).mean(0),
        "topbiases": (waketopstates.astype(float) - negtopstates).mean(0),
        "vispen": sleepvisprobs.T @ (sleeppenstates - psleeppenstates) / n,
        "penrecbiases": (sleeppenstates - psleeppenstates).mean(0),
    }


@pytest.mark.parametrize("k", [1, 3])
def test_up_down_is_its_pseudo_code_on_a_network_of_4_3_3_and_2_labels(k):
    """To 1e-12, float64, by the same numbers."""
    dbn = DBN(4, (3, 3), 2).double()
    with torch.no_grad():
        for p in dbn.parameters():
            p.copy_(torch.from_numpy(RNG.normal(0, 1.0, tuple(p.shape))))
    data, targets = RNG.random((7, 4)), np.eye(2)[np.arange(7) % 2]
    drawn: dict = {}

    def rand(name, shape):
        return drawn.setdefault(name, np.random.default_rng(len(drawn)).random(shape))

    W, top = dbn.machines[0], dbn.top
    array = lambda t: t.detach().numpy().copy()  # noqa: E731
    p = {
        "vispen": array(W.weight).T, "penrecbiases": array(W.hidden_bias), "penvis": array(dbn.down[0]),
        "visgenbiases": array(W.visible_bias), "pentop": array(top.weight)[:, :3].T,
        "labtop": array(top.weight)[:, 3:].T, "pengenbiases": array(top.visible_bias)[:3],
        "labgenbiases": array(top.visible_bias)[3:], "topbiases": array(top.hidden_bias),
    }  # fmt: skip
    expected = pseudo_code(p, data, targets, k, rand)
    found, predicted = up_down_gradients(
        dbn, torch.from_numpy(data), torch.from_numpy(targets), k,
        lambda name, shape: torch.from_numpy(rand(name, shape)),
    )  # fmt: skip
    g = {name: value.numpy() for name, value in found.items()}
    both = np.concatenate([expected["pentop"].T, expected["labtop"].T], 1)
    biases = np.concatenate([expected["pengenbiases"], expected["labgenbiases"]])
    for name, value in {
        "down.0": expected["penvis"], "machines.0.visible_bias": expected["visgenbiases"],
        "machines.0.weight": expected["vispen"].T, "machines.0.hidden_bias": expected["penrecbiases"],
        "machines.1.weight": both, "machines.1.visible_bias": biases,
        "machines.1.hidden_bias": expected["topbiases"],
    }.items():  # fmt: skip
        assert np.allclose(g.pop(name), value, atol=1e-12), name
    assert not g and predicted.shape == (7, 4)


def test_up_down_of_three_layers_moves_every_parameter_in_its_own_phase():
    """The middle layer, which the small oracle has not: wake teaches the way down, sleep the way up."""
    dbn = network("up_down", (5, 4, 6), 3, visible=7).double()
    with torch.no_grad():
        for p in dbn.parameters():
            p.copy_(torch.from_numpy(RNG.normal(0, 1.0, tuple(p.shape))))
    data, targets = RNG.random((6, 7)), np.eye(3)[np.arange(6) % 3]
    drawn: dict = {}

    def rand(name, shape):
        return drawn.setdefault(name, np.random.default_rng(len(drawn)).random(tuple(shape)))

    found, _ = up_down_gradients(
        dbn, torch.from_numpy(data), torch.from_numpy(targets), 1,
        lambda name, shape: torch.from_numpy(rand(name, shape)),
    )  # fmt: skip
    p = {name: value.detach().numpy() for name, value in dbn.named_parameters()}
    up = lambda k, v: sigma(v @ p[f"machines.{k}.weight"].T + p[f"machines.{k}.hidden_bias"])  # noqa: E731
    down = lambda k, h: sigma(h @ p[f"down.{k}"] + p[f"machines.{k}.visible_bias"])  # noqa: E731
    hid = (up(0, data) > rand("wake 0", (6, 5))).astype(float)
    pen = (up(1, hid) > rand("wake 1", (6, 4))).astype(float)
    assert np.allclose(found["down.1"], pen.T @ (hid - down(1, pen)) / 6, atol=1e-12)
    top = (sigma(np.c_[pen, targets] @ p["machines.2.weight"].T + p["machines.2.hidden_bias"])
           > rand("top", (6, 6))).astype(float)  # fmt: skip
    a = top @ p["machines.2.weight"] + p["machines.2.visible_bias"]
    sleep_pen = (sigma(a[:, :4]) > rand("visible 0", (6, 4))).astype(float)
    sleep_hid = (down(1, sleep_pen) > rand("sleep 1", (6, 5))).astype(float)
    assert np.allclose(
        found["machines.1.weight"], (sleep_pen - up(1, sleep_hid)).T @ sleep_hid / 6, atol=1e-12
    )
    vis = down(0, sleep_hid)
    assert np.allclose(found["machines.0.weight"], (sleep_hid - up(0, vis)).T @ vis / 6, atol=1e-12)


def test_its_stages_are_machines_taught_alone_bit_for_bit():
    net = network()
    loop = DeepBelief(net, (X[:200], Y[:200]), epochs=2, machine_epochs=3, seed=4)
    seed = 4
    while loop.number == 0:
        loop.advance()
    alone = RBM(64, 12)
    alone.load_state_dict(network().machines[0].state_dict())
    list(ContrastiveDivergence(alone, X[:200], epochs=3, lr=0.1, seed=seed))
    assert torch.equal(net.machines[0].weight, alone.weight) and torch.equal(net.down[0], alone.weight)
    before = [p.clone() for p in net.machines[0].parameters()]
    list(loop)
    assert all(map(torch.equal, before, net.machines[0].parameters()))


@pytest.mark.parametrize("fine_tuning", ["none", "up_down"])
def test_it_goes_on_exactly_from_every_stage(fine_tuning):
    data, valid = (X[:100], Y[:100]), (X[100:150], Y[100:150])
    given = {"epochs": 2, "machine_epochs": 1, "valid": valid, "seed": 2}
    whole = DeepBelief(network(fine_tuning), data, **given)
    records = [(r.stage, r.epoch, r.train_loss, r.valid) for r in whole]
    part, found, numbers_seen = DeepBelief(network(fine_tuning), data, **given), [], set()
    while not part.finished:
        for _ in range(3):
            r = part.advance(0.0)
            found += [] if r is None else [(r.stage, r.epoch, r.train_loss, r.valid)]
        tensors, numbers = part.state()
        numbers_seen.add(numbers["number"])
        part = DeepBelief(network(fine_tuning), data, **given)
        part.restore(tensors, numbers)
    assert found == records and numbers_seen == set(range(2 if fine_tuning == "none" else 3))
    for name, value in whole.model.state_dict().items():
        assert torch.equal(value, part.model.state_dict()[name])


def test_it_learns_the_digits_and_up_down_makes_it_better():
    accuracy = {}
    for way in ("none", "up_down"):
        net = network(way, (50, 50))
        loop = DeepBelief(net, (X[:700], Y[:700]), valid=(X[1200:], Y[1200:]), epochs=8, batch_size=10)
        accuracy[way] = list(loop)[-1].valid["accuracy"]
    assert accuracy["none"] > 0.6 and accuracy["up_down"] > accuracy["none"]


def test_samples_of_a_class_are_of_that_class():
    """A label that forces units of the top, which force two of the four pixels."""
    net = DBN(4, (2,), 2)
    with torch.no_grad():
        net.top.weight.zero_()
        net.top.weight[0] = torch.tensor([9.0, 9, -9, -9, 20, -20])
        net.top.weight[1] = torch.tensor([-9.0, -9, 9, 9, -20, 20])
        net.top.visible_bias.zero_()
    first, second = (samples_of_class(net, label, count=6, steps=20) for label in (0, 1))
    assert first[:, :2].min() > 0.95 and first[:, 2:].max() < 0.05
    assert second[:, :2].max() < 0.05 and second[:, 2:].min() > 0.95
    assert torch.equal(first, samples_of_class(net, 0, count=6, steps=20))


def test_what_cannot_be_is_said():
    with pytest.raises(UsageError, match="there are none; num_classes=0 needs none"):
        DeepBelief(network(), Dataset(X))
    with pytest.raises(UsageError, match="labels are class numbers from 0 to 2"):
        DeepBelief(network(classes=3), (X, Y))
    with pytest.raises(UsageError, match="visible units are numbers from 0 to 1; example 0 holds 5 at 2"):
        DeepBelief(network(), (16 * X, Y))
    with pytest.raises(UsageError, match="label must be a class from 0 to 9; it is 10"):
        samples_of_class(network(), 10)
    with pytest.raises(UsageError, match="has no classes to draw samples of"):
        samples_of_class(network(classes=0), 0)

"""I1: a wide part with crosses beside a deep part: what each adds, what training moves, what is refused."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.crosses import Crosses, check_crosses
from gradatim.models.wide_deep import WideDeep
from gradatim.nn.initialise import draw
from gradatim.training.training import Training

PARTS = {"embeddings": [[0, 3, 2], [3, 7, 2]], "crosses": [[[0, 3], [3, 7]], [[0, 3], [7, 8]]]}


def rows(n=12, seed=0):
    """Two categories of 3 and 4, one of −1, 0 and 1, and a number."""
    rng = np.random.default_rng(seed)
    a, b = rng.integers(0, 3, n), rng.integers(0, 4, n)
    sign = rng.integers(-1, 2, n)
    x = np.concatenate([np.eye(3)[a], np.eye(4)[b], sign[:, None], rng.normal(size=(n, 1))], 1)
    return torch.from_numpy(x), a, b, sign


def drawn(network, seed=1):
    for name, p in network.named_parameters():
        draw(p, "normal", seed, name)
    return network.double()


def test_a_cross_is_the_product_of_one_hot_columns():
    """Against ⊗ written out, float64, 1e-12."""
    x, *_ = rows()
    layer = drawn(Crosses(9, 2, PARTS["crosses"]))
    signs = torch.stack([x[:, 7] == -1, x[:, 7] == 0, x[:, 7] == 1], 1).double()
    phi = torch.cat(
        [torch.einsum("ni,nj->nij", x[:, :3], other).flatten(1) for other in (x[:, 3:7], signs)], 1
    )
    torch.testing.assert_close(layer(x), phi @ layer.weight, rtol=0, atol=1e-12)


def test_both_parts_and_one_bias_are_summed():
    x, *_ = rows()
    network = drawn(WideDeep(9, 2, hidden=(5, 4), activation="tanh", **PARTS))
    h = network.deep[1](x)
    for layer in (network.deep[2], network.deep[4]):
        h = torch.tanh(h @ layer.weight.T + layer.bias)
    wide = x @ network.wide.weight.T + network.wide.bias + network.crossed(x)
    torch.testing.assert_close(network(x), wide + h @ network.deep[6].weight.T, rtol=0, atol=1e-12)
    assert network.deep[6].bias is None


def test_without_hidden_layers_it_is_logistic_regression_with_crosses():
    """What L-BFGS finds is scikit-learn's optimum on the same features: log loss equal to 1e-6."""
    from sklearn.linear_model import LogisticRegression

    x, a, b, _ = rows(300)
    y = ((a * 4 + b) % 2).astype(np.int64)
    y[np.random.default_rng(2).random(300) < 0.2] ^= 1
    network = build({"name": "wide_deep", "in_features": 9, "out_features": 1, "hidden": [],
                     "crosses": PARTS["crosses"][:1]}, dtype=torch.float64)  # fmt: skip
    assert network.deep is None
    training = Training(network, (x.numpy(), y), "binary_cross_entropy", "lbfgs", epochs=60, batch_size=300,
                        precision="float64")  # fmt: skip
    for record in training:
        found = record.train_loss
    phi = np.concatenate([x.numpy(), np.eye(12)[a * 4 + b]], 1)
    peer = LogisticRegression(C=1e8, max_iter=5000, tol=1e-10).fit(phi, y)
    best = -np.log(peer.predict_proba(phi)[np.arange(300), y]).mean()
    assert found == pytest.approx(best, abs=1e-5)


def test_a_combination_that_training_never_held_adds_nothing():
    x, a, b, _ = rows(60)
    seen = (a != 2) | (b != 3)
    x, y = x[seen], (a + b)[seen] % 2
    network = build({"name": "wide_deep", "in_features": 9, "out_features": 1, "hidden": [4], **PARTS})
    for _ in Training(network, (x.numpy(), y.astype(np.int64)), "binary_cross_entropy", "adam", epochs=3):
        pass
    unseen = 2 * 4 + 3
    assert network.crossed.weight[unseen].item() == 0
    assert (network.crossed.weight[:12] != 0).sum() == len(np.unique(a[seen] * 4 + b[seen]))


def test_a_category_that_is_not_there_adds_nothing():
    layer = drawn(Crosses(7, 1, [[[0, 3], [3, 7]]]))
    assert layer(torch.tensor([[0.0, 1, 0, 0, 0, 0, 0]], dtype=torch.float64)).item() == 0


def test_the_paper_s_optimizers_are_ftrl_for_the_wide_part_and_adagrad_for_the_deep_one():
    """The deep part moves as under AdaGrad with its ε; the wide part has exact zeros under λ₁."""
    x, a, b, _ = rows(40)
    data = (x.numpy(), ((a + b) % 2).astype(np.int64))
    entry = {"name": "wide_deep", "in_features": 9, "out_features": 1, "hidden": [4], **PARTS}
    found = {}
    for name, settings in (("ftrl", {"l1": 1e6}), ("ftrl", {"l1": 0.01}), ("adagrad", {})):
        network = build(entry, dtype=torch.float64)
        training = Training(network, data, "binary_cross_entropy", name, epochs=1, batch_size=40, lr=0.1,
                            settings=settings, precision="float64")  # fmt: skip
        next(iter(training))
        found[name, settings.get("l1")] = network
    groups = found["ftrl", 1e6].parameter_groups("ftrl")
    assert sum(len(group["params"]) for group in groups) == len(list(found["ftrl", 1e6].parameters()))
    for name, p in found["adagrad", None].deep.named_parameters():
        for l1 in (1e6, 0.01):
            torch.testing.assert_close(found["ftrl", l1].deep.get_parameter(name), p, rtol=0, atol=1e-9)
    assert not found["ftrl", 1e6].wide.weight.any() and not found["ftrl", 1e6].crossed.weight.any()
    some = found["ftrl", 0.01].crossed.weight
    assert some.any() and not some.all()


@pytest.mark.parametrize(
    ("crosses", "says"),
    [
        ([[[0, 3]]], "two or more inputs"), ("a:b", "two or more inputs"), ([[[0, 3], [3, 12]]], "among 9"),
        ([[[0, 3], [3]]], "two or more inputs"), ([[[0, 9]] * 7], "at most 1,000,000 combinations"),
    ],
)  # fmt: skip
def test_crosses_that_cannot_be_are_named(crosses, says):
    with pytest.raises(UsageError, match=says):
        check_crosses(crosses, 9)


def test_examples_of_another_width_are_refused():
    with pytest.raises(UsageError, match=r"crosses of 9 inputs got examples of shape \(8,\)"):
        Crosses(9, 1, PARTS["crosses"])(torch.zeros(1, 8))


def test_layers_rates_keep_the_two_optimizers_of_the_parts():
    """--layer-decay beside FTRL: what ends in y learns at the full rate, the wide part with the penalty; the
    deep layers slower, as AdaGrad; what is frozen is in no group.
    """
    from gradatim.training.torch_optimizer import optimizer_for
    from gradatim.transfer.fine_tuning import rates_of
    from gradatim.transfer.layers import layers_of

    network = WideDeep(9, 2, hidden=(5, 4), **PARTS)
    assert [one.name for one in layers_of(network)][-1] == "wide, crossed, deep.6"
    network.deep[2].weight.requires_grad_(False)
    names = {id(p): name for name, p in network.named_parameters()}
    made = optimizer_for("ftrl", network, 0.1, {"l1": 0.5}, rates_of(network, 0.5))
    found = {
        names[id(p)]: (round(group["lr"], 4), group["l1"])
        for group in made.param_groups
        for p in group["params"]
    }
    assert found.pop("wide.weight") == found.pop("wide.bias") == found.pop("crossed.weight") == (0.1, 0.5)
    assert found.pop("deep.6.weight") == (0.1, 0.0)
    assert found.pop("deep.4.weight") == found.pop("deep.4.bias") == (0.05, 0.0)
    assert "deep.2.weight" not in found and found["deep.2.bias"] == (0.025, 0.0)
    whole = optimizer_for("ftrl", network, 0.1, {"l1": 0.5})
    assert next((group["l1"], len(group["params"])) for group in whole.param_groups) == (0.5, 3)

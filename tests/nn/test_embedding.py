"""Embeddings of a table's categories: lookups, in both engines, and their gradients."""

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F

import gradatim
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.nn.embedding import Embedding

COLUMNS = [[1, 4, 2], [5, 7, 3]]


def inputs(n=6):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 8))
    for start, stop, _ in COLUMNS:
        x[:, start:stop] = np.eye(stop - start)[rng.integers(0, stop - start, n)]
    return x


def test_it_is_torch_s_lookup_beside_the_other_inputs():
    x = torch.from_numpy(inputs())
    layer = Embedding(8, COLUMNS).double()
    looked_up = [
        F.embedding(x[:, start:stop].argmax(1), layer.get_parameter(f"weight_{i}").t())
        for i, (start, stop, _) in enumerate(COLUMNS)
    ]
    torch.testing.assert_close(layer(x), torch.cat([x[:, [0, 4, 7]], *looked_up], 1))


def test_by_hand_equals_autograd():
    entry = {"name": "stack", "layers": [
        {"name": "embedding", "in_features": 8, "columns": COLUMNS},
        {"name": "dense", "in_features": 8, "out_features": 2},
    ]}  # fmt: skip
    network, by_hand = build(entry, 3, torch.float64), Network(entry["layers"], seed=3, dtype=np.float64)
    x, g = inputs(), np.random.default_rng(1).normal(size=(6, 2))
    z = torch.from_numpy(x).requires_grad_()
    y = network(z)
    y.backward(torch.from_numpy(g))
    np.testing.assert_allclose(by_hand.outputs(x), y.detach().numpy(), rtol=1e-12)
    layer, dense = by_hand.layers
    dense.forward(layer.forward(x))
    dx = layer.backward(dense.backward(g))
    np.testing.assert_allclose(dx, z.grad.numpy(), rtol=1e-12)
    for i in range(2):
        theirs = network.get_parameter(f"0.weight_{i}").grad.numpy()
        np.testing.assert_allclose(layer.gradients[f"weight_{i}"], theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("columns", [[[3, 3, 1]], [[2, 5, 1], [4, 6, 1]], [[0, 9, 1]], [[0, 2, 0]], [[1, 2]]])
def test_places_that_cannot_be_are_refused(columns):
    with pytest.raises(UsageError, match="columns must"):
        Embedding(8, columns)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_table_s_categories_are_embedded_when_asked(tmp_path, engine):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"town": rng.choice(list("abcdefghij"), 400), "size": rng.normal(size=400)})
    frame["price"] = frame["town"].map(dict(zip("abcdefghij", rng.normal(size=10), strict=True)))
    frame["price"] += 0.1 * frame["size"]
    how = {"target": "price", "engine": engine, "baselines": False, "quiet": True, "threads": 1}
    run = gradatim.train(frame, network={"embeddings": True}, epochs=60, out=tmp_path / "run", **how)
    assert run.trained.network["embeddings"] == [[0, 10, 5]]
    assert run.metrics["r2"] > 0.9
    np.testing.assert_allclose(
        gradatim.load(tmp_path / "run").predict(frame.head(5)).labels, run.predict(frame.head(5)).labels
    )
    with pytest.raises(UsageError, match="categories; there is none here"):
        gradatim.train(frame[["size", "price"]], network={"embeddings": True}, out=tmp_path / "none", **how)

"""The arithmetic that a trace fills in: what stands on the left of a line is what stands on its right."""

import numpy as np
import pytest

from filled_arithmetic import check_lines
from gradatim.jobs.trace import trace

X = np.random.default_rng(7).normal(size=(4, 6, 5))
LAYERS = {
    "transposed": {"name": "conv_transpose2d", "in_channels": 4, "out_channels": 4, "kernel_size": 3,
                   "stride": 2, "padding": 1, "groups": 2, "dilation": 2, "output_padding": 1},
    "adaptive mean": {"name": "adaptive_avg_pool2d", "output_size": [4, 2]},
    "adaptive max": {"name": "adaptive_max_pool2d", "output_size": [4, 3]},
    "global mean": {"name": "global_avg_pool"},
    "global max": {"name": "global_max_pool"},
    "instance": {"name": "instance_norm", "num_features": 4, "affine": True},
    "group": {"name": "group_norm", "num_groups": 2, "num_channels": 4},
    "batch": {"name": "batch_norm", "num_features": 4},
    "response": {"name": "local_response_norm", "size": 3, "alpha": 0.5, "beta": 0.75, "k": 1},
    "maxout": {"name": "maxout", "pieces": 2, "dim": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_one_place_is_filled_in(name):
    x = X[:, :2, :2] if name == "transposed" else X[:, :3, :3] if "global" in name else X
    net = {"layers": [LAYERS[name], {"name": "flatten"}], "input": x.tolist(), "target": 0}
    whole = trace(net, loss="cross_entropy")
    units = np.array(whole.values["layers"]["y"]["h"]).shape[1]
    least = {"instance": 2, "group": 2, "batch": 2, "response": 2, "maxout": 0}.get(name, 1)
    assert check_lines(whole.parts) >= least
    for n in range(units):
        opened = trace(net, loss="cross_entropy", unit=f"y.{n + 1}")
        assert check_lines(opened.parts) >= least


def test_the_pieces_of_a_unit_and_the_one_that_learns():
    net = {"layers": [{"name": "maxout", "pieces": 3}], "input": [1, 3, -2, 0.5, 0.5, -1], "target": [0, 0]}
    assert trace(net).table("Forward, y").rows == [
        ["y.1", "max(1, 3, −2)", 2, 3.0],
        ["y.2", "max(0.5, 0.5, −1)", 1, 0.5],
    ]
    opened = trace(net, unit="y.2")
    assert opened.table("y.2: its pieces").column("δ of x") == [0.25, 0.25, 0.0]  # shared in a tie
    assert check_lines(opened.parts) == 1


def test_the_pieces_of_a_map_stand_beside_it():
    net = {"layers": [LAYERS["maxout"], {"name": "flatten"}], "input": X.tolist(), "target": 0}
    found = trace(net, loss="cross_entropy", unit="y.2")
    np.testing.assert_allclose(found.table("piece 1").rows, X[2], atol=1e-12)
    np.testing.assert_allclose(found.table("h").rows, np.maximum(X[2], X[3]), atol=1e-12)


def test_a_number_put_down_by_hand():
    """Stride 2, kernel (1, 10): x = (1, 2, 3) becomes 1, 10, 2, 20, 3, 30; of two kernels 10 they overlap."""
    layer = {"name": "conv_transpose1d", "in_channels": 1, "out_channels": 1, "kernel_size": 3, "stride": 2,
             "weights": {"weight": [[[1, 10, 100]]], "bias": [0.5]}}  # fmt: skip
    net = {"layers": [layer, {"name": "flatten"}], "input": [[1, 2, 3]], "target": 0, "loss": "cross_entropy"}
    assert trace(net).values["layers"]["y"]["h"][0] == [[1.5, 10.5, 102.5, 20.5, 203.5, 30.5, 300.5]]
    text = str(trace(net, unit="y.1.3"))
    assert "At 3 of y.1 these numbers of x were put down: [2], [1]." in text
    assert "y.1[3] = 1·2 + 100·1 + 0.5 = 102.5" in text

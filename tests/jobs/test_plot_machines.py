"""A9, A10: the figures' numbers, and what cannot be drawn."""

import re
from pathlib import Path

import numpy as np
import pytest
from sklearn.svm import SVC

from gradatim import plot
from gradatim.checks import UsageError
from gradatim.data import xor


def test_a9_a_line_fails_where_kernels_and_a_hidden_layer_succeed(tmp_path):
    found = plot("xor", out=tmp_path / "xor.svg")["accuracies"]
    linear, *others = found.values()
    assert linear <= 0.75 and min(others) >= 0.95  # a line has at most three of the four clouds
    points = xor(n=400)
    x, y = np.asarray(points.x, float), np.asarray(points.y)
    second = np.arange(400) // 4 % 2 == 1
    peer = SVC(kernel="rbf", gamma=2.0, C=100).fit(x[~second], y[~second])
    assert found["RBF kernel, γ = 2"] == pytest.approx(peer.score(x[second], y[second]))
    words = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "xor.svg").read_text(encoding="utf-8"))
    assert any(one.startswith("8 hidden units: ") for one in words)


def test_a9_the_corners_alone():
    found = plot("xor", arguments={"noise": 0, "n": 16}, out="xor.svg")["accuracies"]
    assert list(found.values())[1:] == [1, 1, 1] and next(iter(found.values())) <= 0.75


def test_h_what_was_planted_in_the_tasks_is_found():
    found = plot("tasks", out="tasks.svg")
    assert set(found["features"]) >= {0, 1, 2, 3}
    assert found["clusters"] == found["true_clusters"]


def test_a10_the_units_are_counted(tmp_path):
    found = plot("sawtooth", arguments={"k": 2}, out=tmp_path / "s.svg")
    assert found["exact"] == {"depth": 2, "units": 4}
    assert [one["depth"] for one in found["trained"]] == [1, 2]
    assert all(one["error"] <= 0.1 and one["units"] >= 4 for one in found["trained"])


def test_h7_a_task_of_few_targets_is_better_known_beside_a_related_one(tmp_path):
    found = plot("posteriors", out=tmp_path / "p.svg")
    alone, shared, joint = (errors[1] for errors in found["rmse"].values())
    assert joint < 0.5 * alone and joint < shared < alone and found["correlation"] > 0.8
    words = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "p.svg").read_text(encoding="utf-8"))
    assert {"task 1", "task 2"} <= set(words)
    ways = ("alone: RMSE", "shared kernel: RMSE", "coregionalization: RMSE")
    assert sum(word.startswith(ways) for word in words) == 6


@pytest.mark.parametrize(
    ("name", "things", "arguments", "sentence"),
    [
        ("xor", ["moons"], {}, "^plot xor draws its own points"),
        ("xor", [], {"gama": 1}, "^plot xor takes no argument 'gama'"),
        ("xor", [], {"gamma": 0}, "^gamma must be"),
        ("tasks", ["digits"], {}, "^plot tasks draws its own tasks"),
        ("tasks", [], {"clusters": 10}, "^clusters must be a whole number of at most 9"),
        ("sawtooth", ["digits"], {}, "^plot sawtooth draws what it trains itself"),
        ("sawtooth", [], {"k": 9}, "^k must be"),
        ("posteriors", ["adult"], {}, "^plot posteriors draws its own tasks"),
        ("posteriors", [], {"fewer": 2}, "^plot posteriors takes no argument 'fewer'"),
        ("posteriors", [], {"correlation": 1.5}, "^correlation must be a number from -1 to 1"),
        ("posteriors", [], {"few": 0}, "^few must be"),
    ],
)
def test_what_cannot_be_drawn_is_said(name, things, arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        plot(name, *things, arguments=arguments)
    assert not list(Path().glob(f"{name}.png"))

"""Weights as pictures: which of a run's weights are drawn, and how."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.plots.filters import _tiles, composed
from gradatim.jobs.train import train

QUICK = {"epochs": 1, "quiet": True, "baselines": False}


@pytest.mark.parametrize(
    ("model", "parameter", "shape", "shown"),
    [
        ("mlp", "1.weight", [80, 64], 64),
        ("small_cnn", "features.0.conv.weight", [16, 1, 3, 3], 16),
        ("rbm", "weight", [128, 64], 64),
    ],
)
def test_pictures_give_tiles(model, parameter, shape, shown, tmp_path):
    more = {"hidden": [80]} if model == "mlp" else {}
    run = train("digits", model=model, out=tmp_path / "run", **more, **QUICK)
    said = plot("filters", run, out=tmp_path / "f.svg")
    assert (said["parameter"], said["shape"], len(said["units"])) == (parameter, shape, shown)
    weights = run.trained.model.state_dict()[parameter]
    tiles, _ = _tiles(run, np.asarray(weights))
    np.testing.assert_array_equal(tiles[3].ravel(), np.asarray(weights)[3].ravel())


def test_a_table_gives_a_map_with_the_names_of_its_columns(tmp_path):
    run = train("moons:n=60", out=tmp_path / "run", **QUICK)
    said = plot("filters", run, out=tmp_path / "f.svg")
    assert said["shape"] == [64, 2]
    text = (tmp_path / "f.svg").read_text()
    assert ">x1</text>" in text and ">x2</text>" in text


def test_arguments_are_refused(tmp_path):
    run = train("moons:n=60", out=tmp_path / "run", **QUICK)
    with pytest.raises(UsageError, match="plot filters takes no argument 'unit'"):
        plot("filters", run, arguments={"unit": 3})


def test_a_later_layer_is_drawn_by_its_inputs(tmp_path):
    """W₂ W₁ and W₃ W₂ W₁, exactly; the tile of a unit has the picture's pixels."""
    run = train("digits", hidden=[6, 5], out=tmp_path / "run", **QUICK)
    W = [np.asarray(w) for w in run.trained.model.state_dict().values() if w.ndim == 2]
    for layer, expected in ((2, W[1] @ W[0]), (3, W[2] @ (W[1] @ W[0]))):
        np.testing.assert_array_equal(composed(W[:layer]), expected)
        said = plot("filters", run, arguments={"layer": layer}, out=tmp_path / "f.svg")
        assert said["shape"] == [len(W[layer - 1]), 64] and len(said["units"]) == len(W[layer - 1])
    assert "multiplied by those of the layers below" in (tmp_path / "f.svg").read_text()


def test_layers_that_do_not_follow_each_other_are_refused(tmp_path):
    run = train(
        "digits", model="small_cnn", network={"stages": 1, "width": 0.25}, out=tmp_path / "cnn", **QUICK
    )
    with pytest.raises(UsageError, match=r"layer 2 cannot be drawn by its inputs.*layer=1 can"):
        plot("filters", run, arguments={"layer": 2}, out=tmp_path / "f.svg")
    with pytest.raises(UsageError, match="layer must be a whole number of at most 3; it is 9"):
        plot("filters", run, arguments={"layer": 9}, out=tmp_path / "f.svg")

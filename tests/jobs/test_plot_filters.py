"""First-layer weights as pictures: which of a run's weights are drawn, and how."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.plots.filters import _tiles
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

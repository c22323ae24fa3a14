"""G6: --grow in a run: the larger network begins with what the smaller one knew."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.jobs.run import load
from gradatim.jobs.train import train
from gradatim.planning.config_file import read_config_file
from gradatim.runs.asking import encode_inputs
from gradatim.runs.forward import forward

rng = np.random.default_rng(0)
ROWS = rng.normal(size=(80, 4)), np.arange(80) % 2


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    home = tmp_path_factory.mktemp("begun") / "run"
    return train(ROWS, hidden=(6,), epochs=2, precision="float64", out=home, quiet=True)


def test_the_function_is_kept_and_learning_goes_on(begun, tmp_path):
    run = train(ROWS, grow=begun.path, hidden=(9, 8), epochs=1, lr=1e-12, weight_decay=0, dropout=0.0,
                precision="float64", out=tmp_path / "run", quiet=True)  # fmt: skip
    assert run.trained.network["hidden"] == [9, 8]
    assert "grown to hidden=9,8" in run.config["choices"]["weights"]
    before, after = (
        forward(one.model, encode_inputs(one.trained, ROWS[0]), "float64") for one in (begun, run)
    )
    np.testing.assert_allclose(after, before, atol=1e-9)  # but for steps of 1e-12
    options = read_config_file(tmp_path / "run" / "config.json", {"data": ROWS})
    again = train(options.pop("data"), out=tmp_path / "again", quiet=True, **options)
    assert again.trained.network == run.trained.network
    train(ROWS, resume=tmp_path / "run", epochs=2, quiet=True)
    assert len(load(tmp_path / "run").records) == 2


def test_fewer_units_are_refused_by_name(begun, tmp_path):
    with pytest.raises(UsageError, match="has 6 units, and 4 are asked for: a network grows and loses none"):
        train(ROWS, grow=begun.path, hidden=(4,), out=tmp_path / "run", quiet=True)
    with pytest.raises(UsageError, match="--grow needs the sizes to grow to, such as hidden=256,256"):
        train(ROWS, grow=begun.path, out=tmp_path / "run", quiet=True)
    assert not (tmp_path / "run").exists()

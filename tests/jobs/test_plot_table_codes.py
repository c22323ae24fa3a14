"""What is drawn of autoencoders of tables: values in the columns' own units."""

import re

import numpy as np
import polars as pl
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.plots.codes import coded_examples
from gradatim.jobs.train import train
from gradatim.unsupervised.latent import interpolate, sample

RNG = np.random.default_rng(0)
HEAT = RNG.normal(500, 40, 80)
FRAME = pl.DataFrame({"heat": HEAT, "mode": np.where(HEAT > 500, "full", "eco")})
QUICK = {"epochs": 3, "quiet": True, "threads": 1}
CODED = {
    "vae": {"model": "vae", "network": {"latent": 2, "hidden": [8]}},
    "autoencoder": {"model": "autoencoder", "network": {"hidden": [8, 1]}},
    "bernoulli": {"model": "autoencoder", "network": {"hidden": [8, 1]}, "loss": "bernoulli_nll"},
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    found = {name: train(FRAME, out=folder / name, **how, **QUICK) for name, how in CODED.items()}
    return found | {"array": train(np.stack([HEAT, 3 * HEAT], 1), out=folder / "array",
                                   **CODED["vae"], **QUICK)}  # fmt: skip


def in_units(run, rows):
    """Heat and mode of what the network sees, by the encoder's own numbers."""
    record = run.trained.encoder.as_dict()
    rows = np.asarray(rows, np.float64)
    if record["name"] == "unit_table":
        low, high = np.array(record["low"]), np.array(record["high"])
        rows = low + rows * (high - low)
    heat, mode = record["columns"]
    assert heat["scaler"] == "standard"
    names = [mode["categories"][k] for k in rows[:, 1:].argmax(1)]
    return heat["shift"] + heat["scale"] * rows[:, 0], names


@pytest.mark.parametrize("name", CODED)
def test_a_way_between_rows_of_a_table_is_in_its_units(name, runs, tmp_path):
    run = runs[name]
    said = plot("interpolation", run, arguments={"first": 0, "second": 3, "steps": 4}, out=tmp_path / "i.svg")
    x, network = coded_examples(run).x, run.trained.module()
    way = interpolate(network, x[0], x[3], 4)
    way = torch.sigmoid(way) if name == "bernoulli" else way
    heat, mode = in_units(run, np.concatenate([x[:1], way, x[3:4]]))
    np.testing.assert_allclose(said["columns"]["heat"], heat, rtol=1e-6)
    assert said["columns"]["mode"] == mode
    assert said["columns"]["heat"][0] == pytest.approx(run.data.test.x[0, 0], rel=1e-5)
    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", (tmp_path / "i.svg").read_text(encoding="utf-8"))
    assert {"heat", "mode", "0 → 3: example", "0 → 3: 0.33", f"{heat[1]:.4g}"} <= set(drawn)


def test_samples_of_a_table_are_in_its_units(runs, tmp_path):
    run = runs["vae"]
    said = plot("samples", run, arguments={"count": 7, "seed": 2}, out=tmp_path / "s.svg")
    heat, mode = in_units(run, sample(run.trained.module(), 7, 2))
    np.testing.assert_allclose(said["columns"]["heat"], heat, rtol=1e-6)
    assert said["columns"]["mode"] == mode
    assert 300 < min(heat) <= max(heat) < 700


def test_rows_of_an_array_are_a_table_too(runs, tmp_path):
    run = runs["array"]
    said = plot("samples", run, arguments={"count": 3}, out=tmp_path / "s.png")
    z = sample(run.trained.module(), 3, 0).numpy().astype(np.float64)
    encoder = run.trained.encoder
    expected = z * encoder.scale + encoder.shift
    np.testing.assert_allclose(np.transpose([*said["columns"].values()]), expected, rtol=1e-6)


def test_a_table_that_is_too_long_is_refused(runs, tmp_path):
    for what, arguments in (("samples", {"count": 61}), ("interpolation", {"pairs": 6, "steps": 9})):
        with pytest.raises(UsageError, match=r"a table of 6\d rows is too long to draw; it has 60 at most"):
            plot(what, runs["vae"], arguments=arguments, out=tmp_path / "x.svg")

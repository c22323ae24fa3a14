"""Columns whose few largest values decide mean and deviation: found, and scaled so that the others count."""

import json

import numpy as np
import pytest
from sklearn.preprocessing import QuantileTransformer, StandardScaler

import gradatim
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.encoders.table import TableEncoder
from gradatim.data.tables.encoding import apply, fit, names_out
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.outliers import has_outliers
from gradatim.problems.choose import pose

RNG = np.random.default_rng(0)
NORMAL = RNG.standard_normal(300)
ZEROS = np.where(RNG.random(3000) < 0.08, RNG.uniform(100, 99_999, 3000), 0.0)  # as capital gains are


def with_few(values, *few):
    values = np.array(values, dtype=np.float64)
    values[: len(few)] = few
    return values


DECIDED = {
    "two of opposite sign": with_few(NORMAL, 5e11, -5e11),
    "one": with_few(NORMAL, 1e6),
    "a word for missing": with_few(RNG.integers(18, 90, 300), *[99_999_999] * 15),
    "the largest there is": with_few(NORMAL, np.finfo(np.float64).max, -np.finfo(np.float64).max),
    "beside many zeros": with_few(ZEROS, 1e12),
    "beside rare ones": with_few((np.arange(50_000) % 25 == 5) * 1.0, 5e11),
    "in a long column": with_few(np.tile(NORMAL, 200), 5e11, -5e11),
    "numbers of any size": np.exp(4 * NORMAL),
}
ORDINARY = {
    "normal": NORMAL,
    "ten deviations": with_few(NORMAL, 10.0),
    "lognormal": np.exp(NORMAL),
    "mostly zeros": ZEROS,
    "rare ones": (np.arange(50_000) == 5) * 1.0,
    "two values": np.where(NORMAL > 0, 1e300, -1e300),
    "constant": np.full(10, 7.0),
    "nothing": np.array([]),
}


@pytest.mark.parametrize("name", DECIDED)
def test_a_few_enormous_values_decide(name):
    assert has_outliers(DECIDED[name])


@pytest.mark.parametrize("name", ORDINARY)
def test_ordinary_columns_are_left_alone(name):
    assert not has_outliers(ORDINARY[name])


@pytest.mark.parametrize("unit", [1e-300, 1e-9, 1e9, 1e290])
def test_neither_unit_nor_place_matters(unit):
    for name in ("two of opposite sign", "beside rare ones"):
        assert has_outliers(DECIDED[name] * (unit if unit < 1 else 1e-12 * unit))
    assert not has_outliers(NORMAL * unit)
    assert has_outliers(with_few(NORMAL, 1e6) + 1e6)


def as_table(*columns):
    inputs = tuple(Input(f"c{i}", "number") for i in range(len(columns)))
    return Dataset(np.stack(columns, 1), columns=inputs, features=tuple(one.name for one in inputs))


def test_usual_values_stay_apart_and_others_are_scaled_as_before():
    few, usual = DECIDED["two of opposite sign"], ORDINARY["lognormal"]
    data = as_table(few, usual)
    record = json.loads(json.dumps(fit(data), allow_nan=False))
    assert names_out(record) == ["c0", "c1"]
    assert [one["scaler"] for one in record["columns"]] == ["quantile", "standard"]
    z = apply(record, data.x, np.float64)
    oracle = QuantileTransformer(n_quantiles=255, output_distribution="normal", subsample=None)
    np.testing.assert_allclose(z[:, :1], oracle.fit_transform(few[:, None]), rtol=1e-9, atol=1e-9)
    assert np.abs(z[:, 0]).max() <= 5.2
    np.testing.assert_array_equal(z[:, 1], apply(fit(data, "standard"), data.x, np.float64)[:, 1])
    np.testing.assert_allclose(z[:, 1:], StandardScaler().fit_transform(usual[:, None]), rtol=1e-9, atol=1e-9)
    assert TableEncoder(record).notices(()) == [
        "column 'c0': a few enormous values decide its mean and deviation, so the network sees its ranks "
        "(normal scores) instead"
    ]
    assert TableEncoder(fit(data, "quantile")).notices(()) == []  # as asked


def test_a_day_that_stands_for_never_leaves_the_others_apart():
    days = 1.7e9 + 86400.0 * RNG.integers(0, 365, 300)
    days[:3] = 253_402_214_400.0  # the 31st of December 9999
    data = Dataset(days[:, None], columns=(Input("ends", "date"),))
    z = apply(fit(data), data.x, np.float64)[:, 0]
    assert z[3:].std() > 0.5


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_features_of_arrays_likewise(dtype):
    few, usual = DECIDED["two of opposite sign"], ORDINARY["lognormal"]
    x = np.stack([few, usual], 1).astype(dtype)
    encoder = encoder_from(json.loads(json.dumps(fit_encoder(Dataset(x)).as_dict(), allow_nan=False)))
    plain = fit_encoder(Dataset(x[:, 1:]))
    z = encoder.encode(x, np.float64)
    wide = x.astype(np.float64)
    np.testing.assert_array_equal(z[:, 1], ((wide - wide.mean(0)) / wide.std(0))[:, 1])
    assert plain.as_dict().keys() == {"name", "shift", "scale"}
    np.testing.assert_allclose(
        z[:, 0], apply(fit(as_table(x[:, 0].astype(np.float64))), x[:, :1], np.float64)[:, 0], atol=1e-12
    )
    assert encoder.ranked(()) == ["feature 0"]
    assert encoder.ranked(("size", "mass")) == ["size"]
    assert plain.ranked(()) == plain.notices(()) == []


def lines(x, y):
    return "x,y\n" + "".join(f"{a!r},{b}\n" for a, b in zip(x.tolist(), y.tolist(), strict=True))


@pytest.mark.parametrize("engine", ["numpy", pytest.param("torch", marks=pytest.mark.slow)])
@pytest.mark.parametrize("source", ["file", "arrays"])
def test_the_sign_of_x_is_learned_all_the_same(engine, source, tmp_path, capsys):
    x = np.random.default_rng(1).standard_normal(300)
    y = np.where(x > 0, "up", "down")
    x[[10, 20]] = 5e11, -5e11
    (tmp_path / "t.csv").write_text(lines(x, y))
    data = tmp_path / "t.csv" if source == "file" else (x[:, None], y)
    target = "y" if source == "file" else None
    run = gradatim.train(data, target=target, engine=engine, baselines=False, threads=1)
    assert run.metrics["accuracy"] >= 0.95
    name = "x" if source == "file" else "feature 0"
    assert f"note: column '{name}': a few enormous values decide" in capsys.readouterr().err
    assert run.config["choices"]["ranks"] == f"of {name}: a few enormous values decide mean and deviation"
    assert gradatim.load(run.path).trained.encoder.as_dict() == run.trained.encoder.as_dict()


def test_a_target_with_a_few_enormous_values_is_told_of(tmp_path, capsys):
    y = with_few(NORMAL, 5e11)
    (tmp_path / "t.csv").write_text(lines(NORMAL, y))
    run = gradatim.train(tmp_path / "t.csv", target="y", epochs=1, hidden=4, baselines=False, threads=1)
    if (run.data.train.y == 5e11).any():
        assert "note: target 'y': a few enormous values decide the mean" in capsys.readouterr().err
    data = Dataset(NORMAL[:, None], y, columns=(Input("x", "number"),), task="regression", targets=("y",))
    told = pose(data.question, y).notices(y)
    assert len(told) == 1
    assert told[0].startswith("target 'y': a few enormous values decide the mean")


def test_a_run_that_goes_on_keeps_the_encoding_that_it_began_with(tmp_path, monkeypatch):
    """As one does that an earlier version began, which standardised every column."""
    x = DECIDED["two of opposite sign"]
    (tmp_path / "t.csv").write_text(lines(x, np.where(NORMAL > 0, "up", "down")))
    how = {"target": "y", "hidden": 4, "threads": 1, "quiet": True, "baselines": False}
    with monkeypatch.context() as before:
        before.setattr("gradatim.data.tables.scaling.has_outliers", lambda values: False)
        whole = gradatim.train(tmp_path / "t.csv", epochs=4, schedule="constant", **how)
        gradatim.train(tmp_path / "t.csv", epochs=2, schedule="constant", out="half", **how)
    run = gradatim.train(resume="half", epochs=4, quiet=True)
    assert run.trained.encoder.as_dict() == whole.trained.encoder.as_dict()
    assert run.records[-1]["train_loss"] == whole.records[-1]["train_loss"]

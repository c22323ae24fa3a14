"""E4: nothing of the future is in the past: not in windows, not in the encoding, not in the forecasts."""

import numpy as np
import pytest

from gradatim.data.encoders.encoder import fit_encoder
from gradatim.data.sources.forecast import ForecastSource
from gradatim.data.sources.source import request_of
from gradatim.jobs.train import train
from gradatim.runs.asking import ask

RNG = np.random.default_rng(0)
N, H = 120, 6


def written(path, late=0.0, cut=None):
    """A table with a covariate, a category, a known column and gaps; everything from row `cut` on changed."""
    rng = np.random.default_rng(1)
    lines = ["day,sales,price,town,holiday"]
    for t in range(N):
        change = late if cut is not None and t >= cut else 0.0
        sales = "" if t in (30, 31, 77) else f"{np.sin(t / 3) + rng.normal(0, 0.1) + change:.6f}"
        town = "Rome" if change else ["Oslo", "Bern"][int(rng.integers(2))]
        day = np.datetime64("2020-01-01") + t
        lines.append(f"{day},{sales},{rng.normal() + change:.6f},{town},{int(t % 7 == 0) + 2 * bool(change)}")
    path.write_text("\n".join(lines) + "\n")
    return path


def read(path):
    return ForecastSource().read(path, request_of("sales", time="day", horizon=H, known="holiday"))


def test_what_comes_later_changes_no_training_input_target_or_encoding(tmp_path):
    source = ForecastSource()
    parts = source.divide(read(written(tmp_path / "a.csv")), 0.1, 0.2)
    cut = int(parts.train.ahead().max()) + 1
    assert cut <= parts.valid.origins.min() and parts.valid.ahead().max() < parts.test.origins.min()
    others = source.divide(read(written(tmp_path / "b.csv", 50.0, cut)), 0.1, 0.2)
    encoder, other = fit_encoder(parts.train), fit_encoder(others.train)
    assert encoder.as_dict() == other.as_dict()
    assert np.array_equal(encoder.inputs(parts.train), other.inputs(others.train))
    assert np.array_equal(parts.train.y, others.train.y)
    assert not np.array_equal(encoder.inputs(parts.test), other.inputs(others.test))


def test_no_forecast_depends_on_what_comes_at_its_origin_or_later(tmp_path):
    path = written(tmp_path / "a.csv")
    options = {"target": "sales", "time": "day", "horizon": H, "epochs": 2, "quiet": True}
    run = train(str(path), out=tmp_path / "run", baselines=False, **options)
    windows = run.data.test
    origin = int(windows.origins[3])
    other = run.trained.template
    changed = ForecastSource().like(written(tmp_path / "b.csv", 50.0, origin), other)
    everything = ForecastSource().like(path, other)
    before = [int(np.flatnonzero(one.origins == origin)[0]) for one in (everything, changed)]
    a, b = (ask(run.trained, one).a for one in (everything, changed))
    assert np.array_equal(a[: before[0] + 1], b[: before[1] + 1])
    assert not np.array_equal(a[before[0] + 1], b[before[1] + 1])


@pytest.mark.parametrize("test", [0.1, 0.2, 0.4])
def test_no_target_is_in_two_parts(tmp_path, test):
    parts = ForecastSource().divide(read(written(tmp_path / "a.csv")), 0.1, test)
    train_, valid, held = (set(part.ahead().ravel().tolist()) for part in parts)
    assert max(train_) < min(valid) and max(valid) < min(held) and len(parts.test) >= 5


def test_a_gap_is_filled_from_the_past_and_is_no_target(tmp_path):
    found = read(written(tmp_path / "a.csv"))
    rows = found.series
    assert rows.target[30] == rows.target[31] == rows.target[29] and rows.target[77] == rows.target[76]
    assert not {30, 31, 77} & set(found.ahead().ravel().tolist())
    assert any("3 steps of 'sales' have no value" in notice for notice in found.notices)

"""E4: forecasts from a file to a run folder: trained, measured beside naive forecasts, continued, resumed."""

import csv
import io
import json
import warnings

import numpy as np
import pytest

from gradatim.checks import Interrupted, UsageError
from gradatim.cli.app import app
from gradatim.jobs.run import load
from gradatim.jobs.train import train

MONTHS = [str(np.datetime64("1990-01") + t) for t in range(120)]
RNG = np.random.default_rng(0)
VALUES = [100 + t / 2 + 20 * np.sin(2 * np.pi * t / 12) + RNG.normal(0, 2) for t in range(len(MONTHS))]
OPTIONS = {"target": "sales", "time": "month", "horizon": 6, "quiet": True}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "sales.csv"
    path.write_text("month;sales\n" + "".join(f"{m};{v:.3f}\n" for m, v in zip(MONTHS, VALUES, strict=True)))
    return path


@pytest.fixture(scope="module")
def run(path, tmp_path_factory):
    return train(str(path), out=tmp_path_factory.mktemp("runs") / "run", epochs=6, **OPTIONS)


def test_it_beats_the_naive_forecasts_of_a_wave_with_a_trend(run):
    by_name = {row["name"]: row["metrics"] for row in run.baselines}
    assert list(by_name) == ["last value", "seasonal naive", "linear autoregression"]
    for end in ("", "_h1", "_h6"):
        ours = run.metrics[f"mae{end}"]
        assert ours < 0.7 * min(by_name[name][f"mae{end}"] for name in ("last value", "seasonal naive"))
    assert run.metrics["mae"] < 3.0  # the noise alone is 1.6


def test_naive_forecasts_are_their_definitions(run):
    test = run.data.test
    y = np.array([round(v, 3) for v in VALUES])
    by_name = {row["name"]: row["metrics"] for row in run.baselines}
    last = np.abs(y[test.ahead()] - y[test.origins - 1][:, None])
    season = np.abs(y[test.ahead()] - y[test.ahead() - 12])
    assert by_name["last value"]["mae"] == pytest.approx(last.mean())
    assert by_name["seasonal naive"]["mae_h6"] == pytest.approx(season[:, 5].mean())
    assert len(test) >= 5 and run.data.test.season == 12


def test_a_file_is_continued_in_its_own_form(run, path, capsys):
    app(["predict", str(run.path), str(path)], standalone_mode=False)
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out), delimiter=";"))
    assert rows[0] == ["month", "prediction", "low", "high"]
    assert [row[0] for row in rows[1:]] == [str(np.datetime64("2000-01") + h) for h in range(6)]
    for h, row in enumerate(rows[1:]):
        middle, low, high = map(float, row[1:])
        assert low < middle < high
        assert middle == pytest.approx(100 + (120 + h) / 2 + 20 * np.sin(2 * np.pi * (120 + h) / 12), abs=8)


def test_evaluate_says_every_model_by_how_far_ahead(run, capsys):
    app(["evaluate", str(run.path)], standalone_mode=False)
    said = capsys.readouterr().out
    for part in ("network", "last value", "seasonal naive", "linear autoregression", "mase h1", "mae h6"):
        assert part in said
    app(["evaluate", str(run.path), "--json"], standalone_mode=False)
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"] == run.metrics and found["beside"] == run.baselines


def test_the_report_draws_a_fan_and_the_errors(run):
    page = (run.path / "report.html").read_text()
    assert '<h2 id="forecast">Forecasts</h2>' in page and "the last forecast of sales, 6 steps ahead" in page
    again = load(run.path)
    assert again.report().read_text().count("<svg") == page.count("<svg")


def test_other_rows_are_measured_with_the_runs_own_columns(run, path, tmp_path):
    other = tmp_path / "other.csv"
    lines = path.read_text().splitlines()
    other.write_text("\n".join([lines[0], *lines[40:]]) + "\n")
    found = run.evaluate(str(other))
    assert found["n"] == 81 - run.data.test.lags - 5 and found["metrics"]["mae"] < 5


def test_an_interrupted_run_goes_on_and_ends_the_same(run, path, tmp_path):
    with pytest.raises(Interrupted):
        _interrupted(path, tmp_path / "other")
    other = train(resume=tmp_path / "other", quiet=True)
    assert other.metrics == run.metrics
    assert [r["train_loss"] for r in other.records] == [r["train_loss"] for r in run.records]


def _interrupted(path, out):
    """A run that is stopped at its fourth step."""
    from gradatim.training.training import Training

    step = Training.take_step

    def stopping(self, group):
        if self.step == 3:
            self.interrupt()
        return step(self, group)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Training, "take_step", stopping)
        train(str(path), out=out, epochs=6, **OPTIONS)


def test_several_series_are_continued_each_and_unknown_ones_too(tmp_path):
    path = tmp_path / "shops.csv"
    rows = [f"{m},{v:.3f},{shop}" for shop in ("north", "south") for m, v in zip(MONTHS, VALUES, strict=True)]
    path.write_text("month,sales,shop\n" + "\n".join(rows) + "\n")
    run = train(str(path), out=tmp_path / "run", epochs=2, series="shop", **OPTIONS)
    other = tmp_path / "east.csv"
    other.write_text(path.read_text().replace("south", "east"))
    found = run.predict(str(other))
    rows = [row.split(",")[:2] for row in found.to_csv().splitlines()[1:]]
    assert rows == [[shop, str(np.datetime64("2000-01") + h)] for shop in ("north", "east") for h in range(6)]
    assert any("the series 'east' was not learned from" in notice for notice in found.notices)
    assert np.array_equal(found.arrays["prediction"][0], found.arrays["prediction"][1])


def test_a_short_series_cannot_be_continued(run, tmp_path):
    short = tmp_path / "short.csv"
    short.write_text("month;sales\n1990-01;3\n1990-02;4\n")
    with pytest.raises(UsageError, match=r"has 2 rows; a forecast looks at the last 13"):
        run.predict(str(short))


def test_a_gaussian_can_be_asked_for(path, tmp_path):
    run = train(str(path), out=tmp_path / "run", epochs=2, loss="gaussian_nll", **OPTIONS)
    assert run.trained.problem.loss == "gaussian_nll" and 0.5 < run.metrics["interval_coverage"] <= 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert run.predict(str(path)).low.shape == (1, 6)

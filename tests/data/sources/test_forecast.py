"""Tables of series: what is read, what is said, what is refused."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.loading import load_data
from gradatim.data.sources.forecast import ForecastSource

DAYS = [str(np.datetime64("2020-01-01") + t) for t in range(60)]


def table(tmp_path, rows, head="day,sales", name="sales.csv"):
    path = tmp_path / name
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def plain(n=60):
    return [f"{day},{t % 7 + t / 100}" for t, day in enumerate(DAYS[:n])]


def load(path, **asked):
    return load_data(path, "sales", **{"time": "day", "horizon": 3, **asked})


def test_windows_are_the_past_and_targets_the_steps_behind_it(tmp_path):
    found = load(table(tmp_path, plain()))
    y = np.array([t % 7 + t / 100 for t in range(60)])
    k = 5
    origin = int(found.origins[k])
    assert found.season == 7 and found.lags == 8 and origin == 8 + k
    np.testing.assert_array_equal(found.y[k], y[origin : origin + 3])
    encoder = fit_encoder(found)
    mean, deviation = found.y.mean(), found.y.std()
    seen = encoder.inputs(found, np.float64)[k]
    np.testing.assert_allclose(seen[:8], (y[origin - 8 : origin] - mean) / deviation, atol=1e-12)
    waves = seen[8:].reshape(3, -1)  # a day's calendar: two waves of the year, two of the week
    days = (np.datetime64("2020-01-01") + origin).astype(float) + np.arange(3)
    np.testing.assert_allclose(waves[:, 4], np.sin(2 * np.pi * days / 7), atol=1e-9)
    assert waves.shape == (3, 8) and encoder_from(encoder.as_dict()) == encoder


def test_unsorted_rows_are_sorted_and_that_is_said(tmp_path):
    sorted_, turned = load(table(tmp_path, plain())), load(table(tmp_path, plain()[::-1], name="b.csv"))
    assert np.array_equal(sorted_.series.target, turned.series.target)
    assert any("not in the order of 'day': they were sorted" in one for one in turned.notices)
    assert not any("sorted" in one for one in sorted_.notices)


def test_missing_rows_become_a_gap_that_is_filled_and_said(tmp_path):
    found = load(table(tmp_path, plain()[:20] + plain()[23:]))
    assert len(found.series.target) == 60
    assert np.all(found.series.target[20:23] == found.series.target[19])
    assert any("3 steps of 'sales' have no value" in one for one in found.notices)


def test_several_series_share_a_network_and_no_window_crosses(tmp_path):
    rows = [f"{day},{t % 7},north" for t, day in enumerate(DAYS)]
    rows += [f"{day},{100 + t % 7},south" for t, day in enumerate(DAYS[:40])]
    found = load(table(tmp_path, rows, "day,sales,shop"), series="shop")
    assert found.series.names == ("north", "south") and found.series.offsets.tolist() == [0, 60, 100]
    reached = np.concatenate([found.past(), found.ahead()], 1)
    assert ((reached.min(1) >= 60) | (reached.max(1) < 60)).all()
    parts = ForecastSource().divide(found, 0.1, 0.2)
    last = found.series.times[parts.train.ahead()].max()
    assert last < found.series.times[parts.test.origins].min()


@pytest.mark.parametrize(
    ("rows", "asked", "said"),
    [
        ([*plain()[:30], *plain()[29:]], {}, "rows 30 and 31 have the same time 2020-01-30"),
        (plain(), {"horizon": 60}, "--horizon 60 is too long: a forecast needs"),
        (plain(1), {}, "--horizon 3 is too long"),
        (plain(8), {}, "too short for --horizon 3: 8 steps in time leave none to learn from"),
        ([*plain()[:30], "2020-01-30 06:00,3", *plain()[30:]], {}, "mixes frequencies: most rows are 1 day"),
        ([f"{day}," for day in DAYS], {}, "no value in the target 'sales'"),
        ([f"{day},{'ab'[t % 2]}" for t, day in enumerate(DAYS)], {}, "numbers are forecast; the target"),
        ([f"{'' if t == 4 else day},{t}" for t, day in enumerate(DAYS)], {}, "row 5 has no time in 'day'"),
        (plain(), {"time": None}, "forecasting needs --time"),
        (plain(), {"horizon": None, "task": "forecasting"}, "forecasting needs --horizon"),
        (plain(), {"known": "weather"}, "has no column 'weather'"),
        (plain(), {"known": "sales"}, "--known sales is the target"),
        (plain(), {"task": "classification"}, "--horizon is for forecasting"),
        (plain()[:4] + plain()[56:], {}, "most of them would have to be made up"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(tmp_path, rows, asked, said):
    with pytest.raises(UsageError) as error:
        source = ForecastSource()
        source.divide(load(table(tmp_path, rows), **asked), 0.1, 0.2)
    assert said in str(error.value)


def test_a_constant_series_is_read(tmp_path):
    found = load(table(tmp_path, [f"{day},5" for day in DAYS]))
    encoder = fit_encoder(found)
    assert encoder.scale == 1.0 and np.all(encoder.inputs(found)[:, : found.lags] == 0)


def test_a_horizon_is_no_option_of_other_data():
    with pytest.raises(UsageError, match="--horizon is for tables whose rows are steps in time"):
        load_data("digits", horizon=3)


def test_the_future_of_a_known_column_stands_where_the_target_is_empty(tmp_path):
    rows = [f"{day},{'' if t >= 57 else t % 7},{t % 5}" for t, day in enumerate(DAYS)]
    path = table(tmp_path, rows, "day,sales,promo")
    found = load(path, known="promo")
    assert int(found.ahead().max()) == 56
    new = ForecastSource().new(path, fit_encoder(found).template(None, ()))
    assert new.beside.rows == DAYS[57:] and not new.examples.has_target
    encoder = fit_encoder(found)
    shift, scale = encoder.scalings[0]
    ahead = encoder.inputs(new.examples, np.float64)[0, -3 * encoder.known :].reshape(3, -1)[:, 0]
    np.testing.assert_allclose(ahead * scale + shift, [57 % 5, 58 % 5, 59 % 5], atol=1e-9)
    early = table(tmp_path, rows[:58], "day,sales,promo", "early.csv")
    with pytest.raises(
        UsageError, match=r"the column 'promo' of .* ends 1 rows behind the last value of 'sales'"
    ):
        ForecastSource().new(early, encoder.template(None, ()))


def test_a_new_file_of_another_frequency_is_refused(tmp_path):
    encoder = fit_encoder(load(table(tmp_path, plain())))
    weekly = table(tmp_path, [f"{np.datetime64('2020-01-01') + 7 * t},{t}" for t in range(40)], name="w.csv")
    with pytest.raises(
        UsageError, match="has a row every 1 week; the network learned from a row every 1 day"
    ):
        ForecastSource().new(weekly, encoder.template(None, ()))


def test_it_says_what_is_in_a_table(tmp_path):
    from gradatim.jobs.data import describe_data

    facts = describe_data(str(table(tmp_path, plain())), "sales", time="day", horizon=3)
    assert (facts["step"], facts["season"], facts["series"]) == ("1 day", 7, 1)
    assert facts["splits"] == {"train": 32, "valid": 4, "test": 10}

"""The step of a series, and the times beyond its last row."""

from datetime import UTC, datetime

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.forecasting.time_step import TimeStep, step_of, written_times


def at(*texts):
    """Seconds since 1970."""
    return np.array([datetime.fromisoformat(t).replace(tzinfo=UTC).timestamp() for t in texts])


@pytest.mark.parametrize(
    ("texts", "step", "later"),
    [
        (("2020-01-01", "2020-02-01", "2020-03-01"), TimeStep("month", 1.0), ("2020-04-01", "2020-05-01")),
        (("2019-12-31", "2020-01-31", "2020-02-29"), TimeStep("month end", 1.0),
         ("2020-03-31", "2020-04-30")),
        (("2020-01-15", "2020-04-15", "2020-07-15"), TimeStep("month", 3.0), ("2020-10-15", "2021-01-15")),
        (("2020-02-27", "2020-02-28"), TimeStep("second", 86400.0), ("2020-02-29", "2020-03-01")),
        (("2020-01-01T22:00", "2020-01-01T23:00"), TimeStep("second", 3600.0),
         ("2020-01-02T00:00", "2020-01-02T01:00")),
    ],
)  # fmt: skip
def test_a_step_is_seen_and_goes_on_by_the_calendar(texts, step, later):
    times = at(*texts)
    assert step_of(times, True, "data") == step
    assert np.array_equal(step.after(float(times[-1]), 2), at(*later))
    assert step.places(times).tolist() == list(range(len(times)))


def test_plain_numbers_have_a_step_and_gaps_are_whole_steps():
    assert step_of(np.array([1.0, 3.0, 5.0, 11.0]), False, "data") == TimeStep("number", 2.0)
    assert TimeStep("number", 2.0).after(11.0, 2).tolist() == [13.0, 15.0]


def test_mixed_frequencies_are_refused_with_the_row():
    times = at("2020-01-01", "2020-01-02", "2020-01-03", "2020-01-03T06:00", "2020-01-04")
    with pytest.raises(UsageError, match=r"most rows are 1 day apart, but the row at 2020-01-03T06:00:00"):
        step_of(times, True, "sales.csv")


@pytest.mark.parametrize(
    "text", ["1961-01", "01.01.1961", "1961/01/01", "1961-01-01 00:00", "1961-01-01T00:00:00"]
)
def test_times_are_written_as_the_file_writes_them(text):
    time = float(at("1961-01-01")[0])
    assert written_times(np.array([time]), True, (text, time)) == [text]


def test_times_of_an_unknown_form_are_iso_8601():
    time = float(at("1961-01-01")[0])
    assert written_times(np.array([time]), True, ("1 Jan 1961", time)) == ["1961-01-01"]

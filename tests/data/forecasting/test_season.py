"""Seasons by the autocorrelation."""

import numpy as np
import pytest

from gradatim.data.forecasting.season import season_of, window_of

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("season", [4, 12, 37])
def test_a_wave_with_a_trend_and_noise_has_its_season(season):
    t = np.arange(600)
    y = 0.05 * t + np.sin(2 * np.pi * t / season) + RNG.normal(0, 0.2, 600)
    assert season_of(y) == season


def test_of_a_calendars_seasons_the_strongest_counts():
    t = np.arange(1500)
    y = np.sin(2 * np.pi * t / 365) + 0.2 * np.sin(2 * np.pi * t / 7)
    assert season_of(y, (7, 365)) == 365
    assert season_of(y - np.sin(2 * np.pi * t / 365), (7, 365)) == 7


def test_without_a_season_it_is_the_calendars_shortest_or_one():
    noise = RNG.normal(0, 1, 500)
    assert season_of(noise) == 1 and season_of(noise, (24, 168)) == 24
    assert season_of(np.full(50, 3.0), (12,)) == 1 and season_of(np.array([1.0]), (12,)) == 1


def test_a_window_shows_a_season_or_the_horizon_as_far_as_rows_allow():
    assert window_of(24, 24, 10_000) == 25 and window_of(1, 5, 10_000) == 8
    assert window_of(12, 6, 30) == 6 and window_of(365, 30, 3650) == 61

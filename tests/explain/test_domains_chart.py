"""The chart of two domains: which points are whose, and how far the means are apart."""

import numpy as np
import pytest

from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.chart import Dots
from gradatim.explain.charts.domains import distance_of_means, domains_chart
from gradatim.explain.figures.style import write_figure

RNG = np.random.default_rng(0)


def test_points_of_both_domains_stand_where_they_are(tmp_path):
    a, b = RNG.normal(size=(20, 2)), RNG.normal(size=(400, 2)) + 5
    chart = domains_chart((a, b), (a[:, :1], b[:, :1]))
    first, second = (next(m for m in panel.marks if isinstance(m, Dots)) for panel in chart.panels)
    assert np.array_equal(np.stack([first.x[:20], first.y[:20]], 1), a)
    assert first.hollow.tolist() == [False] * 20 + [True] * 150  # of many as many as can be told apart
    assert not second.y.any()  # one column is drawn along a line
    assert all("nan" not in picture for picture in as_svg(chart))
    assert write_figure(as_figure(chart), tmp_path / "domains.png").stat().st_size > 5000


def test_more_columns_are_seen_from_where_they_vary_most():
    """The first two principal components: distances in them, to 1e-9."""
    a = RNG.normal(size=(30, 4)) * [5, 3, 0, 0]
    chart = domains_chart((a[:15], a[15:]), (a[:15], a[15:]))
    dots = chart.panels[0].marks[0]
    drawn = np.stack([dots.x, dots.y], 1)
    far = np.linalg.norm(a[:, None] - a, axis=2)
    np.testing.assert_allclose(np.linalg.norm(drawn[:, None] - drawn, axis=2), far, atol=1e-9)


def test_means_are_apart_by_deviations_of_all_rows():
    """Two points each at ±1 around −2 and 2: 4/√(1 + 4)."""
    assert distance_of_means([[-3.0], [-1.0]], [[1.0], [3.0]]) == pytest.approx(4 / np.sqrt(5))

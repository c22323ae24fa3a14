"""The report's pictures: every mark is where its number says, and nothing hangs on colour alone."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.explain.calibration import reliability
from gradatim.explain.charts.as_svg import MOST_DOTS, as_svg
from gradatim.explain.charts.crowding import rows_to_draw
from gradatim.explain.charts.reliability_diagram import reliability_diagram
from gradatim.explain.charts.residuals import histogram, residual_charts
from gradatim.explain.column_evidence import Columns, Dependence, Note
from gradatim.explain.dependence import Answer, Effect, dependence_pictures
from gradatim.explain.importance import MOST, Importance, Rise, importance_bars
from gradatim.explain.report import Report, render
from gradatim.explain.svg import WIDTH
from gradatim.problems.classes import Classes
from gradatim.problems.evidence import Calibration, Coverage, Example, Misses, Residuals

HOSTILE = "<b onclick=alert(1)>&\"'{{ 7 * 7 }}"


def tree(svg):
    return ElementTree.fromstring(svg)


def words(svg):
    return [text.text for text in tree(svg).findall(".//text")]


def spots(svg):
    """Where the dots of a path are, (N, 2)."""
    path = tree(svg).find("path[@class='cloud']").get("d")
    return np.array([[float(n) for n in pair] for pair in re.findall(r"M([\d.-]+) ([\d.-]+)h0", path)])


def test_the_diagram_puts_every_bin_where_its_shares_are():
    p = np.repeat([0.05, 0.35, 0.95], [40, 20, 4])
    came_true = np.concatenate([np.arange(40) < 4, np.arange(20) < 10, np.arange(4) < 3])
    found = reliability(p, came_true)
    (svg,) = as_svg(reliability_diagram(found, "probability of rain"))
    centres = np.array(
        [[float(one.get("cx")), float(one.get("cy"))] for one in tree(svg).findall(".//circle")]
    )
    ideal = tree(svg).find(".//line[@class='ideal']")
    x1, y1, x2, y2 = (float(ideal.get(name)) for name in ("x1", "y1", "x2", "y2"))
    np.testing.assert_allclose((centres[:, 0] - x1) / (x2 - x1), [0.05, 0.35, 0.95], atol=1e-3)
    np.testing.assert_allclose((centres[:, 1] - y1) / (y2 - y1), [0.1, 0.5, 0.75], atol=1e-3)
    kinds = [one.get("class") for one in tree(svg).findall(".//circle")]
    assert kinds == ["dot valid", "dot valid", "dot hollow"]
    heights = [float(one.get("height")) for one in tree(svg).findall(".//rect")]
    np.testing.assert_allclose(heights, np.array([40, 20, 4]) / 40 * heights[0], atol=0.06)
    assert {"40", "20", "4", "probability of rain (%)", "came true (%)", "examples"} <= set(words(svg))


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=40), st.integers(1, 30))
def test_every_residual_is_in_one_bin_and_one_bin_begins_at_0(r, bins):
    counts, edges = histogram(np.array(r), bins)
    assert counts.sum() == len(r)
    room = 1e-6 * (edges[-1] - edges[0])
    assert edges[0] <= min(*r, 0) + room and edges[-1] >= max(*r, 0) - room
    assert np.abs(edges).min() == pytest.approx(0, abs=1e-9 * np.abs(edges).max())
    assert len(counts) <= bins + 2
    np.testing.assert_allclose(np.diff(edges), np.diff(edges)[0])


def test_residual_dots_lie_on_the_diagonal_where_they_are_right():
    y = np.linspace(-3, 10, 50)
    predicted = y + np.where(np.arange(50) % 5 == 0, 2.0, 0.0)
    found = Residuals(y[:, None], predicted[:, None], ["height"])
    scatter, by_prediction, spread = as_svg(residual_charts(found))
    ideal = tree(scatter).find("line[@class='ideal']")
    x1, y1, x2, y2 = (float(ideal.get(name)) for name in ("x1", "y1", "x2", "y2"))
    at = (spots(scatter) - [x1, y1]) / [x2 - x1, y2 - y1]
    of_axis = (predicted - y) / 20  # which goes from −5 to 15
    np.testing.assert_allclose(at[:, 1] - at[:, 0], of_axis, atol=2e-3)
    assert {"true height", "predicted height"} <= set(words(scatter))
    zero = tree(by_prediction).find("line[@class='ideal']")
    up = float(zero.get("y1")) - spots(by_prediction)[:, 1]
    assert zero.get("y1") == zero.get("y2")
    np.testing.assert_allclose(up, np.where(np.arange(50) % 5 == 0, up.max(), 0.0), atol=0.06)
    assert {"residual, predicted − true", "predicted height"} <= set(words(by_prediction))
    assert {"examples", "residual of height"} <= set(words(spread))
    assert [one.find("title").text.split(": ")[1] for one in tree(spread).findall("rect")] == ["40", "10"]


def test_of_many_examples_and_targets_some_are_drawn():
    y = np.random.default_rng(0).normal(size=(5000, 5))
    pictures = as_svg(residual_charts(Residuals(y, y + 1, list("abcde"))))
    assert len(pictures) == 9
    assert len(spots(pictures[0])) == MOST_DOTS == len(rows_to_draw(5000, MOST_DOTS))


def test_bars_are_as_long_as_the_rises():
    rises = [Rise(f"column {k}", 2.0 / (k + 1), 0.1) for k in range(20)] + [Rise("none", 0.0, 0.0)]
    svg = importance_bars(Importance(rises, 0.3, 100, 100, 5))
    widths = np.array([float(one.get("width")) for one in tree(svg).findall("rect")])
    assert len(widths) == MOST
    np.testing.assert_allclose(widths, widths[0] / np.arange(1, MOST + 1), atol=0.06)
    assert len(tree(svg).findall("line[@class='whisker']")) == MOST
    assert "column 0" in words(svg) and "none" not in words(svg)


def test_a_rise_of_nothing_and_a_fall_are_drawn():
    svg = importance_bars(Importance([Rise("a", 0.0, 0.0)], 0.3, 10, 10, 5))
    assert "0" in words(svg)
    svg = importance_bars(Importance([Rise("a", 1.0, 0.0), Rise("b", -0.5, 0.1)], 0.3, 10, 10, 5))
    first, second = tree(svg).findall("rect")
    end = float(second.get("x")) + float(second.get("width"))
    assert end == pytest.approx(float(first.get("x")), abs=0.1)  # the fall ends where the rise begins


OF_YES = "mean probability of yes"
NUMBER = Effect("age", "number", [1.0, 2.0, 4.0], [Answer("yes", [0.2, 0.4, 0.3])], OF_YES, [], [1.0, 2.0])
TOWN = replace(NUMBER, column="town", kind="category", grid=[0.0, 1.0], answers=[Answer("yes", [0.5, 0.25])],
               labels=["Rome", "Oslo"], rug=[])  # fmt: skip
CLASSES = [Answer(name, [0.1 * k, 0.2, 0.3]) for k, name in enumerate("abcd")]


def test_lines_and_bars_of_one_kind_share_a_scale():
    number, town = dependence_pictures([NUMBER, TOWN])
    line = tree(number).find("polyline").get("points").split()
    heights = np.array([float(point.split(",")[1]) for point in line])
    np.testing.assert_allclose((heights[0] - heights[2]) / (heights[0] - heights[1]), 0.5, atol=1e-3)
    assert len(tree(number).findall("line[@class='rug']")) == 2
    widths = [float(bar.get("width")) for bar in tree(town).findall("rect")]
    assert widths[0] == pytest.approx(2 * widths[1], abs=0.1)
    assert {"Rome", "Oslo", "town", "mean probability of yes"} <= set(words(town))
    assert "0.6" in words(number) or "0.5" in words(number)  # as far as the bars reach


def test_several_answers_differ_in_shape_and_in_strokes():
    number, town = dependence_pictures([
        replace(NUMBER, answers=CLASSES, of="mean probability"),
        replace(TOWN, answers=[replace(one, means=one.means[:2]) for one in CLASSES], of="mean probability"),
    ])  # fmt: skip
    kinds = [line.get("class") for line in tree(number).findall("polyline")]
    assert kinds == [f"line kind{k}" for k in range(4)]
    for svg in (number, town):
        assert {"a", "b", "c", "d"} <= set(words(svg))
        forms = {
            one.get("class"): (one.tag, (one.get("d") or "").count("L"))
            for one in tree(svg)
            if (one.get("class") or "").startswith("shape")
        }
        assert len(set(forms.values())) >= 3  # square and diamond have four corners both
        assert len(forms) == 4


FOUND = (
    Calibration(np.array([0.2, 0.9, 0.8]), np.array([False, True, True]), f"probability of {HOSTILE}", True),
    Residuals(np.arange(8.0)[:, None], np.arange(8.0)[:, None] + 0.5, (HOSTILE,)),
    Coverage((0.9,), (0.88,), ((12.5,),), (HOSTILE,), 0.91),
    Misses(
        (3,), ({"true": 1.0, "predicted": 9.0, "off by": 8.0},),
        examples=(Example(values={HOSTILE: HOSTILE, "age": 3.0}),),
    ),
    Columns(Importance([Rise(HOSTILE, 1.0, 0.1)] * 20, 0.5, 2000, 5000, 5)),
    Dependence(
        [replace(NUMBER, column=HOSTILE), replace(TOWN, column=HOSTILE, labels=[HOSTILE, "b"], left_out=7)],
        500,
    ),
    Note(f"With 9 columns {HOSTILE}"),
)  # fmt: skip
PAGE = Report(
    name="r", data="d", sizes={"test": 8}, split="test", problem=Classes(("no", "yes")),
    metrics={"loss": 0.5, "rmse": 0.5, "r2": 0.9}, records=[], best_epoch=None, ended="", layers=[],
    settings={}, choices={}, versions={}, command="gradatim train d", evidence=FOUND,
)  # fmt: skip


class Outside(HTMLParser):
    """What a page would fetch or run."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            fetches = name in {"src", "href"} and not (value or "").startswith(("data:", "#"))
            if fetches or name.startswith("on"):
                self.found.append((tag, name, value))
        if tag in {"script", "iframe", "object", "b"} and attributes:
            self.found.append((tag, attributes))


def test_the_page_with_everything_found_asks_nothing_and_believes_no_name():
    html = render(PAGE)
    seen = Outside()
    seen.feed(html)
    assert seen.found == []
    assert "{{ 7 * 7 }}" in html and ">49<" not in html
    assert "The 5 other columns cost 1 at most" in html and "7 rarer categories are left out" in html
    for svg in re.findall(r"<svg.*?</svg>", html, re.S):
        assert tree(svg).get("aria-label")


def test_nothing_leaves_the_picture():
    for svg in re.findall(r"<svg.*?</svg>", render(PAGE), re.S):
        height = float(tree(svg).get("viewBox").split()[3])
        for one in tree(svg).iter():
            for name, most in (("x", WIDTH), ("cx", WIDTH), ("x1", WIDTH), ("x2", WIDTH),
                               ("y", height), ("cy", height), ("y1", height), ("y2", height)):  # fmt: skip
                assert -1 <= float(one.get(name, 0)) <= most + 1, (one.tag, one.attrib)


def test_a_section_is_there_only_where_there_is_something_to_find():
    html = render(replace(PAGE, evidence=()))
    for heading in ("calibration", "residuals", "coverage", "mistakes", "importance", "dependence"):
        assert f'id="{heading}"' not in html
        assert f'id="{heading}"' in render(PAGE)

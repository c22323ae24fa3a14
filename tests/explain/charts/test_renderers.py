"""Both renderers draw every mark of a record, and say what it shows."""

from base64 import b64decode
from dataclasses import replace
from html import unescape
from importlib.resources import files
from io import BytesIO
from typing import get_args
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import PathCollection, PolyCollection
from matplotlib.colors import same_color
from matplotlib.figure import Figure
from PIL import Image

from gradatim.explain.axes import Axis, linear
from gradatim.explain.calibration import reliability
from gradatim.explain.charts import as_figure as figures
from gradatim.explain.charts import as_svg as pages
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.chart import (
    Band,
    Bars,
    Best,
    Chart,
    Contour,
    Curve,
    Dots,
    Mark,
    Panel,
    Reference,
    Tiles,
)
from gradatim.explain.charts.learning_curves import Course, learning_curves
from gradatim.explain.charts.reliability_diagram import reliability_diagram
from gradatim.explain.charts.residuals import residual_charts
from gradatim.explain.charts.roc import roc_chart
from gradatim.explain.charts.thresholds import threshold_chart
from gradatim.explain.figures.style import use_theme, write_figure
from gradatim.problems.evidence import Residuals
from gradatim.problems.ranked import rankings

RECORDS = [
    {"epoch": n, "train_loss": 1 / n, "valid_loss": 1.1 / n, "valid_accuracy": 1 - 0.5 / n}
    for n in range(1, 6)
]
TRUE = np.arange(24.0).reshape(8, 3)
P = np.repeat([0.05, 0.35, 0.95], [40, 20, 4])
BINS = reliability(P, np.arange(64) % 3 == 0)
SCORES = np.random.default_rng(0).random((50, 3))
RANKED = rankings(SCORES, SCORES > 0.4, ["a", "<b>", "c"])
CHARTS = {
    "roc": roc_chart(RANKED, "ROC"),
    "thresholds": threshold_chart(RANKED, 0.5, "Thresholds"),
    "curves": learning_curves([Course("one", RECORDS, 4)]),
    "compared": learning_curves([Course("slow", RECORDS, 5), Course("quick & <new>", RECORDS[:3], 3)]),
    "reliability": reliability_diagram(BINS, 'probability of "rain" & <snow>', "Rain"),
    "residuals": residual_charts(Residuals(TRUE, TRUE + np.array([0.5, -1.0, 2.0]), tuple("abc")), "Three"),
}
RING = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [1.0, 0.0]])
GROUND = (
    Contour(RING[:, 0], RING[:, 1]),
    Curve("class", RING[:2, 0], RING[:2, 1], "descent"),
    Curve("class", RING[:3, 0], RING[:3, 1], "momentum", 1),
    Dots("bin", RING[:1, 0], RING[:1, 1], np.array([True])),
)
CHARTS["paths"] = Chart(
    "Paths", (Panel(linear("x", [-1.5, 1.5]), linear("y", [-1.5, 1.5]), GROUND, "two paths", key=True),)
)
BAND = (
    Band(np.arange(3.0), np.zeros(3), np.array([1.0, 2.0, 1.0])),
    Curve("validation", np.arange(3), np.ones(3)),
)
CHARTS["band"] = Chart("Band", (Panel(linear("x", [0, 2]), linear("y", [0, 2]), BAND, "a line in a band"),))
NOTHING = Axis("", 0.0, 1.0, ())
PICTURES = np.array([[[-1.0, 1.0], [0.0, -2.0]], [[1.0, 1.0], [-1.0, 0.2]]])  # -2 is drawn as -1
CHARTS["tiles"] = Chart("Tiles", (Panel(NOTHING, NOTHING, (Tiles(PICTURES),), "two pictures"),))
every_chart = pytest.mark.parametrize("chart", CHARTS.values(), ids=list(CHARTS))


def figure_of(chart, theme="dark"):
    picture = as_figure(chart)
    with use_theme(theme) as colours:
        figure = Figure(figsize=picture.size, layout="constrained")
        picture.draw(figure, colours)
    return figure


def marks(panel, kind):
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def test_every_kind_of_mark_has_a_function_in_both():
    assert set(pages.DRAW) == set(figures.DRAW) == set(get_args(Mark))


@every_chart
def test_the_figure_has_the_numbers_of_every_mark(chart):
    for axes, panel in zip(figure_of(chart).axes, chart.panels, strict=True):
        lines = [np.array(line.get_xydata(), float).tolist() for line in axes.lines]
        expected = [np.stack([mark.x, mark.y], 1).tolist() for mark in marks(panel, (Curve, Contour))]
        expected += [[list(mark.start), list(mark.end)] for mark in marks(panel, Reference)]
        expected += [[[mark.epoch, y] for y in mark.y] for mark in marks(panel, Best)]
        assert sorted(lines) == sorted(expected)
        clouds = [
            cloud.get_offsets().tolist() for cloud in axes.collections if isinstance(cloud, PathCollection)
        ]
        assert clouds == [np.stack([mark.x, mark.y], 1).tolist() for mark in marks(panel, Dots)]
        areas = [one for one in axes.collections if isinstance(one, PolyCollection)]
        for area, band in zip(areas, marks(panel, Band), strict=True):
            corners = {tuple(place) for place in area.get_paths()[0].vertices.tolist()}
            assert corners >= {*zip(band.x, band.low, strict=True), *zip(band.x, band.high, strict=True)}
        bars = [(bar.get_x(), bar.get_width(), bar.get_height()) for bar in axes.patches]
        for mark in marks(panel, Bars):
            np.testing.assert_allclose(bars, np.stack([mark.low, mark.high - mark.low, mark.counts], 1))
            assert {text.get_text() for text in axes.texts} >= set(mark.labels)
        assert bool(bars) == bool(marks(panel, Bars))
        assert axes.get_title("right").split("\n") == (panel.captions() or [""])
        assert axes.get_ylabel() == panel.y_axis.name
        for of_axes, axis in ((axes.get_xlim(), panel.x_axis), (axes.get_ylim(), panel.y_axis)):
            assert of_axes[0] <= axis.low < axis.high <= of_axes[1]


@every_chart
def test_the_page_has_every_mark(chart):
    pictures = [ElementTree.fromstring(svg) for svg in as_svg(chart)]
    if chart.stacked:
        assert len(pictures) == 1
        groups = pictures[0].findall("g")
    else:
        groups = pictures
    for group, panel in zip(groups, chart.panels, strict=True):
        curves = [one.get("points").split() for one in group.findall("polyline")]
        assert list(map(len, curves)) == [len(mark.x) for mark in marks(panel, (Curve, Contour))]
        areas = [len(one.get("points").split()) for one in group.findall("polygon[@class='band']")]
        assert areas == [2 * len(mark.x) for mark in marks(panel, Band)]
        circles = [one.get("class").split()[0] for one in group.findall("circle")]
        assert circles.count("ring") == sum(len(mark.y) for mark in marks(panel, Best))
        bins = [mark for mark in marks(panel, Dots) if mark.role == "bin"]
        named = [curve for curve in panel.curves() if curve.name]
        dotted = [] if panel.key else named
        assert circles.count("dot") == sum(len(mark.x) for mark in [*bins, *dotted])
        assert len(group.findall("path")) - len(group.findall("path[@class='cloud']")) == len(panel.keyed())
        clouds = [one.get("d").count("h0") for one in group.findall("path[@class='cloud']")]
        assert clouds == [len(mark.x) for mark in marks(panel, Dots) if mark.role == "example"]
        assert len(group.findall("line[@class='ideal']")) == len(marks(panel, Reference))
        told = [one.find("title").text for one in group.findall("rect")]
        assert told == [
            words
            for mark in marks(panel, Bars)
            for words, n in zip(mark.words, mark.counts, strict=True)
            if n
        ]
        written = {text.text or "" for text in group.findall("text")}
        assert written >= {*panel.captions(), panel.y_axis.name, *(curve.name for curve in named)}


@every_chart
def test_what_it_shows_is_told_to_those_who_do_not_see_it(chart, tmp_path):
    labels = [ElementTree.fromstring(svg).get("aria-label") for svg in as_svg(chart)]
    assert labels == ([chart.words] if chart.stacked else [panel.words for panel in chart.panels])
    assert all(labels)
    written = write_figure(as_figure(chart), tmp_path / "c.svg")
    root = ElementTree.parse(written).getroot()
    assert (root.get("role"), root.get("aria-label")) == ("img", f"{chart.title}. {chart.words}")
    with Image.open(write_figure(as_figure(chart), tmp_path / "c.png")) as image:
        image.load()
        assert unescape(image.info["Description"]) == f"{chart.title}. {chart.words}"


def test_hollow_dots_are_hollow_in_both():
    chart = CHARTS["reliability"]
    dots = figure_of(chart, "light").axes[0].collections[0]
    assert [same_color(face, "#ffffff") for face in dots.get_facecolors()] == [False, False, True]
    (svg,) = as_svg(chart)
    assert [one.get("class") for one in ElementTree.fromstring(svg).findall(".//circle")] == [
        "dot valid", "dot valid", "dot hollow"
    ]  # fmt: skip


def test_lines_differ_without_colour():
    loss = figure_of(CHARTS["curves"]).axes[0]
    train, valid = (line for line in loss.lines if len(line.get_xdata()) == 5)
    assert train.get_linestyle() != valid.get_linestyle() and train.get_marker() != valid.get_marker()
    compared = figure_of(CHARTS["compared"]).axes[0]
    slow, quick = (
        next(
            line
            for line in compared.lines
            if len(line.get_xdata()) == n and line.get_marker() != "None" and line.get_linestyle() != "None"
        )
        for n in (5, 3)
    )
    assert slow.get_marker() != quick.get_marker()


def test_runs_are_named_once_in_each_panel_and_the_legend_says_what_lines_are(tmp_path):
    text = write_figure(as_figure(CHARTS["compared"]), tmp_path / "c.svg").read_text()
    assert text.count("● slow</text>") == 2 and text.count("■ quick &amp; &lt;new&gt;</text>") == 2
    for word in ("epoch", "loss", "accuracy (%)", "validation", "training", "best epoch"):
        assert f">{word}</text>" in text


def test_one_run_s_lines_are_named_where_they_end(tmp_path):
    bare = [{"epoch": 1, "train_loss": 1.0}, {"epoch": 2, "train_loss": 0.5}]
    chart = learning_curves([Course("bare", bare, None)])
    text = write_figure(as_figure(chart), tmp_path / "c.svg").read_text()
    assert ">■ training</text>" in text and "validation</text>" not in text and "best" not in text
    text = write_figure(as_figure(CHARTS["curves"]), tmp_path / "c.svg").read_text()
    for word in ("● validation", "■ training", "best: epoch 4"):
        assert f">{word}</text>" in text


def test_a_wide_range_is_logarithmic_in_both():
    losses = [{"epoch": n, "train_loss": 10.0 ** (1 - n)} for n in range(1, 6)]
    chart = learning_curves([Course("one", losses, None)])
    axes = figure_of(chart).axes[0]
    assert axes.get_yscale() == "log" and axes.get_ylabel() == "loss (logarithmic scale)"
    assert axes.get_yticks().tolist() == [value for value, _ in chart.panels[0].y_axis.ticks]
    assert "loss (logarithmic scale)" in as_svg(chart)[0]


def test_a_row_of_panels_begins_at_one_height_and_nothing_is_written_on_each_other():
    long = residual_charts(Residuals(TRUE[:, :1], TRUE[:, :1] + 1, ("a long name of a target",)))
    pictures = [ElementTree.fromstring(svg) for svg in as_svg(long)]
    tops = {min(float(line.get("y1")) for line in one.findall("line[@class='grid']")) for one in pictures}
    assert len(tops) == 1
    name, caption = (
        next(text for text in pictures[0].findall("text") if text.text.startswith(words))
        for words in ("predicted a long", "dashed")
    )
    assert float(caption.get("y")) - float(name.get("y")) >= 12


def test_a_name_at_the_bottom_stays_above_the_axis():
    flat = [{"epoch": n, "train_loss": 0.0 + (n == 1), "valid_loss": 0.0 + 2 * (n == 1)} for n in (1, 2)]
    picture = ElementTree.fromstring(as_svg(learning_curves([Course("one", flat, None)]))[0])
    base = float(picture.find("line[@class='axis']").get("y1"))
    heights = [
        float(one.get("y")) for one in picture.findall("text") if one.text in ("training", "validation")
    ]
    assert len(heights) == 2 and max(heights) <= base + 0.1 and abs(heights[0] - heights[1]) >= 12


def test_a_title_fits_its_figure():
    long = replace(CHARTS["reliability"], title="x" * 120)
    assert figure_of(long)._suptitle.get_fontsize() < 10
    assert figure_of(CHARTS["reliability"])._suptitle.get_fontsize() == 14


def test_validation_is_dashed_and_training_whole_in_both_pictures():
    record = [{"epoch": k, "train_loss": 1 / k, "valid_loss": 2 / k} for k in (1, 2, 3)]
    for runs in (1, 2):
        chart = learning_curves([Course(f"r{k}", record, None) for k in range(runs)])
        picture, figure = as_figure(chart), Figure()
        figure.set_layout_engine("constrained")
        with use_theme("light") as colours:
            picture.draw(figure, colours)
        styles = [line.get_linestyle() for line in figure.axes[0].get_lines() if len(line.get_xdata()) == 3]
        assert styles == ["-", "--"] * runs
    (svg,) = as_svg(learning_curves([Course("r", record, None)]))
    assert 'class="line train"' in svg and 'class="line valid"' in svg
    page = files("gradatim.explain").joinpath("report_page.css.j2").read_text()
    assert "svg .line.valid { stroke: var(--valid); stroke-dasharray: 6 2.5; }" in page
    assert "svg .line.train { stroke: var(--train); }" in page


def test_tiles_are_bytes_from_black_to_white_with_white_between_them():
    page = Tiles(PICTURES).page()
    assert page.tolist() == [[0, 255, 255, 255, 255], [128, 0, 255, 0, 153]]
    (image,) = figure_of(CHARTS["tiles"]).axes[0].images
    np.testing.assert_array_equal(image.get_array(), page)
    element = ElementTree.fromstring(as_svg(CHARTS["tiles"])[0]).find("image")
    drawn = Image.open(BytesIO(b64decode(element.get("href").split(",")[1])))
    np.testing.assert_array_equal(np.asarray(drawn), page)

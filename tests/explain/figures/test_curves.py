"""Learning curves: what is measured, and names that do not touch."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.checks import UsageError
from gradatim.explain.figures.curves import MOST, Course, curves_figure, other_measures, points, spread_apart
from gradatim.explain.figures.style import write_figure

RECORDS = [
    {"epoch": n, "train_loss": 1 / n, "valid_loss": 1.1 / n, "valid_accuracy": 1 - 0.5 / n}
    for n in range(1, 6)
]


@given(st.lists(st.floats(-100, 300), min_size=1, max_size=8))
def test_names_are_moved_apart_in_their_order(places):
    moved = spread_apart(places, 14)
    order = sorted(range(len(places)), key=lambda i: places[i])
    heights = [moved[i] for i in order]
    assert all(b - a >= 14 - 1e-6 for a, b in pairwise(heights))
    assert sum(moved) == pytest.approx(sum(places), abs=1e-6)
    far = all(abs(a - b) >= 14 for i, a in enumerate(places) for b in places[:i])
    assert not far or moved == pytest.approx(places)


def test_points_are_the_records(tmp_path):
    run = Course("one", [*RECORDS, {"epoch": 6, "train_loss": 0.1}], 5)
    assert points(run, "train_loss")[0] == [1, 2, 3, 4, 5, 6]
    assert points(run, "valid_loss") == ([1, 2, 3, 4, 5], [1.1 / n for n in range(1, 6)])
    assert other_measures([run]) == ["accuracy"]


def test_runs_are_named_once_in_each_panel(tmp_path):
    runs = [Course("slow", RECORDS, 5), Course("quick & <new>", RECORDS[:3], 3)]
    text = write_figure(curves_figure(runs), tmp_path / "c.svg").read_text()
    assert text.count("● slow</text>") == 2 and text.count("■ quick &amp; &lt;new&gt;</text>") == 2
    for word in ("epoch", "loss", "accuracy", "validation", "training", "best epoch"):
        assert f">{word}</text>" in text


def test_without_validation_the_training_loss_stands_alone(tmp_path):
    runs = [Course("bare", [{"epoch": 1, "train_loss": 1.0}, {"epoch": 2, "train_loss": 0.5}], None)]
    text = write_figure(curves_figure(runs), tmp_path / "c.svg").read_text()
    assert ">training</text>" in text and ">validation</text>" not in text and ">accuracy</text>" not in text


def test_what_cannot_be_compared_is_said():
    with pytest.raises(UsageError, match=f"{MOST + 1} runs in one picture cannot be told apart"):
        curves_figure([Course(str(n), RECORDS, None) for n in range(MOST + 1)])
    with pytest.raises(UsageError, match="new has no record of an epoch yet"):
        curves_figure([Course("new", [], None)])

"""The threshold of two classes: the best on validation, and what is decided by it afterwards."""

import numpy as np
import pandas as pd
import pytest
from gradatim.jobs.thresholds import MEASURES, choose_threshold
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

import gradatim
from gradatim.checks import UsageError
from gradatim.jobs.evaluate import measured_on

SCORES = {"accuracy": accuracy_score, "balanced": balanced_accuracy_score}
SCORES["f1"] = lambda y, decided: f1_score(y, decided, zero_division=0)
shares = st.integers(0, 20).map(lambda k: k / 20)


@pytest.mark.parametrize("by", MEASURES)
@given(pairs=st.lists(st.tuples(shares, st.integers(0, 1)), min_size=2, max_size=30))
def test_no_threshold_is_better(by, pairs):
    p, y = (np.array(column) for column in zip(*pairs, strict=True))
    if len(np.unique(y)) < 2:
        return
    found = choose_threshold(p, y, by)
    every = [SCORES[by](y, (p >= t).astype(int)) for t in np.arange(-1, 42) / 40]
    assert found["valid"] == pytest.approx(max(every), abs=1e-12)
    assert SCORES[by](y, (p >= found["value"]).astype(int)) == pytest.approx(found["valid"], abs=1e-12)


@pytest.fixture
def frame():
    """Few leave, and it can be foreseen only to some degree."""
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, 2000)
    left = np.where(x + rng.normal(0, 1.2, 2000) > 2, "leaves", "stays")
    return pd.DataFrame({"x": x, "town": rng.choice(["Rome", "Oslo"], 2000), "left": left})


def test_it_is_chosen_on_validation_kept_and_used(frame):
    how = {"target": "left", "epochs": 5, "hidden": 8, "threads": 1, "quiet": True, "baselines": False}
    plain = gradatim.train(frame, **how)
    run = gradatim.train(frame, threshold="balanced", **how)
    found = run.trained.facts["threshold"]
    assert run.metrics["balanced_accuracy"] > plain.metrics["balanced_accuracy"] + 0.1
    assert run.metrics["auc"] == plain.metrics["auc"]
    valid = measured_on(run, split="valid")
    assert valid.metrics["balanced_accuracy"] == pytest.approx(found["valid"], abs=1e-9)
    again = gradatim.load(run.path)
    assert again.trained.facts["threshold"] == found
    predicted = again.predict(frame)
    stays = predicted.probabilities[:, 1] >= found["value"]
    np.testing.assert_array_equal(predicted.labels, np.where(stays, "stays", "leaves"))
    confusion = measured_on(run).confusion(2)
    assert confusion.trace() / confusion.sum() == pytest.approx(run.metrics["accuracy"])
    by_f1 = gradatim.train(frame, threshold="f1", **how)
    decided = measured_on(by_f1)
    assert by_f1.metrics["f1"] == pytest.approx(f1_score(decided.targets, decided.decisions), abs=1e-12)
    assert "f1" not in plain.metrics


def test_it_needs_two_classes_and_validation(frame):
    how = {"epochs": 1, "hidden": 4, "quiet": True}
    with pytest.raises(UsageError, match="a threshold decides between two classes; the target has none"):
        gradatim.train(frame, target="x", threshold="f1", **how)
    with pytest.raises(UsageError, match="a threshold is chosen on validation examples of both classes"):
        gradatim.train(frame, target="left", threshold="f1", valid=0, **how)
    with pytest.raises(UsageError, match="threshold must be accuracy or f1 or balanced; it is 'best'"):
        gradatim.train(frame, target="left", threshold="best", **how)


def test_imbalance_is_shown_and_weights_are_offered(frame, capsys):
    how = {"target": "left", "epochs": 1, "hidden": 4, "threads": 1, "baselines": False}
    gradatim.train(frame, **how)
    said = capsys.readouterr().err
    assert "times the examples of the smallest; --class-weight balanced or --threshold f1" in said
    gradatim.train(frame, class_weight="balanced", **how)
    assert "times the examples" not in capsys.readouterr().err

"""The threshold of two classes: the best on validation, and what is decided by it afterwards."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

import gradatim
from gradatim.checks import UsageError


@pytest.fixture
def frame():
    """Few leave, and it can be foreseen only to some degree."""
    rng = np.random.default_rng(0)
    x = rng.normal(0, 1, 2000)
    left = np.where(x + rng.normal(0, 1.2, 2000) > 2, "leaves", "stays")
    return pd.DataFrame({"x": x, "town": rng.choice(["Rome", "Oslo"], 2000), "left": left})


def test_it_is_chosen_on_validation_kept_and_used(frame):
    how = {"target": "left", "epochs": 5, "hidden": 8, "dropout": 0.25, "threads": 1, "quiet": True,
           "baselines": False}  # fmt: skip
    plain = gradatim.train(frame, **how)
    run = gradatim.train(frame, threshold="balanced", **how)
    found = run.trained.problem.threshold
    assert run.metrics["balanced_accuracy"] > plain.metrics["balanced_accuracy"] + 0.1
    assert run.metrics["auc"] == plain.metrics["auc"]
    valid = run.evaluate(split="valid")["metrics"]
    assert valid["balanced_accuracy"] == pytest.approx(found["valid"], abs=1e-9)
    again = gradatim.load(run.path)
    assert again.trained.problem.threshold == found
    predicted = again.predict(frame)
    stays = predicted.probabilities[:, 1] >= found["value"]
    np.testing.assert_array_equal(predicted.labels, np.where(stays, "stays", "leaves"))
    confusion = run.trained.problem.evidence(run.measured.a, run.measured.y)[0].counts
    assert confusion.trace() / confusion.sum() == pytest.approx(run.metrics["accuracy"])
    by_f1 = gradatim.train(frame, threshold="f1", **how)
    decided = by_f1.trained.problem.answer(by_f1.measured.a)
    assert by_f1.metrics["f1"] == pytest.approx(f1_score(by_f1.measured.y, decided), abs=1e-12)
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

"""What is found out of a trained network's answers to test examples, for its report."""

from typing import Any

import numpy as np

from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.tables.encoding import inputs_of
from gradatim.data.tables.inputs import said
from gradatim.data.tables.labels import answers_of
from gradatim.explain.calibration import asked_of, reliability
from gradatim.explain.findings import Coverage, Findings, Miss
from gradatim.explain.residuals import Residuals
from gradatim.jobs.dependence import dependence
from gradatim.jobs.importance import columns_of, importance
from gradatim.jobs.intervals import covered, has_intervals
from gradatim.jobs.measure import Measured, outputs
from gradatim.runs.trained import Trained

LEVELS = (0.5, 0.8, 0.9, 0.95)
MOST_EFFECTS = 6
MOST_MISSES = 24
MOST_FEATURES = 12


def findings(trained: Trained, test: Dataset | None, measured: Measured | None, seed: int) -> Findings:
    """All that there is to find: each part where it makes sense."""
    if measured is None or not measured.n or not np.isfinite(measured.metrics.get("loss", 0.0)):
        return Findings()
    found: dict[str, Any] = {}
    if measured.probabilities is not None and measured.targets is not None and trained.classes:
        p, came_true = asked_of(measured.probabilities, measured.targets, measured.decisions)
        found["calibration"] = reliability(p, came_true)
        found["calibration_of"] = _said_of(trained.classes)
    if test is None:
        return Findings(**found)
    if test.task in ("regression", "multilabel"):
        found |= _of_numbers_or_labels(trained, test, measured)
    return Findings(**found, **_of_columns(trained, test, seed))


def _said_of(classes: tuple) -> str:
    return f"probability of {classes[1]}" if len(classes) == 2 else "probability of the answer"


def _of_numbers_or_labels(trained: Trained, test: Dataset, measured: Measured) -> dict[str, Any]:
    assert measured.targets is not None and measured.predicted is not None
    y, predicted = (part.reshape(measured.n, -1) for part in (measured.targets, measured.predicted))
    names = answers_of((trained.preprocessing or {})["target"])
    raw = preprocessing.inputs(trained.preprocessing, test)
    if test.task == "multilabel":
        return {"misses": _wrong_labels(y, predicted, measured, names, raw, trained)}
    found: dict[str, Any] = {
        "residuals": Residuals(y, predicted, names),
        "misses": _far_off(y, predicted, names, raw, trained),
    }
    if has_intervals(trained):
        a = outputs(trained, raw)
        shares = [(level, *covered(trained, a, y, level)) for level in LEVELS]
        found["coverage"] = [Coverage(level, share, widths.tolist()) for level, share, widths in shares]
        if (trained.facts.get("interval") or {}).get("examples"):
            found["set_by_validation"] = measured.metrics["interval_coverage"]
    return found


def _far_off(
    y: np.ndarray, predicted: np.ndarray, names: list[str], raw: np.ndarray, trained: Trained
) -> list[Miss]:
    """The largest residuals; of several targets, in the deviations of each."""
    residual = predicted - y
    spread = y.std(0)
    size = np.abs(residual) / np.where(spread > 0, spread, 1.0)
    misses = []
    for row in np.argsort(-size.max(1), kind="stable")[:MOST_MISSES]:
        t = int(size[row].argmax())
        told: dict[str, Any] = {"target": names[t]} if len(names) > 1 else {}
        told |= {
            "true": float(y[row, t]), "predicted": float(predicted[row, t]), "off by": float(residual[row, t])
        }  # fmt: skip
        misses.append(Miss(int(row), told, features(trained, raw[row])))
    return misses


def _wrong_labels(
    y: np.ndarray, predicted: np.ndarray, measured: Measured, names: list[str], raw: np.ndarray,
    trained: Trained,
) -> list[Miss]:  # fmt: skip
    """The examples with a wrong label, those of the highest loss first."""
    assert measured.losses is not None
    wrong = np.flatnonzero((y != predicted).any(1))
    worst = wrong[np.argsort(-measured.losses[wrong], kind="stable")][:MOST_MISSES]

    def listed(row: np.ndarray) -> str:
        return ", ".join(name for name, there in zip(names, row, strict=True) if there) or "none"

    return [
        Miss(
            int(row),
            {
                "true": listed(y[row]),
                "predicted": listed(predicted[row]),
                "loss": float(measured.losses[row]),
            },
            features(trained, raw[row]),
        )
        for row in worst
    ]


def features(trained: Trained, x: np.ndarray) -> dict[str, Any]:
    """The first features of an example by name, as a person reads them."""
    if preprocessing.is_table(trained.preprocessing):
        columns = inputs_of(trained.preprocessing)  # type: ignore[arg-type]
        return {one.name: said(one, value) for one, value in zip(columns[:MOST_FEATURES], x, strict=False)}
    flat = x.reshape(-1)[:MOST_FEATURES]
    names = trained.features or tuple(f"feature {i}" for i in range(len(flat)))
    return {str(name): float(value) for name, value in zip(names, flat, strict=False)}


def _of_columns(trained: Trained, test: Dataset, seed: int) -> dict[str, Any]:
    """Which columns matter, and how the answer depends on them."""
    if not test.is_table or test.x.ndim != 2 or trained.loss in (None, "hinge") or len(test) < 2:
        return {}
    found = importance(trained, test, seed)
    if found is None:
        columns = f"{columns_of(trained, test):,} columns"
        return {"notes": [f"With {columns}, shuffling each of them takes too long for this page."]}
    names = [rise.column for rise in found.rises[:MOST_EFFECTS] if rise.mean > 0]
    effects, rows = dependence(trained, test, names, seed)
    return {"importance": found, "effects": effects, "rows": rows}

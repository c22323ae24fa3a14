import numpy as np
import pytest

from gradatim.explain.number_format import SPACE
from gradatim.explain.report import Report
from gradatim.problems.classes import Classes
from gradatim.problems.evidence import Confusion, Misses, Residuals, Samples
from gradatim.problems.labels import Labels
from gradatim.problems.next_character import NextCharacter
from gradatim.problems.numbers import Numbers

RECORDS = [{"train_loss": 2.5, "valid_loss": 2.25}, {"train_loss": 0.5, "valid_loss": 0.75}]


def said(
    split="test", size=0, metrics=None, confusion=None, records=(), evidence=(), baselines=(),
    problem=Classes(),  # noqa: B008
):  # fmt: skip
    report = Report(
        name="r", data="d", sizes={split: size}, split=split, problem=problem, metrics=metrics or {},
        records=list(records), best_epoch=None, ended="", layers=[], settings={}, choices={}, versions={},
        command="", baselines=list(baselines),
        evidence=evidence if confusion is None else (Confusion(np.array(confusion), ()),),
    )  # fmt: skip
    return report.headline.replace(SPACE, " ")


def off(examples, names=("y",)):
    numbers = np.zeros((examples, len(names)))
    return {"evidence": (Residuals(numbers, numbers, names),), "problem": Numbers(names)}


def test_accuracy_stands_beside_that_of_the_commonest_class():
    confusion = np.diag([35, 36, 35, 37, 36, 37, 37, 36, 33, 37])
    for k in range(7):
        confusion[k, k] -= 1
        confusion[k, k + 1] += 1
    assert said(confusion=confusion) == (
        "98.1 % of 359 test examples are classified correctly "
        "(7 wrong; guessing the commonest class would get 10.3 %)."
    )


def test_the_counts_win_over_a_metric_that_disagrees():
    assert said(metrics={"accuracy": 0.1}, confusion=[[3, 1], [0, 4]]).startswith("87.5 % of 8 test examples")


def test_a_model_that_does_not_beat_guessing_is_told_so():
    assert said(confusion=[[5, 4], [1, 0]]).endswith("would get 90.0 %, which is better).")
    assert said(confusion=[[9, 0], [1, 0]]).endswith("would get 90.0 %, which is as good).")


def test_all_correct_is_said_without_a_percentage():
    assert said(split="valid", confusion=[[3, 0], [0, 1]]).startswith(
        "All 4 validation examples are classified"
    )


def test_nearly_all_correct_is_not_called_all():
    assert said(confusion=[[99_999, 1], [0, 100_000]]).startswith("> 99.9 % of 200,000 test examples")


def test_without_counts_the_accuracy_is_said_alone():
    assert said(size=50, metrics={"loss": 1.0, "accuracy": 0.5}) == (
        "50.0 % of 50 test examples are classified correctly."
    )


def test_a_loss_stands_beside_where_it_came_from():
    assert said(size=40, metrics={"loss": 0.3123}, records=RECORDS) == (
        "The loss over 40 test examples is 0.3123; validation loss was 2.25 after the first epoch "
        "and 0.75 at its lowest."
    )


def test_what_was_not_measured_is_said():
    assert said(records=[{"train_loss": 2.5}, {"train_loss": 0.5}]) == (
        "The model has not been measured on test examples; training loss was 2.5 after the first epoch "
        "and 0.5 at its lowest."
    )


@pytest.mark.parametrize("metrics", [{}, {"loss": 1.5}, {"r2": 0.5}])
def test_one_sentence_ends_with_one_full_stop(metrics):
    sentence = said(size=3, metrics=metrics)
    assert sentence.endswith(".")
    assert ". " not in sentence


def test_numbers_are_off_by_so_much():
    found = said(metrics={"rmse": 10.34, "mae": 6.4, "r2": 0.8877, "loss": 0.11}, **off(80))
    assert found == "Predictions are off by 10.34 (root mean square) over 80 test examples; R² is 0.8877."


def test_numbers_stand_beside_the_mean_of_the_target():
    rows = [{"name": "mean", "metrics": {"rmse": 20.0}}, {"name": "linear model", "metrics": {"rmse": 9.0}}]
    metrics = {"rmse": 10.0, "mae": 6.4, "r2": 0.75}
    assert said(metrics=metrics, baselines=rows, **off(80, ("a", "b"))) == (
        "Predictions are off by 10 (root mean square, the mean over 2 targets) over 80 test examples; "
        "guessing the mean would be off by 20; R² is 0.75; a linear model would be off by 9, which is better."
    )


def test_labels_stand_beside_the_commonest_ones():
    rows = [{"name": "majority", "metrics": {"subset_accuracy": 0.25, "hamming_loss": 0.5}}]
    metrics = {"subset_accuracy": 0.75, "hamming_loss": 0.125, "loss": 1.0}
    found = said(
        size=40, metrics=metrics, baselines=rows, evidence=(Misses((), ()),), problem=Labels(("a", "b"))
    )
    assert found == (
        "All labels of 75.0 % of 40 test examples are right "
        "(12.5 % of all labels are wrong; giving all the same labels would get 25.0 %)."
    )


def test_labels_are_told_that_the_same_for_all_is_better():
    rows = [{"name": "majority", "metrics": {"subset_accuracy": 0.25, "hamming_loss": 0.5}}]
    found = said(
        size=4, metrics={"subset_accuracy": 0.0, "hamming_loss": 0.75}, baselines=rows,
        evidence=(Misses((), ()),), problem=Labels(("a", "b")),
    )  # fmt: skip
    assert found.endswith("giving all the same labels would get 25.0 %, which is better).")


def test_a_character_costs_so_many_bits():
    found = said(
        split="valid", metrics={"bits_per_character": 2.5, "loss": 1.7329}, records=RECORDS,
        evidence=(Samples(()),), problem=NextCharacter(("a", "b")),
    )  # fmt: skip
    assert found == (
        "A character of the validation text costs 2.5 bits to guess; validation loss was 2.25 after the "
        "first epoch and 0.75 at its lowest."
    )


def test_the_headline_says_where_trees_win():
    metrics = {"rmse": 10.34, "mae": 6.4, "r2": 0.8877}
    trees = {"name": "boosted trees", "what": "", "metrics": {**metrics, "rmse": 9.5}, "seconds": 0.5}
    found = said(metrics=metrics, baselines=[trees], **off(80))
    assert found.endswith("; R² is 0.8877; boosted trees would be off by 9.5, which is better.")
    trees["metrics"] = metrics
    assert "trees" not in said(metrics=metrics, baselines=[trees], **off(80))

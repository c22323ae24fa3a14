"""What is said of a run in which something is wrong: each kind on its two sides of the threshold."""

import numpy as np
import pytest

import gradatim
from gradatim.explain.diagnosis import FAR_AHEAD, FEW_EXAMPLES, FLAT, LITTLE_R2, diagnose
from gradatim.explain.number_format import SPACE
from gradatim.explain.report import Report
from gradatim.problems.classes import Classes
from gradatim.problems.evidence import Confusion
from gradatim.problems.numbers import Numbers

FALLING = [1.0, 0.5, 0.4, 0.39, 0.39, 0.391]


def said(
    metrics, train_losses=FALLING, valid_losses=None, problem=None, confusion=None, baselines=(), test=100,
    train=1000, inputs=8, epochs=None, unit="examples",
):  # fmt: skip
    valid = valid_losses or train_losses
    records = [
        {"epoch": i + 1, "train_loss": a, "valid_loss": b}
        for i, (a, b) in enumerate(zip(train_losses, valid, strict=True))
    ]
    report = Report(
        name="r", data="d", sizes={"train": train, "test": test}, split="test",
        problem=problem or Numbers(("y",)), metrics=metrics, records=records, best_epoch=None, ended="",
        layers=[], settings={"epochs": epochs or len(records)}, choices={}, versions={}, command="",
        baselines=[{"name": n, "what": "", "metrics": m, "seconds": 0.0} for n, m in baselines],
        evidence=() if confusion is None else (Confusion(np.array(confusion), ("no", "yes")),),
        inputs=inputs, unit=unit,
    )  # fmt: skip
    return [sentence.replace(SPACE, " ") for sentence in diagnose(report)]


GOOD = {"rmse": 0.4, "r2": 0.84}


def test_a_run_that_learned_is_told_nothing():
    assert said(GOOD) == []
    assert said({}, FALLING) == []


@pytest.mark.parametrize("r2", [LITTLE_R2 - 1e-9, 0.0, -0.0001159, -3.0])
def test_r2_near_0_is_nothing_learned(r2):
    [sentence] = said({"rmse": 1.0, "r2": r2})
    assert sentence.startswith("Nothing was learned that holds for new examples: R² on 100 test examples is ")
    assert "always answering the mean gets 0" in sentence


def test_r2_above_the_threshold_is_something():
    assert said({"rmse": 1.0, "r2": LITTLE_R2}) == []


@pytest.mark.parametrize("losses", [[0.6931] * 5, [0.7, 0.7 * (1 - FLAT) + 1e-9, 0.71], [-2.0, -2.01]])
def test_a_flat_training_loss_is_nothing_learned(losses):
    [sentence] = said({"loss": losses[-1]}, losses, problem=Classes(("no", "yes")))
    assert sentence.startswith("Nothing was learned: the training loss stayed at ")
    assert "learning rate" in sentence


def test_a_flat_loss_of_a_network_that_knows_already_is_no_fault():
    assert said(GOOD, [0.02, 0.02, 0.02]) == []


def test_a_loss_that_falls_by_more_is_learning():
    assert said({"loss": 0.6}, [0.7, 0.7 * (1 - 2 * FLAT), 0.69], problem=Classes(("no", "yes"))) == []


def test_accuracy_at_the_majority_s_share_is_nothing_learned():
    metrics = {"accuracy": 0.7, "balanced_accuracy": 0.5, "auc": 0.51}
    problem = Classes(("no", "yes"))
    [sentence] = said(metrics, problem=problem, confusion=[[70, 0], [30, 0]])
    assert "accuracy on 100 test examples is 70.0 %, and the commonest class gets 70.0 %" in sentence
    assert said({**metrics, "accuracy": 0.71}, problem=problem, confusion=[[70, 0], [29, 1]]) == []


def test_an_order_of_rare_cases_is_something_learned_at_the_majority_s_accuracy():
    metrics = {"accuracy": 0.95, "balanced_accuracy": 0.5, "auc": 0.8}
    assert said(metrics, problem=Classes(("no", "yes")), confusion=[[95, 0], [5, 0]]) == []


def test_a_baseline_that_is_far_ahead_is_named():
    rows = [
        ("mean", {"rmse": 0.01, "r2": 0.0}),
        ("boosted trees", {"rmse": 0.3}),
        ("linear model", {"rmse": 0.5}),
    ]
    [sentence] = said({"rmse": 0.3 * FAR_AHEAD + 1e-9, "r2": 0.5}, baselines=rows)
    assert sentence.startswith("Boosted trees are far ahead of the network: RMSE 0.3 beside 0.375.")
    assert said({"rmse": 0.3 * FAR_AHEAD, "r2": 0.5}, baselines=rows) == []


def test_a_tag_of_each_word_does_not_answer_in_the_networks_place():
    rows = [("most frequent tag", {"accuracy": 0.8})]
    [sentence] = said({"accuracy": 0.3}, problem=Classes(("no", "yes")), baselines=rows, test=1000)
    assert sentence == (
        "The most frequent tag of each word is far ahead of the network: accuracy 80.0 % beside 30.0 %. "
        "Try more --epochs."
    )


def test_a_rate_is_far_ahead_beyond_chance_only():
    problem, rows = Classes(("no", "yes")), [("linear model", {"accuracy": 0.95})]
    [sentence] = said({"accuracy": 0.85}, problem=problem, baselines=rows, test=1000)
    assert sentence.startswith("A linear model is far ahead of the network: accuracy 95.0 % beside 85.0 %.")
    assert said({"accuracy": 0.9}, problem=problem, baselines=rows, test=100) == []  # 2σ are 7.4 points


@pytest.mark.parametrize(("size", "start"), [(1, "1 test example is"), (2, "2 test examples are")])
def test_two_test_rows_are_too_few_to_measure(size, start):
    [sentence] = said({"rmse": 1.0, "r2": -5.0}, test=size)
    assert sentence == f"{start} too few to measure: the figures are mostly chance."
    assert said(GOOD, test=FEW_EXAMPLES) == []
    assert said({"bits_per_character": 2.0}, test=2, unit="characters") == []


def test_fewer_rows_than_inputs():
    [sentence] = said(GOOD, train=93, inputs=120)
    assert sentence.startswith(
        "The table has fewer training rows (93) than input features after encoding (120)"
    )
    assert said(GOOD, train=120, inputs=120) == []
    assert said(GOOD, train=93, inputs=0) == []  # of pictures


def test_training_that_was_still_improving_says_what_to_give():
    losses = [1.0 / (1 + 0.05 * i) for i in range(20)]
    [sentence] = said(GOOD, losses)
    assert sentence.startswith("Training was still improving when it ended: the validation loss fell from ")
    assert sentence.endswith("in the last fifth of the epochs. Try --epochs 40.")


@pytest.mark.parametrize(
    ("losses", "epochs"),
    [
        ([2.0**-i for i in range(20)], 20),  # it fell, but no longer: the tail holds 2⁻¹⁵ of the fall
        ([1.0 / (1 + 0.05 * i) for i in range(20)] + [0.9], 21),  # the last is not the best
        ([1.0 / (1 + 0.05 * i) for i in range(20)], 60),  # stopped before its end
        ([0.5], 1),
    ],
)
def test_training_that_had_come_to_rest_is_told_nothing(losses, epochs):
    assert (
        said(
            GOOD, [1.0, 0.1] + [0.1] * (len(losses) - 2) if len(losses) > 1 else losses, losses, epochs=epochs
        )
        == []
    )


def test_the_end_of_training_and_the_report_say_it(tmp_path, capsys):
    x = np.random.default_rng(0).normal(size=(1000, 3))
    y = np.random.default_rng(1).normal(size=1000) + 0.5
    run = gradatim.train((x, y), epochs=2, out=tmp_path / "r")
    told = [line for line in capsys.readouterr().err.splitlines() if "Nothing was learned" in line]
    assert len(told) == 1
    assert told[0].removeprefix("note: ").split(":")[0] in run.folder.report.read_text()

import csv
import re
from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics

import gradatim
from gradatim import GradatimError, UsageError
from gradatim.explain.gather_evidence import evidence_of
from gradatim.jobs.data import describe_data
from gradatim.jobs.doctor import doctor
from gradatim.jobs.show import show
from gradatim.problems.evidence import Mistakes


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "digits"
    return gradatim.train("digits", epochs=3, hidden=32, threads=1, quiet=True, out=out)


def test_measures_equal_scikit_learn(run):
    test = run.data.test
    p, y = run.trained.problem.predictions(run.measured.a), test.y
    assert run.metrics["accuracy"] == pytest.approx(sklearn.metrics.accuracy_score(y, p.argmax(1)), abs=1e-12)
    expected = sklearn.metrics.balanced_accuracy_score(y, p.argmax(1))
    assert run.metrics["balanced_accuracy"] == pytest.approx(expected, abs=1e-12)
    assert run.metrics["loss"] == pytest.approx(
        sklearn.metrics.log_loss(y, p / p.sum(1, keepdims=True, dtype=float)), rel=1e-5
    )
    confusion = run.trained.problem.evidence(run.measured.a, y)[0].counts
    np.testing.assert_array_equal(confusion, sklearn.metrics.confusion_matrix(y, p.argmax(1)))


def test_evaluate_measures_each_split_and_other_data(run):
    assert [run.evaluate(split=s)["n"] for s in ("train", "valid", "test")] == [1294, 144, 359]
    test = run.data.test
    other = run.evaluate((test.x, test.y))
    assert other == run.evaluate() | {"split": "data"} and other["n"] == 359
    with pytest.raises(UsageError, match="split must be train or valid or test"):
        run.evaluate(split="tset")


def test_a_subset_of_the_classes_is_measured_by_their_names(run):
    test = run.data.test
    rows = np.isin(test.y, (3, 8))
    metrics = run.evaluate((test.x[rows], test.y[rows]))["metrics"]
    expected = (run.predict(test.x[rows]).labels == test.y[rows]).mean()
    assert metrics["accuracy"] == pytest.approx(expected)


def test_predictions_are_written_as_csv_and_npz(run, tmp_path):
    x = run.data.test.x[:7]
    np.save("x.npy", x)
    np.savez("x.npz", x=x)
    found = run.predict(x)
    for name in ("x.npy", "x.npz"):
        np.testing.assert_array_equal(run.predict(name).probabilities, found.probabilities)
    found.write("p.csv")
    rows = list(csv.DictReader(Path("p.csv").read_text().splitlines()))
    assert [int(r["prediction"]) for r in rows] == found.labels.tolist()
    assert float(rows[3]["p(4)"]) == pytest.approx(found.probabilities[3, 4], abs=1e-6)
    found.write("p.npz")
    with np.load("p.npz") as file:
        np.testing.assert_array_equal(file["prediction"], found.labels)
    with pytest.raises(UsageError, match=r"\.csv or \.npz"):
        found.write("p.xlsx")


def test_predicting_the_wrong_shape_is_named(run):
    with pytest.raises(UsageError, match=r"trained on examples of shape \(1, 8, 8\); these have \(9,\)"):
        run.predict(np.zeros((2, 9)))
    flat = run.data.test.x[:5].reshape(5, 64)
    np.testing.assert_array_equal(
        run.predict(flat).probabilities, run.predict(flat.reshape(5, 1, 8, 8)).probabilities
    )


def test_a_report_is_written_again_the_same(run):
    before = run.folder.report.read_text()
    run.folder.report.unlink()
    assert gradatim.load(run.path).report() == run.folder.report
    assert run.folder.report.read_text() == before


def test_the_worst_mistakes_are_in_the_report_the_worst_first(run):
    a, y = run.measured.a, run.measured.y
    every = evidence_of(run.trained, run.data.test, a, y, run.records, 0)
    found = next(one for one in every if isinstance(one, Mistakes))
    wrong = run.trained.problem.answer(a) != y
    assert found.wrong == wrong.sum() and len(found.rows) == min(24, wrong.sum())
    assert list(found.probability_of_true) == sorted(found.probability_of_true)
    losses = run.trained.problem.example_losses(a, y)
    assert found.rows[0] == np.argmax(np.where(wrong, losses, -1))
    assert all(true != said for true, said in zip(found.true, found.predicted, strict=True))
    np.testing.assert_array_equal(found.examples[0].picture, run.data.test.x[found.rows[0]])


def test_data_are_described():
    facts = describe_data("digits")
    assert facts["n"] == 1797 and facts["classes"]["3"] == 183 and facts["largest"] == 16


def test_show_counts_the_parameters_of_2_3_1():  # B3
    result = show("mlp", {"in_features": 2, "hidden": 3, "out_features": 1})
    assert result["parameters"] == 13
    assert [row["parameters"] for row in result["layers"]] == [0, 9, 0, 4]


def test_show_says_what_a_network_costs():  # D21
    result = show("resnet50_tv", batch_size=2, optimizer="momentum")
    assert result["input"] == [3, 224, 224]
    assert result["activations"]["convolutions"] == 11_113_984
    assert result["activations"]["convolutions_and_sums"] == 16_633_344
    assert result["multiply_adds"] == 4_089_184_256
    bytes_ = result["bytes"]
    assert bytes_["prediction"]["weights"] == 4 * (25_557_032 + 2 * 26_560) + 8 * 53
    assert bytes_["training"]["gradients"] == bytes_["training"]["optimizer"] == 4 * 25_557_032
    assert bytes_["training"]["kept"] == result["activations"]["kept_for_backward"]["bytes"]
    assert bytes_["as_often_counted"] == 4 * (25_557_032 + 2 * 16_633_344)
    assert show("resnet50_tv")["bytes"]["as_often_counted"] == 4 * (25_557_032 + 16_633_344)


def test_show_says_where_a_network_cannot_train():
    result = show("resnet18", input_size=32)
    assert result["bytes"]["training"]["refused"].startswith(
        "resnet18 cannot train on a batch of one example"
    )
    assert result["activations"]["kept_for_backward"] is None
    assert show("resnet18", input_size=32, batch_size=2)["bytes"]["training"]["kept"] > 0


def test_show_takes_a_size_where_the_network_is_built_for_one_and_where_not():
    assert show("vgg11", {"width": 0.1}, input_size=[64, 32])["input"] == [3, 64, 32]
    assert show("resnet20", input_size=8)["layers"][-2]["output"] == [64, 1, 1]
    assert show("c3d", {"width": 0.1}, input_size=[16, 32, 32])["input"] == [3, 16, 32, 32]
    with pytest.raises(UsageError, match="vgg11 needs pictures of at least 32×32"):
        show("vgg11", input_size=16)
    with pytest.raises(UsageError, match=r"mlp reads no pictures of a size: leave out input_size$"):
        show("mlp", {"in_features": 4, "out_features": 2}, input_size=16)
    with pytest.raises(UsageError, match="adam is no network"):
        show("adam", input_size=16)
    with pytest.raises(UsageError, match="unknown optimizer 'adma'"):
        show("resnet20", optimizer="adma")


@pytest.mark.slow  # test_show asks every entry for its parts; here is all of the text
def test_everything_in_the_catalogue_can_be_shown():
    from gradatim import catalog

    for entry in catalog.entries():
        if not re.search("110|1202|101|152|161|169|201", entry.name):  # their hundreds of layers take seconds
            text = show(entry.name)["entries"][0]["text"]
            assert len(text) > 10, entry.name


def test_the_doctor_finds_this_machine_well():
    result = doctor()
    assert all(check["ok"] for check in result["checks"]), result["checks"]
    assert result["facts"]["gradatim"] == gradatim.__version__


def test_a_folder_without_a_run_is_said_so(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(GradatimError, match=r"holds no run: there is no config\.json"):
        gradatim.load("empty")

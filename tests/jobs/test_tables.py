"""Tables through the jobs: trained, measured, found again, predicted, reported."""

import json

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression

import gradatim
from gradatim.checks import GradatimError, UsageError

QUICK = {"epochs": 3, "hidden": 8, "threads": 1, "quiet": True}


def shop(n=400, seed=0):
    """Customers; who leaves depends on all columns but the name."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "name": [f"n{i}" for i in range(n)], "spent": rng.lognormal(3, 1, n),
        "visits": rng.integers(0, 40, n),
        "town": rng.choice(["Rome", "Oslo", "Kyiv"], n), "member": rng.choice(["yes", "no"], n),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
    })  # fmt: skip
    score = 0.1 * frame["visits"] + (frame["town"] == "Rome") * 2 + (frame["member"] == "yes") - 3
    frame["left"] = np.where(score + rng.logistic(0, 0.3, n) < 0, "gone", "stays")
    frame["price"] = 100 + 20 * score + rng.normal(0, 2, n)
    frame.loc[rng.random(n) < 0.1, "visits"] = np.nan
    return frame


@pytest.fixture
def file(tmp_path):
    shop().to_csv(tmp_path / "shop.csv", index=False)
    return tmp_path / "shop.csv"


@pytest.mark.parametrize("engine", ["numpy", pytest.param("torch", marks=pytest.mark.slow)])
def test_a_file_is_learned_measured_and_found_again(file, engine):
    run = gradatim.train(file, target="left", ignore="price", engine=engine, quiet=True)
    assert run.metrics["accuracy"] > 0.8
    assert run.metrics["auc"] > 0.9
    again = gradatim.load(run.path)
    assert again.evaluate() == run.evaluate()
    assert again.data.reference["fingerprint"] == run.data.reference["fingerprint"]
    assert again.evaluate(file)["n"] == 400
    shorter = again.predict(file).labels
    np.testing.assert_array_equal(shorter, again.predict(shop()).labels)
    assert set(shorter) == {"gone", "stays"}
    page = run.folder.report.read_text()
    assert any(town in page for town in ("Rome", "Oslo", "Kyiv"))  # of those that are mistaken
    stored = json.loads(run.folder.model_json.read_text())["encoder"]
    assert [one["name"] for one in stored["columns"]] == ["spent", "visits", "town", "member", "since"]


def test_columns_may_be_shuffled_and_missing_and_categories_unknown(file):
    run = gradatim.train(file, target="left", ignore=["price"], **QUICK)
    frame = shop(50, 1)
    expected = run.predict(frame)
    shuffled = frame[["since", "town", "visits", "member", "spent"]]
    np.testing.assert_array_equal(run.predict(shuffled).probabilities, expected.probabilities)
    odd = frame.drop(columns=["since", "spent"]).assign(town="Qom")
    found = run.predict(odd)
    assert np.isfinite(found.probabilities).all()
    filled = "missing values, filled in as training does: 12 in 'visits'"
    assert found.notices == (
        "missing columns, taken as missing values: 'spent', 'since'", "unknown categories: 50 in 'town'",
        filled,
    )  # fmt: skip
    assert expected.notices == (filled,)
    assert run.evaluate(odd)["notices"] == list(found.notices)
    with pytest.raises(UsageError, match="the network was trained on a table: give it one"):
        run.predict(np.zeros((3, 5)))
    with pytest.raises(UsageError, match="the network was trained on a table; digits is none"):
        run.evaluate("digits")


def test_it_is_gone_on_with_exactly(file):
    how = {"target": "left", "ignore": ["price"], "group": "town", **QUICK}
    whole = gradatim.train(file, **{**how, "epochs": 4, "schedule": "constant"})
    gradatim.train(file, out="half", **{**how, "epochs": 2, "schedule": "constant"})
    run = gradatim.train(resume="half", epochs=4, quiet=True)
    assert run.evaluate() == whole.evaluate()
    with pytest.raises(UsageError, match="task cannot change"):
        gradatim.train(resume="half", task="regression", quiet=True)
    file.write_text(file.read_text().replace("gone", "went"))
    with pytest.raises(GradatimError, match="the data have changed since this run began"):
        gradatim.train(resume="half", epochs=6, quiet=True)


def test_validation_and_test_files_of_their_own(file, tmp_path):
    for seed, name in ((1, "valid.csv"), (2, "test.csv")):
        shop(60, seed).assign(town="Qom").to_csv(tmp_path / name, index=False)
    run = gradatim.train(file, target="left", ignore="price", valid=str(tmp_path / "valid.csv"),
                         test=str(tmp_path / "test.csv"), **QUICK)  # fmt: skip
    assert run.config["data"]["splits"] == {"train": 400, "valid": 60, "test": 60}
    assert gradatim.load(run.path).evaluate() == run.evaluate()
    (tmp_path / "none.csv").write_text("town,visits\nRome,1\n")
    with pytest.raises(UsageError, match=r"none.csv has no column 'left' to compare with"):
        gradatim.train(file, target="left", ignore="price", test=str(tmp_path / "none.csv"), **QUICK)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
@pytest.mark.parametrize("loss", [None, "huber", "gaussian_nll"])
def test_a_number_is_learned_in_its_own_unit(file, engine, loss):
    run = gradatim.train(
        file, target="price", ignore="left", engine=engine, loss=loss, hidden=32, epochs=40, quiet=True
    )
    assert run.metrics["r2"] > 0.8  # a tenth of the visits, which matter most, is missing
    found = run.predict(shop(50, 1))
    assert found.labels.shape == (50, 1)
    assert np.corrcoef(found.labels[:, 0], shop(50, 1)["price"])[0, 1] > 0.9
    if loss is not None:
        outputs = "2 outputs" if loss == "gaussian_nll" else "one output"
        assert run.config["choices"]["head"] == f"one number: {outputs}, {loss} as asked"
    ends = {"low", "high"} if loss == "gaussian_nll" else set()
    assert found.rows()[0].keys() == {"example", "prediction"} | ends
    assert run.metrics == gradatim.load(run.path).evaluate()["metrics"]
    assert found.to_csv().startswith("example,prediction")


@pytest.mark.parametrize(
    ("target", "loss", "sentence"),
    [
        (
            "price",
            "cross_entropy",
            "the loss cross_entropy is of classification; regression takes squared_error or",
        ),
        (
            "left",
            "gaussian_nll",
            "the loss gaussian_nll is of regression; classification takes cross_entropy or",
        ),
        ("left", "multilabel", "the loss multilabel is of multilabel; classification takes"),
        ("price", "hubr", "unknown loss 'hubr': did you mean huber"),
    ],
)
def test_a_loss_of_another_task_is_refused(file, target, loss, sentence):
    with pytest.raises(UsageError, match=sentence):
        gradatim.train(file, target=target, loss=loss, **QUICK)


def test_the_metrics_of_a_run_are_scikit_learn_s(file):
    run = gradatim.train(file, target="price", ignore="left", **QUICK)
    y, p = run.measured.y, run.trained.problem.predictions(run.measured.a)
    assert run.metrics["rmse"] == pytest.approx(sklearn.metrics.root_mean_squared_error(y, p), rel=1e-9)
    assert run.metrics["r2"] == pytest.approx(sklearn.metrics.r2_score(y, p), rel=1e-9)
    run = gradatim.train(file, target="left", ignore="price", **QUICK)
    p = run.trained.problem.predictions(run.measured.a)
    auc = sklearn.metrics.roc_auc_score(run.measured.y, p[:, 1])
    assert run.metrics["auc"] == pytest.approx(auc, rel=1e-9)


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_several_targets(engine):
    frame = shop()
    frame["rich"] = np.where(frame["spent"] > 20, "yes", "no")
    run = gradatim.train(
        frame, target=["member", "rich"], ignore=["left", "price"], engine=engine, **{**QUICK, "epochs": 40}
    )
    assert run.metrics.keys() == {"subset_accuracy", "hamming_loss", "loss"}
    assert 0 <= run.metrics["hamming_loss"] < 0.5
    assert 0 <= run.records[-1]["valid_accuracy"] <= 1
    assert run.predict(frame).labels.shape == (400, 2)
    run = gradatim.train(frame, target="price,visits", ignore="left", engine=engine, **QUICK)
    assert run.predict(frame).labels.shape == (len(frame), 2)
    assert gradatim.load(run.path).trained.problem.names == ("price", "visits")


def test_diabetes_is_learned_as_well_as_by_least_squares():
    """scikit-learn's 442 patients: R² on the test split beside a linear model's on the same rows."""
    x, y = load_diabetes(return_X_y=True, as_frame=True)
    run = gradatim.train(x.assign(target=y), target="target", patience=10, quiet=True)
    train, test = run.data.train, run.data.test
    linear = LinearRegression().fit(train.x, train.y).score(test.x, test.y)
    assert run.metrics["r2"] > linear - 0.1

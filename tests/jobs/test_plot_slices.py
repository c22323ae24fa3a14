"""A boundary or a fit along chosen inputs: what is drawn is what the run predicts there."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.train import train

QUICK = {"epochs": 5, "hidden": [8], "quiet": True, "baselines": False}


def texts(path):
    return ["".join(node.itertext()) for node in ElementTree.parse(path).iter() if node.tag.endswith("text")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("slices")


@pytest.fixture(scope="module")
def frame():
    draws = np.random.default_rng(0)
    age, income = draws.normal(40, 10, 300), draws.normal(30, 8, 300)
    town = draws.choice(["Rome", "Oslo", "Bonn"], 300, p=[0.5, 0.3, 0.2])
    return pd.DataFrame({
        "age": age.round(2), "income": income.round(2), "town": town,
        "member": draws.choice(["yes", "no"], 300, p=[0.7, 0.3]), "spend": (3 * age + income).round(2),
        "buys": np.where(age > income + 10, "yes", "no"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def buying(folder, frame):
    frame.drop(columns="spend").to_csv(folder / "buys.csv", index=False)
    return train(str(folder / "buys.csv"), target="buys", out=folder / "buying", **QUICK)


@pytest.fixture(scope="module")
def spending(folder, frame):
    frame.drop(columns="buys").to_csv(folder / "spend.csv", index=False)
    return train(
        str(folder / "spend.csv"), target="spend", loss="gaussian_nll", out=folder / "spending", **QUICK
    )


def middle(run):
    """The other columns as an independent reader of the training rows finds them."""
    rows = run.data.train
    numbers = {name: float(np.median(rows.x[:, rows.features.index(name)])) for name in ("age", "income")}
    return numbers | {"town": "Rome", "member": "yes"}


def test_a_fit_is_what_predict_says_with_the_other_inputs_at_their_middle(buying, tmp_path):
    said = plot("fit", buying, arguments={"x": "age"}, out=tmp_path / "f.svg")
    rows = pd.DataFrame([middle(buying) | {"age": age} for age in said["x"]])
    p = buying.predict(rows).arrays["probabilities"][:, 1]
    np.testing.assert_allclose(said["prediction"]["p(yes)"], p, rtol=1e-5)
    assert said["held"] == {"income": middle(buying)["income"], "town": "Rome", "member": "true"}
    words = texts(tmp_path / "f.svg")
    assert {"age", "probability of yes", "p(yes)", "no", "test example"} <= set(words)
    assert any(word.startswith("other inputs at their median or commonest value: income ") for word in words)


def test_a_fit_of_a_distribution_has_its_interval(spending, tmp_path):
    said = plot("fit", spending, arguments={"x": "income"}, out=tmp_path / "f.svg")
    rows = pd.DataFrame([middle(spending) | {"income": income} for income in said["x"]])
    found = spending.predict(rows).arrays["prediction"].ravel()
    np.testing.assert_allclose(said["prediction"]["prediction"], found, rtol=1e-5)
    assert {"90% interval", "training example", "spend"} <= set(texts(tmp_path / "f.svg"))


def test_a_boundary_over_two_chosen_columns_counts_the_rows_as_they_are(buying, tmp_path):
    for y in ("income", "member"):
        said = plot("boundary", buying, arguments={"x": "age", "y": y}, out=tmp_path / "b.svg")
        assert said["accuracy_on_test_examples"] == buying.metrics["accuracy"]
        assert {"age", y, "yes", "no", "p(yes)"} <= set(texts(tmp_path / "b.svg"))
    assert "points of equal member are spread" in texts(tmp_path / "b.svg")[-1]


def test_the_truth_table_of_xor_is_drawn(tmp_path):
    run = train("xor:noise=0,n=200", out=tmp_path / "xor", quiet=True, baselines=False)
    said = plot("boundary", run, out=tmp_path / "x.svg")
    assert said == {
        "plot": str(tmp_path / "x.svg"), "accuracy_on_training_examples": 1.0,
        "accuracy_on_test_examples": 1.0,
    }  # fmt: skip


def test_one_input_needs_no_name(tmp_path):
    run = train("sine:n=100", out=tmp_path / "sine", epochs=3, quiet=True, baselines=False)
    said = plot("fit", run, out=tmp_path / "f.svg")
    rows = pd.DataFrame({"x": said["x"]})
    np.testing.assert_allclose(
        said["prediction"]["prediction"], run.predict(rows).arrays["prediction"].ravel(), rtol=1e-5
    )


def test_inputs_without_names_are_counted(tmp_path):
    draws = np.random.default_rng(0).standard_normal((120, 3))
    run = train((draws, (draws[:, 2] > 0).astype(int)), out=tmp_path / "run", **QUICK)
    said = plot("boundary", run, arguments={"x": 2, "y": "feature 0"}, out=tmp_path / "b.svg")
    assert list(said["held"]) == ["feature 1"] and "feature 2" in texts(tmp_path / "b.svg")


@pytest.mark.parametrize(
    ("what", "arguments", "sentence"),
    [
        ("boundary", {}, r"over 2 of the 4 inputs of .*: say x=COLUMN y=COLUMN, of age, income, member$"),
        ("boundary", {"x": "age"}, r"over 2 of the 4 inputs of "),
        ("boundary", {"x": "age", "y": "age"}, "a boundary has two axes: name another column"),
        ("boundary", {"x": "age", "y": "town"}, "a boundary is drawn over numbers; town is a category"),
        ("boundary", {"x": "agee", "y": "town"}, "no column 'agee' to be drawn over: did you mean age"),
        ("boundary", {"z": "age"}, "plot boundary takes no argument 'z'"),
        ("fit", {}, r"a fit is drawn over 1 of the 4 inputs of .*: say x=COLUMN, of age"),
        ("fit", {"y": "age"}, "plot fit takes no argument 'y'"),
        ("fit", {"x": "age", "target": "buys"}, "target=NAME is for several numbers"),
    ],
)
def test_what_cannot_be_drawn_is_said(what, arguments, sentence, buying):
    with pytest.raises(UsageError, match=sentence):
        plot(what, buying, arguments=arguments)


def test_of_several_numbers_one_is_named(folder, frame, tmp_path):
    frame[["age", "income", "spend"]].to_csv(folder / "two.csv", index=False)
    run = train(str(folder / "two.csv"), target="income,spend", out=tmp_path / "run", **QUICK)
    with pytest.raises(UsageError, match="say target=NAME, of income, spend"):
        plot("fit", run)
    with pytest.raises(UsageError, match="unknown target 'spent': did you mean spend"):
        plot("fit", run, arguments={"target": "spent"})
    plot("fit", run, arguments={"target": "spend"}, out=tmp_path / "f.svg")
    assert "spend" in texts(tmp_path / "f.svg")

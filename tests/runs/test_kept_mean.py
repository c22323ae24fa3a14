"""`kept.safetensors` with several models: old files are read, and shares that cannot be are said."""

import shutil

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import GradatimError
from gradatim.problems.classes import Classes
from gradatim.problems.labels import Labels
from gradatim.problems.numbers import Numbers
from gradatim.runs.folder import Folder
from gradatim.runs.kept_mean import KeptMean, as_models_give, mean_outputs, read_kept, write_kept
from gradatim.runs.kept_model import Constant, KeptModel, Linear
from gradatim.runs.tensors import read_tensors, write_tensors


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run of three classes with the linear model and the trees beside its network, and the table."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 300))
    frame = pd.DataFrame({"a": a, "b": b, "grade": np.digitize(a + b * b, [0, 1.5]).astype(str)})
    place = tmp_path_factory.mktemp("mean") / "run"
    how = {"epochs": 1, "hidden": 4, "threads": 1, "quiet": True, "seed": 0}
    gradatim.train(frame, target="grade", keep_best_model=True, out=place, **how)
    return place, frame


def rewritten(place, change):
    """The run's file, its record changed, in a copy of the folder."""
    shutil.rmtree("run", ignore_errors=True)
    shutil.copytree(place, "run")
    folder = Folder("run")
    tensors, record = read_tensors(folder.kept, "file", "np")
    write_tensors(folder.kept, *change(tensors, {name: v for name, v in record.items() if name != "format"}))
    return folder


def test_a_file_of_an_older_version_answers_as_it_did(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    place, frame = run
    models = read_kept(Folder(place)).models
    m = [one.name for one in models].index("boosted trees")

    def older(answers):
        def change(tensors, record):
            own = {n.removeprefix(f"{m}."): t for n, t in tensors.items() if n.startswith(f"{m}.")}
            rest = {"answers": answers, "measure": "loss", "valid": 0.25, "network_valid": 0.5}
            return own, {**record["models"][m], **rest, "network": {"accuracy": 0.5, "loss": 0.5}}

        return change

    folder = rewritten(place, older(True))
    kept = read_kept(folder)
    assert (kept.share, kept.valid, kept.mean_valid, kept.name) == (
        (0, 1),
        (0.5, 0.25),
        None,
        "boosted trees",
    )
    loaded = gradatim.load("run", data=frame)
    assert loaded.answers == "boosted trees"
    assert loaded.network_metrics == {"accuracy": 0.5, "loss": 0.5}
    loaded.trained.kept = KeptMean(models, tuple(1.0 * (k - 1 == m) for k in range(1 + len(models))))
    expected = loaded.predict(frame.drop(columns="grade")).columns()
    assert gradatim.load("run").predict(frame.drop(columns="grade")).columns() == expected
    assert "Boosted trees are best on validation (loss 0.25, the network 0.5)" in loaded.report().read_text()
    rewritten(place, older(False))
    assert gradatim.load("run").answers == "network"


BAD = {
    "a share too few": ({"share": [1.0, 0.0]}, "share and valid must have 3 numbers"),
    "a loss too few": ({"valid": [1.0, 1.0]}, "share and valid must have 3 numbers"),
    "a sum of two": ({"share": [1.0, 0.5, 0.5]}, "the shares must sum to 1; their sum is 2"),
    "less than nothing": ({"share": [-0.5, 1.0, 0.5]}, r"share\[0\] must be a share from 0 to 1"),
    "no number": ({"share": [float("nan"), 1.0, 0.0]}, r"share\[0\] must be a share from 0 to 1"),
    "a text": ({"share": ["all", 1.0, 0.0]}, r"share\[0\] must be a share from 0 to 1"),
    "no loss": ({"share": [0.5, 0.5, 0.0], "mean_valid": None}, "mean_valid must be a number"),
    "no models": ({"models": []}, "models must be a list of at least 1"),
    "a model that is none": ({"models": [3, 4]}, r"models\[0\] must be an object"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_shares_that_cannot_be_are_said(run, name, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    changed, message = BAD[name]
    folder = rewritten(run[0], lambda tensors, record: (tensors, {**record, **changed}))
    with pytest.raises(GradatimError, match=rf"^run/kept\.safetensors is damaged: .*{message}"):
        read_kept(folder)


def test_two_models_of_one_name_are_said(run, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def twice(tensors, record):
        models = [{**one, "name": "boosted trees"} for one in record["models"]]
        return tensors, {**record, "models": models}

    with pytest.raises(GradatimError, match="two of its models have the same name"):
        read_kept(rewritten(run[0], twice))


def test_what_is_written_is_read(tmp_path):
    line = Linear({"weight": np.array([[1.0, 2.0]]), "bias": np.array([0.5])})
    models = (
        KeptModel("linear model", "ridge", (line,)),
        KeptModel("boosted trees", "trees", (Constant({"value": np.array([2.0])}),)),
    )
    kept = KeptMean(models, (0.2, 0.3, 0.5), "rmse", (1.0, np.inf, 0.5), 0.25, {"rmse": 3.0})
    write_kept(Folder(tmp_path), kept)
    found = read_kept(Folder(tmp_path))
    assert found.shares == {"network": 0.2, "linear model": 0.3, "boosted trees": 0.5}
    assert (found.valid, found.mean_valid, found.network) == (kept.valid, 0.25, {"rmse": 3.0})
    assert found.models[0].parts[0].tensors["weight"].tolist() == [[1, 2]]
    assert found.models[1].as_dict() == models[1].as_dict()
    assert found.work(100.0) == 100 + 2 + 1


@pytest.mark.parametrize(
    ("problem", "outputs"),
    [
        (Classes(("n", "y"), "binary_cross_entropy"), 1), (Classes(("n", "y"), "focal"), 1),
        (Classes(("a", "b", "c"), "cross_entropy"), 3), (Classes(("a", "b", "c"), "hinge"), 3),
        (Labels(("r", "b"), "multilabel"), 2), (Numbers(("y",), "squared_error", (3.0,), (2.0,)), 1),
    ],
)  # fmt: skip
def test_predictions_are_the_mean_of_predictions(problem, outputs):
    a = 3 * np.random.default_rng(0).normal(size=(3, 50, outputs))
    share = np.array([0.2, 0.3, 0.5])
    expected = sum(s * problem.predictions(one) for s, one in zip(share, a, strict=True))
    np.testing.assert_allclose(problem.predictions(mean_outputs(problem, a, share)), expected, rtol=1e-12)


def test_a_network_with_two_outputs_for_two_classes_is_averaged_too():
    """One of your own, with a loss that one output is enough for."""
    problem, a = (
        Classes(("n", "y"), "focal"),
        np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32),
    )
    found = as_models_give(problem, a)
    assert found.shape == (50, 1)
    np.testing.assert_allclose(problem.predictions(found), problem.predictions(a), rtol=1e-6)

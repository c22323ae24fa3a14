"""Autoencoders through every verb: digits, a table, pictures in a folder."""

import csv

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

import gradatim
from gradatim import UsageError
from gradatim.runs.tensors import read_tensors

QUICK = {"quiet": True, "threads": 1}
MODELS = {
    "autoencoder": {"hidden": [16, 4], "corruption": "masking"},
    "vae": {"hidden": [16], "latent": 4, "samples": 5},
}
TABLE = {"quiet": True, "threads": 1, "epochs": 3}


def table(path, rows=150):
    rng = np.random.default_rng(0)
    size = rng.normal(size=rows)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["size", "weight", "town", "kind"])
        for s in size:
            town = "Oslo" if s > 0 else "Rome"
            writer.writerow(
                [f"{s:.4f}", f"{3 * s + 1 + 0.1 * rng.normal():.4f}", town, rng.choice(["a", "b"])]
            )
    return path


def weights(folder):
    return read_tensors(f"{folder}/model.safetensors", "model")[0]


@pytest.mark.parametrize("model", MODELS)
def test_a_run_is_trained_measured_loaded_and_reported(model):
    run = gradatim.train("digits", model=model, network=MODELS[model], epochs=3, out="run", **QUICK)
    assert gradatim.load("run").evaluate() == run.evaluate()
    seen = run.trained.encoder.inputs(run.data.test).reshape(len(run.data.test), -1)
    assert seen.min() == 0 and seen.max() == 1
    again = run.predict(run.data.test.x)
    error = np.mean((again.arrays["prediction"] - seen) ** 2)
    assert run.metrics["reconstruction_error"] == pytest.approx(error, rel=1e-5)
    page = (run.path / "report.html").read_text()
    assert "variance is reconstructed" in page and "reconstruction error" in page


@pytest.mark.parametrize("model", MODELS)
def test_it_goes_on_to_the_same_bits(model):
    how = {"model": model, "network": MODELS[model], **QUICK, "schedule": "constant"}
    gradatim.train("digits", epochs=3, out="whole", **how)
    gradatim.train("digits", epochs=1, out="half", **how)
    gradatim.train(resume="half", epochs=3, quiet=True)
    whole, half = weights("whole"), weights("half")
    assert whole.keys() == half.keys()
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_the_task_alone_chooses_an_autoencoder():
    run = gradatim.train("digits", task="reconstruction", epochs=1, out="run", **QUICK)
    assert run.trained.network["name"] == "autoencoder" and run.trained.module().units == [64, 8]


def test_the_usual_settings_keep_more_than_as_many_principal_components():
    run = gradatim.train("digits", task="reconstruction", out="run", **QUICK)
    parts = [
        run.trained.encoder.inputs(part).reshape(len(part), -1) for part in (run.data.train, run.data.test)
    ]
    x, test = (part.astype(np.float64) for part in parts)
    mean = x.mean(0)
    V = np.linalg.svd(x - mean, full_matrices=False)[2][:8]
    left = np.mean((test - mean - (test - mean) @ V.T @ V) ** 2)
    assert run.metrics["reconstruction_error"] < 0.8 * left


def test_a_row_s_error_and_bound_are_among_the_predictions(tmp_path):
    run = gradatim.train(
        "digits", model="autoencoder", network=MODELS["autoencoder"], epochs=1, out="a", **QUICK
    )
    x = run.data.test.x
    seen = run.trained.encoder.encode(x).reshape(len(x), -1)
    found = run.predict(x)
    expected = ((found.arrays["prediction"] - seen) ** 2).mean(1)
    np.testing.assert_allclose(found.arrays["reconstruction_error"], expected, rtol=1e-6)
    assert found.to_csv().startswith("example,reconstruction_error,x1,x2,")
    run = gradatim.train("digits", model="vae", network=MODELS["vae"], epochs=1, out="v", **QUICK)
    found = run.predict(x)
    assert found.to_csv().startswith("example,elbo,iwae_bound,x1,")
    assert found.arrays["elbo"].mean() == pytest.approx(run.metrics["elbo"], rel=1e-5)
    assert (found.arrays["elbo"] <= found.arrays["iwae_bound"] + 1e-4).all()
    np.testing.assert_allclose(run.predict(x[:3]).arrays["elbo"], found.arrays["elbo"][:3], rtol=1e-5)


@pytest.mark.parametrize("model", MODELS)
def test_a_table_of_numbers_and_categories_is_learned(tmp_path, model):
    path = table(tmp_path / "t.csv")
    run = gradatim.train(path, model=model, out=tmp_path / "run", **TABLE)
    assert run.evaluate(path)["n"] == 150
    assert run.trained.module().in_features == 2 + 2 + 2
    frame = pd.DataFrame(
        {"size": [0.5, 2.0], "weight": [2.5, -5.0], "town": ["Oslo", "Oslo"], "kind": ["a", "a"]}
    )
    strange = run.predict(frame)
    inputs = [name for name in strange.to_polars().columns if name.startswith("reconstruction ")]
    assert inputs == [f"reconstruction {name}" for name in ("size", "weight", "town", "kind")]
    again = strange.arrays["prediction"].astype(np.float64)
    size, _, town, _ = run.trained.encoder.as_dict()["columns"]
    expected = size["shift"] + size["scale"] * again[:, 0]
    np.testing.assert_allclose(strange.columns()["reconstruction size"], expected, rtol=1e-12)
    likeliest = [town["categories"][k] for k in again[:, 2:4].argmax(1)]
    assert strange.columns()["reconstruction town"] == likeliest
    page = (run.path / "report.html").read_text()
    assert '<th scope="col" class="number">size</th>' in page
    name, sign = ("elbo", -1) if model == "vae" else ("reconstruction_error", 1)
    usual, odd = sign * np.asarray(strange.columns()[name])
    assert odd > usual + 1  # an anomaly has a score of its own


def test_bernoulli_outputs_are_probabilities_and_its_loss_is_their_cross_entropy():
    how = {"model": "autoencoder", "network": {"hidden": [8]}, "loss": "bernoulli_nll", "epochs": 2, **QUICK}
    run = gradatim.train("digits", out="run", **how)
    p = run.predict(run.data.test.x).arrays["prediction"]
    x = run.trained.encoder.inputs(run.data.test).reshape(len(p), -1)
    expected = torch.nn.functional.binary_cross_entropy(torch.tensor(p), torch.tensor(x), reduction="none")
    assert run.metrics["loss"] == pytest.approx(expected.sum(1).mean().item(), rel=1e-4)
    assert p.min() >= 0 and p.max() <= 1


def test_a_target_that_nobody_reads_is_said_and_left_out(tmp_path, capsys):
    path = table(tmp_path / "t.csv")
    run = gradatim.train(
        path, target="town", task="reconstruction", epochs=1, threads=1, out=tmp_path / "run"
    )
    said = "".join(capsys.readouterr())
    assert "reconstruction learns no target: 'town' stays out of the inputs" in said
    assert run.trained.module().in_features == 4


ROWS = np.random.default_rng(0).random((60, 5))


@pytest.mark.parametrize(
    ("data", "asked", "said"),
    [
        (ROWS * [1, 1, 1, 1, 9], {"model": "vae", "loss": "bernoulli_nll"}, r"at 4: scale it as \(x − "),
        (ROWS * 2 - 1, {"model": "autoencoder", "loss": "bernoulli_nll"}, "numbers from 0 to 1"),
        (np.ones((60, 5)), {"task": "reconstruction"}, "there is no variance"),
        (ROWS[:1], {"task": "reconstruction"}, "one|1 example|too few|at least"),
        (np.where(ROWS > 0.99, np.nan, ROWS), {"model": "vae"}, "nan|NaN|missing|finite"),
        (ROWS, {"model": "vae", "loss": "squared_error"}, "squared_error is of"),
        (ROWS, {"model": "vae", "loss": lambda a, y: a}, "the loss of a density is a likelihood"),
        (ROWS, {"model": "autoencoder", "loss": "cross_entropy"}, "cross_entropy is of classification"),
        (ROWS, {"model": "autoencoder", "task": "map"}, "is for --task reconstruction, not for --task map"),
        (ROWS, {"model": "mlp", "task": "density"}, "mlp does not learn --task density; vae does"),
        (ROWS, {"model": "autoencoder", "network": {"latent": 3}}, "autoencoder .*latent"),
        (ROWS, {"model": "autoencoder", "dropout": 0.5}, "dropout"),
        (ROWS, {"model": "vae", "network": {"beta": "high"}}, "beta must be a number"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(data, asked, said):
    with pytest.raises(UsageError, match=said):
        gradatim.train(data, epochs=1, out="run", **asked, **QUICK)


def test_numbers_from_0_to_1_are_bernoulli_s_as_they_are():
    run = gradatim.train(ROWS, model="vae", loss="bernoulli_nll", epochs=1, out="run", **QUICK)
    assert np.array_equal(run.trained.encoder.inputs(run.data.test), run.data.test.x.astype("f4"))


@pytest.mark.parametrize("grey", [True, False])
@pytest.mark.parametrize("classes", [True, False])
def test_a_folder_of_pictures_needs_no_classes(tmp_path, grey, classes):
    rng = np.random.default_rng(0)
    for number in range(24):
        place = tmp_path / "shots" / ("ab"[number % 2] if classes else "")
        place.mkdir(parents=True, exist_ok=True)
        x = rng.integers(0, 256, (7, 10) if grey else (7, 10, 3), dtype=np.uint8)
        Image.fromarray(x).save(place / f"{number}.png")
    run = gradatim.train(tmp_path / "shots", task="reconstruction", epochs=1, out=tmp_path / "run", **QUICK)
    assert run.trained.network["name"] == "conv_autoencoder"
    assert run.trained.network["in_channels"] == (1 if grey else 3)
    assert gradatim.load(tmp_path / "run").evaluate() == run.evaluate()
    assert run.evaluate(tmp_path / "shots")["n"] == 24
    assert run.predict(tmp_path / "shots").to_csv().startswith("file,reconstruction_error,x1,")
    longer = gradatim.train(resume=tmp_path / "run", epochs=2, quiet=True)
    assert [r["epoch"] for r in longer.records] == [1, 2]

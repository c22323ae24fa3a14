"""A machine that learns without targets, through every verb."""

import numpy as np
import pytest
import torch

import gradatim
from gradatim import UsageError
from gradatim.data.digits import digits
from gradatim.jobs.plot import plot
from gradatim.runs.tensors import read_tensors

HOW = {"model": "rbm", "network": {"hidden": 16}, "threads": 1, "quiet": True}


def test_it_is_trained_measured_and_answers_with_the_input_again():
    run = gradatim.train("digits", epochs=5, out="run", **HOW)
    rows = run.data.test.x.reshape(len(run.data.test), -1) / 16  # grey values from 0 to 16
    x = run.trained.module().answers(torch.tensor(rows, dtype=torch.float32)).detach().numpy()
    error = np.mean((x.astype(np.float64) - rows.astype(np.float32)) ** 2)
    assert run.metrics["reconstruction_error"] == pytest.approx(error, rel=1e-6)
    spread = rows.astype(np.float32).astype(np.float64).var(0).mean()
    assert run.metrics["variance_explained"] == pytest.approx(1 - error / spread, rel=1e-6)
    assert gradatim.load("run").evaluate() == run.evaluate()
    page = (run.path / "report.html").read_text()
    assert "reconstruction error" in page


def test_it_goes_on_to_the_same_bits():
    gradatim.train("digits", epochs=4, out="whole", **HOW)
    gradatim.train("digits", epochs=2, out="half", **HOW)
    gradatim.train(resume="half", epochs=4, quiet=True)
    whole, half = (read_tensors(f"{name}/model.safetensors", "model")[0] for name in ("whole", "half"))
    assert whole.keys() == half.keys()
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


@pytest.mark.parametrize("asked", [{"optimizer": "sgd"}, {"ema": 0.9}, {"schedule": "cosine"}, {"l1": 0.1}])
def test_what_contrastive_divergence_does_not_take_is_refused(asked):
    name = next(iter(asked)).replace("_", "-")
    said = f"^--{name} is not for rbm, which learns by contrastive divergence"
    with pytest.raises(UsageError, match=said):
        gradatim.train("digits", **asked, **HOW)


def test_it_has_one_layer_of_hidden_units():
    with pytest.raises(UsageError, match="rbm has one layer of hidden units; hidden is"):
        gradatim.train("digits", model="rbm", hidden=(8, 8), quiet=True)


def test_a_run_says_that_there_are_more_hidden_units_than_examples(capsys):
    x = np.random.default_rng(0).random((40, 6)).round()
    gradatim.train((x, None), model="rbm", network={"hidden": 64}, epochs=1, out="run", threads=1)
    said = "".join(capsys.readouterr())
    assert "note: 64 hidden units learn from " in said and " examples: a machine with more units" in said


def test_persistent_chains_go_on_to_the_same_bits():
    how = {**HOW, "network": {"hidden": 16, "persistent": True, "k": 2, "sparsity_target": 0.1}}
    gradatim.train("digits", epochs=3, out="whole", **how)
    gradatim.train("digits", epochs=1, out="half", **how)
    gradatim.train(resume="half", epochs=3, quiet=True)
    whole, half = (read_tensors(f"{name}/model.safetensors", "model")[0] for name in ("whole", "half"))
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_a_gaussian_machine_is_trained_measured_and_loaded():
    how = HOW | {"model": "gaussian_rbm", "network": {"hidden": 64}}
    run = gradatim.train("digits", epochs=12, out="run", **how)
    assert run.metrics["variance_explained"] > 0.3
    assert gradatim.load("run").evaluate() == run.evaluate()


@pytest.fixture(scope="module")
def overfitted(tmp_path_factory):
    """200 units that learn 72 pictures by heart."""
    how = HOW | {"network": {"hidden": 200}, "epochs": 150, "batch_size": 5, "valid": 0.4}
    return gradatim.train((digits().x[:150], None), out=tmp_path_factory.mktemp("runs") / "run", **how)


def test_free_energies_that_part_are_drawn(overfitted, tmp_path):
    drawn = plot("free-energy", overfitted, out=tmp_path / "f.svg")
    apart = [record["valid_free_energy_apart"] for record in overfitted.records]
    assert apart[-1] > 2 and apart[drawn["parted"] - 1] > 4
    words = (tmp_path / "f.svg").read_text()
    assert "mean free energy" in words and f"they part in epoch {drawn['parted']}" in words
    page = (overfitted.path / "report.html").read_text()
    assert f"They part in epoch {drawn['parted']}: the machine finds what it has not seen" in page


def test_only_a_machine_has_free_energies(tmp_path):
    run = gradatim.train("moons:n=60", epochs=1, quiet=True, baselines=False, out=tmp_path / "run")
    with pytest.raises(UsageError, match="has no free energies of training and validation; a Boltzmann"):
        plot("free-energy", run, out=tmp_path / "f.svg")


def test_tempered_chains_go_on_to_the_same_bits():
    how = {**HOW, "network": {"hidden": 16, "tempering": 4}}
    gradatim.train("digits", epochs=3, out="whole", **how)
    gradatim.train("digits", epochs=1, out="half", **how)
    gradatim.train(resume="half", epochs=3, quiet=True)
    whole, half = (read_tensors(f"{name}/model.safetensors", "model")[0] for name in ("whole", "half"))
    assert all(np.array_equal(whole[name], half[name]) for name in whole)

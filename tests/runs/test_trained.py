"""A trained network comes back as it was, from the model's files or the best of a checkpoint."""

import json

import numpy as np
import pytest
import torch
from torch import nn

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.data.encoders.plain import Plain
from gradatim.data.encoders.standardise import Standardise
from gradatim.models.building import build
from gradatim.problems.classes import Classes
from gradatim.runs.checkpoints import Checkpoints
from gradatim.runs.epoch_records import Metrics
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import read_tensors, write_tensors
from gradatim.runs.trained import Trained, load_trained, save_trained
from gradatim.training.training import Training

NETWORK = {"name": "mlp", "in_features": 3, "out_features": 2, "hidden": [4], "dropout": 0.5}
X = torch.randn(7, 3, generator=torch.Generator().manual_seed(0))


class Own(nn.Module):
    """A user's network with an argument and a buffer."""

    def __init__(self, width=4):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(3, width), nn.BatchNorm1d(width), nn.Linear(width, 2))

    def forward(self, x):
        return self.layers(x)


def trained_by(model, network=None, own=None, **more):
    options = {
        "problem": Classes(("no", "yes"), "cross_entropy"), "encoder": Plain(),
        "input_shape": (3,), "features": ("a", "b", "ü"), "targets": ("left",), **more,
    }  # fmt: skip
    return Trained(model, network, own, **options)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_a_described_network_comes_back_with_equal_outputs_and_all_that_was_said_of_it(folder, precision):
    dtype = getattr(torch, precision)
    model = build(NETWORK, seed=3, dtype=dtype)
    encoder = Standardise(np.array([0.1, 1 / 3, 1e-300]), np.array([1.0, 2.0, np.pi]))
    saved = trained_by(
        model, NETWORK, precision=precision, encoder=encoder, facts={"epoch": 4, "parameters": 26}
    )
    save_trained(folder, saved)
    loaded = load_trained(folder)
    assert torch.equal(loaded.model.eval()(X.to(dtype)), model.eval()(X.to(dtype)))
    assert loaded.as_dict() == saved.as_dict() and loaded.facts == saved.facts
    apart = {"model": None, "encoder": None}
    assert {**vars(loaded), **apart} == {**vars(saved), **apart}
    assert json.loads(folder.model_json.read_text())["format"] == 2


@pytest.mark.parametrize("name", ["Own", "mine.nets.Own"])
@pytest.mark.parametrize(("width", "make"), [(4, Own), (4, lambda: Own(width=4)), (6, lambda: Own(6))])
def test_a_class_of_ones_own_comes_back_by_its_short_or_full_name(folder, name, width, make):
    model = Own(width)
    model(X)  # moves the buffers
    save_trained(folder, trained_by(model, own="mine.nets.Own"))
    loaded = load_trained(folder, {name: make})
    assert torch.equal(loaded.model.eval()(X), model.eval()(X))
    assert loaded.own_class == "mine.nets.Own" and loaded.network is None


class Needs(Own):
    def __init__(self, width):
        super().__init__(width)


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (None, r"of your class mine.nets.Own: bring it with load\(run, classes={'Own': Own}\)"),
        ({"Other": Own}, r"of your class mine.nets.Own"),
        ({"Own": Needs}, r"cannot be made without arguments .*'width'.*classes={'Own': lambda: Own\(…\)}"),
        (
            {"Own": lambda: Own(5)},
            r"the weights in .*model.safetensors do not fit this network: layers.0.bias has",
        ),
        (
            {"Own": lambda: nn.Linear(3, 2)},
            "do not fit this network: missing weight, bias; unknown layers.0.bias",
        ),
    ],
)
def test_a_class_that_does_not_fit_is_said_so(folder, classes, said):
    save_trained(folder, trained_by(Own(), own="mine.nets.Own"))
    with pytest.raises(GradatimError, match=said):
        load_trained(folder, classes)


def changed(**changes):
    """model.json with these changes; None takes a key away."""

    def change(folder):
        content = {**json.loads(folder.model_json.read_text()), **changes}
        content = {name: value for name, value in content.items() if value is not ...}
        folder.model_json.write_text(json.dumps(content))

    return change


def truncated(folder):
    folder.model_json.write_text(folder.model_json.read_text()[:50])


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: folder.model_json.unlink(), "there is no model at .*model.json"),
        (lambda folder: folder.model.unlink(), "there is no model at .*model.safetensors"),
        (truncated, "model.json is not a model, or is damaged"),
        (changed(format=3), "model.json has format 3"),
        (changed(format=...), "not a model of Gradatim"),
        (changed(network=...), "model.json is damaged: the entry network is missing"),
        (changed(network=None), "model.json: a network is described as"),
        (changed(network={"name": "os.system"}), "model.json: unknown layer or network 'os.system'"),
        (changed(network={**NETWORK, "hidden": [5]}), "1.bias has shape .4,., expected .5,."),
        (changed(network={**NETWORK, "dropout": 0.0}), "missing 3.weight, 3.bias; unknown 4.bias, 4.weight"),
        (
            changed(precision="load"),
            "model.json is damaged: precision must be float32 or float64 or bfloat16; it is 'load'",
        ),
        (changed(problem=3), "model.json is damaged: problem must be an object"),
        (changed(problem={"kind": "riddle"}), "model.json: unknown problem 'riddle': update Gradatim"),
        (
            changed(problem={"kind": "classes", "names": [["a"]]}),
            r"model.json: names of classes must be a list of texts or numbers; it is \(\['a'\],\)",
        ),
        (changed(encoder={"name": "whiten"}), "model.json: unknown preprocessing 'whiten': update Gradatim"),
        (changed(encoder={"name": "standardise"}), "model.json: the entry encoder.shift is missing"),
        (changed(targets=3), "model.json is damaged"),
        (changed(**{"class": 5}), "model.json is damaged"),
    ],
)
def test_a_missing_damaged_foreign_or_newer_file_is_one_sentence(folder, damage, said):
    save_trained(folder, trained_by(build(NETWORK), NETWORK))
    damage(folder)
    with pytest.raises(GradatimError, match=said) as error:
        load_trained(folder)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("valid", [True, False])
def test_of_an_unfinished_run_the_best_of_the_checkpoint_is_loaded(folder, valid):
    rng = np.random.default_rng(0)
    data, other = ((rng.normal(size=(12, 3)), np.arange(12) % 2) for _ in range(2))
    training = Training(
        build(NETWORK), data, lr=0.1, batch_size=4, epochs=50, valid=other if valid else None, patience=None
    )
    for _ in training:
        if training.epoch == 30:
            break
    assert not valid or training.stopping.best_epoch < 30
    files.write_json(folder.model_json, trained_by(training.model, NETWORK).as_dict())
    metrics = Metrics(folder.metrics)
    Checkpoints(folder, metrics).save(training)
    metrics.close()
    loaded = load_trained(folder).model.state_dict()
    expected = training.best or training.model.state_dict()
    assert all(torch.equal(loaded[name], tensor) for name, tensor in expected.items())


def test_a_checkpoint_of_another_kind_is_refused(folder):
    save_trained(folder, trained_by(build(NETWORK), NETWORK))
    folder.model.unlink()
    write_tensors(folder.checkpoint, {"optimizer.0.step": torch.ones(1)}, {})
    with pytest.raises(
        GradatimError, match=r"the weights in .*checkpoint.safetensors do not fit this network"
    ):
        load_trained(folder)


def test_the_files_hold_names_and_numbers_only(folder):
    save_trained(folder, trained_by(Own(), own="mine.nets.Own"))
    tensors, numbers = read_tensors(folder.model, "model")
    assert tensors.keys() == Own().state_dict().keys() and numbers == {"format": 2}

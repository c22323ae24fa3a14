"""`--optimizer NAME:key=value`: every setting of every optimizer, on both engines."""

import numpy as np
import pytest
import torch

import gradatim
from gradatim import catalog
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.models.description import describe, expand
from gradatim.optim.numpy_updates import METHODS
from gradatim.planning.optimizer_settings import OPTIONS, optimizer_settings
from gradatim.planning.training_options import Settings
from gradatim.training.training import Training

ENTRY = {"name": "mlp", "in_features": 4, "hidden": [6], "out_features": 3, "dropout": 0.0}
OTHER = {"history_size": 1, "max_iter": 3, "tolerance_grad": 10.0, "tolerance_change": 10.0}  # than its own
PAIRS = [(name, key) for name in METHODS for key in METHODS[name].settings if key not in OPTIONS]


def blobs():
    rng = np.random.default_rng(0)
    y = np.arange(60) % 3
    return rng.normal(size=(60, 4)) + np.eye(3, 4)[y] * 2, y


def end(text, engine):
    """The loss of training examples after a short training by this optimizer."""
    settings = Settings(optimizer=text, lr=0.05, epochs=4, batch_size=60 if "lbfgs" in text else 20).check()
    by_hand = Network(expand(ENTRY), 0, "float64") if engine == "numpy" else None
    model = by_hand or build(describe(ENTRY), 0, torch.float64)
    training = Training(model, blobs(), precision="float64", **asked(settings))
    for _ in training:
        pass
    return training.evaluate(blobs())["loss"]


def asked(settings):
    return {n: v for n, v in settings.of_training().items() if n != "precision"}


def test_every_optimizer_of_the_catalogue_has_its_settings():
    assert set(METHODS) == set(catalog.names("optimizer"))


@pytest.mark.parametrize(("name", "key"), PAIRS)
def test_every_setting_of_every_optimizer_moves_both_engines_alike(name, key):
    value, plain = OTHER.get(key, 0.5), name
    text = f"{name}:{key}={value}"
    assert optimizer_settings(text) == {key: value}
    if key == "tolerance_change":  # which is looked at between the iterations of a step
        plain, text = "lbfgs:max_iter=3", f"{text},max_iter=3"
    by_hand = end(text, "numpy")
    assert by_hand == pytest.approx(end(text, "torch"), rel=1e-9)
    assert by_hand != pytest.approx(end(plain, "numpy"), rel=1e-6)


def test_several_settings_and_what_a_run_keeps_of_them():
    text = "adam:beta1=0.5,eps=1e-4"
    run = gradatim.train(blobs(), optimizer=text, epochs=2, hidden=4, threads=1, quiet=True)
    assert run.config["settings"]["optimizer"] == text
    assert run.config["choices"]["lr"] == "0.003: the default for adam"
    plain = gradatim.train(blobs(), optimizer="adam", epochs=2, hidden=4, threads=1, quiet=True)
    assert run.metrics != plain.metrics
    whole = gradatim.train(
        blobs(), optimizer=text, epochs=4, hidden=4, threads=1, quiet=True, schedule="constant"
    )
    half = gradatim.train(
        blobs(), optimizer=text, epochs=2, hidden=4, threads=1, quiet=True, schedule="constant"
    )
    assert gradatim.train(blobs(), resume=half, epochs=4, quiet=True).metrics == whole.metrics


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("momentum:momentm=0.9", "momentum takes no argument 'momentm': did you mean momentum?"),
        ("momentum:lr=0.1", "momentum takes no argument 'lr': choose from momentum"),
        ("adamw:weight_decay=0.1", "adamw takes no argument 'weight_decay': choose from beta1, beta2, eps"),
        ("sgd:momentum=0.9", "sgd takes no argument 'momentum': there is none"),
        ("momentum:momentum", "momentum of momentum must be a number; it is ''"),
        ("momentum:momentum=much", "momentum of momentum must be a number; it is 'much'"),
        ("momentum:momentum=1", "momentum must be a number at least 0 and below 1; it is 1"),
        ("adam:beta1=true", "beta1 must be a number at least 0 and below 1; it is True"),
        ("adam:eps=NaN", "eps must be a number at least 0; it is nan"),
        ("lbfgs:history_size=1.5", "history_size must be a whole number of at least 1; it is 1.5"),
        ("momentm:momentum=0.9", "unknown optimizer 'momentm': did you mean momentum?"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_before_anything_is_read(text, sentence):
    with pytest.raises(UsageError) as error:
        Settings(optimizer=text).check()
    assert str(error.value) == sentence

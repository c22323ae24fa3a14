"""D22, G1: any layer of a run as a transformer."""

import pickle
import shutil

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

import gradatim
from gradatim.checks import UsageError
from gradatim.estimators.layer_features import LayerFeatures
from gradatim.runs.asking import encode_inputs


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    home = tmp_path_factory.mktemp("runs")
    gradatim.train("digits", hidden=[16], epochs=6, out=home / "mlp", quiet=True)
    gradatim.train("digits", model="small_cnn", network={"stages": 1, "width": 0.25}, epochs=1,
                   batch_size=256, out=home / "cnn", quiet=True)  # fmt: skip
    return home


def test_they_are_the_layers_outputs(runs):
    run, x = gradatim.load(runs / "cnn"), gradatim.load_data("digits").x[:7]
    maps = run.model.features[:2](torch.from_numpy(encode_inputs(run.trained, x))).detach()
    for pooling, expected in (
        ("flatten", maps.flatten(1)),
        ("mean", maps.mean((2, 3))),
        ("max", maps.amax((2, 3))),
    ):
        found = gradatim.features(run, "features.1", pooling).transform(x)
        np.testing.assert_allclose(found, expected.numpy(), atol=1e-6)
        flat = gradatim.features(runs / "cnn", "features.1", pooling).transform(x.reshape(7, -1))
        np.testing.assert_array_equal(flat, found)


def test_they_stand_in_a_pipeline_and_a_pickle_needs_no_folder(runs, tmp_path):
    data = gradatim.load_data("digits")
    shutil.copytree(runs / "mlp", tmp_path / "run")
    made = make_pipeline(gradatim.features(tmp_path / "run", "2"), LogisticRegression(max_iter=500))
    made.fit(data.x[:300], data.y[:300])
    assert made.score(data.x[300:600], data.y[300:600]) > 0.8
    held = pickle.dumps(made)
    shutil.rmtree(tmp_path / "run")
    again = pickle.loads(held)
    np.testing.assert_array_equal(again.predict_proba(data.x[:9]), made.predict_proba(data.x[:9]))
    assert len(again[0].get_feature_names_out()) == 16


def test_scikit_learns_contract_as_far_as_it_goes(runs):
    made = LayerFeatures(str(runs / "mlp"), "2", pooling="max")
    assert clone(made).get_params() == {"run": str(runs / "mlp"), "layer": "2", "pooling": "max"}
    x = gradatim.load_data("digits").x[:4]
    np.testing.assert_array_equal(made.transform(x), clone(made).fit_transform(x))
    assert made.set_params(layer="1").fit().transform(x).min() < 0  # in front of the ReLU


def test_an_unknown_layer_is_answered_with_all(runs):
    for layer in (None, "nix"):
        with pytest.raises(UsageError, match="the layers are 0, 1, 2, 3"):
            gradatim.features(runs / "mlp", layer)
    with pytest.raises(UsageError, match="trained on examples of shape"):
        gradatim.features(runs / "mlp", "2").transform(np.zeros((3, 5)))

"""Plots: what is in the picture, its formats, and what is refused."""

import json
import shutil
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import torch
from PIL import Image

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.data.digits import digits as load_digits
from gradatim.data.splits import split
from gradatim.explain.number_format import measure
from gradatim.jobs.plot import PLOTS, plot, plots
from gradatim.jobs.plots.runs import mean_gradients
from gradatim.jobs.train import train

QUICK = {"epochs": 2, "hidden": [8], "quiet": True}


def texts(path):
    return ["".join(node.itertext()) for node in ElementTree.parse(path).iter() if node.tag.endswith("text")]


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    return train("digits", out=tmp_path_factory.mktemp("runs") / "digits", **QUICK)


@pytest.fixture(scope="module")
def plane(tmp_path_factory):
    """A run with two features and two classes, in a file, so that it can be loaded again."""
    folder = tmp_path_factory.mktemp("runs")
    x = np.random.default_rng(0).normal(size=(200, 2))
    np.savez(folder / "sides.npz", x=x, y=(x[:, 0] > x[:, 1]).astype(int))
    return train(str(folder / "sides.npz"), out=folder / "sides", batch_size=8, **QUICK | {"epochs": 20})


def test_the_finder_s_picture_names_its_axes_and_the_rate(tmp_path):
    said = plot("lr", "digits", hidden=[8], out=tmp_path / "lr.svg")
    words = texts(tmp_path / "lr.svg")
    assert {"training loss", "learning rate, growing from step to step", "smoothed loss"} <= set(words)
    assert f"falls fastest at {measure(said['suggestion'], 2)}" in words
    assert "Learning-rate finder: digits, mlp, adam, batches of 32" in words and "10⁻⁶" in words
    assert 1e-4 < said["suggestion"] < 0.1 and len(said["lrs"]) == len(said["losses"])


def test_a_dark_png(tmp_path):
    plot("tanh", out=tmp_path / "tanh.png", theme="dark")
    with Image.open(tmp_path / "tanh.png") as picture:
        assert picture.size == (1152, 704)
        assert sum(picture.convert("RGB").getpixel((2, 2))) < 120


OF_MAPS = {"u-matrix", "components", "hits"}  # in test_maps
OF_MUSIC = {"roll"}  # in test_music
OF_PAIRS = {"attention", "beam", "saliency"}  # in test_plot_attention
OF_DOMAINS = {"domains"}  # in test_plot_domains
OF_CODES = {"reconstructions", "latent", "latent-plane", "interpolation"}  # in test_plot_codes


def asked_for(name, digits, plane):
    """A call that draws each kind of picture quickly."""
    return {
        "lr": (["digits"], {"hidden": [8]}), "curves": ([digits, plane], {}), "weights": ([digits], {}),
        "gradients": ([digits], {}), "boundary": ([plane], {}), "network": ([plane], {}),
        "fit": ([plane], {"arguments": {"x": "feature 0"}}), "filters": ([digits], {}),
        "feature-maps": ([digits], {}),
        "activations": (["relu", "maxout"], {}), "losses": (["hinge"], {}),
        "confusion": ([digits], {}), "calibration": ([plane], {}), "schedules": (["cosine"], {}),
        "roc": ([plane], {}), "precision_recall": ([digits], {}), "thresholds": ([plane], {}),
        "lift": ([digits], {}), "xor": ([], {"arguments": {"n": 40}}),
        "sawtooth": ([], {"arguments": {"k": 1, "steps": 10}}),
        "tasks": ([], {"arguments": {"tasks": 4, "n": 12, "features": 6, "clusters": 2}}),
        "training": ([plane], {"arguments": {"epochs": 2}}), "shapes": ([], {}),
        "posteriors": ([], {"arguments": {"n": 8, "few": 2}}),
    }[name]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    sorted(
        set(PLOTS)
        - {"residuals", "samples", "free-energy", "gates", "words"}
        - OF_MAPS
        - OF_CODES
        - OF_DOMAINS
        - OF_MUSIC
        - OF_PAIRS
    ),
)  # of a table: test_plot_tables; of a Boltzmann machine: test_machines
def test_every_kind_names_its_axes_in_both_themes_and_is_the_same_twice(name, tmp_path, digits, plane):
    things, options = asked_for(name, digits, plane)
    dark, first, again = (
        Path(plot(name, *things, out=tmp_path / f"{file}.svg", theme=theme, **options)["plot"]).read_bytes()
        for file, theme in (("a", "dark"), ("b", "light"), ("c", "light"))
    )
    assert first == again and b"fill: #ffffff" in first and b"fill: #14171a" in dark
    words = texts(tmp_path / "a.svg")
    named = {"lr": "training loss", "curves": "epoch", "weights": "weight", "gradients": "∂L/∂w",
             "boundary": "feature 0", "fit": "probability of 1",
             "feature-maps": "input: 1 × 8 × 8",
             "filters": "all 8 units: a unit's weights where the pixels are",
             "xor": "XOR: a line, two kernels, a hidden layer", "sawtooth": "k, of 2^k teeth",
             "tasks": "norm of a feature's weights in all tasks",
             "training": "feature 0", "posteriors": "task 2", "shapes": "many to one",
             "network": "inputs", "activations": "g(z), g′(z)", "losses": "score a",
             "schedules": "share s of the steps", "confusion": "predicted class",
             "roc": "false positive rate",
             "precision_recall": "recall", "thresholds": "threshold on the probability of 1",
             "lift": "examples taken, highest scores first (%)",
             "calibration": "probability of 1 (%)"}  # fmt: skip
    assert named[name] in words


@pytest.mark.parametrize("name", sorted({member for row in plots() for member in row["members"]} - {"step"}))
def test_every_function_can_be_named_alone(name, tmp_path):
    said = plot(name, out=tmp_path / f"{name}.svg")
    assert said["names"] == [name] and name in texts(said["plot"])


def test_every_activation_and_schedule_of_the_catalogue_is_drawn():
    members = {row["name"]: row["members"] for row in plots()}
    assert set(members["activations"]) == {*catalog.names("activation"), "prelu"}
    assert set(members["schedules"]) == set(catalog.names("schedule"))
    assert {"cross_entropy", "binary_cross_entropy"} <= set(members["losses"])


def test_a_picture_is_named_after_what_it_is_of(digits):
    assert plot("tanh")["plot"] == "tanh.png"
    assert plot("cosine:warmup=0.1")["plot"] == "cosine.png"
    assert plot("relu", "elu")["plot"] == "activations.png"
    assert plot(str(digits.path))["plot"] == "curves.png"
    assert plot("huber", arguments={"delta": 2.0})["names"] == ["huber"]
    assert plot("schedules", "step", arguments={"milestones": [0.3, 0.6]})["names"] == [
        "step:milestones=0.3/0.6"
    ]


def test_runs_of_one_name_are_told_apart_by_their_folders(tmp_path, digits):
    other = train("digits", out=tmp_path / "other" / "digits", **QUICK)
    plot("curves", digits, other, other.path, out="c.svg")
    assert texts("c.svg").count("■ other/digits") == 2


def test_runs_that_cannot_be_drawn_are_said(tmp_path, digits):
    copies = [shutil.copytree(digits.path, tmp_path / f"digits-{n}") for n in range(7)]
    with pytest.raises(UsageError, match=r"^7 runs in one picture cannot be told apart: at most 6"):
        plot("curves", *copies)
    metrics = copies[0] / "metrics.jsonl"
    records = [json.loads(line) for line in metrics.read_text().splitlines()]
    kept = ("epoch", "step", "lr", "seconds")
    lost = [
        {"format": 2, "train_loss": np.nan, **{name: record[name] for name in kept}} for record in records
    ]
    lost = [json.dumps(record) for record in lost]
    for written, sentence in (("\n".join(lost) + "\n", "no loss that is a finite number"), ("", "no record")):
        metrics.write_text(written)
        with pytest.raises(UsageError, match=f"^digits-0 has {sentence}"):
            plot("curves", *copies[:2])


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_gradients_are_those_of_autograd(engine, tmp_path):
    run = train("digits", out=tmp_path / "run", engine=engine, precision="float64", **QUICK)
    examples = run.data.train.take(np.arange(300))
    found, used = mean_gradients(run.trained, examples)
    x = torch.from_numpy((examples.x - run.trained.encoder.shift) / run.trained.encoder.scale)
    loss = torch.nn.functional.cross_entropy(run.model(x), torch.from_numpy(examples.y))
    expected = torch.autograd.grad(loss, list(run.model.parameters()))
    assert used == 300 and list(found) == [name for name, _ in run.model.named_parameters()]
    for name, gradient in zip(found, expected, strict=True):
        np.testing.assert_allclose(found[name], gradient, rtol=1e-9, atol=1e-14)
    norms = plot("gradients", run, out="g.svg")["norms"]
    assert norms.keys() == found.keys() and all(norm > 0 for norm in norms.values())


def test_gradients_of_two_classes_too(plane):
    said = plot("gradients", plane, out="g.svg")
    assert said["examples"] == len(plane.data.train) and "1 · 2 → 8" in texts("g.svg")


def test_weights_say_how_many_they_are(digits):
    said = plot("weights", digits, out="w.svg")
    assert said["std"]["1.weight"] == pytest.approx(float(digits.trained.model.parameters["1.weight"].std()))
    assert any(word.startswith("weight: 512, mean ") for word in texts("w.svg"))


def test_a_boundary_of_what_was_learned(plane):
    said = plot("boundary", plane, out="b.svg")
    assert said["accuracy_on_training_examples"] > 0.9
    assert {"feature 0", "feature 1", "class", "0", "1"} <= set(texts("b.svg"))


def test_a_confusion_matrix_is_scikit_learn_s(digits):
    from sklearn.metrics import confusion_matrix

    said = plot("confusion", digits, out="c.svg")
    test = digits.data.test
    found = digits.predict(test.x).labels
    assert said["confusion"] == confusion_matrix(test.y, found).tolist()
    right = np.trace(said["confusion"])
    words = texts("c.svg")
    assert {"Confusion matrix of digits", f"{right} of 359 test examples right", "true class"} <= set(words)
    assert sum(word == "·" for word in words) == np.sum(np.array(said["confusion"]) == 0)


def test_calibration_is_scikit_learn_s(digits, plane):
    from sklearn.calibration import calibration_curve

    p = digits.predict(digits.data.test.x).probabilities
    true, said = calibration_curve(p.argmax(1) == digits.data.test.y, p.max(1), n_bins=10)
    found = plot("calibration", digits, out="c.svg")
    np.testing.assert_allclose(found["true"], true)
    np.testing.assert_allclose(found["said"], said)
    assert "probability of the answer (%)" in texts("c.svg")
    p = plane.predict(plane.data.test.x).probabilities
    true, said = calibration_curve(plane.data.test.y, p[:, 1], n_bins=10)
    found = plot("calibration", plane, out="c.svg")
    np.testing.assert_allclose(found["true"], true)
    np.testing.assert_allclose(found["said"], said)


def test_networks_of_a_run_a_name_and_a_file(tmp_path, plane):
    assert plot("network", plane, out="n.svg")["parameters"] == 33 and "p(1)" in texts("n.svg")
    arguments = {"in_features": 2, "hidden": 3, "out_features": 1}
    said = plot("network", "mlp", arguments=arguments, seed=3, out="n.svg")
    assert said["parameters"] == 13 and "mlp, its weights drawn with seed 3" in texts("n.svg")
    Path("net.json").write_text(json.dumps({"format": 1, "network": {"name": "mlp", **arguments}}))
    assert plot("network", "net.json", out="n.svg")["parameters"] == 13
    masked = {
        "name": "stack",
        "layers": [{"name": "masked_dense", "mask": [[1, 0], [0, 1]]}, {"name": "tanh"}],
    }
    plot("network", masked, out="n.svg")
    assert "tanh" in texts("n.svg")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["rl", "digits"], r"^unknown plot 'rl': did you mean"),
        (["tahn"], r"^unknown plot 'tahn': did you mean tanh\?"),
        (["step"], r"^step is several things: plot activations step or plot schedules step"),
        (["activations", "hinge"], r"^unknown activation 'hinge'"),
        (["losses", "hing"], r"^unknown loss 'hing': did you mean hinge\?"),
        (["schedules", "cosin"], r"^unknown schedule 'cosin': did you mean cosine\?"),
        (["lr"], r"^name the data to learn"),
        (["curves"], r"^name one run or several"),
        (["weights"], r"^name one run"),
        (["weights", "digits-9"], r"^there is no run 'digits-9'"),
        (["network"], r"^name a run, a description's \.json file, or a network"),
        (["network", {"name": "stack", "layers": [{"name": "relu"}]}], r"^the network has no dense layer"),
        (["network", "resnet50"], r"^50 layers do not fit a picture of units: at most 14;"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said(arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        plot(*arguments)
    assert not list(Path().glob("*.png"))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"out": "tanh.pdf"}, r"^a figure is written to a \.png or \.svg file, not to tanh\.pdf"),
        ({"theme": "blue"}, r"^theme must be light or dark; it is 'blue'"),
        ({"hidden": [3]}, r"^plot activations takes no option hidden"),
        ({"arguments": {"alpha": 1}}, r"^tanh cannot be made with"),
    ],
)
def test_options_that_do_not_belong_are_said(options, sentence):
    with pytest.raises(UsageError, match=sentence):
        plot("tanh", **options)


def test_a_boundary_needs_two_features_and_runs_take_no_arguments(digits):
    with pytest.raises(UsageError, match=r"a boundary is drawn over 2 of the 64 inputs of .*: say x=COLUMN"):
        plot("boundary", digits)
    with pytest.raises(UsageError, match="plot weights takes no argument 'b'"):
        plot("weights", digits, arguments={"b": 3})
    with pytest.raises(UsageError, match="key=value belongs to one activation"):
        plot("activations", "relu", "elu", arguments={"alpha": 2.0})


def test_a_network_of_one_s_own_draws_its_weights_but_not_its_units(tmp_path):
    parts = split(load_digits(), 0.1)
    torch.manual_seed(0)
    own = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 10))
    run = train(parts.train, model=own, epochs=1, quiet=True, out=tmp_path / "own")
    assert plot("weights", run, out="w.svg")["std"].keys() == {"1.weight", "1.bias"}
    assert plot("gradients", run, out="g.svg")["examples"] == len(run.data.train)
    found = plot("network", run, out="n.svg")
    assert (found["depth"], found["parameters"]) == (0, 650) and "640 weights" in texts("n.svg")

"""Numbers of a run's trace changed: inputs, symbols, weights, targets and the rate, each beside torch."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

import gradatim
from gradatim.checks import UsageError

RNG = np.random.default_rng(3)
X = RNG.normal(size=(60, 3))
TEXT = "The cat sat on the mat. The dog ran home, and a bird sang in a tree.\n" * 12
TAGGED = "the DET\ncat NOUN\nsleeps VERB\n\na DET\ndog NOUN\nruns VERB\nhome ADV\n\n" * 15
CONV = {
    "name": "stack",
    "layers": [
        {"name": "conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": 3, "padding": 1},
        {"name": "relu"}, {"name": "flatten"}, {"name": "dense", "in_features": 128, "out_features": 2},
    ],
}  # fmt: skip
SMALL = {"epochs": 1, "quiet": True, "baselines": False}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    (folder / "text.txt").write_text(TEXT)
    (folder / "tags.txt").write_text(TAGGED)
    rows = [f"{a:.3f},{b:.3f},{c:.3f},{3 * a + 10:.3f}" for a, b, c in X]
    (folder / "table.csv").write_text("\n".join(["a,b,c,y", *rows]))
    classes = np.array(["no", "perhaps", "yes"])[RNG.integers(0, 3, 60)]
    pictures = RNG.random((40, 1, 8, 8)), RNG.integers(0, 2, 40)
    data = {
        "classes": ((X, classes), {"hidden": [4]}),
        "numbers": (folder / "table.csv", {"hidden": [4], "target": "y"}),
        "two numbers": ((X, 3 * X[:, :2] + 10), {"hidden": [4]}),
        "itself": (X, {"hidden": [2], "task": "reconstruction"}),
        "pictures": (pictures, {"model": CONV}),
        "text": (folder / "text.txt", {"hidden": [5], "dropout": 0.0}),
        "tags": (folder / "tags.txt", {"hidden": [4], "task": "tagging", "model": "tagger", "dropout": 0.0}),
    }
    found = {}

    def run_of(name):
        if name not in found:
            what, options = data[name]
            found[name] = gradatim.train(what, out=folder / name.replace(" ", "-"), **SMALL, **options)
        return found[name]

    return run_of


def outputs(found):
    return torch.tensor(found.values["output"], dtype=torch.float64)


def test_another_class_by_its_name(runs):
    before = gradatim.trace(runs("classes"))
    for number, name in enumerate(("no", "perhaps", "yes")):
        found = gradatim.trace(runs("classes"), {"target": name})
        assert outputs(found).equal(outputs(before))
        loss = F.cross_entropy(outputs(found), torch.tensor([number]))
        assert found.values["loss"] == pytest.approx(loss.item(), rel=1e-12)
        assert f"ight class is {name} (number {number}" in str(found).replace("\n", " ")
        assert ("What has moved" in str(found)) == (before.values["target"] != [number])


def test_another_number_in_the_unit_of_the_data(runs):
    run = runs("numbers")
    found = gradatim.trace(run, {"target": 12.5})
    problem = run.trained.problem
    t = (12.5 - problem.shift[0]) / problem.scale[0]
    assert found.values["target"][0] == pytest.approx(t, rel=1e-12)
    assert found.values["loss"] == pytest.approx((found.values["output"][0][0] - t) ** 2, rel=1e-12)
    assert "(12.5 in the data)" in str(found).replace("\n", " ")


def test_one_of_two_numbers(runs):
    before, found = gradatim.trace(runs("two numbers")), gradatim.trace(runs("two numbers"), {"target.2": 7})
    problem = runs("two numbers").trained.problem
    old, new = np.ravel(before.values["target"]), np.ravel(found.values["target"])
    assert new[0] == pytest.approx(old[0], rel=1e-12)
    assert new[1] == pytest.approx((7 - problem.shift[1]) / problem.scale[1], rel=1e-12)


def test_an_input_by_its_column_or_its_place(runs):
    run = runs("numbers")
    by_name, by_place = gradatim.trace(run, {"b": 0.5}), gradatim.trace(run, {"x2": 0.5})
    assert by_name.values == by_place.values and by_name.values["x"][0][1] == 0.5
    with torch.no_grad():
        wanted = run.model.double()(torch.tensor(by_name.values["x"], dtype=torch.float64))
    np.testing.assert_allclose(np.ravel(by_name.values["output"]), wanted.numpy().ravel(), atol=1e-12)


def test_a_target_that_is_the_input_moves_with_it(runs):
    found = gradatim.trace(runs("itself"), {"x3": 2.0})
    assert found.values["target"][0] == found.values["x"][0] and found.values["x"][0][2] == 2.0


def test_a_pixel_by_channel_row_and_column(runs):
    before, found = gradatim.trace(runs("pictures")), gradatim.trace(runs("pictures"), {"x1.2.3": 0.25})
    assert found.values["x"][0][0][1][2] == 0.25
    assert gradatim.trace(runs("pictures"), {"x11": 0.25}).values == found.values
    moved = np.array(found.values["layers"]["h1"]["z"]) != np.array(before.values["layers"]["h1"]["z"])
    assert moved[..., :3, 1:4].any() and not moved[..., 4:, :].any() and not moved[..., 5:].any()


def test_a_rate_and_a_weight_and_a_bias(runs):
    run = runs("classes")
    halved, before = gradatim.trace(run, {"lr": 0.0015}), gradatim.trace(run, lr=0.003)
    for key, old in before.values["parameters"].items():
        one, two = (np.array(f.values["new_parameters"][key]) - np.array(old) for f in (halved, before))
        np.testing.assert_allclose(2 * one, two, atol=1e-14)
    for change, place in (("h1.weight.2.3", ("h1.weight", (1, 2))), ("h1.bias.4", ("h1.bias", (3,)))):
        found = gradatim.trace(run, {change: 0.75})
        assert np.array(found.values["parameters"][place[0]])[place[1]] == 0.75


def test_a_character_of_a_text_and_the_one_behind_it(runs):
    run = runs("text")
    known = run.trained.encoder.characters
    before, found = gradatim.trace(run), gradatim.trace(run, {"x2": "T", "target.1": "space"})
    x = np.array(found.values["x"])[:, 0]
    assert x[1].argmax() == known.index("T") and x[1].sum() == 1
    target = np.array(before.values["target"])
    target[0] = known.index(" ")
    assert found.values["target"] == target.tolist()
    loss = F.cross_entropy(outputs(found)[:, 0], torch.tensor(target))
    assert found.values["loss"] == pytest.approx(loss.item(), rel=1e-12)
    assert found.table("The loss, step by step").rows[1][1] == "T"
    assert found.table("The loss, step by step").rows[0][2] == "space"


def test_a_word_of_a_sentence_and_its_tag(runs):
    run = runs("tags")
    found = gradatim.trace(run, {"x2": "dog", "target.2": "VERB"})
    assert np.array(found.values["x"])[1, 0].argmax() == 1 + run.trained.encoder.words.index("dog")
    assert found.values["target"][1] == run.trained.problem.names.index("VERB")


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("classes", {"target": "ys"}, "target cannot be 'ys', which the network does not know"),
        ("classes", {"targt": "yes"}, "did you mean target?"),
        ("classes", {"target.2": "yes"}, "there is no target.2"),
        ("numbers", {"target": "much"}, "target must be a number"),
        ("numbers", {"x7": 1}, "there is no input x7: there are x1 … x3"),
        ("numbers", {"input": [1, 2, 3]}, "an input is x1, x2, …"),
        ("itself", {"target": 1}, "the target of this run is its input"),
        ("pictures", {"x1.9.1": 0}, "there is no input x1.9.1: there are x1 … x64, or x1.1.1 … x1.8.8"),
        ("text", {"x2": "é"}, "x2 cannot be 'é', which the network does not know"),
        ("text", {"x9999": "e"}, "there is no step x9999"),
        ("tags", {"target.1": "NON"}, "choose from ADV, DET, NOUN, VERB"),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_is_refused(runs, name, change, sentence):
    with pytest.raises(UsageError) as error:
        gradatim.trace(runs(name), change)
    assert sentence in str(error.value)


def test_one_target_of_a_network_of_one_s_own():
    net = {"units": [1, 2], "weights": {"w02": 0, "w12": 1, "w03": 0, "w13": 2}, "activation": "identity"}
    found = gradatim.trace(net, {"target.2": 5}, input=[1], target=[1, 1])
    assert found.values["loss"] == pytest.approx(0.5 * (2 - 5) ** 2)


def test_a_network_that_is_taught_more_than_its_outputs_is_not_followed(tmp_path):
    x = np.random.default_rng(0).random((40, 3))
    network = {"hidden": [2], "sparsity_target": 0.1}
    run = gradatim.train(x, model="autoencoder", network=network, epochs=1, out=tmp_path / "run", quiet=True)
    with pytest.raises(UsageError, match="autoencoder is taught with penalties beside it"):
        gradatim.trace(run)

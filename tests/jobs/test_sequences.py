"""Sequences of different lengths, through every verb."""

import numpy as np
import pytest
import torch

import gradatim
from gradatim import UsageError
from gradatim.data.ragged import Ragged
from gradatim.runs.tensors import read_tensors

RNG = np.random.default_rng(0)
LENGTHS = RNG.integers(2, 9, 150)
X = [RNG.normal(size=(n, 3)) for n in LENGTHS]
W = [RNG.integers(0, 6, n) for n in LENGTHS]
SIGN = np.where([x[:, 0].sum() > 0 for x in X], "up", "down")
QUICK = {"quiet": True, "threads": 1, "epochs": 3, "hidden": 8, "lr": 0.02, "schedule": "constant"}
KINDS = {
    "classes": ((X, SIGN), "sequence_classifier"),
    "numbers": ((X, np.array([x[:, 0].sum() for x in X])), "sequence_classifier"),
    "several numbers": ((X, np.array([x[:, :2].sum(0) for x in X])), "sequence_classifier"),
    "classes a step": ((X, [x[:, 0] > 0 for x in X]), "tagger"),
    "numbers a step": ((X, [x[:, 0].cumsum() for x in X]), "tagger"),
    "symbols": ((W, np.array([int(3 in w) for w in W])), "sequence_classifier"),
    "symbols and tags": (
        ([w.tolist() for w in W], [["even" if v % 2 == 0 else "odd" for v in w] for w in W]), "tagger",
    ),
}  # fmt: skip


def measure_by_hand(found, y):
    if "probabilities" in found.arrays:
        return "accuracy", np.mean(found.labels == y)
    return "rmse", np.mean(np.sqrt(((found.labels - y.reshape(len(y), -1)) ** 2).mean(0)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_verb_takes_them(tmp_path, kind):
    (x, y), network = KINDS[kind]
    run = gradatim.train((x, y), out=tmp_path / "run", **QUICK)
    assert run.trained.network["name"] == network and run.config["data"]["kind"] == "sequences"
    assert sum(run.config["data"]["splits"].values()) == len(x)
    found = run.predict(x)
    answers = np.concatenate(y) if isinstance(y, list) else y
    name, value = measure_by_hand(found, answers)
    assert run.evaluate((x, y))["metrics"][name] == pytest.approx(value, rel=1e-6)
    assert run.evaluate((x, y))["n"] == len(answers)
    test = run.data.test
    alone = [test.sequence(i) for i in range(len(test))]
    y_test = np.array(test.classes)[test.y] if test.classes else test.y
    assert run.metrics[name] == pytest.approx(measure_by_hand(run.predict(alone), y_test)[1], rel=1e-6)
    again = gradatim.load(tmp_path / "run", data=(x, y))
    assert again.evaluate() == run.evaluate()
    assert ("Confusion matrix" if "probabilities" in found.arrays else "Predictions and residuals") in (
        again.report().read_text()
    )


@pytest.mark.parametrize("kind", KINDS)
def test_padding_changes_no_answer(tmp_path, kind):
    (x, y), _ = KINDS[kind]
    run = gradatim.train((x, y), out=tmp_path / "run", precision="float64", **{**QUICK, "epochs": 1})
    together = run.predict(x).a
    one_by_one = np.concatenate([run.predict([one]).a for one in x[:20]])
    np.testing.assert_allclose(together[: len(one_by_one)], one_by_one, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("kind", ["classes", "numbers a step", "symbols and tags"])
def test_it_goes_on_to_the_same_bits(tmp_path, kind):
    data, _ = KINDS[kind]
    gradatim.train(data, out=tmp_path / "whole", **{**QUICK, "epochs": 4})
    gradatim.train(data, out=tmp_path / "half", **{**QUICK, "epochs": 2})
    gradatim.train(data, resume=tmp_path / "half", epochs=4, quiet=True)
    whole, half = (
        read_tensors(tmp_path / f"{name}/model.safetensors", "model")[0] for name in ("whole", "half")
    )
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_they_are_learned(tmp_path):
    run = gradatim.train((X + X, np.concatenate([SIGN, SIGN])), out=tmp_path / "run", quiet=True, epochs=12)
    assert run.metrics["accuracy"] > 0.9
    assert run.predict([np.ones((3, 3)), -np.ones((5, 3))]).labels.tolist() == ["up", "down"]


def test_all_forms_of_the_same_are_the_same(tmp_path):
    y = (SIGN == "up").astype(int)
    forms = [
        (X, y), Ragged(X, y), {"x": X, "y": y}, ([torch.tensor(x) for x in X], torch.tensor(y)),
        (np.array(X, dtype=object), y.tolist()),
    ]  # fmt: skip
    losses = {
        gradatim.train(data, out=tmp_path / str(i), **QUICK).records[-1]["train_loss"]
        for i, data in enumerate(forms)
    }
    assert len(losses) == 1


def test_each_class_gives_its_part_to_the_test():
    from gradatim.data.sources.sequences import SequenceSource
    from gradatim.data.sources.source import request_of

    rare = np.where(np.arange(150) % 10 == 0, "rare", "common")
    source = SequenceSource()
    parts = source.divide(source.read((X, rare), request_of()), 0.1, True)
    assert np.bincount(parts.test.y).tolist() == [27, 3] and parts.sizes()["valid"] == 12


def test_an_answer_a_step_stands_beside_its_sequence_and_step(tmp_path):
    run = gradatim.train(KINDS["classes a step"][0], out=tmp_path / "run", **QUICK)
    rows = [row.split(",")[:2] for row in run.predict([X[0][:2], X[1][:1]]).to_csv().splitlines()]
    assert rows == [["sequence", "step"], ["0", "0"], ["0", "1"], ["1", "0"]]


def test_an_unknown_symbol_is_read_as_any_other_unknown_one(tmp_path):
    run = gradatim.train(KINDS["symbols"][0], out=tmp_path / "run", **QUICK)
    a = run.predict([[1, 77], [1, 99], [1, 2]]).a
    assert np.array_equal(a[0], a[1]) and not np.array_equal(a[0], a[2])


class Mean(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.out = torch.nn.Linear(3, 2)

    def forward(self, values, lengths):
        return self.out(values.sum(1) / lengths[:, None])


def test_a_network_of_ones_own_reads_them_as_they_are(tmp_path):
    run = gradatim.train((X, SIGN), model=Mean(), out=tmp_path / "run", quiet=True, epochs=2)
    weight, bias = (run.model.state_dict()[f"out.{part}"].numpy() for part in ("weight", "bias"))
    by_hand = np.array([x.mean(0) for x in X]) @ weight.T + bias
    assert np.allclose(run.predict(X).a, by_hand, atol=1e-5)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return gradatim.train((X, SIGN), out=tmp_path_factory.mktemp("ragged") / "run", **QUICK)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (lambda run: run.predict([np.zeros((4, 2))]), "reads 3 numbers a step; here are 2 numbers"),
        (lambda run: run.predict(X[0]), "sequence 0 holds fractions, one a step"),
        (lambda run: run.evaluate(KINDS["classes a step"][0]), "one for each sequence; these targets are"),
        (lambda run: run.evaluate((X, ["left"] * 150)), "holds the label 'left', which the network does not"),
        (lambda run: run.evaluate("digits"), "learns from sequences: give it sequences of the same kind"),
        (lambda run: gradatim.train((X, SIGN[:5]), **QUICK), "150 sequences but 5 targets"),
        (lambda run: gradatim.train((X, None), **QUICK), "data has no target to learn"),
        (lambda run: gradatim.train((X, SIGN), model="mlp", quiet=True), "mlp does not learn from sequences"),
        (lambda run: gradatim.train((X, SIGN), model="rbm", quiet=True), "rbm does not learn from sequences"),
        (lambda run: gradatim.train((X, SIGN), task="reconstruction", **QUICK), "reconstruction is for rows"),
        (lambda run: gradatim.train("digits", model="tagger", **QUICK), "tagger does not learn"),
        (lambda run: gradatim.train("digits", out="rows", quiet=True, epochs=1).evaluate((X, SIGN)),
         "the network learns from pictures: sequences are no examples for it"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(run, asked, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=said):
        asked(run)

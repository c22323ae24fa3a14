"""E12: what a network attends to, drawn from a run for any sentence."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.decoding.attention import attention_weights
from gradatim.jobs.plot import plot
from gradatim.jobs.train import train

WHO = {"Hund": "dog", "Vogel": "bird", "Fisch": "fish"}
DOES = {"schläft": "sleeps", "läuft": "runs", "frisst": "eats"}
WHERE = {"hier": "here", "dort": "there", "oben": "above"}
PAIRS = [
    (f"{where} {does} ein {who}", f"a {WHO[who]} {DOES[does]} {WHERE[where]}")
    for who in WHO for does in DOES for where in WHERE
]  # fmt: skip
QUICK = {
    "quiet": True,
    "task": "translation",
    "hidden": 16,
    "epochs": 6,
    "lr": 0.02,
    "text_units": "words",
    "dropout": 0.0,
}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    path.write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS * 8), "utf-8")
    return path


@pytest.fixture(scope="module")
def run(file, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    return train(str(file), out=out, model="attention_encoder_decoder", **QUICK)


def by_the_network(run, sentence, said):
    """The weights while this is said."""
    encoder, network = run.trained.encoder, run.trained.module().eval()
    x = torch.tensor([[*encoder.sentences.numbers(sentence), 1]])
    y = torch.tensor([[*encoder.answers.numbers(said), 1]])
    K = network.decoder.symbols.symbols
    return attention_weights(network, x, torch.tensor([x.shape[1]]), y, K)[0].numpy()


def test_the_answer_s_weights_are_drawn_for_any_sentence(run, tmp_path):
    sentence = "dort läuft ein Fisch"
    found = plot("attention", run, sentence, out=tmp_path / "a.svg")
    assert found["text"] == run.predict([sentence]).columns()["prediction"][0]
    assert found["read"] == ["dort", "läuft", "ein", "Fisch", "<end>"] and found["said"][-1] == "<end>"
    weights = np.array(found["weights"])
    np.testing.assert_allclose(weights, by_the_network(run, sentence, found["text"]), atol=1e-5)
    np.testing.assert_allclose(weights.sum(1), 1, atol=1e-5)
    assert "most at" in Path(found["plot"]).read_text()


def test_a_text_that_is_given_is_said_in_its_place(run, tmp_path):
    said = "a dog sleeps here"
    found = plot("attention", run, "dort läuft ein Fisch", text=said, out=tmp_path / "a.png")
    assert found["said"] == [*said.split(), "<end>"]
    np.testing.assert_allclose(
        found["weights"], by_the_network(run, "dort läuft ein Fisch", said), atol=1e-5
    )  # fmt: skip


def test_without_a_sentence_it_is_a_test_pair(run, tmp_path):
    found = plot("attention", run, arguments={"example": 2}, out=tmp_path / "a.svg")
    assert found["read"] == [*run.data.test.inputs[2].split(), "<end>"]


def test_unknown_words_are_drawn_as_they_stand(run, tmp_path):
    found = plot("attention", run, "dort läuft ein Ж", text="a Ж runs", out=tmp_path / "a.svg")
    assert found["read"][3] == "Ж" and found["said"] == ["a", "Ж", "runs", "<end>"]


@pytest.mark.parametrize(
    ("things", "more", "sentence"),
    [
        (("",), {}, "sentence 1 is empty"),
        (("ein Hund",), {"text": "  "}, "the text that is said is empty"),
        (("ein Hund", "ein Vogel"), {}, "name one run, such as runs/pairs-1, and a sentence"),
        (("ein Hund",), {"arguments": {"example": 1}}, "not both"),
        ((), {"arguments": {"exampel": 1}}, "did you mean example"),
        ((), {"arguments": {"example": 10**6}}, "example must be a whole number of at most"),
    ],
)
def test_what_cannot_be_drawn_is_refused(run, tmp_path, things, more, sentence):
    with pytest.raises(UsageError, match=sentence):
        plot("attention", run, *things, out=tmp_path / "a.svg", **more)


def test_networks_without_attention_say_so(file, tmp_path):
    run = train(str(file), out=tmp_path / "run", model="encoder_decoder", **{**QUICK, "epochs": 1})
    for text in (None, "a dog"):
        with pytest.raises(UsageError, match="this network attends to nothing"):
            plot("attention", run, "ein Hund", text=text, out=tmp_path / "a.svg")
    rows = train("digits", model="mlp", out=tmp_path / "iris", quiet=True, epochs=1)
    with pytest.raises(UsageError, match="reads no sentence to say another"):
        plot("attention", rows, out=tmp_path / "a.svg")


def test_saliency_is_that_of_the_network(run, tmp_path):
    from gradatim.runs.saliency import saliency

    found = plot("saliency", run, "dort läuft ein Fisch", text="a dog sleeps here", out=tmp_path / "s.png")
    encoder = run.trained.encoder
    x, y = encoder.sentences.numbers("dort läuft ein Fisch"), encoder.answers.numbers("a dog sleeps here")
    np.testing.assert_allclose(found["saliency"], saliency(run.trained.module(), [*x, 1], [*y, 1]))
    assert found["read"] == ["dort", "läuft", "ein", "Fisch", "<end>"]


def test_the_tree_of_a_beam_holds_the_answer(run, tmp_path):
    found = plot("beam", run, "dort läuft ein Fisch", arguments={"beam": 3}, out=tmp_path / "b.png")
    assert found["found"] == run.predict(["dort läuft ein Fisch"], beam=3).columns()["prediction"][0]
    assert max(sum(n["step"] == t and not n["ends"] for n in found["nodes"]) for t in range(1, 6)) == 3


@pytest.mark.parametrize("kind", ["attention", "beam", "saliency"])
def test_it_is_the_same_twice_in_both_themes(run, kind, tmp_path):
    for theme, paper in (("light", b"#ffffff"), ("dark", b"#14171a")):
        files = [tmp_path / f"{name}.svg" for name in "ab"]
        for file in files:
            plot(kind, run, "dort läuft ein Fisch", out=file, theme=theme)
        assert files[0].read_bytes() == files[1].read_bytes()
        assert b"fill: " + paper in files[0].read_bytes()

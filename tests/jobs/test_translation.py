"""Pairs of sentences from the file to the report: learned, resumed, translated, measured."""

from dataclasses import replace

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.jobs.predict import predict
from gradatim.jobs.train import train
from gradatim.runs.asking import new_examples
from small_language import PAIRS


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("pairs") / "pairs.tsv"
    path.write_text("".join(f"{a}\t{b}\n" for a, b in PAIRS * 6), "utf-8")
    return path


@pytest.fixture(scope="module")
def run(file, tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "run"
    return train(
        str(file), out=out, quiet=True, hidden=32, epochs=12, lr=0.01, text_units="words", dropout=0.0
    )


def test_what_is_learned_by_heart_is_said(run):
    """Every pair stands in training six times: all are translated, in the other language's order."""
    assert run.metrics["bleu"] > 95
    assert set(run.metrics) == {"bleu", "chrf", "perplexity", "loss"}
    said = run.predict([PAIRS[0][0], PAIRS[17][0]]).columns()["prediction"]
    assert said == [PAIRS[0][1], PAIRS[17][1]]


def test_measures_are_those_of_the_predictions(run):
    """BLEU of what is predicted of the test sentences, and −log p of the right ones by the forward pass."""
    import torch

    from gradatim.problems.choose import kind_of

    test = run.data.test
    said = run.predict(list(test.inputs)).columns()["prediction"]
    again = kind_of("translation")(run.trained.problem.names).scores_of(said, test.references)
    assert again["bleu"] == pytest.approx(run.metrics["bleu"])
    encoder, network = run.trained.encoder, run.trained.module()
    nats = symbols = 0.0
    for text, (right,) in zip(test.inputs, test.references, strict=True):
        x = torch.tensor([[*encoder.sentences.numbers(text), 1]])
        y = torch.tensor([[*encoder.answers.numbers(right), 1]])
        scores = network(x, torch.tensor([x.shape[1]]), y, torch.tensor([y.shape[1]]))
        nats -= scores.log_softmax(1)[torch.arange(y.shape[1]), y[0]].sum().item()
        symbols += y.shape[1]
    assert run.metrics["loss"] == pytest.approx(nats / symbols, rel=1e-4)


def test_it_goes_on_where_it_stopped(file, tmp_path):
    """Two epochs and two more have the records of four, bit for bit."""
    whole = train(str(file), out=tmp_path / "whole", quiet=True, hidden=8, epochs=4, schedule="constant")
    part = train(str(file), out=tmp_path / "part", quiet=True, hidden=8, epochs=2, schedule="constant")
    part = gradatim.train(resume=part.path, epochs=4, quiet=True)
    for a, b in zip(whole.records, part.records, strict=True):
        assert (a["train_loss"], a["valid_loss"]) == (b["train_loss"], b["valid_loss"])


def test_several_answers_and_another_beam(run, tmp_path):
    """The best answers, the first of which is the answer."""
    text = tmp_path / "new.txt"
    text.write_text(PAIRS[0][0] + "\n", "utf-8")
    (row,) = run.predict(str(text), beam=4, n_best=3).rows()
    assert row["prediction 1"] == PAIRS[0][1]
    assert row["score 1"] >= row["score 2"] >= row["score 3"]
    assert len({row[f"prediction {k}"] for k in (1, 2, 3)}) == 3


def test_translations_stand_in_the_report(run):
    page = (run.path / "report.html").read_text("utf-8")
    assert "Some answers" in page
    assert PAIRS[0][1].split()[0] in page


def test_what_is_no_sentence_is_refused(run):
    with pytest.raises(UsageError, match="the network learns from sentence pairs"):
        run.predict(np.zeros((3, 2)))
    with pytest.raises(UsageError, match="sentence 2 is empty"):
        run.predict([PAIRS[0][0], " "])
    with pytest.raises(UsageError, match="text_units must be words or characters or bpe"):
        train(([a for a, _ in PAIRS], [b for _, b in PAIRS]), task="translation", text_units="both", epochs=1)


def test_answers_are_drawn_by_the_seed_whatever_is_decoded_together(run, monkeypatch):
    sentences = [a for a, _ in PAIRS[:8]]
    how = {"sample": True, "temperature": 2.0, "n_best": 2}
    drawn = run.predict(sentences, seed=1, **how).columns()
    assert set(drawn) == {"prediction 1", "score 1", "prediction 2", "score 2"}
    assert run.predict(sentences, seed=2, **how).columns()["prediction 1"] != drawn["prediction 1"]
    monkeypatch.setattr("gradatim.decoding.answering.AT_ONCE", 3)
    again = run.predict(sentences, seed=1, **how).columns()
    assert again["prediction 1"] == drawn["prediction 1"] and again["prediction 2"] == drawn["prediction 2"]
    np.testing.assert_allclose(again["score 2"], drawn["score 2"], rtol=1e-4)
    problem = run.trained.problem.looked_for(None, 2).drawn(2.0, None, 1)
    trained = replace(run.trained, problem=problem)
    parts = predict(trained, [new_examples(trained, sentences[:3]), new_examples(trained, sentences[3:])])
    assert parts.columns()["prediction 1"] == drawn["prediction 1"]  # as if they stood in one
    cold = run.predict(sentences, sample=True, temperature=0).columns()
    assert cold == run.predict(sentences, beam=1).columns()
    assert "temperature" not in run.trained.problem.as_dict()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"sample": True, "beam": 3}, "--sample draws answers, --beam and --coverage look for the best"),
        ({"temperature": 0.5}, "--temperature, --top-k and --seed say how answers are drawn: add --sample"),
        ({"sample": True, "temperature": -1}, "temperature must be"),
        ({"sample": True, "top_k": 0}, "top_k must be"),
    ],
)
def test_a_draw_that_cannot_be_is_refused(run, asked, sentence):
    with pytest.raises(UsageError, match=sentence):
        run.predict([PAIRS[0][0]], **asked)

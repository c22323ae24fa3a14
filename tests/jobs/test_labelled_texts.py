"""Texts with classes, through every verb."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, MultinomialNB

import gradatim
from gradatim import UsageError
from gradatim.data.tables.bag_of_words import words_of
from gradatim.explain.stored_measurements import read_measurements
from gradatim.explain.word_evidence import Words
from gradatim.problems.evidence import Mistakes
from gradatim.runs.asking import ask
from gradatim.runs.tensors import read_tensors

OTHERS = ("film", "plot", "actor", "scene", "music", "story", "the", "a", "of")
QUICK = {"threads": 1, "quiet": True}


def reviews(n=240, seed=0):
    """Praise and blame, one word of either in each; "not" turns it round."""
    rng = np.random.default_rng(seed)
    praise, blame = ("good", "lovely"), ("bad", "dull")
    texts, labels = [], []
    for i in range(n):
        words = rng.choice(OTHERS, rng.integers(2, 9)).tolist()
        label, turned = i % 3 > 0, i % 5 == 0
        word = str(rng.choice(praise if label != turned else blame))
        at = int(rng.integers(len(words)))
        words[at:at] = ["not", word] if turned else [word]
        texts.append(" ".join(words))
        labels.append("pos" if label else "neg")
    return texts, labels


@pytest.fixture
def file():
    Path("r.txt").write_text("".join(f"{c}\t{t}\n" for t, c in zip(*reviews(), strict=True)))
    return "r.txt"


def test_texts_are_learned_measured_and_predicted(file):
    run = gradatim.train(file, task="classification", out="run", **QUICK)
    assert run.trained.network["name"] == "text_classifier" and run.config["data"]["kind"] == "labelled texts"
    assert run.metrics["accuracy"] > 0.75  # where two thirds are of one class
    again = gradatim.load("run")
    assert again.evaluate() == run.evaluate()
    assert again.evaluate(data=file)["n"] == 240
    Path("new.txt").write_text("the film of good music\na dull story\nzebra zebra\n\n")
    found = again.predict("new.txt")
    assert found.labels.tolist()[:2] == ["pos", "neg"]
    rows = [row.split(",")[:3] for row in found.to_csv().splitlines()]
    assert rows[:2] == [["line", "text", "prediction"], ["1", "the film of good music", "pos"]]
    unknown, empty = again.predict(["zebra zebra", ""]).probabilities
    assert np.isfinite([unknown, empty]).all() and np.allclose(unknown.sum(), 1)
    alone, beside = again.predict(["good"]), again.predict((["good"], ["pos"]))
    assert np.array_equal(alone.probabilities, beside.probabilities)


def test_a_report_shows_mistakes_and_the_words_that_move_the_answer(file):
    run = gradatim.train(file, task="classification", epochs=1, lr=1e-5, out="run", **QUICK)
    kept = read_measurements(run.folder).evidence
    worst = next(one for one in kept if isinstance(one, Mistakes))
    test = run.data.test
    assert worst.rows
    for row, example in zip(worst.rows, worst.examples, strict=True):
        assert example.values == {"text": test.texts[row]}
    words = next(one for one in kept if isinstance(one, Words))
    assert words.classes == ["neg", "pos"]
    counts = {w: sum(w in text.split() for text in test.texts) for w in ("good", "bad")}
    of_class = [{one.word: one for one in some} for some in words.words]
    assert of_class[1]["good"].texts == counts["good"] and "good" not in of_class[0]
    ranks = [one.adds * one.texts for one in words.words[1]]
    assert ranks == sorted(ranks, reverse=True)
    page = Path("run/report.html").read_text()
    for shown in ("Words that move the answer", "Confusion matrix", test.texts[worst.rows[0]]):
        assert shown in page


def test_what_stands_beside_is_scikit_learns(file):
    run = gradatim.train(file, task="classification", epochs=1, out="run", **QUICK)
    train, test = run.data.train, run.data.test
    found = {row["name"]: row["metrics"]["accuracy"] for row in run.baselines}
    assert list(found) == ["majority", "logistic regression", "naive Bayes", "naive Bayes of presence"]
    for name, model, binary in (
        ("logistic regression", LogisticRegression(max_iter=1000), False),
        ("naive Bayes", MultinomialNB(), False),
        ("naive Bayes of presence", BernoulliNB(), True),
    ):
        counts = CountVectorizer(analyzer=words_of, binary=binary)
        model.fit(counts.fit_transform(train.texts), train.y)
        assert found[name] == pytest.approx(model.score(counts.transform(test.texts), test.y))
    with pytest.raises(UsageError, match="the models beside this network are not kept with the run"):
        gradatim.train(file, task="classification", keep_best_model=True, **QUICK)


@pytest.mark.parametrize("network", ["text_classifier", "sequence_classifier"])
def test_it_goes_on_to_the_same_bits(file, network):
    how = {"task": "classification", "schedule": "constant", "model": network, "batch_size": 16, **QUICK}
    gradatim.train(file, epochs=4, out="whole", **how)
    gradatim.train(file, epochs=2, out="half", **how)
    gradatim.train(resume="half", epochs=4, quiet=True)
    whole, half = (read_tensors(f"{name}/model.safetensors", "model")[0] for name in ("whole", "half"))
    assert whole.keys() == half.keys() and all(np.array_equal(whole[name], half[name]) for name in whole)


@pytest.mark.parametrize(
    "how", [{}, {"text_units": "words"}, {"text_units": "characters"}, {"model": "sequence_classifier"}]
)
def test_what_stands_beside_a_text_in_its_batch_changes_nothing(how):
    run = gradatim.train(reviews(), epochs=1, precision="float64", out="run", **how, **QUICK)
    test = run.data.test
    whole = ask(run.trained, test).a
    longest = max(test.texts, key=len) * 30
    alone = np.concatenate([ask(run.trained, test.take(np.array([i]))).a for i in range(len(test))])
    beside = run.predict([*test.texts, longest]).a[:-1]
    np.testing.assert_allclose(alone, whole, rtol=0, atol=1e-12)
    np.testing.assert_allclose(beside, whole, rtol=0, atol=1e-12)


def test_a_tables_column_of_texts_through_every_verb():
    texts, labels = reviews()
    pd.DataFrame({"review": texts, "liked": labels}).to_csv("r.csv", index=False)
    run = gradatim.train("r.csv", target="liked", epochs=4, out="run", **QUICK)
    assert run.trained.network["name"] == "text_classifier" and run.trained.features == ("review",)
    again = gradatim.load("run")
    assert again.evaluate(data="r.csv")["n"] == 240
    found = again.predict("r.csv").to_csv().splitlines()
    assert found[0].startswith("review,liked,prediction") and found[1].startswith(f"{texts[0]},{labels[0]},")
    frame = pd.DataFrame({"other": 1, "review": texts})
    assert again.predict(frame).labels.tolist() == again.predict(texts).labels.tolist()
    resumed = gradatim.train(resume="run", epochs=5, quiet=True)
    assert len(resumed.records) == 5
    rows = gradatim.train("r.csv", target="liked", model="mlp", epochs=1, out="rows", **QUICK)
    assert rows.trained.encoder.name == "table" and rows.data.train.layout == "rows"
    assert gradatim.load("rows").data.train.layout == "rows"


def test_a_run_that_learned_a_column_of_texts_as_words_is_gone_on_with():
    """As earlier versions did: its config does not say that the table may be texts."""
    texts, labels = reviews()
    pd.DataFrame({"review": texts, "liked": labels}).to_csv("r.csv", index=False)
    gradatim.train("r.csv", target="liked", model="ensemble", members=1, epochs=1, out="old", **QUICK)
    assert "as_texts" not in json.loads(Path("old/config.json").read_text())["data"]["source"]
    assert len(gradatim.train(resume="old", epochs=2, quiet=True).records) == 2


def test_one_of_several_classes_and_one_that_comes_once():
    texts, labels = reviews(90)
    run = gradatim.train(([*texts, "a film of its own"], [*labels, "odd"]), epochs=2, out="run", **QUICK)
    assert run.trained.problem.names == ("neg", "odd", "pos")
    assert run.predict(texts[:3]).probabilities.shape == (3, 3)
    assert run.evaluate((texts, labels))["n"] == 90
    with pytest.raises(UsageError, match="the label 'fair', which the network does not know"):
        run.evaluate((["so so"], ["fair"]))


def test_what_is_for_other_data_is_refused(file):
    how = {"task": "classification", **QUICK}
    with pytest.raises(UsageError, match="mlp does not learn from labelled texts; text_classifier does"):
        gradatim.train(file, model="mlp", **how)
    with pytest.raises(
        UsageError, match="the network reads one sequence: --text-units is words or characters"
    ):
        gradatim.train(file, model="sequence_classifier", text_units="both", **how)
    with pytest.raises(UsageError, match="--text-units is for labelled texts, sentence pairs, captioned"):
        gradatim.train("digits", text_units="words", **QUICK)
    run = gradatim.train(file, epochs=1, out="run", **how)
    with pytest.raises(UsageError, match="the network learns from labelled texts: give it a list"):
        run.predict(np.eye(3))
    Path("none").mkdir()
    with pytest.raises(UsageError, match="holds no text file"):
        run.predict("none")
    with pytest.raises(UsageError, match="digits holds none"):
        run.evaluate("digits")


def test_one_sequence_of_words_is_traced_and_n_grams_are_not(file):
    how = {"task": "classification", "epochs": 1, **QUICK}
    gradatim.train(file, model="sequence_classifier", hidden=3, out="run", **how)
    page = gradatim.trace("run", example=2)
    text = gradatim.load("run").data.test.texts[1]
    assert f'"{text.lower()}"' in str(page) or text.split()[0] in str(page)
    gradatim.train(file, out="grams", **how)
    with pytest.raises(UsageError, match="knows char_lm, sequence_classifier and tagger"):
        gradatim.trace("grams")
    with pytest.raises(UsageError, match="its report lists the words that weigh most"):
        gradatim.plot("filters", "grams", out="filters.png")


@pytest.mark.slow
def test_rt_polarity_by_the_default_recipe():
    """One part of ten; the mean of all ten folds is that of benchmarks/rt_polarity.py."""
    run = gradatim.train("rt-polarity", test=0.1, out="run", **QUICK)
    assert run.metrics["accuracy"] > 0.775
    found = {row["name"]: row["metrics"]["accuracy"] for row in run.baselines}
    assert run.metrics["accuracy"] > found["naive Bayes"]

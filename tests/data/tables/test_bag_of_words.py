"""Free text as a bag of words: scikit-learn's tf-idf, learned from the training rows, and found again."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer

import gradatim
from gradatim.checks import UsageError
from gradatim.data.encoders import table as encoder_of_tables
from gradatim.data.encoders.encoder import fit_encoder
from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.data.tables import bag_of_words
from gradatim.data.tables.encoding import inputs_of, names_out
from gradatim.jobs.data import describe_data

QUICK = {"threads": 1, "quiet": True, "baselines": False}
ALL = [f"word{k}" for k in range(30)]


def reviews(n=300, seed=0):
    """Ten words a row and a number; liked is who writes more good than bad words, which are five of each."""
    rng = np.random.default_rng(seed)
    picked = rng.integers(0, 30, (n, 10))
    score = (picked < 5).sum(1) - ((picked >= 5) & (picked < 10)).sum(1)
    table = pd.DataFrame({"review": [" ".join(ALL[k].title() for k in row) + "!" for row in picked]})
    table["length"] = rng.normal(size=n).round(4)
    table["liked"] = np.where(score + rng.normal(0, 0.1, n) > 0, "yes", "no")
    return table


def test_they_are_scikit_learn_s_tf_idf():
    """The vocabulary and the idf are those of the training rows; other rows are only coded by them."""
    parts = split(load_data(reviews(), "liked"))
    encoder = fit_encoder(parts.train)
    record = encoder.as_dict()
    for part in parts:
        texts = [part.columns[0].categories[int(code)] for code in part.x[:, 0]]
        if part is parts.train:
            oracle = TfidfVectorizer(sublinear_tf=True, token_pattern=r"\w+", min_df=2).fit(texts)
            assert set(record["columns"][0]["words"]) == set(oracle.vocabulary_)
        x = encoder.inputs(part, np.float64)
        names = names_out(record)
        for word, place in oracle.vocabulary_.items():
            expected = oracle.transform(texts)[:, place].toarray()[:, 0]
            np.testing.assert_allclose(x[:, names.index(f"review: {word}")], expected, atol=1e-12)


def test_the_commonest_words_are_kept_and_fewer_of_many_rows(monkeypatch):
    texts = ["a a b", "a c", "b d", "a"]
    codes = np.array([0, 1, 2, 3, 3, np.nan])
    assert bag_of_words.fit_words(codes, texts)["words"] == ["a", "b"]  # c and d come in one row
    assert bag_of_words.fit_words(np.array([1.0, 2.0]), texts)["words"] == []
    monkeypatch.setattr(bag_of_words, "MOST_WORDS", 1)
    assert bag_of_words.fit_words(codes, texts)["words"] == ["a"]
    monkeypatch.setattr(bag_of_words, "MOST_WORDS", 5)
    monkeypatch.setattr(bag_of_words, "MOST_NUMBERS", 6)  # six rows, one word
    assert bag_of_words.fit_words(codes, texts)["words"] == ["a"]


def test_predictions_are_made_for_some_rows_at_a_time(monkeypatch):
    run = gradatim.train(reviews(), target="liked", epochs=2, **QUICK)
    before, measured = run.predict(reviews(50, 1)).probabilities, run.evaluate()["metrics"]
    monkeypatch.setattr(encoder_of_tables, "AT_ONCE", 7)
    np.testing.assert_allclose(run.predict(reviews(50, 1)).probabilities, before, rtol=1e-5)
    assert run.evaluate()["metrics"] == pytest.approx(measured, rel=1e-5)


def test_some_rows_at_a_time_are_all_rows(monkeypatch):
    parts = split(load_data(reviews(), "liked"))
    encoder = fit_encoder(parts.train)
    whole = encoder.encode(encoder.raw(parts.train))
    monkeypatch.setattr(encoder_of_tables, "AT_ONCE", 7)
    np.testing.assert_array_equal(encoder.inputs(parts.train), whole)


@pytest.mark.parametrize("engine", ["numpy", pytest.param("torch", marks=pytest.mark.slow)])
def test_from_the_file_to_predictions(tmp_path, engine):
    reviews().to_csv(tmp_path / "r.csv", index=False)
    run = gradatim.train(tmp_path / "r.csv", target="liked", engine=engine, **QUICK)
    assert run.metrics["accuracy"] > 0.8
    again = gradatim.load(run.path)
    assert again.evaluate() == run.evaluate()
    assert again.evaluate(tmp_path / "r.csv")["metrics"]["accuracy"] > 0.9
    new = reviews(60, 1)
    found = again.predict(new)
    assert (found.labels == new["liked"]).mean() > 0.8
    shuffled = new[["length", "review"]].assign(other=1)
    np.testing.assert_array_equal(again.predict(shuffled).probabilities, found.probabilities)
    new.to_csv(tmp_path / "new.csv", index=False)
    of_file = again.predict(tmp_path / "new.csv")
    np.testing.assert_allclose(of_file.probabilities, found.probabilities, atol=1e-6)
    assert of_file.beside.rows == (tmp_path / "new.csv").read_text().splitlines()[1:]
    assert again.predict(new.drop(columns="review")).notices == (
        "missing columns, taken as missing values: 'review'",
    )
    page = run.folder.report.read_text()
    assert "tf-idf of 30 words" in page
    stored = json.loads(run.folder.model_json.read_text())["encoder"]["columns"][0]
    assert set(stored) == {"name", "kind", "missing", "words", "idf"}  # no text of anyone's


def test_it_is_told_and_can_be_left_out(tmp_path):
    reviews().to_csv(tmp_path / "r.csv", index=False)
    said = "column 'review' is free text, of which 30 words are counted: those in the most rows of training"
    facts = describe_data(tmp_path / "r.csv", "liked", schema=tmp_path / "s.json")
    assert facts["notices"] == [said]
    assert facts["inputs"] == 31
    run = gradatim.train(tmp_path / "r.csv", target="liked", epochs=1, **QUICK)
    assert said in run.data.notices
    assert load_data(tmp_path / "r.csv", "liked", ignore="review").features == ("length",)
    schema = json.loads((tmp_path / "s.json").read_text())
    schema["columns"][0]["use"] = "ignore"
    assert load_data(tmp_path / "r.csv", "liked", schema=schema).features == ("length",)


def test_a_missing_text_has_no_word_and_a_column_that_says_so():
    table = reviews()
    table.loc[::5, "review"] = None
    parts = split(load_data(table, "liked"))
    encoder = fit_encoder(parts.train)
    record = encoder.as_dict()
    x = encoder.inputs(parts.test)
    absent = np.isnan(parts.test.x[:, 0])
    assert absent.any()
    names = names_out(record)
    np.testing.assert_array_equal(x[:, names.index("review missing")], absent)
    inside = [i for i, name in enumerate(names) if name.startswith("review: ")]
    np.testing.assert_array_equal(x[:, inside].any(1), ~absent)
    assert inputs_of(record)[0].categories == ()


def test_what_stands_beside_learns_from_the_words_too():
    run = gradatim.train(reviews(600), target="liked", threads=1, quiet=True)
    scores = {row["name"]: row["metrics"]["accuracy"] for row in run.baselines}
    assert scores["linear model"] > scores["majority"] + 0.1
    assert scores["boosted trees"] > scores["majority"] + 0.1
    assert run.baselines[2]["what"].endswith("of a free text at most 500 words")


def test_texts_without_a_common_word_are_refused_in_a_sentence():
    texts = [f"a{k} b{k} c{k} d{k}" for k in range(40)]
    table = pd.DataFrame({"text": texts, "y": ["yes", "no"] * 20})
    with pytest.raises(UsageError, match="no word of 'text' comes in two rows of training"):
        gradatim.train(table, target="y", model="mlp", **QUICK)


def test_a_run_with_words_is_gone_on_with_exactly(tmp_path):
    reviews().to_csv(tmp_path / "r.csv", index=False)
    how = {"target": "liked", "schedule": "constant", **QUICK}
    whole = gradatim.train(tmp_path / "r.csv", epochs=4, **how)
    half = gradatim.train(tmp_path / "r.csv", epochs=2, out="half", **how)
    again = gradatim.train(resume=half.path, epochs=4, quiet=True)
    assert again.evaluate() == whole.evaluate()

"""The section on the data, and the rows that a person can find again."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.explain.data_evidence import DataFacts
from gradatim.explain.data_facts import facts_of_data
from gradatim.explain.stored_measurements import read_measurements
from gradatim.problems.evidence import Misses, Mistakes

QUICK = {"epochs": 2, "hidden": 4, "threads": 1, "quiet": True, "baselines": False}


def customers(n=300):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({
        "customer": [f"C{k:04d}" for k in range(n)], "visits": rng.integers(0, 40, n).astype(float),
        "town": rng.choice(["Rome", "Oslo"], n), "shop": "north",
        "note": [f"{rng.choice(['good', 'bad'])} service, said customer {k} of the house" for k in range(n)],
    })  # fmt: skip
    frame["price"] = (10_000 * frame["visits"] + rng.normal(0, 9000, n)).round(2)
    frame["buys"] = np.where(frame["visits"] + rng.normal(0, 9, n) > 20, "yes", "no")
    frame.loc[:29, "visits"] = np.nan
    return frame


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Runs from files: whether customers buy, and at which price; two rows have no target."""
    place, frame = tmp_path_factory.mktemp("customers"), customers()
    for target, other in (("buys", "price"), ("price", "buys")):
        table = frame.drop(columns=other)
        table.loc[[0, 7], target] = None
        table.to_csv(place / f"{target}.csv", index=False)
        gradatim.train(place / f"{target}.csv", target=target, out=place / target, **QUICK)
    return place


def found(run: Path, kind: type):
    kept = read_measurements(gradatim.load(run).folder)
    return next(one for one in kept.evidence if isinstance(one, kind))


def test_every_column_is_there_with_its_missing_values_and_its_encoding(folder):
    facts = found(folder / "buys", DataFacts)
    columns, classes = facts.listings
    rows = {row[0]: row[1:] for row in columns.rows}
    assert list(rows) == ["visits", "town", "note"]
    assert rows["visits"][:2] == ["number", "28 (9.4\u202f%)"]  # two of the 30 have no target
    assert rows["visits"][2].startswith("0 … 39, mean ")
    assert rows["visits"][3].startswith("standardised (mean ")
    assert rows["visits"][3].endswith("and one number that says missing")
    assert rows["town"][3] == "one-hot: 2 categories"
    assert rows["note"][2:] == ["298 different texts", "tf-idf of 8 words"]
    assert ("inputs", "3 columns, 12 input features after encoding") in facts.facts
    kept = customers()["buys"].drop([0, 7])
    assert {row[0]: sum(map(int, row[1:])) for row in classes.rows} == kept.value_counts().to_dict()
    assert any("'customer' is left out (identifier" in notice for notice in facts.notices)
    assert any("'shop' is left out (constant" in notice for notice in facts.notices)


def test_the_worst_mistakes_are_rows_of_the_file_with_their_identifier_and_their_text(folder):
    frame = customers()
    for target, kind in (("buys", Mistakes), ("price", Misses)):
        evidence = found(folder / target, kind)
        assert evidence.examples
        for row, one in zip(evidence.rows, evidence.examples, strict=True):
            line = frame.iloc[one.row - 1]
            assert one.row != row + 1 or target == "price"
            assert one.values["customer"] == line["customer"]
            assert one.values["note"] == line["note"]
            true = evidence.true[evidence.rows.index(row)] if target == "buys" else None
            assert true is None or true == line["buys"]
            assert np.isnan(line["visits"]) or one.values["visits"] == line["visits"]


def test_the_page_shows_them_and_keeps_them_when_the_file_is_gone(folder):
    run = gradatim.load(folder / "price")
    page = run.folder.report.read_text()
    (folder / "price.csv").rename(folder / "moved.csv")
    try:
        again = gradatim.load(folder / "price").report().read_text()
    finally:
        (folder / "moved.csv").rename(folder / "price.csv")
    assert again == page
    assert 'id="data"' in page
    assert '<th scope="col" class="number">row</th>' in page
    assert "Column &#39;shop&#39; is left out" in page
    assert "<small>mean squared error of the standardised target</small>" in page


def test_other_data_have_facts_of_their_own(tmp_path):
    out = tmp_path / "d"
    digits = gradatim.train("digits", epochs=1, out=out, threads=1, quiet=True, baselines=False)
    facts = found(digits.path, DataFacts)
    assert dict(facts.facts)["an example"] == "a picture, channels × height × width: 1 × 8 × 8"
    assert dict(facts.facts)["values of training"].startswith("0 … 16, mean 4.8")
    assert facts.listings[0].head == ["class", "training#", "validation#", "test#"]
    assert sum(int(n) for row in facts.listings[0].rows for n in row[1:]) == 1797


@pytest.mark.parametrize(("shape", "each"), [((3,), "number"), ((3, 4, 4), "channel")])
def test_what_is_scaled_is_said(shape, each):
    from gradatim.data.dataset import Dataset
    from gradatim.data.encoders.standardise import Standardise

    data = Dataset(np.random.default_rng(0).normal(size=(9, *shape)), np.arange(9) % 2, ("a", "b"))
    facts = dict(facts_of_data({"train": data}, Standardise.fit(data)).facts)
    assert facts["encoded"] == f"each {each} minus its mean over training, divided by its deviation"
    assert facts["target"] == "2 classes"


def test_a_text_and_sequences_are_described_by_their_source():
    from gradatim.data.ragged import Ragged
    from gradatim.data.text import text_of

    text = facts_of_data({"train": text_of("to be or not to be"), "valid": None}, None)
    assert dict(text.facts)["training part"] == "18 characters in 0 lines, 7 distinct"
    words = Ragged([[3, 1, 4], [1, 5], [2], [3], [1], [0]] * 4, [0, 1, 1, 1, 0, 1] * 4)
    assert "24 sequences of 1 to 3 steps" in facts_of_data({"train": words}, None).facts[0][1]


def test_nothing_is_said_of_a_loader():
    from gradatim.data.loader import Loader

    assert facts_of_data({"train": Loader([]), "valid": None, "test": None}, None) is None

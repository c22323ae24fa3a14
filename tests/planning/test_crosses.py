"""I1: which categories are crossed: by name, by number, or by what they say together."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import mutual_info_score

from gradatim.checks import UsageError
from gradatim.data.encoders.encoder import fit_encoder
from gradatim.data.loading import load_data
from gradatim.planning.crosses import best_crosses, information, with_crosses


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    a, b, c = (rng.integers(0, k, 400) for k in (4, 6, 3))
    frame = pd.DataFrame({
        "a": [f"a{i}" for i in a], "b": [f"b{i}" for i in b], "c": [f"c{i}" for i in c],
        "size": rng.normal(size=400), "y": np.where((a + b) % 2, "yes", "no"),
    })  # fmt: skip
    data = load_data(frame, "y")
    return data, fit_encoder(data)


def test_information_is_scikit_learn_s_less_its_bias():
    rng = np.random.default_rng(1)
    a, y = rng.integers(0, 5, 200), rng.integers(0, 3, 200)
    assert information(a, y) == pytest.approx(mutual_info_score(a, y) - (15 - 5 - 3 + 1) / 400, abs=1e-12)


def test_of_columns_that_say_nothing_none_is_crossed():
    rng = np.random.default_rng(2)
    codes = {str(k): rng.integers(0, 12, 1500) for k in range(12)}
    assert best_crosses(codes, rng.integers(0, 2, 1500), 9) == []


def test_auto_finds_the_pair_that_decides_together(table):
    data, encoder = table
    found, said = with_crosses({}, encoder, data)
    assert found["crosses"] == [[[0, 4], [4, 10]]] and found["embeddings"] is True
    assert said["crosses"].startswith("a:b: the pairs that say most")


def test_a_number_is_cut_into_tenths():
    rng = np.random.default_rng(3)
    a, b, c = (rng.integers(0, 4, 800) for _ in range(3))
    y = np.where((a + b) % 2, 1.0, -1.0) + 0.1 * rng.normal(size=800)
    assert best_crosses({"a": a, "b": b, "c": c}, y, 3) == [("a", "b")]


def test_crosses_by_name(table):
    data, encoder = table
    for asked in ("a:b,a:b:c", [["a", "b"], ["a", "b", "c"]], ["a:b", "a:b:c"]):
        found, said = with_crosses({"crosses": asked, "embeddings": False}, encoder, data)
        assert found["crosses"] == [[[0, 4], [4, 10]], [[0, 4], [4, 10], [10, 13]]] and not said
        assert found["embeddings"] is False


def test_places_of_a_described_network_stay(table):
    data, encoder = table
    places = [[[0, 4], [10, 13]]]
    assert with_crosses({"crosses": places}, encoder, data)[0]["crosses"] == places
    assert with_crosses({"crosses": 0}, encoder, data) == (
        {"embeddings": True, "crosses": []}, {"crosses": "none: as asked"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ("a:size", "crosses are of categories, and 'size' is a number; the categories are a, b, c"),
        ("a:bb", "there is no column 'bb' to cross; did you mean b"),
        ("a", "crosses must be columns such as a:b,c:d"), (-1, "or how many; it is -1"),
        ({"a": "b"}, "crosses must be columns"), (True, "crosses must be columns"),
    ],
)  # fmt: skip
def test_crosses_that_cannot_be(table, asked, says):
    data, encoder = table
    with pytest.raises(UsageError, match=says):
        with_crosses({"crosses": asked}, encoder, data)

"""Encoded columns in their own units: scikit-learn's inverse, and what was encoded comes back."""

import json

import numpy as np
import polars as pl
import pytest
from sklearn.preprocessing import QuantileTransformer, RobustScaler, StandardScaler

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.encoders.standardise import Standardise
from gradatim.data.encoders.unit import UnitInterval
from gradatim.data.encoders.unit_table import UnitTable
from gradatim.data.loading import load_data
from gradatim.data.tables.encoding import apply, fit
from gradatim.data.tables.encoding_names import ENCODINGS
from gradatim.data.tables.inputs import Input
from gradatim.data.tables.own_units import own_units
from gradatim.data.tables.scaling import LARGEST

RNG = np.random.default_rng(0)
FRAME = pl.DataFrame(
    {
        "cost": RNG.lognormal(3, 1, 80),
        "gap": [None if n % 9 == 4 else float(n) for n in range(80)],
        "town": RNG.choice(["Rome", "Oslo", "Bern"], 80),
        "open": [n % 3 == 0 for n in range(80)],
        "day": [f"2024-{1 + n % 12:02}-{1 + n % 28:02}" for n in range(80)],
    }
)


def record_of(values, encoding):
    """The record of one column of numbers, kept as JSON."""
    columns = (Input("x", "number", encoding=encoding),)
    return json.loads(json.dumps(fit(Dataset(np.reshape(values, (-1, 1)), columns=columns))))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_of_numbers_comes_back(encoding):
    """To 1e-8; ranks to 1e-3, for a share of 0 is taken as 1e-7."""
    values = 1e3 + 50 * RNG.standard_normal(300)
    record = record_of(values, encoding)
    found = own_units(record, apply(record, values[:, None], np.float64))
    assert list(found) == ["x"]
    np.testing.assert_allclose(found["x"], values, rtol=0, atol=1e-3 if encoding == "quantile" else 1e-8)


def test_standard_and_quantile_are_scikit_learn_s_inverse():
    values, scores = RNG.exponential(size=(400, 1)), RNG.standard_normal((50, 1))
    expected = StandardScaler().fit(values).inverse_transform(scores)
    found = own_units(record_of(values, "standard"), scores)["x"]
    np.testing.assert_allclose(found, expected[:, 0], rtol=1e-12)
    quantiles = QuantileTransformer(n_quantiles=255, output_distribution="normal", subsample=None)
    expected = quantiles.fit(values).inverse_transform(scores)
    found = own_units(record_of(values, "quantile"), scores)["x"]
    np.testing.assert_allclose(found, expected[:, 0], rtol=1e-9)


def test_a_bent_number_at_its_limit_is_far_away_and_finite():
    """0.999 of the limit 3 is x = 2.997/√(1 − 0.999²) = 67.03 of RobustScaler's units."""
    values = RNG.standard_normal((100, 1))
    found = own_units(record_of(values, "robust"), np.array([[3.0], [9.0], [-4.0]]))["x"]
    far = 2.997 / np.sqrt(1 - 0.999**2)
    expected = RobustScaler().fit(values).inverse_transform([[far], [far], [-far]])
    np.testing.assert_allclose(found, expected[:, 0], rtol=1e-9)
    huge = own_units(record_of([0.0, LARGEST], "standard"), np.array([[9.0], [-9.0]]))["x"]
    assert huge == [LARGEST, -LARGEST]


@pytest.mark.parametrize("kind", ["table", UnitTable])
def test_a_row_of_a_table_comes_back(kind):
    data = load_data(FRAME)
    encoder = fit_encoder(data, kind) if isinstance(kind, str) else kind.fit(data)
    found = encoder_from(encoder.as_dict()).decode(encoder.inputs(data, np.float64), ())
    assert list(found) == FRAME.columns
    for name in ("cost", "gap"):
        known = [n for n, value in enumerate(FRAME[name]) if value is not None]
        np.testing.assert_allclose(
            [found[name][n] for n in known], [FRAME[name][n] for n in known], rtol=1e-3
        )
        assert [n for n, value in enumerate(found[name]) if value is None] == [
            n for n in range(80) if n not in known
        ]
    assert found["town"] == FRAME["town"].to_list() and found["day"] == FRAME["day"].to_list()
    assert found["open"] == ["true" if one else "false" for one in FRAME["open"]]


def test_a_network_s_numbers_are_the_likeliest_category_and_the_nearest_day():
    columns = [
        {"name": "town", "kind": "category", "categories": ["Rome", "Oslo", "Bern"], "kept": 2,
         "missing": True},
        {"name": "open", "kind": "boolean", "missing": False},
        {"name": "day", "kind": "date", "missing": False, "hours": False, "scaler": "standard",
         "fill": 0.0, "shift": 86400.0, "scale": 864000.0},
    ]  # fmt: skip
    x = np.zeros((4, 4 + 1 + 5))
    x[np.arange(4), np.arange(4)] = 0.3  # Rome, Oslo, the others, missing
    x[:, 4], x[:, 5] = [-0.2, 0.1, 2.0, -1.0], [0.0, 0.26, -0.1, 1e9]
    found = own_units({"columns": columns}, x)
    assert found["town"] == ["Rome", "Oslo", "(other)", None]
    assert found["open"] == ["false", "true", "true", "false"]
    assert found["day"][:3] == ["1970-01-02", "1970-01-05", "1970-01-01"]  # 1 + 10·0.26 is day 4 of 1970
    assert found["day"][3].startswith("9892")


def test_free_text_and_dates_without_a_day_stay_numbers():
    columns = [
        {"name": "note", "kind": "text", "words": ["good", "bad"], "idf": [1.0, 1.0], "missing": False},
        {"name": "day", "kind": "date", "calendar": True, "hours": False, "missing": False},
    ]
    found = own_units({"columns": columns}, np.arange(6.0)[None])
    assert found == {
        "note: good": [0.0], "note: bad": [1.0], "day sin of year": [2.0], "day cos of year": [3.0],
        "day sin of week": [4.0], "day cos of week": [5.0],
    }  # fmt: skip


def test_arrays_come_back():
    x = RNG.normal(5, 3, (60, 4))
    x[0, 2] = 1e9  # which makes the third be ranked
    rows = Dataset(x)
    encoder = Standardise.fit(rows)
    assert list(encoder.quantiles) == ["2"]
    found = encoder.decode(encoder.inputs(rows, np.float64), ("a", "b", "c", "d"))
    np.testing.assert_allclose(np.transpose([found[name] for name in "abd"]), x[:, [0, 1, 3]], rtol=1e-12)
    np.testing.assert_allclose(np.sort(found["c"])[5:-5], np.sort(x[:, 2])[5:-5], rtol=0.02)
    pictures = Dataset(RNG.integers(0, 17, (20, 3, 4, 5)).astype(float))
    for encoder in (Standardise.fit(pictures), UnitInterval.fit(pictures)):
        flat = encoder.inputs(pictures, np.float64).reshape(20, -1)
        found = encoder.decode(flat, ())
        assert list(found)[:2] == ["x1", "x2"]
        np.testing.assert_allclose(np.transpose([*found.values()]), pictures.x.reshape(20, -1), atol=1e-12)

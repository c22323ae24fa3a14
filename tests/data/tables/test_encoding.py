"""Encoding: against scikit-learn, without a look at the test examples, the same for every later file."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from gradatim.checks import GradatimError, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.splits import split
from gradatim.data.tables.encoding import apply, fit, inputs_in_order, names_out, width
from gradatim.data.tables.inputs import Input

RNG = np.random.default_rng(0)
TOWNS = ["Rome", "Oslo", "Kyiv", "Bern"]
SCALERS = {
    "standard": StandardScaler(),
    "robust": make_pipeline(RobustScaler(), FunctionTransformer(lambda x: x / np.sqrt(1 + (x / 3) ** 2))),
    "quantile": QuantileTransformer(n_quantiles=255, output_distribution="normal", subsample=None),
}


def numbers(n=400, missing=0.1):
    x = np.exp(RNG.standard_normal((n, 4))) * [1, 1e6, 1e-3, 0] + [0, 0, 0, 3]
    x[:, 1] = np.round(x[:, 1], -6)  # ties
    x[RNG.random(x.shape) < missing] = np.nan
    return x


def of_numbers(x):
    return Dataset(x, columns=tuple(Input(f"c{i}", "number") for i in range(x.shape[1])))


@pytest.mark.parametrize("name", SCALERS)
@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_numbers_are_scikit_learn_s(name, missing):
    """Its imputer with indicators and its scaler, to 1e-9, on training and on other examples."""
    train, other = numbers(missing=missing), numbers(50)
    record = fit(of_numbers(train), name)
    imputer = SimpleImputer(strategy="median")
    pipeline = make_pipeline(imputer, SCALERS[name]).fit(train)
    for x in (train, other):
        expected = pipeline.transform(x)
        found = apply(record, x, np.float64)
        places = [names_out(record).index(f"c{i}") for i in range(4)]
        np.testing.assert_allclose(found[:, places[:3]], expected[:, :3], rtol=1e-9, atol=1e-9)
        if name != "quantile":  # a constant is in the middle there, and at the end here
            np.testing.assert_allclose(found[:, places[3]], expected[:, 3], atol=1e-9)
    assert ("c0 missing" in names_out(record)) == bool(missing)
    if missing:
        place = names_out(record).index("c1 missing")
        np.testing.assert_array_equal(apply(record, train)[:, place], np.isnan(train[:, 1]))


def test_a_column_of_few_other_values_is_scaled_robustly_all_the_same():
    x = np.zeros((100, 1))
    x[:10, 0] = 99999
    assert np.abs(apply(fit(of_numbers(x), "robust"), x)).max() < 4


@pytest.mark.parametrize("name", SCALERS)
@pytest.mark.parametrize("unit", [1e-300, 1e-9, 1.0, 1e9, 1e300])
def test_the_unit_does_not_matter(name, unit):
    x = numbers(missing=0.0)[:, :1]
    expected = apply(fit(of_numbers(x), name), x, np.float64)
    np.testing.assert_allclose(
        apply(fit(of_numbers(x * unit), name), x * unit, np.float64), expected, rtol=1e-9
    )


def table(n=300, seed=0, **other):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "size": rng.standard_normal(n), "town": rng.choice(TOWNS, n, p=[0.5, 0.3, 0.15, 0.05]),
        "member": rng.choice(["yes", "no", None], n),
        "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700, n), "D"),
        "y": rng.choice(["a", "b"], n),
    })  # fmt: skip
    frame.loc[rng.random(n) < 0.1, "size"] = np.nan
    frame.loc[rng.random(n) < 0.1, "town"] = None
    return frame.assign(**other)


def test_categories_are_one_hot_as_scikit_learn_s():
    frame = table()
    parts = split(load_data(frame, "y"))
    record = fit(parts.train)
    column = next(one for one in record["columns"] if one["name"] == "town")
    texts = np.array([*column["categories"], None], dtype=object)
    encoder = OneHotEncoder(categories=[texts], sparse_output=False)
    for part in parts:
        codes = part.x[:, 1]  # type: ignore[union-attr]
        values = texts[np.where(np.isnan(codes), len(texts) - 1, codes).astype(int)]
        places = [i for i, name in enumerate(names_out(record)) if name.startswith("town")]
        found = apply(record, part.x)[:, places]  # type: ignore[union-attr]
        np.testing.assert_array_equal(found, encoder.fit_transform(values[:, None]))
    assert [names_out(record)[i] for i in places] == [
        "town=Rome", "town=Oslo", "town=Kyiv", "town=Bern", "town missing"
    ]  # fmt: skip


def test_rare_categories_share_a_place():
    data = load_data(table(), "y")
    record = fit(split(data).train, min_frequency=20)
    assert [name for name in names_out(record) if "town" in name] == [
        "town=Rome", "town=Oslo", "town=Kyiv", "town=(other)", "town missing"
    ]  # fmt: skip
    assert [n for n in names_out(fit(data, max_categories=1)) if "town" in n] == [
        "town=Rome", "town=(other)", "town missing"
    ]  # fmt: skip
    x = apply(record, split(data).train.x)
    places = [i for i, name in enumerate(names_out(record)) if "town" in name]
    assert (x[:, places].sum(1) == 1).all()


def test_dates_are_a_place_on_three_circles():
    when = ["1970-01-01 00:00", "1970-01-05 12:00", "1971-01-01 06:00", None]
    data = load_data(pd.DataFrame({"t": pd.to_datetime(when), "n": [1.5, 2, 3, 4]}), None)
    record = fit(data)
    x = dict(zip(names_out(record), apply(record, data.x, np.float64).T, strict=True))
    np.testing.assert_allclose(x["t sin of day"], [0, 0, 1, 0], atol=1e-9)
    np.testing.assert_allclose(x["t cos of day"], [1, -1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(x["t cos of year"], [1, np.cos(2 * np.pi * 4 / 365.25), 1, 0], atol=1e-9)
    np.testing.assert_allclose(x["t sin of week"], np.sin(2 * np.pi * np.array([3, 0, 4, 0]) / 7), atol=1e-9)
    np.testing.assert_array_equal(x["t missing"], [0, 0, 0, 1])
    assert "t sin of day" not in names_out(
        fit(load_data(pd.DataFrame({"t": pd.to_datetime(["2024-01-01", "2024-01-09"])})))
    )


@given(st.integers(0, 10**6), st.booleans())
def test_no_test_or_validation_row_is_seen(seed, shuffle):
    """Whatever stands in the other rows, what is fitted and the encoded training examples stay the same."""
    frame = table(80, seed % 7)
    parts = split(load_data(frame, "y"))
    record = fit(parts.train)
    rng = np.random.default_rng(seed)
    kept = load_data(frame, "y")
    other: Any = load_data(
        table(80, seed % 7).assign(size=rng.standard_normal(80) * 100, town=rng.choice(["Rome", "Qom"], 80)),
        "y",
    )
    train_rows = rows_of(kept, parts.train)
    mixed = frame.copy()
    mixed["size"] = np.where(np.isin(np.arange(80), train_rows), frame["size"], other.x[:, 0])
    mixed["town"] = np.where(np.isin(np.arange(80), train_rows), frame["town"], "Qom" if shuffle else "Rome")
    found = load_data(mixed, "y")
    train = found.take(train_rows)
    again = fit(train)
    assert again == record
    np.testing.assert_array_equal(
        apply(record, inputs_in_order(record, parts.train)),
        apply(again, inputs_in_order(again, train)),
    )


def load_like(data, first):
    return source_of(data).like(data, first)


def rows_of(data, part):
    """The row numbers of a part, by its values of y and day and size, which are unique."""
    keys = {tuple(np.nan_to_num(row, nan=-9.0)[[0, 3]]): i for i, row in enumerate(data.x)}
    return np.array([keys[tuple(np.nan_to_num(row, nan=-9.0)[[0, 3]])] for row in part.x])


def test_what_is_stored_is_json_and_encodes_the_same():
    parts = split(load_data(table(), "y"))
    record = fit(parts.train)
    stored = json.loads(json.dumps(record, allow_nan=False))
    assert stored == record
    for part in parts:
        assert part is not None
        x = apply(stored, part.x)
        assert x.dtype == np.float32
        np.testing.assert_array_equal(x, apply(record, part.x))
        assert x.shape == (len(part), width(record)) == (len(part), len(names_out(record)))
        assert encoder_from(record).shape(part.x.shape[1:]) == (width(record),)


def test_another_file_may_have_its_columns_in_any_order():
    first = split(load_data(table(), "y")).train
    record = fit(first)
    expected = load_like(table(40, 1), first)
    assert expected.notices == ("missing values, filled in as training does: 1 in 'size', 12 in 'member'",)
    frame = table(40, 1).assign(more=1)
    found = load_like(frame[["more", "y", "day", "town", "member", "size"]], first)
    np.testing.assert_array_equal(
        apply(record, inputs_in_order(record, found)),
        apply(record, inputs_in_order(record, expected)),
    )
    assert found.y is not None
    np.testing.assert_array_equal(found.y, (frame["y"] == "b").astype(int))


def test_missing_columns_and_unknown_categories_are_handled_and_counted(tmp_path):
    first = split(load_data(table(), "y")).train
    record = fit(first)
    frame = table(40, 1).drop(columns=["y", "member", "day"])
    frame.loc[:4, "town"] = "Qom"
    frame["size"] = frame["size"].astype(object)
    frame.loc[7, "size"] = "big"
    frame.to_csv(tmp_path / "later.csv", index=False)
    found = load_like(tmp_path / "later.csv", first)
    assert found.y is None
    assert found.notices == (
        "missing columns, taken as missing values: 'member', 'day'",
        "unknown categories: 5 in 'town'",
        "unreadable values: 1 in 'size'",
        "missing values, filled in as training does: 1 in 'size'",
    )
    x = apply(record, inputs_in_order(record, found))
    names = names_out(record)
    assert (x[:, names.index("member missing")] == 1).all()
    assert (x[:5, [i for i, name in enumerate(names) if "town" in name]] == 0).all()
    assert x[7, names.index("size missing")] == 1


def test_codes_as_numbers_and_as_texts_are_the_same_category(tmp_path):
    (tmp_path / "a.csv").write_text(
        "code,n,y\n" + "".join(f"0{i % 3},{i / 7},{'ab'[i % 2]}\n" for i in range(40))
    )
    first = load_data(tmp_path / "a.csv", "y")
    assert first.columns[0].categories == ("00", "01", "02")
    (tmp_path / "b.csv").write_text("n,code\n1,01\n2,1\n")
    found = load_like(tmp_path / "b.csv", first)
    assert found.x[:, 0].tolist() == [1.0, -1.0]


def test_another_target_s_label_is_refused():
    first = load_data(table(), "y")
    with pytest.raises(UsageError, match="data holds the label 'c', which the network does not know"):
        load_like(table(30, y="c"), first)


def test_a_number_too_large_is_named_by_row_and_column():
    data = of_numbers(numbers(missing=0.0))
    record = fit(data)
    x = data.x.copy()
    x[7, 2] = 1e300
    with pytest.raises(GradatimError, match=r"^row 8, column 'c2' holds 1e\+300: too large for float32$"):
        apply(record, x)


@pytest.mark.parametrize("how", [{"numbers": "minmax"}, {"min_frequency": 0}, {"max_categories": 0}])
def test_options_are_checked(how):
    with pytest.raises(UsageError, match=f"^{next(iter(how))} must be"):
        fit(of_numbers(numbers()), **how)


EXTREMES = [
    0.0,
    1.0,
    -1.0,
    1.7976931348623157e308,
    -1.7976931348623157e308,
    1e308,
    5e-324,
    -5e-324,
    1e-308,
    1e300,
]


@given(
    st.lists(st.sampled_from([*EXTREMES, np.nan]), min_size=1, max_size=8),
    st.sampled_from(["standard", "quantile"]),
)
def test_no_number_is_too_large_or_too_small_to_learn_from(values, name):
    x = np.array(values)[:, None]
    z = apply(fit(of_numbers(x), name), x, np.float64)
    assert np.isfinite(z).all()
    assert np.abs(z).max() <= 6

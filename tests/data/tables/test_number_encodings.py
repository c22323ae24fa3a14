"""Encodings of numbers: their equations, at the edges, through JSON, of missing and of unseen values."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.checks import GradatimError, UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.tables.encoding import apply, fit, names_out, width
from gradatim.data.tables.encoding_names import ENCODINGS
from gradatim.data.tables.encoding_words import encoding_in_words
from gradatim.data.tables.inputs import Input, encoded_as
from gradatim.data.tables.periodic import frequencies
from gradatim.data.tables.piecewise import edges_for, fit_edges
from gradatim.data.tables.schema import schema_from

RNG = np.random.default_rng(0)
HUGE = float(np.finfo(np.float64).max)


def of(values: Any, encoding: str = "piecewise") -> Dataset:
    """A table of one column of numbers."""
    x = np.asarray(values, dtype=np.float64).reshape(-1, 1)
    return Dataset(x, columns=(Input("x", "number", encoding=encoding),))


def encoded(values: Any, others: Any, encoding: str = "piecewise") -> np.ndarray:
    """Others as numbers, by what was fitted on values, kept as JSON."""
    record = json.loads(json.dumps(fit(of(values, encoding)), allow_nan=False))
    return apply(record, np.asarray(others, dtype=np.float64).reshape(-1, 1), np.float64)


def test_piecewise_is_the_papers_equation():
    """e_t is the share of bin t left of x: Gorishniy et al. 2022, equation 1, between the outer edges."""
    values = RNG.standard_normal(500)
    edges = np.array(fit(of(values))["columns"][0]["edges"])
    x = RNG.uniform(edges[0], edges[-1], 200)
    found = encoded(values, x)[:, 1:]
    for row, one in zip(found, x, strict=True):
        t = np.searchsorted(edges, one, side="right")  # its bin is from edge t − 1 to edge t
        expected = [1.0] * (t - 1) + [(one - edges[t - 1]) / (edges[t] - edges[t - 1])]
        np.testing.assert_allclose(row, expected + [0.0] * (len(edges) - 1 - t), atol=1e-12)


def test_the_bins_of_a_linear_layer_give_the_number_back():
    """Σ (b_t − b_{t−1}) e_t = x − b_0: nothing between the edges is lost."""
    values = RNG.exponential(size=1000)
    edges = np.array(fit(of(values))["columns"][0]["edges"])
    np.testing.assert_allclose(encoded(values, values)[:, 1:] @ np.diff(edges), values - edges[0], atol=1e-12)


def test_half_of_the_edges_are_where_examples_are_and_half_where_values_are():
    """Nine tenths of the examples are 0, as capital gains are; their other values are told apart."""
    values = np.concatenate([np.zeros(9000), np.arange(1, 1001)])
    edges = np.array(fit_edges(values))
    assert len(edges) <= edges_for(len(values))
    assert edges[0] == 0.0 and edges[-1] == 1000.0
    assert len(edges[(edges > 0) & (edges < 1000)]) >= 24


@pytest.mark.parametrize(
    "values",
    [[3.0] * 5, [3.0], [0.0, 1.0] * 30, [np.nan] * 4, [np.nan, 2.0, 2.0], [-HUGE, 0.0, HUGE, 1.0, 2.0] * 20],
    ids=["one value", "one row", "two values", "all missing", "one value or missing", "enormous"],
)
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_columns_of_few_or_enormous_values_are_encoded(encoding, values):
    found = encoded(values, [*values, 0.5, -1e300, 1e300, np.nan], encoding)
    assert np.isfinite(found).all()
    assert found.shape[1] == width(fit(of(values, encoding)))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_missing_value_is_the_median_and_says_so(encoding):
    values = np.append(np.arange(101.0), np.nan)
    found = encoded(values, [50.0, np.nan], encoding)
    np.testing.assert_array_equal(found[0, :-1], found[1, :-1])
    assert found[:, -1].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("encoding", ["robust", "piecewise", "periodic"])
def test_unseen_values_stay_in_order_and_bounded(encoding):
    """Far outside what was seen the number itself still rises, and never beyond 3."""
    values = RNG.standard_normal(300)
    found = encoded(values, [-1e6, -10.0, -5.0, 0.0, 5.0, 10.0, 1e6], encoding)[:, 0]
    assert (np.diff(found) > 0).all() and np.abs(found).max() <= 3


def test_periodic_is_sine_and_cosine_of_the_robust_number():
    values = RNG.standard_normal(400)
    robust = encoded(values, values, "robust")[:, 0]
    found = encoded(values, values, "periodic")
    np.testing.assert_array_equal(found[:, 0], robust)
    for k, w in enumerate(frequencies()):
        np.testing.assert_allclose(found[:, 1 + k], np.sin(2 * np.pi * w * robust), atol=1e-12)
        np.testing.assert_allclose(found[:, 17 + k], np.cos(2 * np.pi * w * robust), atol=1e-12)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=60))
@settings(max_examples=60, deadline=None)
def test_any_numbers_have_rising_edges_and_bins_between_0_and_1(values):
    edges = fit_edges(np.array(values))
    assert 2 <= len(edges) <= 8 and edges == sorted(edges)
    found = encoded(values, values)[:, 1:]
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) <= 1e-12).all()  # a bin is full before the next begins


def test_a_schema_names_the_encoding_of_a_column():
    content = {"columns": [{"name": "age", "kind": "number", "encoding": "periodic"}]}
    field = schema_from(content, "here").fields[0]
    assert field.as_input().encoding == "periodic"
    assert field.as_dict()["encoding"] == "periodic"
    inputs = encoded_as([field.as_input(), Input("size", "number"), Input("town", "category")], "piecewise")
    assert [one.encoding for one in inputs] == ["periodic", "piecewise", ""]


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        ({"kind": "number", "encoding": "piecwise"}, "did you mean piecewise"),
        ({"kind": "category", "encoding": "robust"}, "an encoding is that of a number"),
        ({"kind": "number", "encoding": 3}, "unknown encoding 3"),
    ],
)
def test_encodings_that_cannot_be_are_named(column, sentence):
    with pytest.raises(UsageError, match=sentence):
        schema_from({"columns": [{"name": "age", **column}]}, "here")


@pytest.mark.parametrize(
    ("entry", "value", "sentence"),
    [
        ("edges", [2.0, 1.0], "in rising order"),
        ("edges", [1.0], "at least 2"),
        ("limit", 0, "above 0"),
        ("scaler", "periodic", "frequencies is missing"),
        ("encoding", "none", "encoding"),
    ],
)
def test_a_changed_record_is_refused_where_it_is_read(entry, value, sentence):
    record = json.loads(json.dumps(fit_encoder(of(RNG.standard_normal(50))).as_dict()))
    record["columns"][0][entry] = value
    with pytest.raises(GradatimError, match=sentence):
        encoder_from(record)


def test_records_of_earlier_versions_are_read():
    """A robust scaler was not bent; its record has no limit."""
    column = {
        "name": "x", "kind": "number", "missing": False, "scaler": "robust", "fill": 0.0, "shift": 1.0,
        "scale": 2.0,
    }  # fmt: skip
    encoder = encoder_from({"name": "table", "numbers": "robust", "columns": [column]})
    assert encoder.encode(np.array([[101.0]]), np.float64).tolist() == [[50.0]]


def test_every_value_of_a_column_with_few_is_an_edge():
    """194 communes in 17,000 rows are told apart; in 1,000 rows, or among 100 columns, they are binned."""
    communes = np.arange(17_000) % 194
    assert fit_edges(communes) == list(range(194))
    assert len(fit_edges(communes[:1000])) <= edges_for(1000)
    assert len(fit_edges(communes, columns=100)) <= 20


def test_each_number_has_a_name():
    record = fit(of([0.0, 1.0, 2.0]))
    assert names_out(record) == ["x", "x from 0 to 1", "x from 1 to 2"]


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("piecewise", "(x − 1)/1 bent towards ±3, and its place in 2 bins"),
        ("periodic", "(x − 1)/1 bent towards ±3, and 32 sines and cosines"),
        ("robust", "(x − 1)/1, of median and quartiles, bent towards ±3"),
        ("combined", "standardised (mean 1, deviation 0.8165), kept within -2 and 4; beside it (x − 1)/1 "
         "bent towards ±3, and its place in 2 bins"),
    ],
)  # fmt: skip
def test_each_encoding_is_said_in_words(encoding, words):
    assert encoding_in_words(fit(of([0.0, 1.0, 2.0], encoding))["columns"][0]) == words


@pytest.mark.parametrize("values", [RNG.standard_normal(200), np.append(np.arange(99.0), 1e9)])
def test_combined_numbers_go_a_whole_range_beyond_training_and_no_further(values):
    """Within twice the range they are what `auto` makes; beyond, what stands at its end."""
    low, high = values.min(), values.max()
    span = high - low
    inside = np.linspace(low - span, high + span, 50)
    found = encoded(values, inside, "combined")[:, 0]
    np.testing.assert_array_equal(found, apply(fit(of(values, "")), inside.reshape(-1, 1), np.float64)[:, 0])
    far = encoded(values, [-HUGE, -1e30, low - span, high + span, 1e30, HUGE], "combined")
    np.testing.assert_array_equal(far[:3, 0], far[[2, 2, 2], 0])
    np.testing.assert_array_equal(far[3:, 0], far[[3, 3, 3], 0])


def test_of_a_constant_combined_column_no_other_value_is_told_apart():
    """Training never saw it vary: whatever a network made of another value would be chance."""
    assert not encoded([5.0, 5.0, 5.0], [5.0, 6.0, -1e30, HUGE], "combined")[:, 0].any()


@pytest.mark.parametrize("unit", [2.0**1022, 2.0**-1000])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_is_the_same_in_any_unit(encoding, unit):
    """A unit of a power of two costs no digit: the encoded numbers stay."""
    values = np.round(RNG.uniform(-1.9, 1.9, 64), 2)
    values = np.round(values * 64) / 64
    expected = encoded(values, values, encoding)
    np.testing.assert_allclose(encoded(values * unit, values * unit, encoding), expected, atol=1e-9)


def test_one_enormous_value_beside_ordinary_ones_leaves_these_their_ranks():
    ordinary = np.linspace(-1, 1, 101)
    found = encoded(np.append(ordinary, HUGE), ordinary[1:], "combined")[:, 0]
    assert np.isfinite(found).all() and found[-1] - found[0] > 2


def test_a_record_whose_bounds_are_none_is_refused():
    record = json.loads(json.dumps(fit(of([1.0, 2.0], "combined"))))
    for bounds in ([3.0, 1.0], [1.0, 2.0, 3.0]):
        record["columns"][0]["bounds"] = bounds
        with pytest.raises(GradatimError, match="bounds"):
            encoder_from(record)

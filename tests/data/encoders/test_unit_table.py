"""A table's columns between 0 and 1: scikit-learn's MinMaxScaler of what the table's encoder gives."""

import numpy as np
import polars as pl
import pytest
from sklearn.preprocessing import MinMaxScaler

from gradatim.checks import GradatimError
from gradatim.data.encoders.encoder import encoder_for, encoder_from, fit_encoder
from gradatim.data.encoders.unit_table import UnitTable
from gradatim.data.loading import load_data

RNG = np.random.default_rng(0)
FRAME = pl.DataFrame(
    {
        "small": RNG.normal(0, 1e-3, 60),
        "large": [None if n == 7 else 1e4 * float(n) for n in range(60)],
        "town": RNG.choice(["a", "b", "c"], 60),
    }
)


def rows():
    return load_data(FRAME)


def test_each_column_is_scaled_by_its_own_limits():
    """As MinMaxScaler behind the table's encoder, to 1e-15; what lies beyond training's limits is cut off."""
    data = rows()
    found = UnitTable.fit(data).inputs(data, np.float64)
    plain = fit_encoder(data, "table").inputs(data, np.float64)
    np.testing.assert_allclose(found, MinMaxScaler().fit_transform(plain), rtol=0, atol=1e-15)
    assert found.shape == (60, 2 + 1 + 3)  # large has a column that says missing
    assert found.min() == 0 and found.max() == 1 and found.std(0).min() > 0.1
    few = UnitTable.fit(data.take(np.arange(20)))
    later = few.inputs(data, np.float64)
    assert later.min() == 0 and later.max() == 1


def test_it_comes_back_from_its_record_and_a_damaged_one_is_named():
    data = rows()
    encoder = UnitTable.fit(data)
    record = encoder.as_dict()
    again = encoder_from(record)
    assert type(again) is UnitTable
    np.testing.assert_array_equal(again.inputs(data), encoder.inputs(data))
    assert again.columns_in_words()[0].endswith("; then from 0 to 1")
    with pytest.raises(
        GradatimError, match=r"encoder\.high must be 6 numbers, as the network's inputs; it is 5"
    ):
        encoder_from({**record, "high": record["high"][:5]})
    with pytest.raises(GradatimError, match=r"encoder\.low is missing"):
        encoder_from({name: value for name, value in record.items() if name != "low"})


def test_a_way_of_learning_that_reads_units_gets_it_for_tables():
    assert encoder_for("unit", rows()) == "unit_table"
    assert encoder_for("table", rows()) == "table"

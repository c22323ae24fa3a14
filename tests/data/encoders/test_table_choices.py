"""How columns become numbers, and why: said for the kinds of columns that are there."""

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import fit_encoder
from gradatim.data.tables.inputs import Input

NUMBER, TOWN = Input("size", "number"), Input("town", "category", ("Rome",))


def choices(*columns):
    return fit_encoder(Dataset(np.zeros((4, len(columns))), columns=columns)).choices(())


def test_each_kind_of_column_has_its_reason():
    assert fit_encoder(Dataset(np.zeros((4, 2)))).choices(()) == {}
    assert choices(NUMBER).keys() == {"numbers"}
    assert choices(NUMBER, TOWN)["categories"].startswith("one-hot: ")

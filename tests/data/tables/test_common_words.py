"""Raw inputs with the commonest words alone are those that an encoder with fewer words reads."""

import numpy as np
import pandas as pd
import pytest

from gradatim.data.encoders.table import TableEncoder
from gradatim.planning.data_options import DataOptions
from gradatim.planning.find_data import find_data


@pytest.mark.parametrize("most", [1, 3, 7, 1000])
def test_rare_words_are_left_out_of_every_free_text(most):
    rng = np.random.default_rng(0)
    words = np.array([f"w{k}" for k in range(12)])
    chances = np.arange(1, 13) / 78
    notes = [" ".join(rng.choice(words, 5, p=chances)) + f" {i}" for i in range(200)]
    others = [" ".join(rng.choice(words[:6], 3)) + f" {i} x" for i in range(200)]
    frame = pd.DataFrame({"note": notes, "size": rng.normal(size=200), "other": others})
    frame.loc[5, "note"] = None
    frame["y"] = rng.normal(size=200)
    data = find_data(frame, DataOptions(target="y")).train
    encoder = TableEncoder.fit(data)
    raw = encoder.raw(data)
    assert raw.shape[1] > 3 + 12
    found = encoder.common_words(raw, most)
    np.testing.assert_array_equal(found, encoder.without_rare_words(most).raw(data))
    words = [len(column["words"]) for column in encoder.record["columns"] if "words" in column]
    assert found.shape[1] == 3 + sum(min(most, number) for number in words)

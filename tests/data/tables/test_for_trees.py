"""What trees see of a table: the network's features, in their own units and codes."""

import numpy as np
import pandas as pd

from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.data.tables.encoding import apply, fit, inputs_in_order, inputs_of, names_out
from gradatim.data.tables.for_trees import are_categories, tree_columns

N = 300


def mixed():
    rng = np.random.default_rng(0)
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 700 * 24, N), "h")
    frame = pd.DataFrame({
        "at": pd.date_range("2020-01-01", periods=N).strftime("%Y-%m-%d"), "size": rng.standard_normal(N),
        "day": day, "town": rng.choice(["Rome", "Oslo", "Kyiv"], N), "member": rng.choice(["yes", "no"], N),
        "said": [" ".join(rng.choice(["good", "bad", "so", "fine"], 9)) + f" {i}" for i in range(N)],
        "y": rng.standard_normal(N),
    })  # fmt: skip
    frame.loc[::10, ["day", "town", "size"]] = None
    return frame


def test_every_feature_of_the_network_is_there_unscaled():
    train = split(load_data(mixed(), "y", time="at")).train
    record = fit(train)
    raw = inputs_in_order(record, train)
    names = [one.name for one in inputs_of(record)]
    x, seen = tree_columns(record, raw), apply(record, raw, np.float64)
    words = len(raw[0]) - len(names)
    assert x.shape == (len(train), 4 + 1 + 7 + 1 + 1 + 1 + words)
    assert are_categories(record).tolist() == [False] * 12 + [True] + [False] * (2 + words)
    out = names_out(record)
    waves = [i for i, name in enumerate(out) if " of " in name]
    there = ~np.isnan(raw[:, names.index("day")])
    trees = [*range(4), *range(6, 12)]  # sine and cosine of at, and of day
    np.testing.assert_array_equal(x[there][:, trees], seen[there][:, waves])
    assert np.isnan(x[~there][:, 5:12]).all()
    np.testing.assert_array_equal(x[:, 4], raw[:, names.index("size")])
    np.testing.assert_array_equal(x[:, 5], raw[:, names.index("day")])
    np.testing.assert_array_equal(x[:, 12], raw[:, names.index("town")])
    np.testing.assert_array_equal(x[:, 15:], raw[:, len(names) :])


def test_categories_that_are_too_many_or_unknown():
    towns = np.array([f"t{i:03}" for i in range(300)] * 3)
    data = load_data(pd.DataFrame({"town": towns, "y": np.arange(900) % 7 / 7}), "y")
    record = fit(data)
    x = tree_columns(record, np.array([[0.0], [254.0], [299.0], [-1.0], [np.nan]]))
    np.testing.assert_array_equal(x[:, 0], [0, 254, 254, np.nan, np.nan])

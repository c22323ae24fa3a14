"""H1: targets of kinds of their own: which they are, what is missing, and the same of a later table."""

import numpy as np
import pandas as pd
import pytest

from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_like
from gradatim.data.splits import split


def frame(n=60, seed=0):
    rng = np.random.default_rng(seed)
    found = pd.DataFrame({
        "x": rng.normal(size=n).round(3), "kind": rng.choice(["a", "b", "c"], n),
        "price": rng.normal(size=n).round(3), "sold": rng.choice(["no", "yes"], n),
    })  # fmt: skip
    found.loc[:9, "kind"] = None
    found.loc[10:19, "price"] = np.nan
    found.loc[58:, ["kind", "price", "sold"]] = None
    return found


def test_texts_beside_numbers_are_tasks_and_missing_targets_stay_missing():
    table = frame()
    found = load_data(table, "kind,price,sold")
    assert found.task == "tasks" and len(found) == 58
    assert found.tasks == (("kind", ("a", "b", "c")), ("price", ()), ("sold", ("no", "yes")))
    kinds = np.array([{"a": 0, "b": 1, "c": 2}.get(one, np.nan) for one in table["kind"][:58]])
    np.testing.assert_array_equal(found.y[:, 0], kinds)
    np.testing.assert_allclose(found.y[:, 1], table["price"][:58])
    assert "2 rows without any target left out" in found.notices


def test_what_was_several_numbers_or_labels_stays_so():
    table = frame().dropna()
    table["half"] = table["price"] / 2
    assert load_data(table, "price,half", ignore=["kind", "sold"]).task == "regression"
    table["two"] = np.where(table["price"] > 0, "yes", "no")
    assert load_data(table, "sold,two", ignore=["kind", "price", "half"]).task == "multilabel"
    assert load_data(table, "sold,two", ignore=["kind"], task="tasks").tasks[1] == ("two", ("no", "yes"))


def test_a_later_table_is_read_through_the_classes_that_were_learned():
    first = load_data(frame(), "kind,price,sold")
    later = frame(seed=1)[20:50]
    later = later[later["kind"] != "a"]
    found = source_like(later, first, "tasks").like(later, first)
    right = np.array([{"b": 1, "c": 2}[one] for one in later["kind"]])
    np.testing.assert_array_equal(found.y[:, 0], right)
    only = later.drop(columns=["kind", "sold"])
    assert source_like(only, first, "tasks").like(only.drop(columns="price"), first).y is None


def test_the_split_divides_rows_whose_first_target_is_missing_too():
    parts = split(load_data(frame(), "price,kind,sold"))
    assert sum(parts.sizes().values()) == 58


@pytest.mark.parametrize(
    ("change", "target", "says"),
    [
        ({}, "kind,cost", "'cost'"),
        ({"kind": None}, "kind,price,sold", "'kind' is missing in every row"),
        ({"sold": "no"}, "kind,price,sold", "'sold' is 'no' in every row"),
        ({"kind": [f"k{i}" for i in range(60)]}, "kind,price", "too many to be classes"),
    ],
)  # fmt: skip
def test_targets_that_cannot_be_are_named(change, target, says):
    with pytest.raises(UsageError, match=says):
        load_data(frame().assign(**change), target, task="tasks")

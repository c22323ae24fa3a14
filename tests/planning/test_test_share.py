"""`test` as a share: the part has that size, is drawn as the usual fifth is, and is found again."""

import numpy as np
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.planning.data_options import DataOptions
from gradatim.planning.find_again import find_again
from gradatim.planning.find_data import find_data

rng = np.random.default_rng(0)
ARRAYS = (rng.standard_normal((200, 3)), np.arange(200) % 4)
TABLE = "x,y,day\n" + "".join(f"{i % 17}.5,{'ab'[i % 2]},2024-01-{i % 28 + 1:02}\n" for i in range(140))


@pytest.mark.parametrize("share", [0.05, 0.3, np.float64(0.5), 0.9])
def test_the_test_part_has_the_share_and_each_class_its_part(share):
    parts = find_data(ARRAYS, DataOptions(test=share))
    assert len(parts.test) == round(200 * share)
    assert np.bincount(parts.test.y).tolist() == [round(50 * share)] * 4 or share == 0.05
    assert len(parts.train) + len(parts.valid) + len(parts.test) == 200
    again = find_again(parts.reference, ARRAYS)
    np.testing.assert_array_equal(again.test.x, parts.test.x)


def test_the_usual_share_is_a_fifth_and_draws_the_same_rows():
    usual, asked = find_data(ARRAYS, DataOptions()), find_data(ARRAYS, DataOptions(test=0.2))
    np.testing.assert_array_equal(usual.test.x, asked.test.x)
    assert (usual.reference["test"], asked.reference["test"]) == (None, 0.2)


def test_the_latest_rows_are_the_share_of_a_table_with_a_time(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    parts = find_data(str(tmp_path / "t.csv"), DataOptions(target="y", time="day", test=0.5))
    assert len(parts.test) == 70 and parts.test.times.min() > parts.train.times.max()


@pytest.mark.parametrize("share", [0.0, 1.0, -0.1, float("nan")])
def test_a_share_that_cannot_be_is_refused(share):
    with pytest.raises(UsageError, match=r"^test must be a number above 0 and below 1; it is "):
        find_data(ARRAYS, DataOptions(test=share))


def test_data_that_are_not_divided_so_refuse_a_share(tmp_path):
    (tmp_path / "book.txt").write_text("the quick brown fox\n" * 40)
    with pytest.raises(
        UsageError, match=r"^book is not divided into a test part: leave out --test, or give a"
    ):
        find_data(str(tmp_path / "book.txt"), DataOptions(test=0.3))
    official = load_data(
        {"x_train": ARRAYS[0], "y_train": ARRAYS[1], "x_test": ARRAYS[0], "y_test": ARRAYS[1]}
    )
    with pytest.raises(UsageError, match=r" has test examples of its own: leave out --test, or name others$"):
        find_data(official, DataOptions(test=0.3))


def test_a_run_goes_on_with_its_share(tmp_path):
    (tmp_path / "t.csv").write_text(TABLE)
    how = {"target": "y", "quiet": True}
    run = gradatim.train(str(tmp_path / "t.csv"), test=0.3, epochs=1, out=tmp_path / "run", **how)
    assert len(run.data.test) == 42
    more = gradatim.train(resume=tmp_path / "run", epochs=2, quiet=True)
    assert len(more.data.test) == 42 and more.metrics
    with pytest.raises(UsageError, match=r"test was 0\.3 and cannot change"):
        gradatim.train(resume=tmp_path / "run", epochs=3, test=0.2, quiet=True)
    usual = gradatim.train(str(tmp_path / "t.csv"), epochs=1, out=tmp_path / "usual", **how)
    assert len(usual.data.test) == 28
    with pytest.raises(UsageError, match="test was not a share and cannot change"):
        gradatim.train(resume=tmp_path / "usual", epochs=2, test=0.3, quiet=True)

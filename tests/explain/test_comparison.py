from gradatim.explain.comparison import beaten_by, columns, lines
from gradatim.explain.headline import headline
from gradatim.explain.numerals import SPACE


def row(name, **metrics):
    return {"name": name, "what": "", "metrics": metrics, "seconds": 0.5}


def test_who_is_better_is_named_worst_first():
    found = beaten_by({"accuracy": 0.8}, [
        row("majority", accuracy=0.9), row("boosted trees", accuracy=0.88),
        row("linear model", accuracy=0.85),
    ])  # fmt: skip
    assert found.replace(SPACE, " ") == (
        "; a linear model would get 85.0 % and boosted trees 88.0 %, which is better"
    )
    found = beaten_by({"rmse": 2.0, "r2": 0.1}, [row("mean", rmse=1.5), row("boosted trees", rmse=1.0)])
    assert found == "; the mean would be off by 1.5 and boosted trees by 1, which is better"


def test_who_is_as_good_or_worse_is_not():
    assert beaten_by({"accuracy": 0.8}, [row("boosted trees", accuracy=0.8)]) == ""
    assert beaten_by({"rmse": 1.0}, [row("boosted trees", rmse=1.5)]) == ""
    assert beaten_by({"loss": 1.0}, [row("boosted trees", loss=0.5)]) == ""
    assert beaten_by({}, []) == ""


def test_the_headline_says_where_trees_win():
    metrics = {"rmse": 10.34, "mae": 6.4, "r2": 0.8877}
    said = headline("test", 80, metrics, None, [], [row("boosted trees", **{**metrics, "rmse": 9.5})])
    assert said.endswith("; R² is 0.8877; boosted trees would be off by 9.5, which is better.")
    assert "trees" not in headline("test", 80, metrics, None, [], [row("boosted trees", **metrics)])


def test_the_best_of_each_measure_is_marked():
    rows = [row("mean", rmse=2.0, r2=0.0), row("boosted trees", rmse=0.5, r2=0.9)]
    metrics = {"rmse": 1.0, "r2": 0.9, "loss": 0.1}
    assert columns(metrics, rows) == ["rmse", "r2"]
    found = lines(metrics, 3.0, rows)
    assert [line.values for line in found] == [
        [("1", False), ("0.9", True)], [("2", False), ("0", False)], [("0.5", True), ("0.9", True)]
    ]  # fmt: skip
    assert [line.is_network for line in found] == [True, False, False]
    assert lines(metrics, 3.0, []) == []

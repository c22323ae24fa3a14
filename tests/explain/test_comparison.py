from gradatim.explain.comparison import beaten_by, column_texts, columns, lines
from gradatim.explain.number_format import SPACE
from gradatim.problems.classes import Classes
from gradatim.problems.labels import Labels
from gradatim.problems.next_character import NextCharacter
from gradatim.problems.numbers import Numbers

CLASSES, NUMBERS = Classes(("no", "yes")), Numbers(("price",))


def row(name, **metrics):
    return {"name": name, "what": "", "metrics": metrics, "seconds": 0.5}


def test_who_is_better_is_named_worst_first():
    found = beaten_by(CLASSES, {"accuracy": 0.8}, [
        row("majority", accuracy=0.9), row("boosted trees", accuracy=0.88),
        row("linear model", accuracy=0.85),
    ])  # fmt: skip
    assert found.replace(SPACE, " ") == (
        "; a linear model would get 85.0 % and boosted trees 88.0 %, which is better"
    )
    others = [row("mean", rmse=1.5), row("boosted trees", rmse=1.0)]
    found = beaten_by(NUMBERS, {"rmse": 2.0, "r2": 0.1}, others)
    assert found == "; the mean would be off by 1.5 and boosted trees by 1, which is better"


def test_who_is_as_good_or_worse_is_not():
    assert beaten_by(CLASSES, {"accuracy": 0.8}, [row("boosted trees", accuracy=0.8)]) == ""
    assert beaten_by(NUMBERS, {"rmse": 1.0}, [row("boosted trees", rmse=1.5)]) == ""
    assert beaten_by(CLASSES, {"loss": 1.0}, [row("boosted trees", loss=0.5)]) == ""
    assert beaten_by(CLASSES, {}, []) == ""


def test_each_problem_has_the_measure_that_decides():
    labels = beaten_by(Labels(("a",)), {"subset_accuracy": 0.5}, [row("boosted trees", subset_accuracy=0.75)])
    assert labels.replace(SPACE, " ") == "; boosted trees would get 75.0 %, which is better"
    text = beaten_by(
        NextCharacter(("a",)), {"bits_per_character": 2.0}, [row("pairs", bits_per_character=1.5)]
    )
    assert text == "; pairs would get 1.5, which is better"


def test_the_best_of_each_measure_is_marked():
    rows = [row("mean", rmse=2.0, r2=0.0), row("boosted trees", rmse=0.5, r2=0.9)]
    metrics = {"rmse": 1.0, "r2": 0.9, "loss": 0.1}
    assert columns(metrics, rows) == ["rmse", "r2"]
    found = lines(metrics, 3.0, rows)
    assert [line.values for line in found] == [
        [("1.0", False), ("0.9", True)], [("2.0", False), ("0.0", False)], [("0.5", True), ("0.9", True)]
    ]  # fmt: skip
    assert [line.is_network for line in found] == [True, False, False]
    assert lines(metrics, 3.0, []) == []


def test_a_column_has_the_same_decimals_everywhere():
    assert column_texts("auc", [0.74774, 0.5, 0.739]) == ["0.7477", "0.5000", "0.7390"]
    assert column_texts("r2", [0.7722, -0.00261]) == ["0.7722", "−0.0026"]
    assert column_texts("accuracy", [0.5, 0.8063])[0].startswith("50.0")

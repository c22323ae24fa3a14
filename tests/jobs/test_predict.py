"""Predictions from tables: beside the columns they are of, with the ends of intervals."""

import csv
import io

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.jobs.predict import predict
from gradatim.runs.asking import new_examples

QUICK = {"epochs": 3, "hidden": 8, "threads": 1, "quiet": True, "baselines": False}


def shop(n=400, seed=0):
    """Prices whose noise grows with the size; the numbers of customers are no inputs."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "customer": [f"00{i}" for i in range(n)], "size": rng.uniform(0, 4, n).round(3),
        "town": rng.choice(["Rome", "Oslo, north"], n),
    })  # fmt: skip
    frame["price"] = 100 + 10 * frame["size"] + rng.normal(0, 1, n) * (0.5 + frame["size"])
    frame["left"] = np.where(frame["size"] > 2, "gone", "stays")
    return frame


@pytest.fixture
def file(tmp_path):
    shop().to_csv(tmp_path / "shop.csv", index=False)
    return tmp_path / "shop.csv"


def rows_of(found):
    return list(csv.DictReader(io.StringIO(found.to_csv())))


def test_a_file_s_own_columns_stand_before_what_is_predicted(file):
    run = gradatim.train(file, target="left", ignore="price", **QUICK)
    found = run.predict(file)
    rows = rows_of(found)
    assert list(rows[0]) == [
        "customer", "size", "town", "price", "left",
        "prediction", "probability", "p(gone)", "p(stays)",
    ]  # fmt: skip
    written = pd.read_csv(file, dtype=str).to_dict("records")
    for row, before, label, p in zip(rows, written, found.labels, found.probabilities, strict=True):
        assert {name: row[name] for name in ("customer", "town", "price", "left")} == {
            name: before[name] for name in ("customer", "town", "price", "left")
        }
        assert float(row["size"]) == float(before["size"])
        assert row["prediction"] == label
        assert float(row["p(gone)"]) == pytest.approx(p[0], abs=1e-6)
        assert float(row["probability"]) == pytest.approx(p.max(), abs=1e-6)


def test_names_that_are_taken_are_told_apart(file, tmp_path):
    run = gradatim.train(file, target="left", ignore="price", **QUICK)
    shop(5, 1).assign(prediction="mine").to_csv(tmp_path / "new.csv", index=False)
    rows = rows_of(run.predict(tmp_path / "new.csv"))
    assert [row["prediction"] for row in rows] == ["mine"] * 5
    assert {row["prediction (2)"] for row in rows} <= {"gone", "stays"}


def test_rows_without_target_and_values_that_are_missing_stay(file, tmp_path):
    run = gradatim.train(file, target="left", ignore="price", **QUICK)
    (tmp_path / "new.csv").write_text("town,size,left\n,1.5,\nRome,,gone\nQom,x,\n")
    found = run.predict(tmp_path / "new.csv")
    rows = rows_of(found)
    assert [row["town"] for row in rows] == ["", "Rome", "Qom"]
    assert [row["left"] for row in rows] == ["", "gone", ""]
    assert len(found.labels) == 3
    assert "unknown categories: 1 in 'town'" in found.notices


EUROPEAN = [
    '"Rome";1,50;98765432109876543210;NA;x',
    "Oslo;2,25;007;None; ",
    '"Rome; north";;1e3;"say ""hi""";?',
    " Oslo ;-0,7;+1,0;-;y",
]


@pytest.mark.parametrize("target", ["left", "price"])
def test_cells_are_copied_as_they_are_and_numbers_written_like_them(tmp_path, target):
    frame = shop().drop(columns="customer")
    lines = [f"{town};{size};{price:.3f};{left}".replace(".", ",") for town, size, price, left in
             zip(frame["town"], frame["size"], frame["price"], frame["left"], strict=True)]  # fmt: skip
    (tmp_path / "shop.csv").write_text("\n".join(["town;size;price;left", *lines, ""]))
    ignore = "price" if target == "left" else "left"
    run = gradatim.train(tmp_path / "shop.csv", target=target, ignore=ignore, **QUICK)
    header = 'Town;"size";number;note;last'
    (tmp_path / "new.csv").write_text("\n".join([header, *EUROPEAN]))
    found = run.predict(tmp_path / "new.csv")
    written = found.to_csv().splitlines()
    for line, before in zip(written, [header, *EUROPEAN], strict=True):
        assert line.startswith(f"{before};")
    behind = [line[len(before) + 1 :].split(";") for line, before in zip(written[1:], EUROPEAN, strict=True)]
    if target == "left":
        assert [row[0] for row in behind] == found.labels.tolist()
        p = [[float(value.replace(",", ".")) for value in row[2:]] for row in behind]
        np.testing.assert_allclose(p, found.probabilities, atol=1e-6)
    else:
        assert [row[0] for row in behind] == [str(v).replace(".", ",") for v in found.labels[:, 0].tolist()]
    assert all("." not in field for row in behind for field in row)


def test_names_match_in_any_case_and_none_is_an_error(file, tmp_path):
    run = gradatim.train(file, target="left", ignore="price", **QUICK)
    (tmp_path / "new.csv").write_text("TOWN,Size \nRome,1\n")
    found = run.predict(tmp_path / "new.csv")
    same = run.predict(pd.DataFrame({"town": ["Rome"], "size": [1]}))
    np.testing.assert_array_equal(found.probabilities, same.probabilities)
    said = "columns matched regardless of case and outer spaces: 'Size' as 'size', 'TOWN' as 'town'"
    assert found.notices == (said,)
    for other in (pd.DataFrame({"height": [1.0]}), pd.DataFrame({"left": ["gone"]})):
        with pytest.raises(UsageError, match="data has none of the columns that the network learned from"):
            run.predict(other)
    with pytest.raises(UsageError, match="none of the columns"):
        run.evaluate(pd.DataFrame({"height": [1.0, 2.0], "left": ["gone", "stays"]}))
    new = shop(50, 1)
    measured = run.evaluate(new.rename(columns={"left": "LEFT", "size": " size", "town": "Town"}))
    assert measured.pop("notices") == [
        "columns matched regardless of case and outer spaces: ' size' as 'size', 'Town' as 'town', "
        "'LEFT' as 'left'"
    ]
    assert measured == run.evaluate(new)


def test_a_frame_of_numbers_is_known_by_its_names():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"a": rng.normal(0, 1, 300), "b": rng.normal(5, 3, 300)})
    frame["y"] = np.where(frame["a"] > 0, "up", "down")
    run = gradatim.train(frame, target="y", **{**QUICK, "epochs": 20})
    other = frame[["b", "y", "a"]].rename(columns={"a": "A "})
    expected = run.predict(frame)
    found = run.predict(other)
    np.testing.assert_array_equal(found.probabilities, expected.probabilities)
    said = "columns matched regardless of case and outer spaces: 'A ' as 'a'"
    assert (found.notices, expected.notices) == ((said,), ())
    measured = run.evaluate(other)
    assert measured["metrics"]["accuracy"] == (expected.labels == frame["y"]).mean()
    assert measured["notices"] == [said]


def test_frames_and_several_files_that_differ_are_numbered(file, tmp_path):
    run = gradatim.train(file, target="left", ignore="price", **QUICK)
    assert list(rows_of(run.predict(shop(4, 1)))[0])[:2] == ["example", "prediction"]
    shop(3, 1).to_csv(tmp_path / "a.csv", index=False)
    shop(2, 2)[["town", "size"]].to_csv(tmp_path / "b.csv", index=False)
    a, b = (new_examples(run.trained, tmp_path / name) for name in ("a.csv", "b.csv"))
    assert [row["town"] for row in rows_of(predict(run.trained, [a, a]))] == [
        *shop(3, 1)["town"], *shop(3, 1)["town"]
    ]  # fmt: skip
    assert [row["example"] for row in rows_of(predict(run.trained, [a, b]))] == list("01234")


def test_numbers_have_intervals_in_their_own_unit(file):
    run = gradatim.train(
        file,
        target="price",
        ignore="left",
        loss="gaussian_nll",
        **{**QUICK, "epochs": 60, "hidden": 32},
        dropout=0.0,
        weight_decay=0.0,
    )
    new = shop(2000, 5)
    found = run.predict(new)
    assert (found.low < found.labels).all() and (found.labels < found.high).all()
    inside = (found.low[:, 0] <= new["price"]) & (new["price"] <= found.high[:, 0])
    assert 0.8 < inside.mean() < 0.97  # 32 validation examples leave the reach to the distribution
    width = (found.high - found.low)[:, 0]
    assert width[new["size"] > 3].mean() > 2 * width[new["size"] < 1].mean()
    assert run.trained.problem.interval["examples"] == 0
    again = gradatim.load(run.path)
    np.testing.assert_array_equal(again.predict(new).low, found.low)
    assert again.evaluate(new)["metrics"]["interval_coverage"] == pytest.approx(inside.mean())
    assert list(found.rows()[0]) == ["example", "prediction", "low", "high"]


def test_several_numbers_are_named(file):
    run = gradatim.train(file, target="price,size", ignore="left", loss="laplace_nll", **QUICK)
    assert list(run.predict(shop(3)).columns()) == [
        "prediction price", "low price", "high price", "prediction size", "low size", "high size"
    ]  # fmt: skip
    run.predict(shop(3)).write("p.npz")
    with np.load("p.npz") as kept:
        assert kept["high"].shape == (3, 2)


@pytest.mark.parametrize(
    ("target", "how", "answers"),
    [
        ("left", {}, "prediction,probability,p(gone),p(stays)"), ("price", {}, "prediction"),
        ("price", {"loss": "gaussian_nll"}, "prediction,low,high"),
        ("price,size", {}, "prediction price,prediction size"),
        ("town", {"task": "multilabel"}, "prediction,p(Oslo),p(Rome),p(north)"),
    ],
)  # fmt: skip
def test_a_header_without_rows_gets_the_answers_columns(file, tmp_path, target, how, answers):
    run = gradatim.train(file, target=target, ignore="customer", **how, **QUICK)
    (tmp_path / "none.csv").write_text("customer,town,size\n")
    found = run.predict(tmp_path / "none.csv")
    assert found.to_csv() == f"customer,town,size,{answers}\n"
    assert len(found) == len(run.predict(shop(3).iloc[:0])) == 0


def test_a_file_without_a_header_s_columns_is_still_refused_for_training(tmp_path):
    (tmp_path / "none.csv").write_text("a,b\n")
    with pytest.raises(GradatimError, match="holds a header and no row"):
        gradatim.train(tmp_path / "none.csv", target="a")

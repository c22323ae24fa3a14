"""E4, E11: series from arrays and from long tables: what is read, how it is divided, and what is refused."""

import copy

import numpy as np
import pytest

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.data.series import Series
from gradatim.data.sources.series import SeriesSource
from gradatim.data.sources.source import request_of, source_of
from gradatim.jobs.data import data_page

RNG = np.random.default_rng(3)
N, T, D = 40, 9, 2
LENGTHS = RNG.integers(2, T + 1, N)
X = np.full((N, T, D), np.nan)
for i, length in enumerate(LENGTHS):
    X[i, :length] = RNG.normal(size=(length, D)).round(3)
Y = np.array(["up" if np.nansum(x[:, 0]) > 0 else "down" for x in X])
PEOPLE = np.arange(N) % 5
QUICK = {"quiet": True, "threads": 1, "epochs": 2, "hidden": 8, "network": {"channels": [4, 4]}}


def saved(path, **arrays):
    np.savez(path, **arrays)
    return str(path)


def table(path, order=None, header="id,t,a,b,y", extra=None):
    """A long table of the same series, its rows in any order."""
    rows = [f"s{i},{t},{X[i, t, 0]},{X[i, t, 1]},{Y[i]}" for i in range(N) for t in range(LENGTHS[i])]
    rows = rows if order is None else [rows[k] for k in order]
    path.write_text("\n".join([header, *rows, *(extra or [])]) + "\n")
    return str(path)


def read(data, **asked):
    request = request_of(**asked)
    return source_of(data, request.roles.task, request.roles).read(data, request)


@pytest.fixture
def npz(tmp_path):
    return saved(tmp_path / "walks.npz", x=X, lengths=LENGTHS, y=Y, people=PEOPLE)


def test_a_file_with_lengths_is_of_series_and_the_padding_is_not_read(npz):
    found = read(npz)
    assert isinstance(found, Series) and found.lengths.tolist() == LENGTHS.tolist()
    assert all(np.array_equal(found.sequence(i), X[i, :length]) for i, length in enumerate(LENGTHS))
    assert np.array_equal(np.array(found.classes)[found.y], Y) and found.question.task == "classification"


def test_arrays_of_three_axes_are_series_where_that_is_asked_for(tmp_path):
    full = np.nan_to_num(X)
    path = saved(tmp_path / "full.npz", x=full, y=Y)
    rows = read(path)
    assert rows.layout == "rows" and "--series x reads them as series of 9 steps of 2" in rows.notices[-1]
    for found in (read(path, series="x"), read((full, Y), series="x"), read({"x": full, "y": Y}, series="x")):
        assert isinstance(found, Series) and (found.lengths == T).all() and found.shape == (D,)
    named = saved(tmp_path / "named.npz", x=X, steps=LENGTHS, y=Y)
    assert (
        read(named, series="steps").fingerprint
        == read({"x": X, "lengths": LENGTHS, "y": Y}, series="x").fingerprint
    )
    run = gradatim.train(
        path, model="sequence_classifier", out=tmp_path / "run", quiet=True, epochs=1, hidden=4
    )
    assert run.config["data"]["kind"] == "series" and run.config["data"]["source"]["series"] == "x"


def test_a_long_table_is_the_same_series_in_whatever_order_its_rows_stand(tmp_path):
    roles = {"series": "id", "time": "t", "target": "y"}
    sorted_rows = read(table(tmp_path / "a.csv"), **roles)
    mixed = read(table(tmp_path / "b.csv", RNG.permutation(LENGTHS.sum())), **roles)
    assert "not in the order of 't': they are sorted" in mixed.notices[-1] and not sorted_rows.notices
    place = {name: i for i, name in enumerate(mixed.about.keys)}
    for i, name in enumerate(sorted_rows.about.keys):
        np.testing.assert_array_equal(mixed.sequence(place[name]), sorted_rows.sequence(i))
        np.testing.assert_array_equal(sorted_rows.sequence(i), X[i, : LENGTHS[i]])
        assert sorted_rows.classes[sorted_rows.y[i]] == mixed.classes[mixed.y[place[name]]] == Y[i]


def test_a_target_that_changes_is_one_for_every_row(tmp_path):
    path = tmp_path / "steps.csv"
    path.write_text("id,t,a,y\np,1,0.5,on\np,2,0.1,off\nq,1,0.2,on\nq,3,0.4,on\n")
    found = read(str(path), series="id", time="t", target="y")
    assert found.per_step and found.question.task == "tagging"
    assert np.array(found.classes)[found.y].tolist() == ["on", "off", "on", "on"]
    assert "'y' changes within 1 of 2 series, such as 'p'" in found.notices[-1]
    with pytest.raises(UsageError, match="needs one answer a series; 'y' changes within series 'p'"):
        read(str(path), series="id", time="t", target="y", task="classification")


def test_a_series_without_a_target_is_left_out_and_one_row_is_a_series(tmp_path):
    path = tmp_path / "few.csv"
    path.write_text("id,a,town,y\np,0.5,Rome,1.5\nq,0.1,Oslo,\nr,0.2,Rome,2.5\nr,,Oslo,\n")
    found = read(str(path), series="id", target="y")
    assert found.lengths.tolist() == [1, 2] and found.y.tolist() == [1.5, 2.5]
    assert "1 series without a target left out" in found.notices
    assert found.about.keys.tolist() == ["p", "r"] and np.isnan(found.values[2, 0])


def test_people_stand_in_one_part_each_and_every_part_has_one(npz):
    found = read(npz, group="people")
    parts = SeriesSource().divide(found, 0.1, 0.2)
    people = [set(part.about.groups.tolist()) for part in parts]
    assert set.union(*people) == set(range(5)) and sum(map(len, people)) == 5 and all(people)
    three = read({"x": X, "lengths": LENGTHS, "y": Y, "groups": PEOPLE % 3}, series="x")
    assert not SeriesSource().divide(three, 0.1, 0.2).valid  # it would cost a half of what is learned from
    assert SeriesSource().divide(three, 0.3, 0.2).valid
    few = read({"x": X, "lengths": LENGTHS, "y": Y, "groups": PEOPLE % 2}, series="x")
    with pytest.raises(UsageError, match="has 2 groups to divide into 3 parts, and no group may be in two"):
        SeriesSource().divide(few, 0.1, 0.2)
    sizes = SeriesSource().divide(few, 0.0, 0.2).sizes()
    assert sorted(sizes.values()) == [0, 16, 24] and sizes["valid"] == 0


def test_the_official_halves_are_kept(tmp_path):
    every = {"x": X, "lengths": LENGTHS, "y": Y, "people": np.where(np.arange(N) < 30, PEOPLE, PEOPLE + 9)}
    parts = (("train", slice(0, 30)), ("test", slice(30, N)))
    halves = {f"{name}_{part}": one[rows] for name, one in every.items() for part, rows in parts}
    found = read(saved(tmp_path / "halves.npz", **halves), group="people")
    parts = SeriesSource().divide(found, 0.1, 0.2)
    assert len(parts.test) == 10 and parts.test.values.shape == (LENGTHS[30:].sum(), D)
    assert parts.sizes() == {"train": 24, "valid": 6, "test": 10}


def test_rows_are_predicted_by_their_key(tmp_path):
    path = table(tmp_path / "long.csv")
    run = gradatim.train(path, series="id", time="t", target="y", out=tmp_path / "run", **QUICK)
    rows = run.predict(path).to_csv().splitlines()
    assert rows[0].startswith("id,prediction") and [row.split(",")[0] for row in rows[1:]] == [
        f"s{i}" for i in range(N)
    ]
    part = tmp_path / "part.csv"
    part.write_text("B,A,T,ID\n" + f"{X[4, 1, 1]},{X[4, 1, 0]},1,s4\n{X[4, 0, 1]},{X[4, 0, 0]},0,s4\n")
    run4 = run.predict(str(part))
    lines = [row for row in (tmp_path / "long.csv").read_text().splitlines() if row.startswith("s4,")][:2]
    (tmp_path / "two.csv").write_text("id,t,a,b,y\n" + "\n".join(lines) + "\n")
    np.testing.assert_array_equal(run4.a, run.predict(str(tmp_path / "two.csv")).a)
    assert gradatim.load(tmp_path / "run").evaluate() == run.evaluate()


def test_a_category_that_training_has_not_is_unknown(tmp_path):
    path = tmp_path / "towns.csv"
    rows = [f"p{i},{t},{'Rome' if i % 2 else 'Oslo'},{i % 2}" for i in range(30) for t in range(3)]
    path.write_text("id,t,town,y\n" + "\n".join(rows) + "\n")
    run = gradatim.train(
        str(path), series="id", time="t", target="y", out=tmp_path / "run", **{**QUICK, "epochs": 12}
    )
    assert run.metrics["accuracy"] == 1
    (tmp_path / "new.csv").write_text("id,t,town\na,1,Bonn\na,2,Rome\nb,1,Lima\nb,2,Rome\n")
    found = run.predict(str(tmp_path / "new.csv"))
    assert np.array_equal(found.a[0], found.a[1])


@pytest.mark.parametrize("precision", ["float64"])
def test_padding_changes_no_answer(tmp_path, npz, precision):
    """To 1e-12, each series alone and all together, through the run."""
    run = gradatim.train(npz, out=tmp_path / "run", precision=precision, **QUICK)
    together = run.predict(npz).a
    alone = np.concatenate([run.predict(X[i : i + 1, : LENGTHS[i]]).a for i in range(10)])
    np.testing.assert_allclose(together[:10], alone, rtol=1e-12, atol=1e-13)


def test_it_goes_on_in_the_middle_of_an_epoch_to_the_same_bits(tmp_path, npz):
    from gradatim.planning.data_options import DataOptions
    from gradatim.planning.find_data import find_data
    from gradatim.planning.make_loop import loop_of
    from gradatim.planning.make_plan import make_plan
    from gradatim.planning.training_options import settings_from

    settings = settings_from({"epochs": 3, "hidden": (8,), "batch_size": 4, "threads": 1})
    data = find_data(npz, DataOptions(group="people"))

    def fresh():
        return loop_of(make_plan(data, settings, network={"channels": [4]}))

    whole = fresh()
    list(whole)
    half = fresh()
    for _ in range(9):
        half.advance(0)
    assert half.step % -(-len(data.train) // 4) > 0  # in the middle
    again = fresh()
    again.restore(*copy.deepcopy(half.state()))
    list(again)
    one, other = (loop.engine.parameters_now() for loop in (whole, again))
    assert all(np.array_equal(np.asarray(one[name]), np.asarray(other[name])) for name in one)


def test_the_page_says_lengths_classes_and_people(npz):
    facts, page = data_page(npz, group="people")
    assert (facts["shortest"], facts["longest"], facts["groups"]) == (LENGTHS.min(), LENGTHS.max(), 5)
    assert facts["counts"] == {"down": (Y == "down").sum(), "up": (Y == "up").sum()}
    text = " ".join(map(str, page))
    assert f"40 series of {LENGTHS.min()} to {LENGTHS.max()} steps" in text and "5, each in one part" in text


def test_worst_mistakes_are_drawn_as_lines(tmp_path, npz):
    run = gradatim.train(npz, out=tmp_path / "run", **{**QUICK, "epochs": 1})
    text = run.report().read_text()
    assert "Confusion matrix" in text and text.count("<polyline") >= 2 and "number 1" in text


HELD = {"x": X, "lengths": LENGTHS, "y": Y}


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"lengths": np.where(np.arange(N) == 3, 12, LENGTHS)}, "series 3 has length 12, but x has 9 steps"),
        ({"lengths": np.where(np.arange(N) == 3, 0, LENGTHS)}, "series 3 has length 0, but a series"),
        ({"lengths": LENGTHS + 0.5}, "lengths are whole numbers"),
        ({"lengths": LENGTHS[:5]}, "40 series but lengths of the shape"),
        ({"lengths": np.full(N, T)}, "holds nan at step"),
        ({"x": X[0]}, "but lengths of the shape|series but"),
        ({"x": X[..., None]}, "series are"),
        ({"y": Y[:3]}, "40 sequences but 3 targets"),
        ({"groups": PEOPLE[:3]}, "has 40 series but groups of"),
        ({"ids": np.zeros(N)}, "two series have the same id"),
        ({"x": [np.zeros((2, 2)), np.zeros((2, 3))], "lengths": None}, "sequence 0 has 2 numbers, but"),
    ],
)  # fmt: skip
def test_arrays_that_cannot_be_are_refused(held, said):
    with pytest.raises(UsageError, match=said):
        read({k: v for k, v in {**HELD, **held}.items() if v is not None}, series="x")


@pytest.mark.parametrize(
    ("text", "asked", "said"),
    [
        ("id,t,a,y\np,1,2,u\np,1,3,u\nq,1,2,v\n", {}, r"series 'p' has two rows at t 1: rows 1 and 2"),
        ("id,t,a,y\np,,2,u\nq,1,2,v\n", {}, "row 1 has no time in 't'"),
        ("id,t,a,y\n,1,2,u\nq,1,2,v\n", {}, "row 1 has no series in 'id'"),
        ("id,t,a,y,g\np,1,2,u,k\np,2,2,u,m\nq,1,2,v,k\n", {"group": "g"}, "'g' changes within series 'p'"),
        ("id,t,a,y\np,1,2,u\nq,1,2,u\n", {}, "is 'u' in every row: there is nothing to learn"),
        ("id,t,a,y\np,1,2,u\nq,1,2,v\n", {"series": "key"}, "has no column 'key'"),
        ("id,t,a,y\np,1,2,u\nq,1,2,v\n", {"time": "id"}, "'id' cannot be both series and time"),
        ("id,t,a,y\np,1,2,u\np,2,2,\nq,1,2,v\nq,2,3,u\n", {}, "row 2 has no target in 'y'"),
    ],
)  # fmt: skip
def test_tables_that_cannot_be_are_refused(tmp_path, text, asked, said):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        read(str(path), **{"series": "id", "time": "t", "target": "y", **asked})


def test_other_data_are_refused_by_a_network_of_series(tmp_path, npz):
    run = gradatim.train(npz, out=tmp_path / "run", **QUICK)
    for data, said in (
        (np.zeros((2, 4, 3)), "reads 2 numbers a step; here are 3"),
        (table(tmp_path / "long.csv"), "give it an .npz file"),
        (np.full((1, 3, 2), np.inf), "holds inf at step 0"),
    ):
        with pytest.raises(GradatimError, match=said):
            run.predict(data)
    with pytest.raises(UsageError, match="holds the label 'left', which the network does not know"):
        run.evaluate({"x": X, "lengths": LENGTHS, "y": np.full(N, "left")})

"""One network or several: by the data, by what was asked for, by the time it takes."""

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.planning.data_options import DataOptions
from gradatim.planning.find_data import find_data
from gradatim.planning.make_plan import make_plan
from gradatim.planning.training_options import settings_from

RNG = np.random.default_rng(0)
FRAME = pd.DataFrame({"x": RNG.normal(size=300), "town": RNG.choice(["a", "b"], 300)})
FRAME["y"] = np.sin(3 * FRAME["x"]) + (FRAME["town"] == "a")
FRAME["day"] = pd.date_range("2024-01-01", periods=300)
QUIET = {"threads": 1, "quiet": True, "baselines": False, "epochs": 2}


def plan(data=FRAME, model=None, network=None, loss=None, target="y", **asked):
    of_data = {name: asked.pop(name) for name in ("time", "group", "valid") if name in asked}
    found = find_data(data, DataOptions(target=target, **of_data))
    return make_plan(found, settings_from(asked), model, network, loss)


def kinds(found):
    return len(found.trained.model.layers[0].members), found.trained.model.layers[0].folds


def test_a_small_table_has_fifteen_members_of_three_kinds_in_five_folds():
    found = plan()
    assert found.model == "ensemble" and kinds(found) == (15, 5)
    first, second, third = (found.trained.model.entries[0]["members"][m] for m in (0, 5, 10))
    assert first["columns"] == third["columns"] != second["columns"]
    assert third["settings"] == {"weight_decay": 2.0}


@pytest.mark.parametrize(("members", "expected"), [(2, (2, 1)), (3, (3, 1)), (5, (5, 5)), (10, (10, 5))])
def test_as_many_members_as_are_asked_for(members, expected):
    assert kinds(plan(members=members)) == expected


@pytest.mark.parametrize(
    ("asked", "numbers"),
    [
        ({"members": 1}, "piecewise"), ({"hidden": [4]}, "auto"), ({"model": "mlp"}, "auto"),
        ({"network": {"embeddings": True}}, "auto"), ({"hidden": [4], "numbers": "periodic"}, "periodic"),
        ({"optimizer": "lbfgs"}, "auto"),
    ],
)  # fmt: skip
def test_a_certain_network_is_one_that_reads_standardised_numbers(asked, numbers):
    found = plan(**asked)
    assert (found.model, found.settings.numbers, found.settings.members) == ("mlp", numbers, 1)


def test_the_latest_rows_are_not_dealt_out():
    """What is later tells nothing of what is earlier: every member is validated on the latest rows."""
    assert kinds(plan(time="day"))[1] == 1


@pytest.mark.parametrize("groups", [2, 3, 4, 5])
def test_fewer_groups_than_folds_are_not_dealt_out(groups):
    """Of six groups one is the test, and five are dealt out into as many folds."""
    frame = FRAME.assign(shop=[f"shop {i % (groups + 1)}" for i in range(300)])
    found = plan(frame, group="shop", valid=0.3)
    assert kinds(found) == ((15, 5) if groups == 5 else (2, 1))
    if groups < 5:
        why = f"2: the examples or their groups are {groups}, fewer than 5 folds"
        assert found.choices["members"] == why and found.settings.members == 2
        with pytest.raises(UsageError, match=f"--members 15 cannot be: their folds are 5, .* only {groups}"):
            plan(frame, group="shop", valid=0.3, members=15)
        assert kinds(plan(frame, group="shop", valid=0.3, members=3)) == (3, 1)


def test_members_that_cannot_be_weighed_are_refused():
    with pytest.raises(UsageError, match="--members 4 cannot be: members are weighed"):
        plan(members=4, loss=lambda a, y: a)


def test_of_one_kind_there_is_a_member_a_fold_and_where_they_take_long_a_single_one(monkeypatch):
    """A large table is not cut in halves because its numbers have one encoding."""
    towns = pd.DataFrame({"town": RNG.choice(list("abcd"), 300), "size": RNG.choice(list("sml"), 300)})
    towns["y"] = (towns["town"] == "a") * 1.5 + RNG.normal(size=300)
    assert kinds(plan(towns)) == (5, 5)
    large = pd.concat([towns] * 40, ignore_index=True)
    assert kinds(plan(large)) == (5, 5)
    monkeypatch.setattr("gradatim.planning.ensembles.LONG", 1.0)
    assert kinds(plan(large)) == (1, 1)


@pytest.mark.parametrize(
    ("asked", "allowed", "threads"), [({}, "3", 3), ({"threads": 2}, "3", 2), ({"members": 2}, "3", 2)]
)
def test_members_learn_side_by_side_on_as_many_threads_as_there_are(monkeypatch, asked, allowed, threads):
    monkeypatch.setattr("gradatim.device.cores", lambda: 8)
    monkeypatch.setattr("gradatim.device.SIDE_BY_SIDE_FROM", 0.0)
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    assert plan(**asked).settings.threads == threads
    monkeypatch.setattr("gradatim.device.SIDE_BY_SIDE_FROM", 1e12)
    found = plan(**{**asked, "threads": None})
    assert found.settings.threads == 1 and "one is as fast" in found.choices["threads"]


def test_large_tables_have_fewer_members_and_say_why():
    wide = pd.DataFrame(RNG.normal(size=(1500, 1500)), columns=[f"c{i}" for i in range(1500)]).assign(y=1.0)
    wide["y"] = wide["c0"]
    found = plan(wide)
    assert found.settings.members < 15 and "would take about" in found.choices["members"]


def test_a_run_of_several_is_resumed_measured_and_predicted(tmp_path):
    run = gradatim.train(FRAME, target="y", out=tmp_path / "run", **QUIET)
    again = gradatim.load(run.path, data=FRAME)
    assert again.evaluate() == run.evaluate()
    np.testing.assert_array_equal(again.predict(FRAME[:9]).labels, run.predict(FRAME[:9]).labels)
    assert sum(one["share"] for one in run.trained.facts["members"]) == pytest.approx(1)
    more = gradatim.train(FRAME, resume=run.path, epochs=3, quiet=True)
    assert [record["epoch"] for record in more.records] == [1, 2, 3]
    page = (run.path / "report.html").read_text()
    assert '<h2 id="members">Members</h2>' in page


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_arrays_learn_as_frames_do(engine, tmp_path):
    x = FRAME[["x"]].to_numpy()
    found = load_data((x, FRAME["y"].to_numpy()))
    run = gradatim.train(found, out=tmp_path / "run", engine=engine, **QUIET)
    assert run.trained.name == "ensemble" and run.trained.encoder.name == "numbers"
    np.testing.assert_allclose(gradatim.load(run.path, data=found).predict(x).labels, run.predict(x).labels)


def test_a_time_budget_tries_settings_and_says_what_it_tried(tmp_path, capsys):
    run = gradatim.train(
        FRAME, target="y", out=tmp_path / "run", time_budget=0.05, epochs=2, threads=1, baselines=False
    )
    assert run.config["tried"][0]["changed"] == {}
    assert run.config["settings"]["time_budget"] == 0.05
    assert "tried the recipe: validation loss" in capsys.readouterr().err
    assert '<h2 id="trials">Hyperparameter search</h2>' in (run.path / "report.html").read_text()

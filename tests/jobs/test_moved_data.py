"""A run whose file has moved: gone on with, reported and drawn from where it is now."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.planning import defaults

QUICK = {"epochs": 2, "hidden": 4, "threads": 1, "schedule": "constant", "quiet": True, "baselines": False}
WORDS = "the quick brown fox jumps over the lazy dog\n"


@pytest.fixture(autouse=True)
def files(in_a_folder_of_its_own):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=90), "town": rng.choice(["Rome", "Oslo"], 90)})
    frame["left"] = np.where(frame["size"] + (frame["town"] == "Rome") > 0, "gone", "stays")
    frame.to_csv("t.csv", index=False)
    np.savez("x.npz", x=rng.normal(size=(60, 4)), y=np.arange(60) % 3)
    Path("book.txt").write_text(WORDS * 30)


KINDS = {
    "t.csv": {"target": "left"},
    "x.npz": {},
    "book.txt": {"window": 8, "batch_size": 4},
}  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_it_is_gone_on_with_where_its_file_is_now(name):
    whole = gradatim.train(name, out="whole", **{**QUICK, **KINDS[name], "epochs": 4})
    gradatim.train(name, out="half", **QUICK, **KINDS[name])
    Path("elsewhere").mkdir()
    moved = Path(name).rename(f"elsewhere/{name}")
    with pytest.raises(GradatimError, match="there is no file"):
        gradatim.train(resume="half", epochs=4, quiet=True)
    on = gradatim.train(moved, resume="half", epochs=4, quiet=True)
    assert on.metrics == whole.metrics
    config = json.loads(on.folder.config.read_text())
    assert config["data"]["source"]["path"] == str(moved.resolve())
    assert gradatim.load("half").evaluate() == on.evaluate()  # it knows the place now


@pytest.mark.parametrize("name", KINDS)
def test_a_report_is_written_again_from_where_the_file_is_now(name):
    run = gradatim.train(name, out="run", **QUICK, **KINDS[name])
    page = run.folder.report.read_text()
    moved = Path(name).rename(f"moved-{name}")
    loaded = gradatim.load("run", data=moved)
    assert loaded.metrics == run.metrics
    loaded.report()
    assert run.folder.report.read_text() == page


def test_other_data_are_not_taken_for_the_run_s_own():
    gradatim.train("t.csv", target="left", out="run", **QUICK)
    pd.read_csv("t.csv")[:80].to_csv("other.csv", index=False)
    with pytest.raises(GradatimError, match="the data have changed since this run began"):
        gradatim.train("other.csv", resume="run", epochs=4, quiet=True)
    with pytest.raises(GradatimError, match="the data have changed since this run began"):
        gradatim.load("run", data="other.csv").evaluate()
    assert json.loads(Path("run/config.json").read_text())["settings"]["epochs"] == 2


def test_a_picture_takes_the_place_too():
    gradatim.train("t.csv", target="left", out="run", **QUICK)
    expected = gradatim.plot("confusion", "run", out="c.svg")
    Path("t.csv").rename("moved.csv")
    assert (
        gradatim.plot("confusion", "run", data="moved.csv", out="d.svg")["confusion"] == expected["confusion"]
    )
    for what in ("calibration", "gradients"):
        assert Path(gradatim.plot(what, "run", data="moved.csv", out=f"{what}.svg")["plot"]).exists()
    with pytest.raises(UsageError, match="plot weights takes no option data"):
        gradatim.plot("weights", "run", data="moved.csv")


def test_parts_that_were_in_memory_are_given_again():
    rng = np.random.default_rng(1)
    held = (rng.normal(size=(30, 4)), np.arange(30) % 3)
    whole = gradatim.train("x.npz", valid=held, test=held, out="whole", **{**QUICK, "epochs": 4})
    gradatim.train("x.npz", valid=held, test=held, out="half", **QUICK)
    with pytest.raises(
        UsageError, match="the valid examples of this run were in memory: give them again, valid="
    ):
        gradatim.train(resume="half", epochs=4, quiet=True)
    on = gradatim.train(resume="half", valid=held, test=held, epochs=4, quiet=True)
    assert on.metrics == whole.metrics
    with pytest.raises(GradatimError, match="the data have changed since this run began"):
        gradatim.train(resume="half", valid=held, test=(held[0] + 1, held[1]), epochs=5, quiet=True)


def test_a_share_cannot_change():
    gradatim.train("x.npz", valid=0.2, out="run", **QUICK)
    with pytest.raises(UsageError, match=r"valid was 0\.2 and cannot change"):
        gradatim.train(resume="run", valid=0.3, epochs=4, quiet=True)
    assert len(gradatim.train(resume="run", valid=0.2, epochs=4, quiet=True).records) == 4


def test_what_recipes_say_today_changes_nothing_of_a_run_that_goes_on(tmp_path, monkeypatch):
    run = gradatim.train("moons", epochs=1, out=tmp_path / "run", quiet=True)
    monkeypatch.setitem(defaults.TRAINING, "l1", 0.5)
    again = gradatim.train(resume=run.folder, epochs=2, quiet=True)
    assert again.config["settings"] == {**run.config["settings"], "epochs": 2}
    assert again.config["settings"]["l1"] is None

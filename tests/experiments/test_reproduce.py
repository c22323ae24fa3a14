"""An experiment is stated, run, kept seed by seed, judged and written."""

import json
import subprocess
import sys

import pytest

import gradatim
from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.experiments import reproduce as module
from gradatim.experiments.claim import Sizes
from gradatim.experiments.claims.linear_layers import LinearLayers
from gradatim.experiments.reproduce import reproduce

NAME = "linear-layers"
FILES = {"figure.svg", "report.html", "result.json", "table.md", "table.txt"}


@pytest.fixture
def calls(monkeypatch):
    """A run that takes no time; the seeds that it was asked for. Seed 2 fails the second threshold."""
    asked = []

    def run(self, seed, **size):
        asked.append(seed)
        curve = [0.3, 0.4]
        return {"difference": 1e-16, "linear_gain": 0.2 if seed == 2 else 0.0, "relu_gain": 0.5,
                "deep_linear": curve, "one_layer": curve, "relu": [0.5, 0.9]}  # fmt: skip

    monkeypatch.setattr(LinearLayers, "run", run)
    return asked


def test_what_is_written(calls, tmp_path):
    found = reproduce(NAME, quiet=True)
    folder = tmp_path / "reproduced" / NAME
    assert {path.name for path in folder.iterdir()} - {".lock"} == FILES | {
        f"seed-{k}.json" for k in range(5)
    }
    result = json.loads((folder / "result.json").read_text())
    assert result["verdict"] == "reproduced"
    assert result["thresholds"][1]["fails"] == [2]
    assert result["seeds"]["2"]["measures"]["linear_gain"] == 0.2
    assert result["command"] == "gradatim reproduce linear-layers --seeds 5"
    assert result["versions"]["numpy"]
    markdown = (folder / "table.md").read_text()
    assert "| relative difference from the single layer ≤ 1·10⁻¹² |" in markdown
    assert f"Verdict: {found.verdict}." in markdown
    assert "seed 2 fails: accuracy of the deep linear network less that of one layer ≤ 0.05" in str(found)
    page = (folder / "report.html").read_text()
    assert "<script" not in page and LinearLayers.title in page
    assert page.count("<svg") == 1
    assert found._repr_html_().count('src="data:image/svg+xml;base64,') == 1
    (folder / "figure.svg").unlink()
    assert "<img" not in found._repr_html_()


def test_finished_seeds_are_kept_and_found(calls, monkeypatch, capsys):
    run = LinearLayers.run

    def stopped(self, seed, **size):
        if seed == 2:
            raise KeyboardInterrupt
        return run(self, seed, **size)

    monkeypatch.setattr(LinearLayers, "run", stopped)
    with pytest.raises(KeyboardInterrupt):
        reproduce(NAME)
    assert "2 of 5 seeds are kept in reproduced/linear-layers" in capsys.readouterr().err
    monkeypatch.setattr(LinearLayers, "run", run)
    calls.clear()
    reproduce(NAME)
    assert calls == [2, 3, 4]
    assert "seed 1 (2 of 5), kept from before: every threshold holds" in capsys.readouterr().err
    reproduce(NAME, seeds=6, quiet=True)
    assert calls == [2, 3, 4, 5]
    reproduce(NAME, seeds=1, force=True, quiet=True)
    assert calls == [2, 3, 4, 5, 0]


def test_other_settings_begin_anew(calls, capsys):
    reproduce(NAME, seeds=2, quiet=True)
    calls.clear()
    reproduce(NAME, seeds=2, full=True)
    assert calls == [0, 1]
    assert "seed-0.json has other settings; seed 0 runs again" in capsys.readouterr().err


@pytest.mark.parametrize(
    "damage", ["", "{", "[1]", '{"format": 2}', '{"format": 2, "measures": 3, "seconds": 1}']
)
def test_a_damaged_seed_is_said_and_runs_again(calls, tmp_path, capsys, damage):
    reproduce(NAME, seeds=2, quiet=True)
    path = tmp_path / "reproduced" / NAME / "seed-1.json"
    path.write_text(damage)
    calls.clear()
    reproduce(NAME, seeds=2)
    assert calls == [1]
    said = capsys.readouterr().err
    assert "seed-1.json" in said and "seed 1 runs again" in said


def test_numbers_that_are_not_finite_fail(monkeypatch):
    run = {"difference": float("nan"), "linear_gain": float("inf"), "relu_gain": -float("inf"),
           "deep_linear": [0.1], "one_layer": [0.1], "relu": [0.1]}  # fmt: skip
    monkeypatch.setattr(LinearLayers, "run", lambda self, seed, **size: run)
    found = gradatim.reproduce(NAME, seeds=1, quiet=True)
    assert found.verdict.word == "not reproduced"
    assert found.threshold_table().rows[0][1] == "– ✗"


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"name": "linear-layer"}, "unknown experiment 'linear-layer': did you mean linear-layers?"),
        ({"name": NAME, "seeds": 0}, "seeds must be a whole number of at least 1; it is 0"),
    ],
)
def test_refusals(asked, sentence):
    with pytest.raises(UsageError) as raised:
        reproduce(**asked)
    assert str(raised.value) == sentence


def test_no_larger_form(monkeypatch):
    monkeypatch.setattr(LinearLayers, "sizes", Sizes({}))
    with pytest.raises(UsageError, match="no larger form"):
        reproduce(NAME, full=True)


def test_the_claim_is_stated_before_anything_runs(calls):
    said = []
    reproduce(NAME, seeds=1, quiet=True, before=lambda text: said.append((text, list(calls))))
    ((text, before),) = said
    assert before == []
    for part in (LinearLayers.claim, LinearLayers.data, LinearLayers.measure, "threshold", "reproduced:"):
        assert part in text


def test_the_command(tmp_path):
    command = [sys.executable, "-m", "gradatim", "reproduce"]
    listed = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True).stdout
    assert [row["name"] for row in json.loads(listed)["entries"]] == catalog.names("experiment")
    done = subprocess.run(
        [*command, "linear-layers", "--seeds", "1", "--json", "--out", "here"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert json.loads(done.stdout)["verdict"] == "reproduced"
    assert done.stderr.startswith("seed 0 (1 of 1), ")
    assert module.FOLDER.name == "reproduced"

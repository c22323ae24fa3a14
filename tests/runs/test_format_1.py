"""Run folders of format 1: they load, answer, are measured, reported and gone on with as they were then.

Each archive of `format_1/` holds a run folder as it was written then, its data, and in `expected.json` what
that version answered: measures of every split and of other examples, predictions by column, the report's
headline and sections, and the records of the same run, gone on with. Nobody can find `loader`'s data again.
"""

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import GradatimError
from gradatim.files import FORMAT
from gradatim.runs.folder import Folder
from gradatim.runs.trained import load_trained

ARCHIVES = Path(__file__).parent / "format_1"
NAMES = [
    "arrays", "channels", "classes", "digits", "digits_torch", "intervals", "labels", "loader", "npz",
    "numbers", "own", "sets", "text", "threshold", "words",
]  # fmt: skip
IN_MEMORY = ("arrays", "own", "loader")
EACH = pytest.mark.parametrize("name", NAMES)
FOUND_AGAIN = pytest.mark.parametrize("name", [name for name in NAMES if name != "loader"])


class Net(torch.nn.Module):
    """The network of one's own that two of the runs had."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))

    def forward(self, x):
        return self.layers(x)


class Again:
    """Batches that start anew each time."""

    def __init__(self, batches):
        self.batches = batches

    def __iter__(self):
        return iter(self.batches)


class Old:
    """A run of format 1 in a folder of its own, and what was said of it."""

    def __init__(self, name, place):
        with zipfile.ZipFile(ARCHIVES / f"{name}.zip") as archive:
            archive.extractall(place)
        self.path = place / "run"
        self.expected = json.loads((place / "expected.json").read_text())
        found = sorted(place.glob("data.*"))
        self.data = found[0] if found else None
        self.new, self.other = (next(place.glob(f"{part}.*"), None) for part in ("new", "other"))
        self.classes = {"Net": Net} if name in ("own", "loader") else {}
        self.objects = {"model": Net()} if name == "own" else {}
        if name in IN_MEMORY:
            arrays = np.load(place / "arrays.npz")
            x, y = arrays["x"], arrays["y"]
            self.data = (x, y) if name != "loader" else [(torch.from_numpy(x).float(), torch.from_numpy(y))]
            self.new, self.other = x[:5], (x[:20], y[:20])

    def load(self):
        return gradatim.load(self.path, data=self.data, classes=self.classes)


@pytest.fixture
def old(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return Old(name, tmp_path)


def test_every_archive_is_tested():
    assert sorted(path.stem for path in ARCHIVES.glob("*.zip")) == NAMES


def same(found, expected):
    """Equal but for rounding: another processor's sums may come in another order."""
    if isinstance(expected, dict):
        assert list(found) == list(expected)
        for key, value in expected.items():
            if key != "seconds":
                same(found[key], value)
    elif isinstance(expected, list):
        assert len(found) == len(expected)
        for one, other in zip(found, expected, strict=True):
            same(one, other)
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-4, abs=2e-6)
    else:
        assert found == expected


def without_later(measured):
    """What was measured when the runs were recorded."""
    return {name: value for name, value in measured.items() if name not in ("by_class", "averages")}


@EACH
def test_it_is_of_format_1_and_is_read_without_its_data(old, name):
    assert json.loads((old.path / "model.json").read_text())["format"] == 1
    trained = load_trained(Folder(old.path), old.classes)
    assert trained.problem.check() == trained.problem
    assert trained.facts["epoch"] >= 1 and trained.facts["parameters"] > 0
    assert not {"threshold", "interval"} & trained.facts.keys()
    assert (old.path / "model.json").read_bytes() == Old(name, old.path.parent).path.joinpath(
        "model.json"
    ).read_bytes()  # which nothing has changed


@FOUND_AGAIN
def test_its_measures_are_the_same_on_every_split(old):
    run = old.load()
    for split, expected in old.expected["evaluate"].items():
        same(without_later(run.evaluate(split=split)), expected)


@EACH
def test_other_examples_are_measured_and_predicted_the_same(old, name):
    run = old.load()
    if name == "loader":
        measured = run.evaluate(Again(old.data))
        same({**without_later(measured), "split": "test"}, old.expected["evaluate"]["test"])
    if "other" in old.expected:
        measured = run.evaluate(old.other)
        measured.pop("notices", None)
        same(without_later(measured), old.expected["other"])
    if "columns" in old.expected:
        same(run.predict(old.new).columns(), old.expected["columns"])


@FOUND_AGAIN
def test_its_report_says_the_same(old):
    page = old.load().report().read_text()
    headline = re.search(r'<p class="headline">(.*?)</p>', page, re.S)
    words = old.expected["headline"].replace(
        ", guessing the mean would be by", "; guessing the mean would be off by"
    )
    assert headline is not None and headline[1] == words
    found = re.findall(r'<h2 id="(\w+)"', page)
    later = ("coverage", "data", "by_class", "ranking", "thresholds")  # an <h3> then, and not yet there
    assert [name for name in found if name not in later] == old.expected["sections"]


@FOUND_AGAIN
def test_it_is_gone_on_with_to_the_same_numbers_and_becomes_one_of_today(old):
    expected = old.expected["resumed"]
    run = gradatim.train(old.data, resume=old.path, epochs=expected["epochs"], quiet=True, **old.objects)
    same(run.records, expected["records"])
    same(run.metrics, expected["metrics"])
    for file in ("config.json", "model.json"):
        assert json.loads((old.path / file).read_text())["format"] == FORMAT
    again = gradatim.load(old.path, data=old.data, classes=old.classes)
    assert again.evaluate() == run.evaluate()
    once_more = gradatim.train(
        old.data, resume=old.path, epochs=expected["epochs"] + 1, quiet=True, **old.objects
    )
    assert len(once_more.records) == expected["epochs"] + 1


@pytest.mark.parametrize("name", ["classes", "numbers"])
def test_what_stood_beside_it_stands_there_still(old):
    run = old.load()
    assert [row["name"] for row in run.baselines][1:] == ["linear model", "boosted trees"]
    assert "Comparison with baselines" in run.report().read_text()


@pytest.mark.parametrize("name", ["classes"])
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"loss": "huber"},
            r"model\.json: loss of classes must be cross_entropy or binary_cross_entropy or ",
        ),
        ({"classes": 3}, r"model\.json: names of classes must be a list of texts or numbers; it is 3"),
        ({"threshold": 0.5}, r"model\.json: threshold of classes must be a value"),
        (
            {"preprocessing": {"name": "whiten"}},
            r"model\.json: unknown preprocessing 'whiten': update Gradatim",
        ),
        ({"preprocessing": 5}, r"model\.json is damaged"),
        ({"network": None}, r"model\.json: a network is described as"),
    ],
)
def test_a_damaged_one_is_refused_in_a_sentence(old, changes, sentence):
    content = json.loads((old.path / "model.json").read_text())
    (old.path / "model.json").write_text(json.dumps(content | changes))
    with pytest.raises(GradatimError, match=sentence) as raised:
        old.load()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["classes"])
@pytest.mark.parametrize(
    "missing", ["preprocessing", "classes", "loss", "input_shape", "features", "network"]
)
def test_one_that_lacks_an_entry_is_damaged(old, missing):
    content = json.loads((old.path / "model.json").read_text())
    del content[missing]
    (old.path / "model.json").write_text(json.dumps(content))
    with pytest.raises(GradatimError, match=rf"model\.json is damaged: KeyError\('{missing}'\)"):
        old.load()


@pytest.mark.parametrize("name", ["channels"])
def test_inputs_stay_standardised_as_they_were(old):
    """Then, pictures of two channels and clips had one mean and deviation a number; today one a channel."""
    trained = old.load().trained
    assert trained.encoder.shift.shape == (2, 3, 3)
    run = gradatim.train(old.data, resume=old.path, epochs=4, quiet=True)
    np.testing.assert_array_equal(run.trained.encoder.shift, trained.encoder.shift)
    fresh = gradatim.train(old.data, out="fresh", epochs=1, hidden=3, quiet=True)
    assert fresh.trained.encoder.shift.shape == (2,)

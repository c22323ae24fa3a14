"""Run folders from strangers: every entry of every file changed, and what the verbs make of it."""

import json
import os
import random
import shutil
from pathlib import Path

import numpy as np
import pytest

import gradatim
from gradatim.checks import GradatimError
from gradatim.runs.tensors import read_tensors, write_tensors

LONGEST = 1100  # characters of a sentence
SAMPLE = 20  # changes of a run that the fast test tries
PARTS = 8  # of the campaign, so that workers share it
EVERY = int(os.environ.get("EVERY_CHANGE", "3"))  # of the changes one is tried; 1 for all, about two hours
DEEP = json.loads("[" * 600 + "]" * 600)
LONG = ("x" * 5000, list(range(2000)))
OTHERS = (None, True, -1, 0, 7, -2.5, "x", "", [], [1, "x"], {}, {"x": 1}, DEEP, *LONG)
JSON = ("config.json", "model.json", "metrics.jsonl", "baselines.json")
TENSORS = ("checkpoint.safetensors", "evidence.safetensors")


def table_of_classes():
    r = np.random.default_rng(0)
    rows = [
        f"{r.normal():.3f},{'ab'[i % 2]},2020-01-{i % 28 + 1:02d},{'the cat sat' if i % 3 else 'a dog ran'},"
        f"{i % 5 < 2}" for i in range(60)
    ]  # fmt: skip
    Path("data.csv").write_text("\n".join(["size,town,day,words,bought", *rows]))
    return {"data": "data.csv", "target": "bought", "threshold": "f1", "network": {"hidden": [3]}}


def numbers_with_intervals():
    numbers = np.random.default_rng(0).normal(size=(60, 3))
    rows = [",".join(f"{value:.3f}" for value in row) for row in numbers]
    Path("data.csv").write_text("\n".join(["a,b,price", *rows]))
    return {"data": "data.csv", "target": "price", "loss": "gaussian_nll", "network": {"hidden": [3]}}


def text():
    Path("data.txt").write_text("to be or not to be, that is the question. " * 4)
    return {"data": "data.txt", "network": {"hidden_size": 3}, "window": 8, "batch_size": 2}


TABLE = "table_of_classes"
LISTING = ("evidence", 7, "fields", "listings", 0, "fields")
KINDS = {one.__name__: one for one in (table_of_classes, numbers_with_intervals, text)}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A small run of each kind, with the data that it learned from."""
    folder, before = tmp_path_factory.mktemp("runs"), Path.cwd()
    for kind, options in KINDS.items():
        (folder / kind).mkdir()
        os.chdir(folder / kind)
        gradatim.train(**options(), out="run", epochs=2, seed=1, quiet=True)
    os.chdir(before)
    return folder


def entries(content, place=()):
    """The place of every entry, at any depth; of a list the first and the last, as its members are alike."""
    if isinstance(content, dict):
        inside = content.items()
    else:
        inside = {number: content[number] for number in (0, len(content) - 1) if content}.items()
    for name, value in inside:
        yield (*place, name)
        if isinstance(value, dict | list):
            yield from entries(value, (*place, name))


def changes(content):
    """(what was done, the content changed) for every entry of a file."""
    for place in entries(content):
        for number in range(-2, len(OTHERS) + 1):
            yield place, number


def changed(content, place, number):
    """The content with one entry deleted (−2), doubled (−1), or another value."""
    content = json.loads(json.dumps(content))
    inside = content
    for name in place[:-1]:
        inside = inside[name]
    last = place[-1]
    if number == -2:
        del inside[last]
    elif number == -1 and isinstance(inside, list):
        inside.insert(last, inside[last])
    elif number == -1:
        inside["another"] = inside[last]
    elif number == len(OTHERS):
        value = inside[last]
        inside[last] = -value if isinstance(value, int | float) else [value]
    else:
        inside[last] = OTHERS[number]
    return content


def read(path):
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text().splitlines()]
    if path.suffix == ".json":
        return json.loads(path.read_text())
    return read_tensors(path, "file", "np")[1]


def write(path, content):
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(line) + "\n" for line in content))
    elif path.suffix == ".json":
        path.write_text(json.dumps(content))
    else:
        content = {name: value for name, value in content.items() if name != "format"}
        write_tensors(path, read_tensors(path, "file", "np")[0], content)


def verbs(kind, name):
    """What reads a run's folder, by name."""
    data = "data.txt" if kind == "text" else "data.csv"
    if name == "evidence.safetensors":
        return {"report": lambda: gradatim.load("run", data="nowhere.csv").report()}
    return {
        "evaluate": lambda: gradatim.load("run").evaluate(data if kind != "text" else None),
        "predict": lambda: kind != "text" and gradatim.load("run").predict(data).to_csv(),
        "sample": lambda: kind == "text" and gradatim.load("run").sample(length=3),
        "report": lambda: gradatim.load("run").report(),
        "resume": lambda: gradatim.train(resume="run", quiet=True),
        "extend": lambda: gradatim.train(resume="run", epochs=3, quiet=True),
    }


def check(folder, kind, name, place, number):
    """Every verb works, or says in a sentence what is wrong."""
    whole = read(folder / "run" / name)
    for verb, do in verbs(kind, name).items():
        if Path("run").exists():
            shutil.rmtree("run")
        shutil.copytree(folder / "run", "run")
        write(Path("run") / name, changed(whole, place, number))
        where = (kind, name, place, number, verb)
        try:
            do()
        except GradatimError as error:
            assert len(str(error)) < LONGEST, where
        except Exception as error:
            raise AssertionError(f"{where}: {error!r:.200}") from error


def all_changes(folder):
    return [
        (name, *change) for name in (*JSON, *TENSORS) if (folder / "run" / name).exists()
        for change in changes(read(folder / "run" / name))
    ]  # fmt: skip


@pytest.fixture
def place(runs, kind, monkeypatch, tmp_path):
    """An empty folder with the data of a kind."""
    monkeypatch.chdir(tmp_path)
    for path in (runs / kind).glob("data.*"):
        shutil.copy(path, path.name)
    return runs / kind


@pytest.mark.filterwarnings("ignore::gradatim.checks.Notice")
@pytest.mark.parametrize(
    "kind", ["text", *(pytest.param(one, marks=pytest.mark.slow) for one in KINDS if one != "text")]
)
def test_a_changed_entry_is_said_in_a_sentence_or_does_not_matter(place, kind):
    for change in random.Random(0).sample(all_changes(place), SAMPLE):
        check(place, kind, *change)


@pytest.mark.filterwarnings("ignore::gradatim.checks.Notice")
@pytest.mark.parametrize(
    ("kind", "entry", "number"),
    [
        (TABLE, ("encoder",), 0),
        ("numbers_with_intervals", ("problem", "loss"), -2),
        ("text", ("input_shape",), 14),
        ("text", ("encoder",), 0),
        ("numbers_with_intervals", ("targets", 0), -1),
        (TABLE, (*LISTING, "head", 4), -2),
        (TABLE, (*LISTING, "rows", 0, 4), -1),
    ],
)
def test_an_entry_that_was_once_no_sentence_is_one(place, kind, entry, number):
    check(place, kind, "evidence.safetensors" if entry[0] == "evidence" else "model.json", entry, number)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::gradatim.checks.Notice")
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", KINDS)
def test_every_changed_entry_is_said_in_a_sentence_or_does_not_matter(place, kind, part):
    for change in all_changes(place)[::EVERY][part::PARTS]:
        check(place, kind, *change)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ({}, r"data, is damaged: source must be a place, which is one of path, name, stream, mem"),
        ({"another": "data.csv"}, r"source must be a place"),
        ({"path": "data.csv", "another": 1}, r"data\.source\.another is no option of data"),
    ],
)
@pytest.mark.parametrize("kind", ["table_of_classes"])
def test_a_source_that_is_no_place_or_has_other_options_is_said(place, source, sentence):
    shutil.copytree(place / "run", "run")
    config = json.loads(Path("run/config.json").read_text())
    config["data"]["source"] = source
    Path("run/config.json").write_text(json.dumps(config))
    with pytest.raises(GradatimError, match=sentence):
        gradatim.train(resume="run", epochs=3, quiet=True)


@pytest.mark.filterwarnings("ignore::gradatim.checks.Notice")
@pytest.mark.parametrize(
    ("kind", "entry", "value", "sentence"),
    [
        (TABLE, "data.source.target", 0.5, r"data\.source\.target must be a column's name, or"),
        (TABLE, "data.source.group", ["a"], r"data\.source\.group must be a column's name; it is"),
        (TABLE, "data.source.schema", 3, r"data\.source\.schema must be a schema; it is 3"),
        (TABLE, "data.source.path", "x" * 5_000, "there is no file xxx"),
        (TABLE, "data.test", {"path": 3}, r"data\.test must be a share below 1, null, or the place"),
        (TABLE, "settings.metrics", 3, "metrics are names, functions or {name: function}; here"),
        (TABLE, "network.entry.hidden", DEEP, "the description is nested too deeply"),
        (TABLE, "network.entry.out_features", 7, r"the loss cannot read outputs of shape \(2, 7\)"),
        ("text", "data.fingerprint", None, "the data have changed since this run began"),
        ("text", "baselines", True, ""),
        ("numbers_with_intervals", "data.splits.test", None, ""),
    ],
)  # fmt: skip
def test_an_entry_of_the_configuration_that_cannot_be_is_said_where_it_is_read(
    place, kind, entry, value, sentence
):
    shutil.copytree(place / "run", "run")
    config = json.loads(Path("run/config.json").read_text())
    *outer, last = entry.split(".")
    inside = config
    for name in outer:
        inside = inside[name]
    inside[last] = value
    Path("run/config.json").write_text(json.dumps(config))
    if not sentence:
        assert gradatim.train(resume="run", epochs=3, quiet=True).report()
        return
    with pytest.raises(GradatimError, match=sentence):
        gradatim.train(resume="run", epochs=3, quiet=True)

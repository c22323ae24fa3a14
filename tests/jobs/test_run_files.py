"""A run's folder at every moment: what it begins with is kept, its network stays until the next is whole."""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch.utils.data import DataLoader, TensorDataset

import gradatim
import gradatim.jobs.train as job
from gradatim import GradatimError, UsageError, files
from gradatim.checks import Notice
from gradatim.runs.tensors import read_tensors

ORACLES = Path(__file__).parents[1] / "oracles" / "run_of_format_1"
QUICK = {"hidden": 6, "threads": 1, "quiet": True}


class Killed(BaseException):
    """Nothing catches it."""


def blobs(n=90):
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    return (rng.normal(size=(n, 4)) + y[:, None]).astype(np.float32), y


def killed_at(monkeypatch, n, name="write"):
    """Let the n-th call of a function of `files` kill; whether it did is what `train` ends with."""
    real, calls = getattr(files, name), []

    def count(*arguments):
        calls.append(arguments)
        if len(calls) == n:
            raise Killed
        return real(*arguments)

    monkeypatch.setattr(files, name, count)


def parameters(run):
    return read_tensors(Path(run) / "model.safetensors", "model")[0]


def same(a, b):
    a, b = parameters(a), parameters(b)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def weights_file():
    entry = {"name": "mlp", "in_features": 4, "out_features": 1, "hidden": [6]}
    model = gradatim.build(entry, seed=99)
    save_file(model.state_dict(), "begin.safetensors")
    return {"weights": "begin.safetensors", **QUICK}


def own_network():
    torch.manual_seed(torch.initial_seed() + 1)  # other weights each time it is made
    return torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1))


BEGINNINGS = {
    "of the seed": lambda: ({**QUICK}, {}),
    "of a file": lambda: (weights_file(), {}),
    "of a module": lambda: ({"model": own_network(), "threads": 1, "quiet": True}, {"model": own_network()}),
}


@pytest.mark.parametrize("weights", BEGINNINGS)
def test_whatever_stops_a_run_before_its_first_epoch_it_goes_on_from_the_weights_it_began_with(
    monkeypatch, weights
):
    given, again = BEGINNINGS[weights]()
    if "model" in given:
        first = {name: value.clone() for name, value in given["model"].state_dict().items()}
    monkeypatch.setattr(job, "write_report", lambda *_: [])
    options = {"epochs": 2, **given}
    expected = gradatim.train(blobs(), out="alone", **options).path
    for n in range(1, 20):
        if "model" in given:
            given["model"].load_state_dict(first)
        with monkeypatch.context() as fault:
            killed_at(fault, n)
            try:
                gradatim.train(blobs(), out="run", **options)
            except Killed:
                pass
            else:
                break
        Path("begin.safetensors").unlink(missing_ok=True)  # gone by then
        if Path("run/config.json").exists():
            gradatim.train(blobs(), resume="run", quiet=True, **again)
        else:
            weights_file()
            if "model" in given:
                given["model"].load_state_dict(first)
            gradatim.train(blobs(), out="run", **options)
        assert same("run", expected), n
        shutil.rmtree("run")
        weights_file()
    assert n > 6  # checkpoint, model.json, config.json, the last checkpoint, weights, model.json, config.json


def test_a_strangers_loader_is_gone_on_with_from_its_first_order(monkeypatch):
    x, y = map(torch.from_numpy, blobs())
    model = torch.nn.Linear(4, 2)
    first = {name: value.clone() for name, value in model.state_dict().items()}

    def learn(**options):
        loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True)
        return gradatim.train(loader, model=model, quiet=True, **options)

    torch.manual_seed(5)
    expected = learn(epochs=2, out="alone").path
    model.load_state_dict(first)
    torch.manual_seed(5)
    with monkeypatch.context() as fault, pytest.raises(Killed):
        fault.setattr(job, "_go", lambda *_: (_ for _ in ()).throw(Killed))
        learn(epochs=2, out="run")
    torch.manual_seed(77)
    learn(resume="run")
    assert same("run", expected)


@pytest.mark.parametrize("weights", ["of a file", "of a module"])
def test_a_run_that_has_lost_what_it_began_with_is_refused(weights):
    given, again = BEGINNINGS[weights]()
    gradatim.train(blobs(), out="run", epochs=1, **given)
    Path("run/checkpoint.safetensors").unlink()  # as an older version leaves a run that is killed early
    with pytest.raises(GradatimError, match=r"run has no checkpoint, and the weights that it began with \("):
        gradatim.train(blobs(), resume="run", epochs=3, quiet=True, **again)


def test_a_network_that_begins_with_nan_leaves_no_folder():
    model = own_network()
    with torch.no_grad():
        model[2].weight[0, 1] = torch.nan
    with pytest.raises(GradatimError, match=r"^the network begins with nan in 2.weight of layer Linear$"):
        gradatim.train(blobs(), model=model, quiet=True, out="run")
    assert not Path("run").exists()


def test_what_a_killed_beginning_left_is_taken_over_and_other_files_are_not(monkeypatch):
    with monkeypatch.context() as fault, pytest.raises(Killed):
        killed_at(fault, 3)
        gradatim.train("digits", out="run", epochs=1, **QUICK)
    assert Path("run/checkpoint.safetensors").exists() and not Path("run/config.json").exists()
    Path("run/thesis.tex").touch()
    with pytest.raises(UsageError, match=r"run is a folder with other files in it \(thesis.tex\)"):
        gradatim.train("digits", out="run", epochs=1, **QUICK)
    Path("run/thesis.tex").unlink()
    gradatim.train("digits", out="run", epochs=1, **QUICK)
    assert same("run", gradatim.train("digits", out="alone", epochs=1, **QUICK).path)
    assert not Path("run/.beginning").exists()


@pytest.mark.parametrize("n", range(1, 8))
def test_a_copy_that_was_killed_while_it_was_made_is_made_again(monkeypatch, n):
    run = gradatim.train("digits", epochs=1, **QUICK)
    with monkeypatch.context() as fault, pytest.raises(Killed):
        killed_at(fault, n)
        gradatim.train(resume=run, out="copy", epochs=2, quiet=True)
    whole = Path("copy/config.json").exists()
    again = {"resume": "copy"} if whole else {"resume": run, "out": "copy"}
    gradatim.train(**again, epochs=2, quiet=True)
    assert same("copy", gradatim.train(resume=run, epochs=2, quiet=True).path)


TABLE = "a,b,bought\n" + "".join(
    f"{i % 7},{(i * i) % 11},{'yes' if i % 9 < 2 else 'no'}\n" for i in range(200)
)


def answers(run):
    found = gradatim.load(run)
    return found.predict("table.csv").labels.tolist(), found.trained.problem.threshold


@pytest.mark.parametrize("keep", [None, "last"])
def test_a_finished_network_answers_until_the_next_one_is_whole_and_says_so(monkeypatch, keep):
    Path("table.csv").write_text(TABLE)
    monkeypatch.setattr(job, "write_report", lambda *_: [])  # which takes longer than all the rest
    options = {"target": "bought", "threshold": "f1", "baselines": False, "keep": keep, "lr": 0.02, **QUICK}
    gradatim.train("table.csv", out="first", epochs=3, **options)
    gradatim.train(resume="first", out="last", epochs=8, quiet=True)
    before, after = answers("first"), answers("last")
    assert before != after and before[1] and after[1]
    told = set()
    for n in range(1, 20):
        shutil.copytree("first", "run")
        with monkeypatch.context() as fault:
            killed_at(fault, n)
            try:
                gradatim.train(resume="run", epochs=8, quiet=True)
                break
            except Killed:
                pass
        config = json.loads(Path("run/config.json").read_text())
        if config["ended"]:
            assert answers("run") == (before if config["settings"]["epochs"] == 3 else after)
        else:
            with pytest.warns(Notice, match="^run goes on and has not finished: this is the network that it"):
                found = answers("run")
            told.add(found == before)
            assert found in (before, after)
        more = {"epochs": 8} if config["settings"]["epochs"] == 3 else {}
        gradatim.train(resume="run", quiet=True, **more)
        assert answers("run") == after and same("run", "last")
        shutil.rmtree("run")
    assert told == {True, False} and n == 6  # config.json, checkpoint, weights, model.json, config.json
    assert not list(Path("run").glob("model-next*"))


@pytest.mark.parametrize("moment", ["between the two files", "before the description"])
def test_new_weights_count_when_the_description_names_them(monkeypatch, moment):
    run = gradatim.train("digits", epochs=1, **QUICK)
    before = run.predict("digits").probabilities
    with monkeypatch.context() as fault, pytest.raises(Killed):
        if moment == "between the two files":
            killed_at(fault, 1, "move")
        else:
            write = files.write
            fault.setattr(files, "write", lambda path, text: (
                (_ for _ in ()).throw(Killed) if path.name == "model.json" else write(path, text)
            ))  # fmt: skip
        gradatim.train(resume=run, epochs=4, quiet=True)
    assert (run.path / "model-next.safetensors").exists()
    with pytest.warns(Notice):
        between = gradatim.load(run.path).predict("digits").probabilities
    gradatim.train(resume=run, quiet=True)
    after = gradatim.load(run.path).predict("digits").probabilities
    np.testing.assert_array_equal(between, before if moment == "before the description" else after)
    assert not (run.path / "model-next.safetensors").exists() and not np.array_equal(before, after)


def test_a_run_that_has_not_finished_says_how_far_it_is(monkeypatch):
    with monkeypatch.context() as fault, pytest.raises(Killed):
        fault.setattr(job, "_finish", lambda *_: (_ for _ in ()).throw(Killed))
        gradatim.train("digits", out="run", epochs=2, **QUICK)
    with pytest.warns(
        Notice, match="^run has not finished: this is the network of its checkpoint, 2 of 2 epo"
    ):
        assert gradatim.load("run").evaluate()["n"] == 359


def test_a_run_that_has_made_no_step_has_no_network(monkeypatch):
    with monkeypatch.context() as fault, pytest.raises(Killed):
        fault.setattr(job, "_go", lambda *_: (_ for _ in ()).throw(Killed))
        gradatim.train("digits", out="a run", epochs=2, **QUICK)
    with pytest.raises(
        GradatimError,
        match=r"^a run was stopped before its first step, so it has learned nothing yet: resume",
    ):
        gradatim.load("a run")


def flip(path, share):
    content = bytearray(path.read_bytes())
    content[int(share * (len(content) - 1))] ^= 1
    path.write_bytes(content)


def newer(path):
    content = path.read_bytes()
    changed = content.replace(b'"format": 2', b'"format": 3').replace(b'\\"format\\": 2', b'\\"format\\": 3')
    assert changed != content
    path.write_bytes(changed)


def line(path, text):
    lines = path.read_text().split("\n")
    lines[1] = text
    path.write_text("\n".join(lines))


DAMAGE = {
    "a bit of the checkpoint": lambda run: flip(run / "checkpoint.safetensors", 0.9),
    "a newer checkpoint": lambda run: newer(run / "checkpoint.safetensors"),
    "half a checkpoint": lambda run: (run / "checkpoint.safetensors").write_bytes(
        (run / "checkpoint.safetensors").read_bytes()[:999]
    ),
    "a newer model.json": lambda run: newer(run / "model.json"),
    "newer weights": lambda run: newer(run / "model.safetensors"),
    "newer records": lambda run: newer(run / "metrics.jsonl"),
    "a record that is none": lambda run: line(run / "metrics.jsonl", "x" * 50),
    "records cut": lambda run: (run / "metrics.jsonl").write_bytes((run / "metrics.jsonl").read_bytes()[:-5]),
    "no records": lambda run: (run / "metrics.jsonl").unlink(),
    "records longer inside": lambda run: line(run / "metrics.jsonl", '{"epoch": 2}' + " " * 500),
    "a comparison that is none": lambda run: (run / "baselines.json").write_text('{"format": 1}'),
    "a newer configuration": lambda run: newer(run / "config.json"),
    "half a configuration": lambda run: (run / "config.json").write_text('{"format": 1, '),
    "a configuration without settings": lambda run: (run / "config.json").write_text('{"format": 1}'),
}


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("place", ["the run", "a copy"])
def test_nothing_is_written_where_something_is_damaged(damage, place):
    run = gradatim.train("digits", epochs=3, **QUICK).path
    DAMAGE[damage](run)
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    with pytest.raises(GradatimError) as refused:
        gradatim.train(resume=run, epochs=5, quiet=True, out="copy" if place == "a copy" else None)
    assert {path.name: path.read_bytes() for path in run.iterdir()} == before
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", ["model.json", "model.safetensors"])
@pytest.mark.parametrize("damage", ["a bit", "half", "gone"])
def test_a_network_that_was_damaged_is_made_again_from_the_checkpoint(name, damage):
    run = gradatim.train("digits", epochs=2, **QUICK).path
    whole = {path.name: path.read_bytes() for path in run.iterdir()}
    path = run / name
    if damage == "a bit":
        flip(path, 0.9)
    elif damage == "half":
        path.write_bytes(path.read_bytes()[:99])
    else:
        path.unlink()
    if (name, damage) != ("model.safetensors", "gone"):
        with pytest.raises(GradatimError) as refused:
            found = gradatim.load(run)
            assert name == "model.json", "a changed bit of the weights"
            assert found.evaluate() and json.loads(path.read_text())  # a digit may have become another
            raise GradatimError
        assert "\n" not in str(refused.value)
    gradatim.train(resume=run, quiet=True)
    assert {one: (run / one).read_bytes() for one in ("model.json", "model.safetensors")} == {
        one: whole[one] for one in ("model.json", "model.safetensors")
    }


@pytest.mark.parametrize("name", [
    "metrics.jsonl", "config.json", "model.json", "model.safetensors", "checkpoint.safetensors", ".lock",
    "report.html", "baselines.json", "model-next.safetensors", ".beginning", "kept.safetensors",
    "evidence.safetensors",
])  # fmt: skip
@pytest.mark.parametrize("kind", ["link", "hard link", "pipe"])
def test_a_folder_from_elsewhere_leads_nowhere_else(name, kind):
    run = gradatim.train("digits", epochs=2, **QUICK).path
    path = run / name
    mine = Path("mine")
    mine.write_bytes((path.read_bytes() if path.exists() else b"") + b"what I wrote on top of it\n")
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "link":
        path.symlink_to(mine.resolve())
    else:
        os.link(mine, path)
    before = mine.read_bytes()
    try:
        gradatim.train(resume=run, epochs=3, quiet=True)
    except GradatimError as error:
        assert str(path) in str(error) and "\n" not in str(error)
    else:
        assert kind == "hard link", "a link is followed"
    assert mine.read_bytes() == before
    if kind == "link":
        with pytest.raises(GradatimError, match=f"{path} is a link, which is not followed"):
            gradatim.load(run)


def test_a_folder_of_events_that_is_a_link_is_not_followed():
    run = gradatim.train("digits", epochs=1, **QUICK).path
    Path("mine").mkdir()
    kept = Path("mine/events.out.tfevents.1.gradatim")
    kept.write_text("mine")
    (run / "tensorboard").symlink_to(Path("mine").resolve())
    with pytest.raises(GradatimError, match="tensorboard is a link, which is not followed"):
        gradatim.train(resume=run, epochs=2, quiet=True)
    assert kept.read_text() == "mine"


def test_a_link_to_the_run_s_folder_is_the_person_s_own():
    run = gradatim.train("digits", epochs=1, **QUICK).path
    Path("latest").symlink_to(run)
    assert len(gradatim.train(resume="latest", epochs=2, quiet=True).records) == 2


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_a_run_of_format_1_is_read_and_gone_on_with(engine):
    shutil.copytree(ORACLES / engine, "run")
    expected = np.load(ORACLES / f"{engine}-expected.npz")
    x = gradatim.load_data("digits").x[:5]
    assert not gradatim.load("run").unfinished
    np.testing.assert_allclose(gradatim.load("run").predict(x).probabilities, expected["before"], rtol=1e-5)
    on = gradatim.train(resume="run", epochs=4, quiet=True)
    np.testing.assert_allclose(on.predict(x).probabilities, expected["after"], rtol=1e-4)
    assert "sha256" in json.loads(on.folder.model_json.read_text())
    assert not gradatim.load("run").unfinished


@pytest.mark.parametrize("engine", ["numpy", "torch"])
def test_of_a_run_of_format_1_that_is_extended_the_finished_network_answers_on(engine, monkeypatch):
    shutil.copytree(ORACLES / engine, "run")
    x = gradatim.load_data("digits").x[:5]
    with monkeypatch.context() as fault, pytest.raises(Killed):
        fault.setattr(job, "_finish", lambda *_: (_ for _ in ()).throw(Killed))
        gradatim.train(resume="run", epochs=4, quiet=True)
    with pytest.warns(Notice, match="^run goes on and has not finished"):
        found = gradatim.load("run").predict(x).probabilities
    expected = np.load(ORACLES / f"{engine}-expected.npz")
    np.testing.assert_allclose(found, expected["before"], rtol=1e-5)
    on = gradatim.train(resume="run", quiet=True)
    np.testing.assert_allclose(on.predict(x).probabilities, expected["after"], rtol=1e-4)

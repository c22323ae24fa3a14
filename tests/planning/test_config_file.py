"""`--config`: a run's config.json runs it again, to the same bits; a person's file holds options."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.planning.config_file import read_config_file

QUICK = {"epochs": 2, "hidden": 4, "threads": 1}
QUIET = {"quiet": True, "baselines": False}
WORDS = "the quick brown fox jumps over the lazy dog\n"
STACK = {
    "name": "stack",
    "layers": [{"name": "flatten"}, {"name": "dense", "in_features": 64, "out_features": 10}],
}


@pytest.fixture(autouse=True)
def files(in_a_folder_of_its_own):
    rng = np.random.default_rng(0)
    n = 120
    frame = pd.DataFrame({
        "size": rng.normal(size=n), "town": rng.choice(["Rome", "Oslo"], n), "shop": np.arange(n) % 12,
        "day": pd.date_range("2024-01-01", periods=n).astype(str),
        "tags": ["a;b" if k % 2 else "" for k in range(n)],
    })  # fmt: skip
    frame["left"] = np.where(frame["size"] + (frame["town"] == "Rome") > 0, "gone", "stays")
    frame.to_csv("t.csv", index=False)
    frame[:30].to_csv("v.csv", index=False)
    np.savez("x.npz", x=rng.normal(size=(60, 4)), y=np.arange(60) % 3, z=rng.normal(size=60))
    Path("book.txt").write_text(WORDS * 30)


RUNS = {
    "a name": ("digits", {"network": {"activation": "tanh"}, "seed": 3}),
    "everything asked": ("digits", {
        "optimizer": "momentum:momentum=0.8", "schedule": "one_cycle:warmup=0.2", "lr": 0.02,
        "batch_size": 50,
        "dropout": 0.1, "input_dropout": 0.1, "precision": "float64", "ema": 0.9, "l2": 0.01, "valid": 0.2,
    }),
    "torch": ("digits", {"engine": "torch", "epochs": 1}),
    "another network": ("digits", {"model": "lenet5", "hidden": None, "epochs": 1}),
    "a description": ("digits", {"model": STACK, "hidden": None}),
    "a table": ("t.csv", {"target": "left", "ignore": ["tags", "day"], "group": "shop"}),
    "the latest rows": ("t.csv", {"target": "left", "time": "day", "threshold": "f1"}),
    "a number": ("t.csv", {"target": "size", "loss": "gaussian_nll"}),
    "several numbers": ("t.csv", {"target": "size,shop", "loss": "huber", "test": "v.csv", "valid": "v.csv"}),
    "sets of labels": ("t.csv", {"target": "tags", "task": "multilabel"}),
    "arrays": ("x.npz", {}),
    "another array": ("x.npz", {"target": "z"}),
    "a text": ("book.txt", {"window": 12, "batch_size": 4}),
}  # fmt: skip


def weights(run):
    return (run.path / "model.safetensors").read_bytes()


@pytest.mark.parametrize("name", RUNS)
def test_a_run_s_config_runs_it_again_to_the_bit(name):
    data, how = RUNS[name]
    run = gradatim.train(data, **{**QUICK, **how}, **QUIET)
    again = gradatim.train(**read_config_file(run.folder.config), **QUIET)
    assert weights(again) == weights(run)
    assert again.metrics == run.metrics and again.metrics
    for part in ("data", "network", "loss", "settings"):
        assert again.config[part] == run.config[part]


def test_weights_to_begin_with_are_found_again():
    first = gradatim.train("digits", model="lenet5", epochs=1, threads=1, **QUIET)
    how = {"model": "lenet5", "weights": "runs/digits-1/model.safetensors", "epochs": 1, "threads": 1}
    run = gradatim.train("digits", **how, **QUIET)
    again = gradatim.train(**read_config_file(run.folder.config), **QUIET)
    assert weights(again) == weights(run) != weights(first)
    assert read_config_file(run.folder.config, {"optimizer": "sgd"})["weights"].endswith("model.safetensors")


def test_what_is_given_wins(tmp_path):
    run = gradatim.train(
        "t.csv", target="left", ignore="tags", network={"activation": "tanh"}, **QUICK, **QUIET
    )
    config = run.folder.config
    longer = read_config_file(config, {"epochs": 3, "seed": 1, "network": {"activation": "relu"}})
    again = gradatim.train(**longer, **QUIET)
    assert len(again.records) == 3 and again.config["settings"]["seed"] == 1
    assert again.config["network"]["asked"] == {"activation": "relu"}
    other = gradatim.train(**read_config_file(config, {"data": "v.csv", "target": "town"}), **QUIET)
    assert (other.config["name"], other.trained.problem.names) == ("v", ("Oslo", "Rome"))
    assert other.config["settings"]["hidden"] == [4]


def test_of_another_network_the_run_s_arguments_are_left_out():
    run = gradatim.train("digits", network={"activation": "tanh"}, **QUICK, **QUIET)
    found = read_config_file(run.folder.config, {"model": "lenet5"})
    assert not found.keys() & {"hidden", "dropout", "network"}
    assert (found["model"], found["epochs"]) == ("lenet5", 2)
    found = read_config_file(run.folder.config, {"model": "mlp"})  # which is the run's own
    assert found["hidden"] == [4] and found["network"] == {"activation": "tanh"}


def test_what_was_chosen_by_what_is_another_now_is_chosen_anew():
    run = gradatim.train("t.csv", target="left", ignore="tags", epochs=1, **QUIET)  # Adam, decay of .1
    config, settings = run.folder.config, run.config["settings"]
    assert (settings["lr"], settings["weight_decay"], settings["engine"]) == (3e-3, 0.1, "numpy")
    same = read_config_file(config, {"data": "t.csv", "seed": 4})
    assert {name: same[name] for name in ("lr", "weight_decay", "hidden", "engine", "threads")} == {
        "lr": 3e-3, "weight_decay": 0.1, "hidden": [128, 64], "engine": "numpy", "threads": 1
    }  # fmt: skip
    other = read_config_file(config, {"optimizer": "momentum"})
    assert not other.keys() & {"lr", "weight_decay", "keep", "hidden", "engine", "members", "numbers"}
    assert (other["epochs"], other["target"]) == (1, "left")
    assert gradatim.train(**other, **QUIET).config["settings"]["weight_decay"] is None
    precise = read_config_file(config, {"precision": "bfloat16"})
    assert precise["weight_decay"] == 0.1 and not precise.keys() & {"engine", "device", "threads"}
    frame = pd.read_csv("t.csv")
    assert not read_config_file(config, {"data": frame}).keys() & {"lr", "engine"}
    digits = gradatim.train("digits", epochs=1, hidden=4, **QUIET)
    lenet = read_config_file(digits.folder.config, {"model": "lenet5"})
    assert gradatim.train(**lenet, **QUIET).config["settings"]["engine"] == "torch"


class Net(torch.nn.Linear):
    def __init__(self):
        super().__init__(4, 3)


def test_what_was_in_memory_is_named_anew():
    x, y = np.random.default_rng(0).normal(size=(60, 4)), np.arange(60) % 3
    in_memory = gradatim.train((x, y), **QUICK, **QUIET).folder.config
    with pytest.raises(
        UsageError, match=r"config\.json is of a run that learned from data in memory: name oth"
    ):
        read_config_file(in_memory)
    assert gradatim.train(**read_config_file(in_memory, {"data": "x.npz"}), **QUIET).metrics
    valid = gradatim.train("x.npz", valid=(x, y), **QUICK, **QUIET).folder.config
    with pytest.raises(
        UsageError, match="is of a run that has valid examples from data in memory: name others"
    ):
        read_config_file(valid)
    assert read_config_file(valid, {"valid": 0.2})["valid"] == 0.2
    own = gradatim.train("x.npz", model=Net(), epochs=1, **QUIET).folder.config
    with pytest.raises(UsageError, match="is of a run with a network of its own: name another with --model"):
        read_config_file(own)
    assert read_config_file(own, {"model": "mlp"})["model"] == "mlp"
    loss = gradatim.train("x.npz", model=Net(), loss=torch.nn.functional.cross_entropy, epochs=1, **QUIET)
    with pytest.raises(UsageError, match="is of a run with a loss of its own: name another with --loss"):
        read_config_file(loss.folder.config, {"model": "mlp"})


def test_a_config_of_format_1_runs_again():
    """Which knew no name of a network beside its entry, no weights, and kept a window for digits."""
    run = gradatim.train("digits", network={"activation": "tanh"}, **QUICK, **QUIET)
    config = json.loads(run.folder.config.read_text())
    config["format"] = 1
    del config["network"]["model"], config["weights"]
    for name in ("kind", "judged_on", "task"):
        del config["data"][name]
    config["settings"]["window"] = 50
    Path("old.json").write_text(json.dumps(config))
    again = gradatim.train(**read_config_file("old.json"), **QUIET)
    assert weights(again) == weights(run)
    run.folder.config.write_text(json.dumps(config))
    assert len(gradatim.train(resume=run.path, epochs=3, **{**QUIET, "baselines": None}).records) == 3


def test_a_file_of_one_s_own_holds_options():
    Path("mine.json").write_text(
        '{"data": "digits", "epochs": 1, "hidden": [4], "network": {"init": "zeros"}}'
    )
    run = gradatim.train(**read_config_file("mine.json", {"seed": 2}), **QUIET)
    assert run.config["settings"]["hidden"] == [4] and run.config["settings"]["seed"] == 2
    assert run.config["network"]["asked"] == {"init": "zeros"}


@pytest.mark.parametrize(
    ("text", "kind", "sentence"),
    [
        (None, UsageError, "there is no file c.json"),
        ('{"epoch": 3}', UsageError, "c.json: unknown option 'epoch': did you mean epochs?"),
        ('{"tarket": "y"}', UsageError, "c.json: unknown option 'tarket': did you mean target"),
        ("{", GradatimError, "c.json is not a JSON file of settings, or is damaged"),
        ("[3]", GradatimError, "c.json must hold an object, as a JSON file of settings does"),
        (
            '{"settings": {"epochs": 3}}',
            GradatimError,
            "c.json is not a run's configuration of Gradatim: it carries no",
        ),
        (
            '{"format": 9, "settings": {}}',
            GradatimError,
            "c.json has format 9, and this version of Gradatim reads",
        ),
        ('{"format": 2, "settings": {"epochs": 3}}', GradatimError, "c.json is damaged: KeyError"),
        ('{"format": 1, "settings": {}, "data": 3}', GradatimError, "c.json is damaged: "),
    ],
)
def test_a_file_that_cannot_be_is_one_sentence(text, kind, sentence):
    if text is not None:
        Path("c.json").write_text(text)
    with pytest.raises(kind) as error:
        read_config_file("c.json")
    assert str(error.value).startswith(sentence)

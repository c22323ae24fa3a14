import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

import gradatim
from gradatim import GradatimError, UsageError
from gradatim.checks import Notice
from gradatim.planning.config_file import read_config_file
from gradatim.runs.tensors import read_tensors

QUICK = {"epochs": 3, "hidden": 16, "threads": 1, "quiet": True}


def blobs(n=120, k=3, seed=0):
    """Three clouds of points that a straight line cannot tell apart by one feature."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % k
    return rng.normal(size=(n, 4)) + np.eye(k, 4)[y] * 3, y


def same_end(a, b):
    """Whether two runs ended in the same bits: parameters, checkpoint, records but for seconds."""
    left, right = (read_tensors(run.folder.checkpoint, "checkpoint")[0] for run in (a, b))
    records = [[{k: v for k, v in r.items() if k != "seconds"} for r in run.records] for run in (a, b)]
    return (
        left.keys() == right.keys()
        and all(torch.equal(left[name], right[name]) for name in left)
        and (a.path / "model.safetensors").read_bytes() == (b.path / "model.safetensors").read_bytes()
        and records[0] == records[1]
    )


def test_digits_are_learned_and_the_folder_holds_everything():
    run = gradatim.train("digits", epochs=12, quiet=True)
    assert run.metrics["accuracy"] > 0.96
    assert run.path == Path("runs/digits-1")
    assert {p.name for p in run.path.iterdir() if p.name[0] != "."} == {
        "config.json", "metrics.jsonl", "model.json", "model.safetensors", "checkpoint.safetensors",
        "report.html", "evidence.safetensors",
    }  # fmt: skip
    config = json.loads((run.path / "config.json").read_text())
    assert config["format"] == 2
    assert config["settings"]["threads"] == 1 and config["settings"]["seed"] == 0
    assert config["settings"]["engine"] == "numpy" and config["settings"]["precision"] == "float32"
    assert config["data"]["splits"] == {"train": 1294, "valid": 144, "test": 359}
    assert "10 classes" in config["choices"]["head"] and "parameters" not in config["choices"]
    lines = (run.path / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["format"] == 2 and len(lines) == 12
    assert f"{run.metrics['accuracy'] * 100:.1f} %".replace(" ", "") in "".join(
        run.folder.report.read_text().split()
    )


def test_a_loaded_run_says_what_the_trained_one_said():
    run = gradatim.train("digits", **QUICK)
    again = gradatim.load(run.path)
    assert again.metrics == run.metrics
    x = gradatim.load_data("digits").x[:50]
    np.testing.assert_array_equal(again.predict(x).probabilities, run.predict(x).probabilities)
    assert gradatim.load("digits-1").path == run.path


def test_the_same_seed_gives_the_same_bits_and_another_seed_does_not():
    one, two, other = (gradatim.train(blobs(), **QUICK, seed=seed) for seed in (3, 3, 4))
    assert same_end(one, two)
    assert not same_end(one, other)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_an_extended_run_is_the_longer_run_when_the_rate_is_constant(optimizer):
    settings = {**QUICK, "schedule": "constant", "optimizer": optimizer, "dropout": 0.2}
    long = gradatim.train(blobs(), **{**settings, "epochs": 6})
    short = gradatim.train(blobs(), **settings)
    extended = gradatim.train(blobs(), resume=short.path, epochs=6, quiet=True)
    assert same_end(long, extended)
    assert json.loads(extended.folder.config.read_text())["extended"] == [{"from": 3, "to": 6}]


def test_a_run_that_stopped_early_is_extended_with_all_its_patience(capfd):
    x, y = blobs(60)
    settings = {**QUICK, "lr": 0.05, "epochs": 60, "patience": 2}
    run = gradatim.train((x, y), **settings, valid=0.4)
    stopped = len(run.records)
    assert stopped < 60, "the example must stop early for this test to mean anything"
    on = gradatim.train((x, y), resume=run.path, epochs=60)
    assert len(on.records) >= stopped + 2
    assert "the schedule cosine is now that of 60 epochs" in capfd.readouterr().err
    assert "early, after" in on.folder.report.read_text() or len(on.records) == 60


def test_resuming_a_finished_run_changes_nothing(capfd):
    run = gradatim.train("digits", **QUICK)
    before = {p.name: p.read_bytes() for p in run.path.iterdir()}
    gradatim.train(resume=run.path)
    after = {p.name: p.read_bytes() for p in run.path.iterdir()}
    assert {name for name in before if before[name] != after[name]} <= {"checkpoint.safetensors"}
    assert "it has finished; --epochs 6 would extend it" in capfd.readouterr().err
    assert same_end(run, gradatim.load(run.path))


def test_out_with_resume_goes_on_in_a_copy():
    run = gradatim.train("digits", **QUICK)
    before = {p.name: p.read_bytes() for p in run.path.iterdir()}
    copy = gradatim.train(resume=run.path, out="copy", epochs=4, quiet=True)
    assert copy.path == Path("copy") and len(copy.records) == 4
    assert {p.name: p.read_bytes() for p in run.path.iterdir()} == before


@pytest.mark.parametrize(
    "change",
    [{"lr": 0.1}, {"seed": 1}, {"batch_size": 8}, {"hidden": 4}, {"target": "y"}, {"loss": "cross_entropy"}],
)
def test_only_epochs_time_place_and_quiet_may_change_on_resume(change):
    run = gradatim.train("digits", **QUICK)
    with pytest.raises(UsageError, match=f"{next(iter(change))} cannot change"):
        gradatim.train(resume=run.path, **change)


def test_fewer_epochs_than_are_done_are_refused():
    run = gradatim.train("digits", **QUICK)
    with pytest.raises(UsageError, match="3 epochs are done already"):
        gradatim.train(resume=run.path, epochs=2, quiet=True)
    assert json.loads(run.folder.config.read_text())["settings"]["epochs"] == 3


def test_changed_data_are_noticed():
    x, y = blobs()
    np.savez("data.npz", x=x, y=y)
    run = gradatim.train("data.npz", **QUICK)
    x[5, 2] += 1e-9
    np.savez("data.npz", x=x, y=y)
    with pytest.raises(GradatimError, match="the data have changed since this run began"):
        gradatim.train(resume=run.path, epochs=5, quiet=True)
    with pytest.raises(GradatimError, match="the data have changed"):
        gradatim.load(run.path).evaluate()


def test_a_run_on_objects_in_memory_needs_them_again():
    run = gradatim.train(blobs(), **QUICK)
    with pytest.raises(UsageError, match="give them again"):
        gradatim.train(resume=run.path, epochs=5)
    with pytest.raises(GradatimError, match="the data have changed"):
        gradatim.train(blobs(seed=1), resume=run.path, epochs=5, quiet=True)


def test_every_kind_of_data_gives_the_same_run():
    x, y = blobs()
    names = np.array(["a", "b", "c"])[y]
    frame = {f"f{i}": x[:, i] for i in range(4)}
    np.savez("data.npz", x=x, y=names)
    expected = gradatim.train((x, names), **QUICK)
    for data, target in (
        (pd.DataFrame({**frame, "y": names}), "y"),
        (pl.DataFrame({**frame, "y": names}), "y"),
        ("data.npz", None),
        ({"x": x, "y": names}, None),
    ):
        assert same_end(gradatim.train(data, target=target, **QUICK), expected)
    numbered = gradatim.train((x, y), **QUICK)
    assert same_end(
        gradatim.train(TensorDataset(torch.from_numpy(x), torch.from_numpy(y)), **QUICK), numbered
    )


def test_a_frame_is_predicted_in_any_order_of_columns():
    x, y = blobs()
    frame = pd.DataFrame({**{f"f{i}": x[:, i] for i in range(4)}, "y": y})
    run = gradatim.train(frame, target="y", **QUICK)
    shuffled = frame[["f2", "y", "f0", "f3", "f1"]]
    np.testing.assert_array_equal(run.predict(shuffled).probabilities, run.predict(x).probabilities)
    with pytest.raises(UsageError, match="'f2'"):
        run.predict(frame[["f0", "f1", "f3"]])


def test_two_classes_get_one_sigmoid_output_and_their_names_back():
    x, y = blobs(k=2)
    run = gradatim.train((x, np.where(y == 1, "yes", "no")), **QUICK, lr=0.02)
    assert run.config["choices"]["head"].startswith("two classes (no, yes): one sigmoid output")
    found = run.predict(x)
    assert found.probabilities.shape == (120, 2)
    assert set(found.labels) <= {"no", "yes"}
    assert (found.labels == np.where(y == 1, "yes", "no")).mean() > 0.9


def test_files_of_their_own_for_validation_and_test():
    x, y = blobs(90)
    np.savez("v.npz", x=x[:30], y=y[:30])
    np.savez("t.npz", x=x[30:60], y=y[30:60])
    run = gradatim.train((x[60:], y[60:]), valid="v.npz", test="t.npz", **QUICK)
    assert run.config["data"]["splits"] == {"train": 30, "valid": 30, "test": 30}
    assert run.evaluate()["n"] == 30
    np.savez("bad.npz", x=x, y=y + 5)
    with pytest.raises(UsageError, match=r"label 5, which the network does not know|label 7"):
        gradatim.train((x, y), test="bad.npz", **QUICK)


def test_balanced_class_weights_lift_the_rare_class():
    rng = np.random.default_rng(0)
    y = (np.arange(600) % 20 == 0).astype(int)
    x = rng.normal(size=(600, 3)) + y[:, None] * 1.2
    plain = gradatim.train((x, y), **{**QUICK, "epochs": 10}).metrics
    balanced = gradatim.train((x, y), **{**QUICK, "epochs": 10}, class_weight="balanced").metrics
    assert balanced["balanced_accuracy"] > plain["balanced_accuracy"] + 0.1


class Net(torch.nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(4, width), torch.nn.Tanh(), torch.nn.Dropout(0.2), torch.nn.Linear(width, 3)
        )

    def forward(self, x):
        return self.layers(x)


def test_a_network_of_ones_own_trains_saves_and_comes_back():
    torch.manual_seed(0)
    x, y = blobs()
    run = gradatim.train((x.astype("float32"), y), model=Net(), epochs=20, lr=0.02, threads=1, quiet=True)
    assert run.metrics["accuracy"] > 0.8
    with pytest.raises(GradatimError, match=r"bring it with load\(run, classes={'Net': Net}\)"):
        gradatim.load(run.path)
    again = gradatim.load(run.path, classes={"Net": Net})
    np.testing.assert_array_equal(again.predict(x).probabilities, run.predict(x).probabilities)


def test_a_network_of_ones_own_is_gone_on_with():
    x, y = blobs()
    torch.manual_seed(0)
    long = gradatim.train((x, y), model=Net(), epochs=6, schedule="constant", threads=1, quiet=True)
    torch.manual_seed(0)
    short = gradatim.train((x, y), model=Net(), epochs=3, schedule="constant", threads=1, quiet=True)
    on = gradatim.train((x, y), model=Net(), resume=short.path, epochs=6, quiet=True)
    assert same_end(long, on)


def test_a_dataloader_is_learned_from_and_measured_on():
    x, y = blobs()
    data = TensorDataset(torch.from_numpy(x).float(), torch.from_numpy(y))
    loader = DataLoader(data, batch_size=16, shuffle=True)
    run = gradatim.train(
        loader,
        model=Net(),
        valid=DataLoader(data, 32),
        test=DataLoader(data, 32),
        epochs=15,
        lr=0.02,
        quiet=True,
    )
    assert run.metrics["accuracy"] > 0.8
    assert run.folder.report.exists()
    on = gradatim.train(
        loader, model=Net(), resume=run.path, epochs=16, quiet=True, valid=DataLoader(data, 32)
    )
    assert len(on.records) == 16


def test_a_loss_of_ones_own_is_used():
    x, y = blobs()

    def brier(output, target):
        return (torch.softmax(output, 1) - torch.eye(3)[target]).square().sum(1)

    run = gradatim.train((x.astype("float32"), y), model=Net(), loss=brier, epochs=3, quiet=True)
    assert run.metrics.keys() == {"loss"} and 0 < run.metrics["loss"] < 2


def test_a_description_is_learned_as_it_stands():
    stack = {
        "name": "stack",
        "layers": [
            {"name": "dense", "in_features": 4, "out_features": 6, "init": "orthogonal"},
            {"name": "prelu", "num_parameters": 6},
            {"name": "dense", "in_features": 6, "out_features": 3},
        ],
    }
    run = gradatim.train(blobs(), model=stack, epochs=8, lr=0.02, quiet=True)
    assert json.loads(run.folder.model_json.read_text())["network"] == stack
    assert run.metrics["accuracy"] > 0.8
    x, y = blobs()
    assert gradatim.load(run.path).evaluate((x, y)) == run.evaluate((x, y))


def test_time_is_kept_and_what_was_learned_is_there(capfd):
    run = gradatim.train("digits", epochs=10_000, max_minutes=0.02, threads=1)
    assert 1 <= len(run.records) < 10_000 and run.metrics["accuracy"] > 0.5
    said = capfd.readouterr().err
    assert "time is up in epoch" in said and f"gradatim train --resume {run.path}" in said


def test_a_loss_that_is_not_finite_stops_with_step_and_layer_and_keeps_the_checkpoint():
    with pytest.raises(
        gradatim.GradatimError, match=r"at step \d+ \(epoch \d+, batch \d+\) the loss became (nan|inf)"
    ):
        gradatim.train("digits", optimizer="sgd", lr=1e20, quiet=True)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_inputs_that_are_not_finite_are_named(value):
    x, y = blobs()
    x[17, 2] = value
    with pytest.raises(UsageError, match=f"{value} at example 17, feature 2"):
        gradatim.train((x, y), **QUICK)
    assert not Path("runs").exists()


def test_a_config_runs_again():
    run = gradatim.train("digits", **QUICK, network={"activation": "tanh"})
    again = gradatim.train(quiet=True, **read_config_file(run.folder.config))
    assert same_end(run, again)


def test_training_leaves_threads_and_random_state_alone():
    torch.set_num_threads(2)
    states = torch.get_rng_state(), np.random.get_state()[1].copy()
    gradatim.train("digits", **QUICK)
    assert torch.get_num_threads() == 2
    assert torch.equal(torch.get_rng_state(), states[0]) and (np.random.get_state()[1] == states[1]).all()


@pytest.mark.parametrize("name", ["config.json", "model.json", "checkpoint.safetensors", "model.safetensors"])
@pytest.mark.parametrize("fault", ["missing", "truncated", "foreign", "newer", "empty"])
def test_damaged_files_are_one_sentence(name, fault):
    run = gradatim.train("digits", **QUICK)
    path = run.path / name
    content = path.read_bytes()
    if fault == "missing":
        path.unlink()
    elif fault == "newer":
        path.write_bytes(
            content.replace(b'"format": 2', b'"format": 9').replace(b'\\"format\\": 2', b'\\"format\\": 9')
        )
    else:
        path.write_bytes(
            {"truncated": content[: len(content) // 2], "foreign": b'{"a": 1}', "empty": b""}[fault]
        )
    use = (
        gradatim.load
        if name.startswith("m")
        else lambda run: gradatim.train(resume=run, epochs=5, quiet=True)
    )
    if (name, fault) == ("checkpoint.safetensors", "missing"):
        use(run.path)  # the weights that it begins with are a function of its seed
        return
    if (name, fault) == ("model.safetensors", "missing"):
        with pytest.warns(Notice, match=f"^{path} is gone: this is the network of the run's checkpoint$"):
            use(run.path)
        return
    with pytest.raises(GradatimError) as error:
        use(run.path)
    assert re.search(r"no |not a|damaged|format 9", str(error.value)) and "\n" not in str(error.value)
    if name == "checkpoint.safetensors":
        assert path.read_bytes() != content, "a file that cannot be read is left for a person to look at"


def test_two_runs_do_not_write_one_folder():
    script = (
        "import gradatim, sys\n"
        "gradatim.train('digits', epochs=100000, max_minutes=1, out='run', checkpoint_seconds=(0, 0.1))"
    )
    first = subprocess.Popen([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True)
    try:
        for line in first.stderr:
            if line.startswith("epoch 2"):
                break
        with pytest.raises(GradatimError, match="another process is writing run"):
            gradatim.train(resume="run", quiet=True)
    finally:
        first.kill()
        first.communicate()
    assert gradatim.train(resume="run", max_minutes=0.001, quiet=True).path == Path("run")


def test_a_full_disk_keeps_the_checkpoint_before_it():
    run = gradatim.train("digits", **QUICK)
    before = run.folder.checkpoint.read_bytes()
    script = (
        "import resource, gradatim\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
        f"gradatim.train(resume={str(run.path)!r}, epochs=5, quiet=True)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 1
    assert re.search(
        r"cannot write .*checkpoint.safetensors: File too large; the checkpoint before it is whole",
        done.stderr,
    )
    assert run.folder.checkpoint.read_bytes() == before
    assert not [p for p in run.path.iterdir() if p.name.startswith(".writing")]
    on = gradatim.train(resume=run.path, quiet=True)
    assert len(on.records) == 5


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o500)
    with pytest.raises(GradatimError, match="cannot"):
        gradatim.train("digits", out=tmp_path / "closed" / "run", **QUICK)


def test_numbers_of_numpy_are_numbers():
    options = {"epochs": np.int64(2), "hidden": np.array([8, 4]), "lr": np.float32(0.5), "seed": np.int32(3)}
    run = gradatim.train(blobs(), **options, quiet=True)
    assert run.config["settings"]["epochs"] == 2 and run.config["settings"]["hidden"] == [8, 4]
    assert same_end(run, gradatim.train(blobs(), epochs=2, hidden=[8, 4], lr=0.5, seed=3, quiet=True))


def test_a_quantity_is_not_taken_for_classes():
    with pytest.raises(UsageError, match=r"120 distinct values in \d+ examples"):
        gradatim.train((blobs()[0], np.arange(120)), **QUICK)


def test_a_small_file_of_many_classes_is_measured():
    run = gradatim.train(blobs(600, k=4), **QUICK)
    x, y = blobs(60, k=4)
    assert run.evaluate((x[:3], y[:3]))["n"] == 3


@pytest.mark.parametrize("layout", ["grey", "channels last", "channels first"])
def test_bytes_are_pictures_in_any_layout(layout):
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    colour = (rng.integers(0, 99, (80, 3, 6, 5)) + 100 * y[:, None, None, None]).astype(np.uint8)
    x = {"grey": colour[:, 0], "channels last": np.moveaxis(colour, 1, 3), "channels first": colour}[layout]
    run = gradatim.train((x, y), **QUICK)
    assert run.trained.input_shape == ((1, 6, 5) if layout == "grey" else (3, 6, 5))
    assert run.config["settings"]["hidden"] == [16] and "for pictures" in run.config["choices"]["dropout"]
    same = run.predict(colour if layout != "grey" else colour[:, :1]).probabilities
    np.testing.assert_array_equal(run.predict(x).probabilities, same)


@pytest.mark.parametrize(("outputs", "loss"), [(1, "binary_cross_entropy"), (2, "cross_entropy")])
def test_the_loss_of_a_complete_network_fits_its_outputs(outputs, loss):
    stack = {"name": "stack", "layers": [{"name": "dense", "in_features": 4, "out_features": outputs}]}
    run = gradatim.train(blobs(k=2), model=stack, epochs=20, lr=0.05, quiet=True)
    assert run.trained.problem.loss == loss and run.metrics["accuracy"] > 0.8
    on = gradatim.train(blobs(k=2), resume=run.path, epochs=21, quiet=True)
    assert on.trained.problem.loss == loss and len(on.records) == 21


def test_a_network_with_too_few_outputs_is_refused():
    stack = {"name": "stack", "layers": [{"name": "dense", "in_features": 4, "out_features": 2}]}
    with pytest.raises(
        UsageError, match=r"needs 3 outputs an example for these targets; the network gives \(2,\)"
    ):
        gradatim.train(blobs(), model=stack, quiet=True)


def test_a_run_that_goes_on_is_loaded_from_its_checkpoint():
    run = gradatim.train("digits", **QUICK)
    on = gradatim.train(resume=run.path, epochs=10_000, max_minutes=0.01, quiet=True)
    x = on.data.test.x
    on.folder.model.unlink()  # as if it had been stopped before its end
    with pytest.warns(Notice, match=r"model\.safetensors is gone: "):
        again = gradatim.load(run.path)
    np.testing.assert_array_equal(again.predict(x).probabilities, on.predict(x).probabilities)
    assert not again.model.training and not on.model.training


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"hidden": "64"}, "hidden must be whole numbers, such as .*; it is '64'"),
        ({"optimizer": 3}, "optimizer must be a name, a class such as torch.optim.SGD"),
        ({"model": torch.nn.Linear}, "model must be a network, not its class"),
        ({"model": 3}, "model must be a name, a description or a torch module; it is 3"),
        ({"epoch": 3}, "unknown option 'epoch': did you mean epochs"),
        ({"epochs": 2.5}, "epochs must be a whole number of at least 1; it is 2.5"),
    ],
)
def test_what_python_callers_get_wrong_is_named(options, says):
    with pytest.raises(UsageError, match=says):
        gradatim.train(blobs(), quiet=True, **options)
    assert not Path("runs").exists()


def test_a_run_in_memory_is_gone_on_with():
    run = gradatim.train("digits", **QUICK)
    assert len(gradatim.train(resume=run, epochs=4, quiet=True).records) == 4


def test_a_strange_name_makes_a_plain_folder():
    x, y = blobs()
    np.savez("my  data (1).npz", x=x, y=y)
    assert gradatim.train("my  data (1).npz", **QUICK).path == Path("runs/my-data-1-1")


def test_a_dataset_is_shown_in_a_line():
    assert (
        repr(gradatim.load_data("digits"))
        == "Dataset('digits', 1797 examples of shape (1, 8, 8), 10 classes)"
    )

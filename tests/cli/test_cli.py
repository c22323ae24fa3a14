import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gradatim import catalog

QUICK = ["--epochs", "2", "--hidden", "16", "--threads", "1"]


def test_train_prints_the_result_on_stdout_and_progress_on_stderr(command):
    status, out, err = command("train", "digits", *QUICK)
    assert status == 0
    assert [line.split()[0] for line in out.splitlines()] == ["test", "test", "test", "run", "report"]
    assert out.splitlines()[3].split()[1] == "runs/digits-1"
    assert sum(line.startswith("epoch") for line in err.splitlines()) == 2


def test_quiet_says_nothing_on_stderr(command):
    assert command("train", "digits", *QUICK, "--quiet")[2] == ""


def test_json_is_the_only_thing_on_stdout(command):
    status, out, _ = command("train", "digits", *QUICK, "--json")
    result = json.loads(out)
    assert status == 0 and result["run"] == "runs/digits-1"
    status, out, _ = command("evaluate", "digits-1", "--json")
    said = json.loads(out)
    assert (said["split"], said["n"], said["metrics"]) == ("test", 359, result["metrics"])
    for arguments in (
        ["list"],
        ["show", "adam"],
        ["data"],
        ["data", "digits"],
        ["report", "digits-1"],
        ["doctor"],
    ):
        status, out, _ = command(*arguments, "--json")
        assert status == 0 and json.loads(out)
    assert json.loads(command("predict", "digits-1", "digits", "--json")[1])["n"] == 359


def test_predict_writes_csv_to_stdout_or_to_a_file(command):
    command("train", "digits", *QUICK, "--quiet")
    x = np.zeros((3, 64))
    np.save("x.npy", x)
    _, out, _ = command("predict", "digits-1", "x.npy", "x.npy")
    assert len(out.splitlines()) == 7 and out.startswith("example,prediction,probability,p(0)")
    _, nothing, err = command("predict", "digits-1", "x.npy", "x.npy", "--out", "p.csv")
    assert Path("p.csv").read_text() == out and nothing == "" and "6 predictions in p.csv" in err


def test_predictions_are_not_written_over_a_file_unasked(command):
    command("train", "digits", *QUICK, "--quiet")
    np.save("x.npy", np.zeros((3, 64)))
    Path("mine.csv").write_text("mine")
    Path("folder.csv").mkdir()
    for path in ("mine.csv", "x.npy", "folder.csv"):
        status, out, err = command("predict", "digits-1", "x.npy", "--out", path)
        assert (status, out) == (2, "")
        assert err == f"gradatim: {path} exists already: --force writes over it, --out names another file\n"
    assert Path("mine.csv").read_text() == "mine"
    assert command("predict", "digits-1", "x.npy", "--out", "mine.csv", "--force")[0] == 0
    assert Path("mine.csv").read_text() == command("predict", "digits-1", "x.npy")[1]


def test_options_reach_the_run(command):
    text = (
        "--batch-size 64 --lr 0.01 --optimizer momentum --schedule constant --dropout 0.1 --seed 7 "
        "--precision float64 --patience 3 --class-weight balanced --accumulate 2 --valid 0.2 "
        "--l1 0.001 --l2 0.01 --weight-decay 0.1 --label-smoothing 0.1 --ema 0.9 --clip-norm 5 "
        "--clip-value 1 --keep last activation=tanh init=orthogonal"
    )
    arguments = text.split()
    status, _, err = command("train", "digits", *QUICK, *arguments, "--out", "here")
    assert status == 0, err
    config = json.loads(Path("here/config.json").read_text())
    expected = {
        "epochs": 2, "batch_size": 64, "lr": 0.01, "optimizer": "momentum", "schedule": "constant",
        "hidden": [16], "dropout": 0.1, "input_dropout": None, "cell": None, "text_units": None,
        "word_vectors": None, "seed": 7, "engine": "numpy", "device": "cpu",
        "threads": 1, "precision": "float64", "patience": 3, "class_weight": "balanced",
        "threshold": None, "accumulate": 2, "l1": 0.001, "l2": 0.01, "weight_decay": 0.1,
        "label_smoothing": 0.1, "ema": 0.9, "clip_norm": 5.0, "clip_value": 1.0, "max_minutes": None,
        "window": None, "keep": "last", "metrics": None, "target_transform": None, "pos_weight": None,
        "members": None, "numbers": None, "time_budget": None, "pretrain": None, "pretrain_epochs": None,
        "pretrain_lr": None, "adaptation": None, "freeze": None, "frozen_norm": None, "layer_decay": None,
        "unfreeze": None, "augment": None,
    }  # fmt: skip
    assert config["settings"] == expected
    assert config["network"]["asked"] == {"activation": "tanh", "init": "orthogonal"}
    assert config["data"]["splits"] == {"train": 1150, "valid": 288, "test": 359}
    assert config["choices"].keys() == {"head", "engine", "device"}
    status, out, _ = command("train", "digits", "--config", "here/config.json", "--epochs", "1", "--json")
    again = json.loads(Path(json.loads(out)["run"], "config.json").read_text())
    assert again["settings"] == {**expected, "epochs": 1} and again["network"] == config["network"]


def test_a_description_file_is_a_model(command):
    layers = [{"name": "flatten"}, {"name": "dense", "in_features": 64, "out_features": 10}]
    Path("net.json").write_text(json.dumps({"format": 1, "network": {"name": "stack", "layers": layers}}))
    status, _, err = command("train", "digits", "--model", "net.json", "--epochs", "2", "--json")
    assert status == 0, err
    assert "stack: 650 parameters" in err
    status, _, err = command("train", "digits", "--model", "net.json", "--hidden", "5")
    assert status == 2 and "hidden cannot be added to a network that is complete" in err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["train", "digts"], "unknown data 'digts': did you mean digits?"),
        (["train", "digits", "--model", "mpl"], "unknown network 'mpl': did you mean mlp?"),
        (
            ["train", "digits", "--optimizer", "lbfgs", "--batch-size", "32"],
            "lbfgs needs every example at every step",
        ),
        (["train", "digits", "--optimizer", "adm"], "unknown optimizer 'adm': did you mean adam"),
        (["train", "digits", "--schedule", "cos"], "unknown schedule 'cos': did you mean cosine?"),
        (["train", "digits", "--engine", "jax"], "engine must be auto or numpy or torch; it is 'jax'"),
        (
            ["train", "digits", "--engine", "numpy", "--device", "cuda"],
            "the NumPy engine cannot run this: the device asked for is cuda",
        ),
        (["train", "digits", "--l2", "-1"], "l2 must be a number at least 0; it is -1.0"),
        (["train", "digits", "--device", "tpu"], "device must be auto or cpu or cuda or mps; it is 'tpu'"),
        (["train", "digits", "--lr", "-1"], "lr must be a number above 0; it is -1.0"),
        (["train", "digits", "--lr", "nan"], "lr must be a number above 0; it is nan"),
        (["train", "digits", "--dropout", "1"], "dropout must be a number at least 0 and below 1"),
        (["train", "digits", "--hidden", "a"], "--hidden takes whole numbers"),
        (["train", "digits", "--epochs", "0"], "epochs must be a whole number of at least 1; it is 0"),
        (["train", "digits", "--epochs", "many"], "--epochs"),
        (["train", "digits", "--valid", "1.5"], "valid must be a number at least 0 and below 1"),
        (["train", "digits", "--class-weight", "equal"], "class_weight must be balanced"),
        (
            ["train", "digits", "activaton=tanh"],
            "mlp takes no argument 'activaton': did you mean activation?",
        ),
        (["train", "digits", "batch_size=32"], "the option is --batch-size"),
        (["show", "resnet20", "input_size=32"], "the option is --input-size"),
        (["train", "digits", "activation=tahn"], "did you mean tanh?"),
        (["train", "digits", "tanh"], "'tanh' is not understood"),
        (["train", "missing.npz"], "there is no file missing.npz"),
        (["train", "table.csv"], "there is no file table.csv"),
        (
            ["train", "."],
            ". holds no sub-folder with pictures: a folder is learned from when every class has its own",
        ),
        (["train"], "name the data to learn"),
        (["train", "--resume", "digits-1"], "there is no run 'digits-1'"),
        (["train", "--resume", "x", "--lr", "1"], "lr cannot change"),
        (["train", "--resume", "x", "--target", "y"], "--target cannot be given"),
        (["train", "--resume", "x", "--config", "y.json"], "--config cannot be given"),
        (["train", "--resume", "x", "--model", "mlp"], "--model cannot be given"),
        (["train", "--resume", "x", "activation=tanh"], "key=value cannot be given"),
        (["train", "digits", "--config", "none.json"], "there is no file none.json"),
        (["train", "--resume", "x", "--valid", "0.1"], "--valid cannot be given"),
        (["evaluate", "nothing"], "there is no run 'nothing'"),
        (["list", "optimiser"], "unknown kind 'optimiser': did you mean optimizer"),
        (["show", "adma"], "unknown name 'adma': did you mean adam"),
        (["data", "digit"], "unknown data 'digit': did you mean digits?"),
        (["tarin"], "tarin"),
        (["train", "digits", "--epoch", "3"], "--epoch"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_2(command, arguments, says):
    status, out, err = command(*arguments)
    assert status == 2
    assert says in err
    assert out == "" and "Traceback" not in err
    assert not Path("runs").exists()


def test_a_job_that_fails_exits_1_with_one_sentence_and_debug_shows_where(command):
    Path("bad.npz").write_bytes(b"PK\x03\x04 not really")
    status, out, err = command("train", "bad.npz")
    assert (
        status == 1
        and out == ""
        and len(err.splitlines()) == 1
        and err.startswith("gradatim: bad.npz is damaged")
    )
    done = subprocess.run(
        [sys.executable, "-m", "gradatim", "train", "bad.npz", "--debug"], capture_output=True, text=True
    )
    assert done.returncode == 1 and "Traceback" in done.stderr


def test_a_run_goes_on_and_is_extended_from_the_command_line(command):
    command("train", "digits", *QUICK, "--quiet")
    status, _, err = command("train", "--resume", "digits-1", "--epochs", "4")
    assert status == 0 and "extended to 4 epochs; the schedule cosine is now that of 4 epochs" in err
    assert sum(line.startswith("epoch") for line in err.splitlines()) == 2


def test_help_names_every_choice_and_every_verb_has_an_example(command):
    _, text, _ = command("train", "--help")
    for kind in ("optimizer", "schedule"):
        for name in catalog.names(kind):
            assert name in text
    _, verbs, _ = command("--help")
    for verb in ("train", "evaluate", "predict", "list", "show", "trace", "data", "report", "doctor"):
        assert verb in verbs
        assert f"Example: gradatim {verb}" in command(verb, "--help")[1]


def test_help_and_list_import_no_heavy_library():
    for arguments in (["--help"], ["train", "--help"], ["list"], ["--version"]):
        script = (
            "import sys\nfrom gradatim.cli.main import main\n"
            f"sys.argv = ['gradatim', *{arguments!r}]\n"
            "try:\n    main()\nexcept SystemExit:\n    pass\n"
            "heavy = {'torch', 'numpy', 'sklearn', 'matplotlib', 'rich', 'polars'} & set(sys.modules)\n"
            "sys.exit(str(heavy) if heavy else 0)"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_a_reader_that_leaves_is_no_error():
    done = subprocess.run(
        f"{sys.executable} -m gradatim list | head -1", shell=True, capture_output=True, text=True
    )
    assert done.stdout.strip() and done.stderr == ""


def test_show_prints_layers_and_sums_of_a_network(command):
    status, out, _ = command("show", "resnet20", "num_classes=5", "--input-size", "16", "--batch-size", "4")
    assert status == 0
    lines = out.splitlines()
    row = next(line for line in lines if line.startswith("layer2.0.conv1"))
    assert "Conv2d 3×3, stride 2, padding 1" in row and "32 × 8 × 8" in row and "4,608" in row
    assert any(line.startswith("layer2.0 sum") for line in lines)
    sums = {line[:15].strip(): line[16:] for line in lines}
    assert sums["input"].startswith("3 × 16 × 16; ")
    assert sums["parameters"] == "269,397"
    assert sums["activations"] == "47,104 outputs of convolutions"
    status, out, _ = command("show", "resnet20", "--json")
    assert json.loads(out)["multiply_adds"] == 40_551_040


def test_a_size_that_cannot_be_is_one_sentence(command):
    sentence = (
        "gradatim: vgg16 needs pictures of at least 32×32; these are 20×20, and nothing is left of them in "
        "layer features.30\n"
    )
    assert command("show", "vgg16", "--input-size", "20") == (2, "", sentence)
    status, _, err = command("show", "vgg16", "--input-size", "big")
    assert (status, err) == (
        2,
        "gradatim: --input-size takes whole numbers such as 224 or 224,320; it is 'big'\n",
    )
    status, _, err = command("show", "resnet18", "num_classes=0")
    assert (status, err) == (2, "gradatim: num_classes must be a whole number of at least 1; it is 0\n")


def test_lenet5_trains_on_digits(command):
    status, _, err = command("train", "digits", "--model", "lenet5", "--epochs", "1", "--threads", "1")
    assert status == 0 and "lenet5: 60,000 parameters" in err
    status, _, err = command("train", "digits", "--model", "vgg16_tv")
    assert status == 2 and err.startswith(
        "gradatim: vgg16_tv needs pictures of at least 32×32; these are 8×8"
    )
    status, _, err = command("train", "--resume", "digits-1", "--pretrained")
    assert status == 2 and "--pretrained cannot be given" in err


def test_a_network_is_drawn_into_a_file(command):
    status, _, err = command("show", "lenet5", "--svg", "lenet.svg")
    assert (status, err) == (0, "drawn into lenet.svg\n")
    assert Path("lenet.svg").read_text().startswith("<svg")
    status, _, err = command("show", "lenet5", "--svg", "lenet.png")
    assert (status, err) == (2, "gradatim: a network is drawn into an .svg file, not into lenet.png\n")
    status, _, err = command("show", "adam", "--svg", "adam.svg")
    assert (status, err) == (2, "gradatim: adam has no layers to draw: name a network, with arguments\n")

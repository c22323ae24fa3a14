"""G1: --from, --freeze, --layer-decay, --unfreeze: what is begun with, stays, comes back, is refused."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from gradatim.checks import GradatimError, Interrupted, UsageError
from gradatim.jobs.run import load
from gradatim.jobs.train import train
from gradatim.planning.config_file import read_config_file
from gradatim.runs.epoch_records import read_stages
from gradatim.runs.tensors import read_tensors
from gradatim.training.staged import Staged

rng = np.random.default_rng(0)
PICTURES = rng.random((90, 1, 12, 12)).astype(np.float32), np.arange(90) % 3
ROWS = rng.normal(size=(80, 4)), np.arange(80) % 2


def weights_of(folder):
    return read_tensors(folder / "model.safetensors", "model", "np")[0]


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A convolutional network of digits, and a perceptron of rows."""
    home = tmp_path_factory.mktemp("begun")
    train("digits", model="small_cnn", network={"stages": 2, "width": 0.25}, epochs=1, batch_size=128,
          out=home / "cnn", quiet=True)  # fmt: skip
    train(ROWS, hidden=(6, 5), dropout=0.0, epochs=2, out=home / "mlp", quiet=True)
    return home


def test_frozen_layers_and_their_statistics_keep_their_bits(begun, tmp_path):
    run = train(
        PICTURES, from_run=begun / "cnn", freeze="features.1", epochs=1, out=tmp_path / "run", quiet=True
    )
    before, after = weights_of(begun / "cnn"), weights_of(tmp_path / "run")
    frozen = [name for name in before if name.startswith(("features.0", "features.1"))]
    assert len(frozen) == 12  # two convolutions and norms, with statistics and counters
    for name in frozen:
        np.testing.assert_array_equal(after[name], before[name], err_msg=name)
    assert not np.array_equal(after["features.3.conv.weight"], before["features.3.conv.weight"])
    assert after["fc.weight"].shape[0] == 3
    assert all(p.requires_grad for p in run.model.parameters())  # when it has ended, all may learn again


def test_statistics_are_adapted_on_request(begun, tmp_path):
    train(PICTURES, from_run=begun / "cnn", freeze=4, frozen_norm="adapted", epochs=1, out=tmp_path / "run",
          quiet=True)  # fmt: skip
    before, after = weights_of(begun / "cnn"), weights_of(tmp_path / "run")
    np.testing.assert_array_equal(after["features.0.norm.weight"], before["features.0.norm.weight"])
    assert not np.allclose(after["features.0.norm.running_mean"], before["features.0.norm.running_mean"])


def test_pictures_are_encoded_as_the_first_run_encoded_its_own(begun, tmp_path):
    run = train(PICTURES, from_run=begun / "cnn", epochs=1, out=tmp_path / "run", quiet=True)
    encoder = run.trained.encoder
    assert encoder.seen == (1, 8, 8) and encoder.factor == 16  # 0 … 1 to the 0 … 16 of digits
    assert encoder.encoder.as_dict() == load(begun / "cnn").trained.encoder.as_dict()
    again = train("digits", from_run=run, epochs=1, out=tmp_path / "again", quiet=True)  # a third run
    assert again.trained.encoder.as_dict() == encoder.encoder.as_dict()  # whose pictures are the first's


def test_the_head_is_kept_where_the_answers_are_the_same(begun, tmp_path):
    run = train(
        ROWS, from_run=begun / "mlp", freeze=2, epochs=1, dropout=0.5, out=tmp_path / "run", quiet=True
    )
    assert run.config["choices"]["weights"].endswith("the head too: the answers are the same")
    before, after = weights_of(begun / "mlp"), weights_of(tmp_path / "run")
    assert [name for name in before] != [name for name in after]  # dropout is a layer without weights
    np.testing.assert_array_equal(after["4.weight"], before["3.weight"])


def test_layers_below_the_head_move_less(begun, tmp_path):
    train(PICTURES, from_run=begun / "cnn", layer_decay=0.1, epochs=1, optimizer="sgd", lr=0.01,
          batch_size=72, schedule="constant", weight_decay=0, out=tmp_path / "slow", quiet=True)  # fmt: skip
    train(PICTURES, from_run=begun / "cnn", epochs=1, optimizer="sgd", lr=0.01, batch_size=72,
          schedule="constant", weight_decay=0, out=tmp_path / "plain", quiet=True)  # fmt: skip
    first, slow, plain = (weights_of(one) for one in (begun / "cnn", tmp_path / "slow", tmp_path / "plain"))
    for place, factor in (("features.4.conv.weight", 0.1), ("features.0.conv.weight", 1e-4)):
        moved = slow[place] - first[place]  # one step of gradient descent
        np.testing.assert_allclose(moved, factor * (plain[place] - first[place]), atol=3e-8)


def test_a_run_is_repeated_by_its_configuration_and_needs_the_source_unchanged(begun, tmp_path):
    shutil.copytree(begun / "cnn", tmp_path / "source")
    asked = {"freeze": "2", "layer_decay": 0.5, "epochs": 1, "quiet": True}
    train("digits", from_run=tmp_path / "source", out=tmp_path / "one", **asked)
    config = json.loads((tmp_path / "one" / "config.json").read_text())
    assert config["from"]["run"] == str((tmp_path / "source").resolve())
    options = read_config_file(tmp_path / "one" / "config.json")
    train(options.pop("data"), out=tmp_path / "two", quiet=True, **options)
    one, two = weights_of(tmp_path / "one"), weights_of(tmp_path / "two")
    assert all(np.array_equal(one[name], two[name]) for name in one)
    config["from"]["weights"] = "0" * 64
    (tmp_path / "changed.json").write_text(json.dumps(config))
    options = read_config_file(tmp_path / "changed.json")
    with pytest.raises(GradatimError, match="have changed since the configuration was written"):
        train(options.pop("data"), out=tmp_path / "three", quiet=True, **options)


@pytest.mark.parametrize("advances", [2, 5])
def test_an_interrupted_run_ends_with_the_same_bits_and_without_the_source(
    begun, tmp_path, monkeypatch, advances
):
    shutil.copytree(begun / "mlp", tmp_path / "source")
    asked = {"from_run": tmp_path / "source", "unfreeze": 1, "layer_decay": 0.5, "epochs": 2, "quiet": True}
    other = ROWS[0], np.arange(80) % 3
    run = train(other, out=tmp_path / "whole", **asked)
    stages = [record["stage"] for record in read_stages(run.folder.metrics)]
    assert stages == ["the head alone", "the last 2 layers"] and len(run.records) == 2
    advance, count = Staged.advance, []

    def stopping(self, seconds=None):
        count.append(None)
        if len(count) == advances:
            self.interrupt()
        return advance(self, 0.0 if len(count) == advances - 1 else seconds)

    monkeypatch.setattr(Staged, "advance", stopping)
    with pytest.raises(Interrupted):
        train(other, out=tmp_path / "run", **asked)
    monkeypatch.setattr(Staged, "advance", advance)
    shutil.rmtree(tmp_path / "source")
    train(other, resume=tmp_path / "run", quiet=True)
    whole, found = weights_of(tmp_path / "whole"), weights_of(tmp_path / "run")
    assert all(np.array_equal(whole[name], found[name]) for name in whole)


@pytest.mark.parametrize(
    ("data", "asked", "said"),
    [
        (PICTURES, {"freeze": "nix"}, "no layer 'nix' to freeze up to.*1 features.0.conv, 2 features.1.conv"),
        (PICTURES, {"freeze": 5}, "leaves none to learn: freeze at most 4, up to features.4.conv"),
        (ROWS, {}, r"learned from examples of the shape \(1, 8, 8\); those of .* have \(4,\)"),
        (PICTURES, {"model": "mlp"}, "--from begins with a run's own network: leave out --model"),
        (PICTURES, {"weights": "x.pth"}, "both name weights to begin with"),
        (PICTURES, {"network": {"width": 0.5}}, r"do not fit this network: features.0.conv.weight is \(4, 1"),
        (PICTURES, {"engine": "numpy"}, "leave out --engine numpy"),
        (PICTURES, {"frozen_norm": "kept"}, "say which, by --freeze"),
        (PICTURES, {"layer_decay": 1.5}, "layer_decay must be a number above 0 and at most 1"),
        (PICTURES, {"layer_decay": 0.5, "optimizer": "lbfgs"}, "lbfgs moves all parameters by one rate"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_and_leaves_no_folder(begun, tmp_path, data, asked, said):
    with pytest.raises(UsageError, match=said):
        train(data, from_run=begun / "cnn", out=tmp_path / "run", quiet=True, **asked)
    assert not (tmp_path / "run").exists()


def test_tables_with_other_columns_are_refused_by_name(tmp_path):
    here = {"a": [1.0, 2.5, 3, 4] * 9, "b": [0.5, 1, 1, 2] * 9, "y": ["u", "v"] * 18}
    polars = pytest.importorskip("polars")
    train(polars.DataFrame(here), target="y", epochs=1, members=1, baselines=False,
          out=tmp_path / "run", quiet=True)  # fmt: skip
    other = polars.DataFrame({"a": here["a"], "c": here["b"], "y": here["y"]})
    with pytest.raises(UsageError, match=r"has no column b; .* has not seen c: leave it out with --ignore"):
        train(other, target="y", from_run=tmp_path / "run", epochs=1, out=tmp_path / "other", quiet=True)


def test_without_weights_nothing_can_be_frozen(tmp_path):
    with pytest.raises(
        UsageError, match="--freeze is for a network that has learned: begin with one, by --from"
    ):
        train(PICTURES, freeze=1, out=tmp_path / "run", quiet=True)


def test_a_file_of_weights_can_be_frozen_too(begun, tmp_path):
    from safetensors.torch import save_file

    network = load(begun / "cnn").model
    save_file({name: t.contiguous() for name, t in network.state_dict().items()}, tmp_path / "w.safetensors")
    run = train(PICTURES, model="small_cnn", network={"stages": 2, "width": 0.25},
                weights=tmp_path / "w.safetensors",
                freeze=2, epochs=1, out=tmp_path / "run", quiet=True)  # fmt: skip
    assert torch.equal(run.model.features[1].conv.weight, network.features[1].conv.weight)


def test_a_text_classifier_keeps_what_the_first_run_counted(in_a_folder_of_its_own):
    """Evidence of n-grams: the first run's where the answers are the same, else that of the new texts."""
    words = ["lovely fine warm sunny", "awful cold rain poor"]
    for name, answers in (("first", "yn"), ("second", "yn"), ("third", "abc")):
        draw = np.random.default_rng(len(name) + len(answers))
        lines = [
            f"{' '.join(draw.choice(words[k % 2].split(), 5))},{answers[k % len(answers)]}" for k in range(60)
        ]
        Path(f"{name}.csv").write_text("\n".join(["text,y", *lines]))
    how = {"target": "y", "epochs": 1, "quiet": True, "baselines": False}
    first = train("first.csv", model="text_classifier", out="a", **how).model.state_dict()
    again = train("second.csv", from_run="a", lr=1e-12, out="b", **how).model.state_dict()
    for name in ("evidence", "bias"):
        np.testing.assert_allclose(again[name], first[name], atol=1e-6)
    other = train("third.csv", from_run="a", lr=1e-12, out="c", **how).model.state_dict()
    assert other["evidence"].shape[1] == 3 and other["evidence"].std() > 0.1  # counted, and not left at 1

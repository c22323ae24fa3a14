"""G5: `gradatim train SOURCE --adapt-to TARGET`, of tables and of pictures."""

import json
import re
import shutil
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

import gradatim
from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.jobs import choose_adaptation, domains_beside, train

QUICK = {"epochs": 3, "hidden": 8, "batch_size": 32, "threads": 1, "quiet": True, "baselines": False}


@pytest.fixture
def tables(tmp_path, monkeypatch):
    """Two files of the same columns; all of the second's b are larger."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name, shift in (("source", 0.0), ("target", 2.0)):
        x, y = rng.normal(size=(150, 2)), np.arange(150) % 2
        x += np.stack((2.5 * y, np.full(150, shift)), 1)
        rows = [f"{a:.3f},{b:.3f},{'yes' if one else 'no'}" for (a, b), one in zip(x, y, strict=True)]
        (tmp_path / f"{name}.csv").write_text("\n".join(["a,b,sold", *rows]) + "\n")
    return partial(gradatim.train, "source.csv", target="sold", adapt_to="target.csv", **QUICK)


def pictures(n, size, channels, dtype=np.uint8):
    """Bright halves: the class is whether the left one is."""
    rng, y = np.random.default_rng(size), np.arange(n) % 2
    x = rng.integers(0, 90, (n, channels, size, size)).astype(dtype)
    for k in range(n):
        half = slice(0, size // 2) if y[k] else slice(size // 2, size)
        x[k, :, :, half] += np.array(120, dtype)
    return Dataset(x, y, ("right", "left"), name=f"{channels} of {size}")


def test_it_is_measured_on_the_targets_own_test_part_and_learns_from_no_label_of_it(tables):
    run = tables(out="one")
    assert run.data.test.x[:, 1].mean() > 1.5 and run.data.train.x[:, 1].mean() < 0.5
    assert run.data.domain.train.y is None and len(run.data.domain.train) == 120
    assert "train_domain_accuracy" in run.records[0] and "train_discrepancy" in run.records[0]
    assert run.config["settings"]["adaptation"] == "dann" and run.config["settings"]["keep"] == "last"
    lines = Path("target.csv").read_text().splitlines()
    turned = [
        lines[0],
        *(f"{line.rpartition(',')[0]},{'no' if k % 2 else 'yes'}" for k, line in enumerate(lines[1:])),
    ]
    Path("target.csv").write_text("\n".join(turned) + "\n")
    other = tables(out="other")
    assert [r["train_loss"] for r in other.records] == [r["train_loss"] for r in run.records]


@pytest.mark.parametrize("adaptation", ["dann", "mmd:weight=0.5"])
def test_a_killed_run_goes_on_in_mid_epoch_and_ends_the_same(tables, killed_and_resumed, adaptation):
    tables = partial(tables, adaptation=adaptation)
    run, again = tables(out="one"), killed_and_resumed(tables, 7)
    times = ("seconds",)
    kept = [[{k: v for k, v in r.items() if k not in times} for r in one.records] for one in (run, again)]
    assert kept[0] == kept[1] and run.metrics == again.metrics


def test_the_same_network_without_adapting_and_with_the_targets_labels_stand_beside(tables):
    run = tables(out="one", baselines=True)
    rows = {row["name"]: row["metrics"] for row in run.baselines}
    assert list(rows)[:2] == ["source only", "target only"]
    alone = tables(out="alone", adaptation="none")
    assert rows["source only"]["accuracy"] == alone.metrics["accuracy"]
    assert rows["source only"]["loss"] == pytest.approx(alone.metrics["loss"], rel=1e-6)
    report = run.path.joinpath("report.html").read_text()
    assert "source only" in report and "target only" in report


def test_from_a_run_the_networks_beside_begin_with_its_weights(tables, monkeypatch):
    """Before any step they say what the run says, by the bit; so do those that `auto` compares."""
    first = gradatim.train("source.csv", target="sold", out="first", **QUICK)
    rows = first.trained.encoder.inputs(first.data.test, np.float32)
    begun, made = [], domains_beside.new_network

    def look(plan):
        network = made(plan)
        begun.append(network(torch.from_numpy(rows)).detach().numpy())
        return network

    monkeypatch.setattr(train, "has_baselines", lambda *_: False)
    for module in (domains_beside, choose_adaptation):
        monkeypatch.setattr(module, "new_network", look)
    how = {"from_run": "first", "hidden": None, "epochs": 1}
    run = tables(out="second", adaptation="auto", baselines=True, **how)
    said = first.trained.module()(torch.from_numpy(rows)).detach().numpy()
    adapts = run.config["settings"]["adaptation"] != "none"
    assert len(begun) == 2 * 4 + 1 + adapts  # there and back for each way; source only, and target only
    for one in begun:
        np.testing.assert_array_equal(one, said)


def test_a_run_that_goes_on_has_the_same_networks_beside(tables, monkeypatch):
    """And none where the run that it began with is there no more."""
    monkeypatch.setattr(train, "has_baselines", lambda *_: False)
    gradatim.train("source.csv", target="sold", out="first", **QUICK)
    how = {"from_run": "first", "hidden": None, "baselines": True}
    run = tables(out="second", **how)
    before = [(row["name"], row["metrics"]) for row in run.baselines]
    Path("second", "baselines.json").unlink()  # as where it was stopped before they had learned
    again = gradatim.train(resume="second", quiet=True)
    assert [(row["name"], row["metrics"]) for row in again.baselines] == before and len(before) == 2
    Path("second", "baselines.json").unlink()
    shutil.rmtree("first")
    assert gradatim.train(resume="second", quiet=True).baselines == []


def test_a_target_without_labels_is_learned_from_whole_and_the_source_gives_the_test(tables):
    lines = Path("target.csv").read_text().splitlines()
    Path("target.csv").write_text("\n".join(line.rpartition(",")[0] for line in lines) + "\n")
    run = tables(out="one")
    assert len(run.data.domain.train) == 150 and run.data.domain.test is None
    assert abs(run.data.test.x[:, 1].mean()) < 0.5 and run.metrics["accuracy"] > 0.5


def test_other_columns_are_named(tables):
    text = Path("target.csv").read_text()
    Path("target.csv").write_text(text.replace("a,b,sold", "a,width,sold"))
    with pytest.raises(UsageError, match=r"target\.csv has nothing in these columns of source: 'b'"):
        tables(out="one")


def test_pictures_are_brought_to_one_size_and_grey_ones_get_colours(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    how = {**QUICK, "hidden": None, "network": {"stages": 1, "width": 0.25}, "lr": 0.01, "out": "one"}
    run = gradatim.train(pictures(60, 12, 1), adapt_to=pictures(50, 16, 3), **how)
    assert run.trained.input_shape == (3, 12, 12) and run.data.domain.train.x.shape == (40, 3, 12, 12)
    assert run.config["network"]["entry"]["name"] == "small_cnn"
    assert any("scaled from 16×16 to 12×12" in one for one in run.data.notices)


def test_pictures_of_other_numbers_than_bytes_are_not_scaled():
    with pytest.raises(UsageError, match="only bytes"):
        gradatim.train(pictures(60, 12, 1), adapt_to=pictures(50, 16, 1, np.float32), **QUICK)


def test_auto_takes_the_way_that_finds_back_best_and_is_that_run(tables):
    run = tables(out="one", adaptation="auto")
    why = run.config["choices"]["adaptation"]
    best, _, scores = why.partition(": ")
    found = {name: float(score) for name, score in re.findall(r"(none|dann|coral|mmd) (\d\.\d+)", scores)}
    assert list(found) == ["none", "dann", "coral", "mmd"] and best == max(
        found, key=lambda name: found[name]
    )
    assert run.config["settings"]["adaptation"] == best
    assert tables(out="same", adaptation=best).metrics == run.metrics
    with pytest.raises(UsageError, match="compares on validation examples"):
        tables(out="other", adaptation="auto", valid=0)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"adapt_to": None, "adaptation": "dann"}, "--adaptation needs the domain to adapt to"),
        ({"adaptation": "coral:hidden=3"}, "coral has no argument|takes no|unknown"),
        ({"adaptation": "adda"}, "adaptation"),
        ({"adaptation": "dann:gamma=0"}, "gamma must be"),
        ({"engine": "numpy"}, "leave out --engine numpy"),
        ({"members": 3}, "for one network"),
        ({"pretrain": "autoencoder"}, "--adapt-to and --pretrain cannot be together"),
    ],
)
def test_what_cannot_be_is_refused_before_a_folder_is_made(tables, tmp_path, asked, said):
    with pytest.raises(UsageError, match=said):
        tables(**asked, out="one")
    assert not (tmp_path / "one").exists()


def test_the_command(tables, command):
    options = (
        "--target sold --adapt-to target.csv --adaptation coral --epochs 2 --hidden 8 --json --no-baselines"
    )
    out, _ = command("train", "source.csv", *options.split())
    same = tables(adaptation="coral", epochs=2, batch_size=None, out="same")
    assert json.loads(out)["metrics"]["accuracy"] == same.metrics["accuracy"]

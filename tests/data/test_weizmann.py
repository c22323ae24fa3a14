"""Weizmann actions: made-up files of their form, and the real ones where they are."""

import os
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from clip_drawings import draw_strip, greys
from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.named import NamedSource
from gradatim.data.splits import split
from gradatim.jobs.data import describe_data

home = import_module("gradatim.data.weizmann")

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")
needs_it = pytest.mark.skipif(
    not (FOLDER / "weizmann_actions").is_dir(), reason="GRADATIM_DATA names no folder with weizmann_actions/"
)


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Strips of 51 frames in files of the published names, each as grey as its number."""
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    for file in home.FILES:
        path = tmp_path / "weizmann_actions" / file
        draw_strip(path, np.full((51, 8, 8), int(path.stem), np.uint8), "RGBA")
        monkeypatch.setitem(home.FILES, file, sha256(path.read_bytes()).hexdigest())


def test_each_clip_keeps_its_person_and_its_action(made_up):
    data = load_data("weizmann")
    assert data.x.shape == (24, 3, 32, 8, 8) and data.form == "clips" and data.notices == ()
    numbers = data.x[:, 0, 0, 0, 0].astype(int)
    assert data.groups.tolist() == (numbers // 8).tolist()
    assert sorted(set(data.groups.tolist())) == [0, 1, 2, 5, 6, 7]
    actions = ["one-hand wave", "two-hand wave", "jumping jack", "bend"]
    assert data.classes == tuple(actions)
    offsets = {0: "two-hand wave", 2: "one-hand wave", 4: "jumping jack", 6: "bend"}
    assert [data.classes[k] for k in data.y] == [offsets[n % 8] for n in numbers]


def test_no_person_is_in_two_parts(made_up):
    parts = split(load_data("weizmann"))
    assert set(parts.train.groups.tolist()).isdisjoint(parts.test.groups.tolist())
    assert np.bincount(parts.test.y).tolist() == [1, 1, 1, 1]
    assert "none of the 6 groups" in describe_data("weizmann")["split_rule"]


def test_another_file_is_named(made_up, tmp_path):
    draw_strip(tmp_path / "weizmann_actions" / "3" / "00000012.jpg", greys(1, 9))
    with pytest.raises(GradatimError, match=r"3.00000012\.jpg is not the published file"):
        load_data("weizmann")


@needs_it
def test_the_real_clips():
    """24 clips of equally many actions, in each of which something moves."""
    data = load_data("weizmann")
    assert data.x.shape == (24, 3, 32, 64, 64) and np.bincount(data.y).tolist() == [6] * 4
    assert data.fingerprint.startswith("b8eddc738fec")
    moving = data.x.astype(float).std(2).mean((1, 2, 3))  # of each pixel over time
    assert moving.min() > 2


def test_captions_hold_out_a_pair_of_every_person(made_up):
    """Every person and every action is learned from, never a person's held action; four sets test all."""
    tested = set()
    for held in range(4):
        data = load_data(f"weizmann_captions:held={held}")
        parts = NamedSource().divide(data, 0.1, 0.2)
        assert parts.sizes() == {"train": 18, "valid": 0, "test": 6}
        (train, test) = ([one for (one,) in part.references] for part in (parts.train, parts.test))
        assert not set(train) & set(test)
        assert {one.split()[1] for one in test} == {"one", "two", "three", "four", "five", "six"}
        for place in (slice(0, 2), slice(2, None)):  # every person, every action
            assert {" ".join(one.split()[place]) for one in test} <= {
                " ".join(one.split()[place]) for one in train
            }
        tested |= set(test)
    assert len(tested) == 24 and "person three bends" in tested
    with pytest.raises(UsageError, match="held must be"):
        load_data("weizmann_captions:held=4")

"""Music as data: files, folders, parts by sub-folders, what is left out, what is refused."""

import shutil

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.rolls import KEYS, Roll, Rolls
from gradatim.data.sources.music import MusicSource
from gradatim.data.sources.source import Request, request_of, source_like, source_of
from gradatim.jobs.data import describe_data

RNG = np.random.default_rng(0)


def piece(frames=40, seed=0):
    roll = np.random.default_rng(seed).random((frames, KEYS)) < 0.05
    roll[-1, 40] = True
    return Roll(roll.astype(np.uint8))


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(["b.mid", "a.MIDI", "inside/c.mid", "d.mid"]):
        path = tmp_path / "songs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        piece(10 + number, number).write(path)
    (tmp_path / "songs" / "notes.txt").write_text("no music")
    return tmp_path / "songs"


def test_a_folder_is_recognised_and_read_in_the_order_of_its_names(folder):
    assert isinstance(source_of(folder), MusicSource)
    found = load_data(folder)
    assert found.pieces == ("a", "b", "d", "inside/c") and found.lengths.tolist() == [11, 10, 13, 12]
    assert np.array_equal(found.roll(1), piece(10, 0).frames)
    assert found.source == {"path": str(folder.resolve()), "task": "music", "step": "quarter"}


def test_the_step_is_that_which_was_asked_for(folder):
    found = load_data(folder / "b.mid", step="eighth")
    assert found.step == "eighth" and found.lengths.tolist() == [20]
    assert np.array_equal(found.roll(0)[::2], piece(10, 0).frames)


def test_sub_folders_are_the_parts(folder):
    for part in ("train", "valid", "test"):
        (folder / part).mkdir()
    for name, part in (("b.mid", "train"), ("a.MIDI", "train"), ("inside/c.mid", "valid"), ("d.mid", "test")):
        shutil.move(folder / name, folder / part)
    found = load_data(folder)
    parts = source_of(folder).divide(found, 0.1, 0.2)
    assert [part.pieces for part in parts] == [("train/a", "train/b"), ("valid/c",), ("test/d",)]


def test_one_piece_is_divided_by_its_time():
    roll = piece(320).frames
    train, valid, test = MusicSource().divide(Rolls([roll], ["a"]), 0.25, 0.2)
    together = np.concatenate([part.roll(i) for part in (train, valid, test) for i in range(len(part))])
    assert np.array_equal(together, roll)
    assert [len(part.values) for part in (train, valid, test)] == [192, 64, 64]
    assert test.pieces == ("a, from frame 256", "a, from frame 288")
    with pytest.raises(UsageError, match="has 5 frames, too few"):
        MusicSource().divide(Rolls([roll[:5]], ["a"]), 0.1, 0.9)


def test_files_of_a_folder_that_hold_no_music_are_left_out_and_named(folder):
    (folder / "b.mid").write_text("do re mi")
    (folder / "d.mid").write_bytes((folder / "d.mid").read_bytes()[:-9])
    found = load_data(folder)
    assert found.pieces == ("a", "inside/c")
    assert "2 files left out" in found.notices[0] and "truncated" in found.notices[0]
    for name in ("a.MIDI", "inside/c.mid"):
        (folder / name).write_bytes(b"")
    with pytest.raises(UsageError, match="none of the 4 MIDI files"):
        load_data(folder)


def test_an_empty_folder_and_one_without_music_are_refused(tmp_path):
    (tmp_path / "none").mkdir()
    with pytest.raises(UsageError, match="holds no MIDI file"):
        load_data(tmp_path / "none", task="music")
    with pytest.raises(UsageError, match="is no MIDI file"):
        (tmp_path / "a.txt").write_text("do re mi")
        load_data(tmp_path / "a.txt", task="music")


@pytest.mark.parametrize(("asked", "said"), [
    ({"target": "y"}, "--target is not for music"),
    ({"group": "y"}, "--group is not for music"),
    ({"step": "third"}, "step must be"),
])  # fmt: skip
def test_what_music_has_no_use_for_is_refused(folder, asked, said):
    with pytest.raises(UsageError, match=said):
        load_data(folder, **asked)


def test_a_step_is_for_midi_files_alone(tmp_path):
    with pytest.raises(UsageError, match="--step is for music"):
        load_data("digits", step="16th")
    with pytest.raises(UsageError, match="jsb-chorales is in frames of a quarter note: leave out --step"):
        load_data("jsb-chorales", step="16th")


def test_other_pieces_are_read_at_the_step_of_the_first(folder):
    first = load_data(folder, step="16th").take(np.array([0]))
    other = source_like(folder / "b.mid", first).like(folder / "b.mid", first)
    assert other.step == "16th" and len(other.values) == 40
    new = source_like(folder, first).new(folder, first)
    assert new.beside.rows[0] == "a,0" and len(new.beside.rows) == len(new.examples.values)
    with pytest.raises(UsageError, match="frames of a quarter note, the network's last a 16th note"):
        MusicSource().like(Rolls([piece().frames]), first)


def test_what_is_described(folder):
    facts = describe_data(folder)
    assert (facts["n"], facts["frames"], facts["shortest"], facts["longest"]) == (4, 46, 10, 13)
    assert sum(facts["counts"].values()) == 46 and facts["step"] == "quarter"
    facts = describe_data("jsb-chorales")
    assert facts["splits"] == {"train": 229, "valid": 76, "test": 77}
    assert (facts["lowest"], facts["highest"], facts["split_rule"]) == ("G2", "C7", "the publisher's")
    page = MusicSource().page(facts)
    assert "382 pieces of 25 to 160 frames" in page[0]


def test_a_request_for_a_step_finds_music_first(folder):
    asked = request_of(step="16th")
    assert isinstance(source_of(folder, None, asked.roles), MusicSource)
    assert MusicSource().read(folder, Request()).step == "quarter"

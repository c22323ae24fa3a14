"""Clips that stay in their files: every number is as in memory, and a file that changes is named."""

import os
from hashlib import sha256

import numpy as np
import pytest
from PIL import Image

from clip_drawings import draw_frames, draw_gif, draw_strip, draw_video
from gradatim.checks import GradatimError, UsageError
from gradatim.data import streaming
from gradatim.data.clip_files import read_clips
from gradatim.data.clip_places import clips_in
from gradatim.data.encoders.standardise import Standardise
from gradatim.data.picture_files import copies
from gradatim.data.sources.source import request_of, source_of
from gradatim.data.splits import split
from gradatim.data.streamed_examples import FileChanged, StreamedExamples


def noise(seed, frames=9, size=(6, 6)):
    return np.random.default_rng(seed).integers(0, 256, (frames, *size), dtype=np.uint8)


@pytest.fixture
def actions(tmp_path):
    """Clips of every form in two classes, one of them twice, and a folder of which two frames are damaged."""
    one, two = tmp_path / "actions" / "one", tmp_path / "actions" / "two"
    draw_strip(one / "a.png", noise(0))
    draw_strip(one / "b.png", noise(0))
    draw_gif(one / "c.gif", noise(1))
    draw_frames(one / "d", noise(2, 12))
    for number in (0, 6):
        (one / "d" / f"frame_{number:03}.png").write_bytes(b"torn")
    draw_video(two / "a.avi", noise(3, 10, (32, 32)))
    np.savez(two / "b.npz", x=np.stack([noise(4), noise(5), noise(6)])[:, None])
    np.savez_compressed(two / "c.npz", clips=np.stack([noise(k) for k in (7, 8)])[..., None])
    np.savez(two / "d.npz", noise(9))
    return tmp_path / "actions"


def read(folder, how, **more):
    return source_of(folder).read(folder, request_of(streaming=how, **more))


def test_every_number_is_as_in_memory(actions):
    held, streamed = read(actions, "no"), read(actions, "yes")
    assert isinstance(streamed.x, StreamedExamples) and streamed.is_clips and streamed.form == "clips"
    assert streamed.x.ndim == 5 and streamed.shape == held.shape == (3, 12, 6, 6)
    assert streamed.x.nbytes == held.x.nbytes and streamed.files == held.files and len(held) == 11
    np.testing.assert_array_equal(streamed.x.read(), held.x)
    np.testing.assert_array_equal(np.asarray(streamed.x[[7, 2]]), held.x[[7, 2]])
    np.testing.assert_array_equal(np.concatenate(list(streamed.x.blocks())), held.x)
    assert [len(part) for part in streamed.x.ahead([[], range(11), [3]], 11)] == [0, 11, 1]
    assert copies(streamed.x) == copies(held.x) == [(0, 1)]
    assert (streamed.x.min(), streamed.x.max()) == (held.x.min(), held.x.max())
    assert streamed.x.mean() == pytest.approx(held.x.mean(dtype=np.float64), rel=1e-14)
    said = "11 clips are streamed: they stay in their files and are decoded while the network learns"
    assert set(streamed.notices) - set(held.notices) == {said} and set(held.notices) < set(streamed.notices)
    assert any("frame_000.png is damaged" in one for one in streamed.notices)


def test_fingerprint_splits_and_standardisation_are_those_in_memory(actions, monkeypatch):
    held, streamed = read(actions, "no"), read(actions, "yes")
    parts = split(held), split(streamed)
    one, other = (Standardise.fit(part.train) for part in parts)
    np.testing.assert_array_equal(one.shift, other.shift)
    np.testing.assert_array_equal(one.scale, other.scale)
    np.testing.assert_array_equal(other.inputs(parts[1].train).read(), one.inputs(parts[0].train))
    assert parts[0].train.files == parts[1].train.files
    assert parts[0].train.fingerprint == parts[1].train.fingerprint
    digest = sha256(repr(["one", "two"]).encode())  # by the definition, not by either path
    for array in (held.x, held.y):
        digest.update(f"{array.dtype.str}{array.shape}".encode() + array.tobytes())
    monkeypatch.setattr(StreamedExamples, "ahead", None)  # nothing is decoded again
    assert streamed.fingerprint == held.fingerprint == digest.hexdigest()


def test_tables_and_groups_are_those_in_memory(actions, monkeypatch):
    rows = ["file,what,who", "one/a.png,x,anna", "one/c.gif,y,ben", "one/d,x,ben", "two/d.npz,y,anna"]
    (actions / "clips.csv").write_text("\n".join([*rows, "two/a.avi,x,carl", "one/b.png,,carl"]))
    for data, more in (
        (actions / "clips.csv", {"target": "what", "group": "who"}),
        (actions, {"group": "."}),
    ):
        held, streamed = (read(data, how, input_size=[4, 5, 5], **more) for how in ("no", "yes"))
        np.testing.assert_array_equal(streamed.x.read(), held.x)
        np.testing.assert_array_equal(streamed.groups, held.groups)
        assert streamed.files == held.files and streamed.classes == held.classes
        assert streamed.source == {**held.source, "streaming": "yes"}
        with monkeypatch.context() as patch:
            patch.setattr(StreamedExamples, "ahead", None)
            assert streamed.fingerprint == held.fingerprint


def test_a_clip_that_cannot_be_read_is_found_at_the_first_reading(actions):
    whole = (actions / "two" / "c.npz").read_bytes()
    at = len(whole) // 2
    (actions / "two" / "c.npz").write_bytes(whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :])
    (actions / "one" / "e.gif").write_bytes(b"nothing")
    held, streamed = read(actions, "no"), read(actions, "yes")
    assert len(streamed) == 9 and streamed.files == held.files
    assert [one.split(" is damaged")[0].split("/")[-1] for one in streamed.notices[:2]] == ["e.gif", "c.npz"]
    assert streamed.fingerprint == held.fingerprint


@pytest.mark.parametrize("change, said", [
    (lambda one, two: draw_strip(one / "a.png", noise(10)), r"one/a\.png shows another clip than at"),
    (lambda one, two: draw_strip(one / "a.png", noise(0, 8)), r"one/a\.png has 8 frames, and had 9"),
    (lambda one, two: (one / "a.png").unlink(), r"one/a\.png is there no more, and the network learns"),
    (lambda one, two: (one / "c.gif").write_bytes(b"nothing"), r"one/c\.gif can be read no more"),
    (lambda one, two: (one / "d" / "frame_003.png").unlink(), r"one/d has 11 frames, and had 12"),
    (lambda one, two: (one / "d" / "frame_003.png").write_bytes(b"torn"), r"one/d shows another clip than"),
    (lambda one, two: (one / "d").rename(one / "away"), r"one/d is there no more"),
    (lambda one, two: draw_video(two / "a.avi", noise(10, 10, (32, 32))), r"two/a\.avi shows another clip"),
    (lambda one, two: np.savez(two / "b.npz", x=np.zeros((3, 1, 9, 6, 6), np.uint8)), r"two/b\.npz shows an"),
    (lambda one, two: np.savez(two / "b.npz", x=noise(4)[None, None]), r"two/b\.npz can be"),
    (lambda one, two: np.savez(two / "d.npz", noise(9, 3)), r"two/d\.npz has 3 frames, and had 9"),
])  # fmt: skip
def test_a_clip_that_changes_or_vanishes_is_named(actions, change, said):
    streamed = read(actions, "yes").x
    change(actions / "one", actions / "two")
    with pytest.raises(FileChanged, match=said):
        streamed.read()


def test_files_that_are_touched_are_the_same_clips(actions):
    streamed = read(actions, "yes").x
    first = streamed.read()
    for path in (
        actions / "one" / "a.png",
        actions / "one" / "d" / "frame_003.png",
        actions / "two" / "b.npz",
    ):
        os.utime(path, (1, 1))
    np.testing.assert_array_equal(streamed.read(), first)
    Image.new("L", (6, 6)).save(actions / "one" / "d" / "frame_000.png")  # for which its neighbour stood
    with pytest.raises(FileChanged, match="one/d shows another clip"):
        streamed.read()


def test_memory_decides(actions, monkeypatch):
    numbers = 11 * 3 * 12 * 6 * 6
    paths = clips_in(actions / "one") + clips_in(actions / "two")
    monkeypatch.setattr(streaming, "free_memory", lambda: 20 * numbers)
    assert isinstance(read(actions, None).x, np.ndarray)
    monkeypatch.setattr(streaming, "free_memory", lambda: 20 * numbers - 1)
    found = read(actions, None)
    assert isinstance(found.x, StreamedExamples) and "streaming" not in found.source
    assert any("11 clips of 3×12×6×6 numbers would take" in one for one in found.notices)
    assert isinstance(read_clips(paths, (3, 12, 6, 6), streaming="auto").x, StreamedExamples)
    monkeypatch.setattr(streaming, "free_memory", lambda: 6 * numbers - 1)
    with pytest.raises(UsageError, match=r"11 clips of 3×12×6×6 numbers need .* free: --streaming yes"):
        read(actions, "no")


def test_only_what_can_be_streamed_is(actions):
    with pytest.raises(UsageError, match="what reads no target needs all clips in memory"):
        read(actions, "yes", reads_target=False)
    assert isinstance(read(actions, None, reads_target=False).x, np.ndarray)
    with pytest.raises(UsageError, match="streaming must be auto or yes or no"):
        read_clips(clips_in(actions / "one"), streaming="maybe")
    with pytest.raises(GradatimError, match="none of the 0 clips can be read"):
        read_clips([], streaming="yes")
    with pytest.raises(UsageError, match="streamed clips are taken several at a time"):
        read(actions, "yes").x[3]

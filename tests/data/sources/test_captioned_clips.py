"""Clips with captions: folders, arrays, the named set, and what does not fit."""

import numpy as np
import pytest

from clip_drawings import draw_frames, draw_gif, draw_strip, draw_video, greys
from gradatim.checks import UsageError
from gradatim.data.clip_captions import captioned_clips
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_like, source_of
from gradatim.jobs.data import data_page


@pytest.fixture
def clips(tmp_path):
    """A clip of each kind, of nine frames, and two captions of the first."""
    clip = [greys(k, 9, (16, 16)) for k in range(5)]
    draw_frames(tmp_path / "walks", clip[0])
    draw_strip(tmp_path / "more" / "runs.png", clip[1])
    draw_gif(tmp_path / "more" / "jumps.gif", clip[2])
    np.savez(tmp_path / "bends.npz", clip[3])
    draw_video(tmp_path / "waves.avi", clip[4])
    lines = [
        "clip,caption", "walks,someone walks", 'walks,"someone, slowly, walks"', "runs.png,someone runs",
        "more/jumps.gif,someone jumps", "bends.npz,someone bends", "waves.avi,someone waves",
    ]  # fmt: skip
    (tmp_path / "captions.txt").write_text("\n".join(lines))
    return tmp_path


def test_a_folder_of_every_kind_of_clip_is_read(clips):
    assert source_of(clips).kind == "captioned clips"
    found = load_data(clips, input_size=[3, 8, 8])
    assert found.inputs.shape == (5, 3, 3, 8, 8) and found.form == "captioned clips"
    assert dict(zip(found.files, found.references, strict=True)) == {
        "walks": ("someone walks", "someone, slowly, walks"), "more/runs.png": ("someone runs",),
        "more/jumps.gif": ("someone jumps",), "bends.npz": ("someone bends",),
        "waves.avi": ("someone waves",),
    }  # fmt: skip
    number = found.files.index("more/runs.png")
    assert found.inputs[number, 0, :, 0, 0].tolist() == [11, 14, 17]
    with pytest.raises(UsageError, match="--target is not for clips with captions"):
        load_data(clips, target="caption")


def test_what_does_not_fit_is_left_out_and_said(clips):
    with (clips / "captions.txt").open("a") as file:
        file.write("\nlost,someone is not here\nruns.png,\n")
    draw_strip(clips / "unsaid.png", greys(7, 9, (16, 16)))
    draw_strip(clips / "copy.png", greys(1, 9, (16, 16)))
    with (clips / "captions.txt").open("a") as file:
        file.write("copy.png,someone runs\n")
    notices = load_data(clips, input_size=[3, 8, 8]).notices
    for said in (
        "1 caption names a clip that is not there and left out, such as lost in line 8 of captions.txt",
        "1 caption is empty and left out, such as line 9 of captions.txt",
        "1 clip has no caption and is left out, such as unsaid.png",
        "1 clip is a copy of another, such as copy.png of more/runs.png; equal clips stay in one part",
    ):
        assert said in notices


def test_a_folder_of_pictures_with_captions_is_one_of_pictures(tmp_path):
    for k in range(4):
        draw_strip(tmp_path / "images" / f"{k}.png", greys(k, 1))
    (tmp_path / "captions.txt").write_text("".join(f"{k}.png,a grey\n" for k in range(4)))
    assert source_of(tmp_path).kind == "captioned pictures"
    draw_frames(tmp_path, greys(1, 3), "{}.png")  # beside pictures whose names differ by a number, too
    (tmp_path / "captions.txt").write_text("".join(f"{k}.png,a grey\n" for k in range(3)))
    assert source_of(tmp_path).kind == "captioned pictures"


def test_clips_are_predicted_from_alone(clips):
    first = load_data(clips, input_size=[3, 8, 8])
    for name in ("walks", "more/runs.png", "bends.npz"):
        new = source_like(str(clips / name), first).new(str(clips / name), first).examples
        assert new.files == (name.rpartition("/")[2],) and new.references == ()
        np.testing.assert_array_equal(new.inputs[0], first.inputs[first.files.index(name)])
    every = source_like(str(clips), first).new(str(clips), first).examples
    assert sorted(every.files) == sorted(first.files)
    arrays = source_like(first.inputs, first).new(first.inputs, first).examples
    np.testing.assert_array_equal(arrays.inputs, first.inputs)
    with pytest.raises(UsageError, match=r"the network reads clips \(N, 3, 3, 8, 8\)"):
        source_like(first.inputs, first).new(first.inputs[:, :, :2], first)


def test_arrays_and_texts_are_such_clips_where_that_is_asked_for():
    x = np.random.default_rng(0).integers(0, 255, (6, 1, 4, 8, 8), dtype=np.uint8)
    found = load_data((x, ["left", "right"] * 3), task="captioning")
    assert found.form == "captioned clips" and len(found) == 6
    with pytest.raises(UsageError, match="6 clips but 5 captions"):
        captioned_clips(x, ["left"] * 5)
    with pytest.raises(UsageError, match="clip 2 has an empty caption, or none"):
        captioned_clips(x, ["left", "right", " ", "left", "left", "left"])
    with pytest.raises(UsageError, match=r"clips are \(N, C, T, H, W\)"):
        captioned_clips(x[:, 0], ["left"] * 6)


def test_what_is_in_them_is_said(clips):
    (clips / "captions.txt").write_text("".join(f"{n},a clip runs\n" for n in ("walks", "runs.png") * 1))
    _, page = data_page(clips)
    assert any("2 clips of 9 frames of 16×16 pixels, grey, with 2 captions of 3.0 words" in str(block)
               for block in page)  # fmt: skip

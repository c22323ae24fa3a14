"""Folders of clips: a sub-folder a class, groups by names, and which folders are of clips."""

import numpy as np
import pytest

from clip_drawings import draw_frames, draw_gif, draw_strip, draw_video, greys
from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_like, source_of
from gradatim.data.splits import split
from gradatim.jobs.data import data_page, describe_data


def kind_of(path):
    return source_of(path).kind


@pytest.fixture
def actions(tmp_path):
    """Five people, two clips of nine frames each: waves as strips, jumps as folders of frames."""
    for k in range(5):
        draw_strip(tmp_path / "actions" / "wave" / f"person{k}_wave.png", greys(k, 9, (6, 6)))
        draw_frames(tmp_path / "actions" / "jump" / f"person{k}_jump", greys(10 + k, 9, (6, 6)))
    return tmp_path / "actions"


def test_every_sub_folder_is_a_class(actions):
    data = load_data(actions)
    assert data.classes == ("jump", "wave") and data.x.shape == (10, 1, 9, 6, 6) and data.form == "clips"
    assert data.files == (
        *(f"jump/person{k}_jump" for k in range(5)), *(f"wave/person{k}_wave.png" for k in range(5)),
    )  # fmt: skip
    assert data.x[:, 0, 2, 0, 0].tolist() == [102, 112, 122, 132, 142, 2, 12, 22, 32, 42]
    assert data.y.tolist() == [0] * 5 + [1] * 5 and data.notices == () and data.groups is None
    assert data.source == {"path": str(actions)} and data.name == "actions"
    assert load_data(str(actions)).fingerprint == data.fingerprint


def test_names_tell_groups_and_none_is_in_two_parts(actions):
    data = load_data(actions, group=r"person(\d+)")
    assert data.groups.tolist() == [0, 1, 2, 3, 4] * 2 and data.source["group"] == r"person(\d+)"
    parts = split(data, valid=0.3)
    of = [set(part.groups.tolist()) for part in parts]
    assert sum(map(len, of)) == 5 and set.union(*of) == set(range(5)) and all(of)
    facts = describe_data(actions, group="person.")
    assert facts["split_rule"] == "by group: none of the 5 groups is in two parts"
    assert facts["classes"] == {"jump": 5, "wave": 5}


@pytest.mark.parametrize(
    ("group", "sentence"),
    [
        ("person(", "--group of clips is a regular expression for their names, such as 'person.d.'; 'person"),
        ("actor.", "--group actor. matches nothing in jump/person0_jump"),
        ("wave", "--group wave matches nothing in jump/person0_jump"),
    ],
)
def test_an_expression_that_tells_no_groups_is_refused(group, sentence, actions):
    with pytest.raises(UsageError, match=sentence.replace("(", r"\(") if "regular" in sentence else sentence):
        load_data(actions, group=group)


def test_the_publisher_s_parts_are_kept(tmp_path):
    for part, k in (("train", 0), ("test", 5)):
        for name in ("a", "b"):
            for i in range(3):
                draw_strip(tmp_path / part / name / f"{i}.png", greys(k + i, 9, (6, 6)))
    data = load_data(tmp_path)
    assert [name.startswith("test") for name in data.files] == data.official_test.tolist()
    assert split(data, 0).test.files == tuple(f"test/{c}/{i}.png" for c in "ab" for i in range(3))
    draw_strip(tmp_path / "test" / "c" / "0.png", greys(1, 9, (6, 6)))
    with pytest.raises(GradatimError, match="the class c is in the test part, but not in training"):
        load_data(tmp_path)


def test_a_size_is_asked_for_with_frames_in_front(actions):
    data = load_data(actions, input_size=[4, 3, 5])
    assert data.x.shape == (10, 1, 4, 3, 5) and data.source["input_size"] == [4, 3, 5]
    assert data.x[5, 0, :, 0, 0].tolist() == [1, 3, 5, 7]
    assert load_data(actions, input_size=3).x.shape == (10, 1, 9, 3, 3)
    with pytest.raises(UsageError, match="--target is for tables"):
        load_data(actions, target="y")


# ---- which folder is of clips


def test_folders_of_pictures_stay_folders_of_pictures(tmp_path):
    flat, nested, wide, gifs, mixed = (
        tmp_path / name for name in ("flat", "nested", "wide", "gifs", "mixed")
    )
    for c in ("cats", "dogs"):
        draw_frames(flat / c, greys(1, 4))  # numbered pictures in a class's folder are a picture each
        draw_frames(nested / c, greys(1, 2))
        draw_frames(nested / c / "old", greys(3, 2))
        draw_strip(wide / c / "a.png", greys(1, 2, (6, 6)))
        draw_gif(gifs / c / "a.gif", greys(1, 1))
        draw_frames(mixed / c, greys(1, 2))
        draw_video(mixed / c / "a.avi", greys(1, 3, (32, 32)))
    assert [kind_of(one) for one in (flat, nested, wide, gifs, mixed)] == ["picture folder"] * 5
    assert load_data(nested).x.shape[0] == 8
    assert any("a.avi" in one for one in load_data(mixed).notices)


def test_a_class_of_plain_pictures_makes_it_a_folder_of_pictures(actions):
    draw_frames(actions / "still", greys(1, 3))
    assert kind_of(actions) == "picture folder"


@pytest.mark.parametrize("draw", ["strip", "gif", "frames", "npz", "video"])
def test_folders_of_each_kind_are_of_clips(draw, tmp_path):
    for c in ("a", "b"):
        for k in range(2):
            clip, folder = greys(k, 9, (32, 32)), tmp_path / "clips" / c
            folder.mkdir(parents=True, exist_ok=True)
            if draw == "strip":
                draw_strip(folder / f"{k}.jpg", clip)
            elif draw == "gif":
                draw_gif(folder / f"{k}.gif", clip)
            elif draw == "frames":
                draw_frames(folder / f"{k}", clip)
            elif draw == "npz":
                np.savez(folder / f"{k}.npz", x=clip)
            else:
                draw_video(folder / f"{k}.avi", clip)
    data = load_data(tmp_path / "clips")
    assert data.is_clips and data.x.shape[2:] == (9, 32, 32) and data.y.tolist() == [0, 0, 1, 1]


def test_one_plain_reading_for_texts_masks_and_pictures(tmp_path):
    """Other folders are taken by their own sources still."""
    for c in ("a", "b"):
        (tmp_path / "texts" / c).mkdir(parents=True)
        for k in range(3):
            (tmp_path / "texts" / c / f"{k}.txt").write_text("a text")
        draw_frames(tmp_path / "cells" / ("image" if c == "a" else "label"), greys(1, 3))
    assert kind_of(tmp_path / "texts") == "labelled texts" and kind_of(tmp_path / "cells") == "mask folder"
    (tmp_path / "empty").mkdir()
    assert kind_of(tmp_path / "empty") == "picture folder"
    with pytest.raises(UsageError, match="holds no sub-folder with pictures"):
        load_data(tmp_path / "empty")


# ---- more like them


def test_new_clips_come_in_the_network_s_shape(actions, tmp_path):
    first = load_data(actions, input_size=[3, 4, 4])
    draw_strip(tmp_path / "new" / "b.png", greys(5, 20, (8, 8)), "RGB")
    draw_strip(tmp_path / "new" / "a.png", greys(6, 10, (8, 8)))
    (tmp_path / "new" / "c.avi").write_bytes(b"")
    source = source_like(tmp_path / "new", first)
    found = source.new(tmp_path / "new", first).examples
    assert found.files == ("a.png", "b.png") and found.x.shape == (2, 1, 3, 4, 4) and found.y is None
    assert found.x[:, 0, :, 0, 0].tolist() == [[61, 65, 68], [53, 60, 66]]
    assert "c.avi" in found.notices[0]
    draw_video(tmp_path / "one.avi", greys(5, 20, (32, 32)))
    one = source_like(tmp_path / "one.avi", first).new(tmp_path / "one.avi", first).examples
    assert one.x.shape == (1, 1, 3, 4, 4) and one.files == ("one.avi",)


def test_other_clips_have_the_classes_of_the_first(actions, tmp_path):
    first = load_data(actions, input_size=[3, 4, 4])
    for name in ("wave", "run"):
        draw_strip(tmp_path / "more" / name / "1.png", greys(1, 9, (6, 6)))
    source = source_like(tmp_path / "more", first)
    with pytest.raises(UsageError, match="run"):
        source.like(tmp_path / "more", first)
    (tmp_path / "more" / "run" / "1.png").rename(tmp_path / "more" / "wave" / "2.png")
    found = source.like(tmp_path / "more", first)
    assert found.y.tolist() == [1, 1] and found.x.shape == (2, 1, 3, 4, 4)


def test_a_network_of_pictures_reads_no_clips_nor_the_other_way_round(actions, tmp_path):
    clips = load_data(actions)
    for c in ("a", "b"):
        draw_frames(tmp_path / "photos" / c, greys(1, 3))
    pictures = load_data(tmp_path / "photos")
    with pytest.raises(UsageError, match="the network learned from other data than clips"):
        source_like(actions, pictures).new(actions, pictures)
    frame = str(tmp_path / "photos" / "a" / "frame_000.png")
    with pytest.raises(GradatimError, match="frames side by side make the width a multiple of the height"):
        source_like(frame, clips).new(frame, clips)


# ---- one clip, and what cannot be learned from


def test_one_video_is_shown_and_not_learned_from(tmp_path):
    draw_video(tmp_path / "a.avi", greys(1, 50, (32, 48)))
    facts, page = data_page(tmp_path / "a.avi")
    assert facts == {
        "name": "a.avi", "frames": 50, "height": 32, "width": 48, "rate": 25.0, "codec": "mpeg4",
    }  # fmt: skip
    assert page[0] == "a.avi: one clip of 48 × 32 pixels"
    assert page[1].text == "50, 2 seconds at 25 a second"
    with pytest.raises(UsageError, match="is one clip; learning needs a folder"):
        load_data(tmp_path / "a.avi")
    with pytest.raises(UsageError, match="there is no file"):
        describe_data(tmp_path / "missing.mp4")


def test_clips_without_classes_are_refused_in_a_sentence(tmp_path):
    draw_strip(tmp_path / "clips" / "a.png", greys(1, 9, (6, 6)))
    with pytest.raises(UsageError, match="holds no sub-folder with clips"):
        load_data(tmp_path / "clips")


@pytest.fixture
def bare(tmp_path):
    """The same clip in five forms, and what is none."""
    clip = greys(3, 9, (16, 16))
    draw_frames(tmp_path / "frames", clip)
    draw_strip(tmp_path / "strip.png", clip)
    draw_gif(tmp_path / "moving.gif", clip)
    np.savez(tmp_path / "clip.npz", clip)
    draw_video(tmp_path / "clip.avi", clip)
    draw_frames(tmp_path / "one", clip[:1])
    draw_strip(tmp_path / "alone.png", clip[:1])
    (tmp_path / "broken.npz").write_bytes(b"no zip")
    (tmp_path / "empty").mkdir()
    return tmp_path


def new_like(first, path):
    return source_like(path, first).new(path, first).examples


def test_a_network_of_clips_reads_one_bare_clip(bare, actions):
    first = load_data(actions, input_size=[4, 8, 8])
    expected = None
    for name in ("frames", "strip.png", "moving.gif", "clip.npz", "clip.avi"):
        found = new_like(first, str(bare / name))
        assert found.files == (name,) and found.x.shape == (1, 1, 4, 8, 8), name
        expected = found.x if expected is None else expected
        assert np.abs(found.x.astype(int) - expected).max() <= (3 if name == "clip.avi" else 0), name


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("one", "has one frame, in which nothing moves; a clip is a video, an animated GIF"),
        ("alone.png", "has one frame"),
        ("broken.npz", "broken.npz is damaged or not an .npz file"),
        ("empty", "empty holds no clip: a clip is"),
        ("nowhere.gif", "there is no file"),
    ],
)
def test_what_is_no_clip_is_said(name, sentence, bare, actions):
    first = load_data(actions, input_size=[4, 8, 8])
    with pytest.raises(GradatimError, match=sentence):
        new_like(first, str(bare / name))


def test_arrays_of_the_first_s_shape_stay_arrays(bare, actions):
    first = load_data(actions, input_size=[4, 8, 8])
    x = np.random.default_rng(0).random((3, 1, 4, 8, 8))
    np.savez(bare / "x.npz", x=x)
    assert source_like(str(bare / "x.npz"), first).kind == "npz"
    np.testing.assert_array_equal(new_like(first, str(bare / "x.npz")).x, x)


def test_numbered_pictures_of_several_sizes_are_no_frames(tmp_path):
    for c in ("cats", "dogs"):
        draw_frames(tmp_path / "photos" / c / "home", greys(1, 2, (6, 8)))
        draw_frames(tmp_path / "photos" / c / "home", greys(2, 1, (9, 7)), "frame_9{:02d}.png")
    assert kind_of(tmp_path / "photos") == "picture folder"
    found = load_data(tmp_path / "photos")
    said = "in a folder inside a class's folder and taken for that class"
    assert len(found) == 6 and said in " ".join(found.notices)


def test_numbered_pictures_in_the_folders_of_classes_are_pictures(tmp_path):
    for part in ("train", "test"):
        for k, c in enumerate(("cats", "dogs")):
            draw_frames(tmp_path / "photos" / part / c, greys(k + 3 * (part == "test"), 3), "{:04d}.png")
    found = load_data(tmp_path / "photos")
    assert found.is_pictures and len(found) == 12 and found.official_test.sum() == 6


def test_that_folders_of_numbered_pictures_are_clips_is_said(tmp_path):
    for c in ("wave", "jump"):
        draw_frames(tmp_path / "actions" / c / "clip01", greys(1, 4), "{:04d}.png")
        draw_frames(tmp_path / "actions" / c / "clip02", greys(2, 4), "{:04d}.png")
    found = load_data(tmp_path / "actions")
    assert found.is_clips and len(found) == 4
    said = (
        "4 folders are a clip each, such as jump/clip01, since the pictures in it differ by a number only; "
        "where each picture stands for itself, it must lie in the folder of its class"
    )
    assert said in found.notices

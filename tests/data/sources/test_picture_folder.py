"""Folders of pictures: a sub-folder a class, the publisher's parts, and what is odd of the files."""

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.splits import split
from gradatim.jobs.data import describe_data


def draw(path, grey, size=(6, 6), mode="L"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, (grey,) * len(Image.new(mode, (1, 1)).getbands())).save(path)


@pytest.fixture
def photos(tmp_path):
    for i in range(10):
        draw(tmp_path / "photos" / ("dogs" if i % 2 else "cats") / f"{i}.png", 10 * i)
    return tmp_path / "photos"


def test_every_sub_folder_is_a_class(photos):
    data = load_data(photos)
    assert data.classes == ("cats", "dogs") and data.x.shape == (10, 1, 6, 6)
    assert data.files == (
        *(f"cats/{i}.png" for i in (0, 2, 4, 6, 8)),
        *(f"dogs/{i}.png" for i in (1, 3, 5, 7, 9)),
    )
    assert data.x[:, 0, 0, 0].tolist() == [0, 20, 40, 60, 80, 10, 30, 50, 70, 90]
    assert data.y.tolist() == [0] * 5 + [1] * 5
    assert data.name == "photos" and data.notices == () and data.official_test is None
    assert data.source == {"path": str(photos)}
    assert load_data(str(photos)).fingerprint == data.fingerprint
    draw(photos / "cats" / "0.png", 255)
    assert load_data(photos).fingerprint != data.fingerprint


def test_one_picture_in_colour_makes_all_of_them_colours(photos):
    draw(photos / "cats" / "red.png", 7, mode="RGB")
    x = load_data(photos).x
    assert x.shape == (11, 3, 6, 6) and (x[1, :, 0, 0] == 20).all()


@pytest.mark.parametrize("held", [("test",), ("val",), ("valid", "test"), ("Validation", "TEST")])
def test_the_publisher_s_parts_are_kept(held, tmp_path):
    for part, grey in zip(("train", *held), (10, 20, 30), strict=False):
        for name in ("a", "b"):
            for i in range(3):
                draw(tmp_path / part / name / f"{i}.png", grey + i)
    data = load_data(tmp_path)
    train, valid, test = split(data)
    assert {int(one[0, 0, 0]) // 10 for one in train.x} == {1}
    if len(held) == 1:
        assert {int(one[0, 0, 0]) // 10 for one in test.x} == {2} and len(test) == 6
        assert valid is not None and {int(one[0, 0, 0]) // 10 for one in valid.x} == {1}
    else:
        assert len(train) == len(valid) == len(test) == 6
        assert {int(one[0, 0, 0]) // 10 for one in valid.x} == {2}
        assert {int(one[0, 0, 0]) // 10 for one in test.x} == {3}
        assert split(data, valid=0).valid is None
    assert test.files[0] == f"{held[-1]}/a/0.png"
    assert describe_data(tmp_path)["split_rule"].startswith("the publisher's test")


def test_a_class_may_be_called_train(tmp_path):
    for name in ("train", "car", "bus"):
        draw(tmp_path / name / "1.png", 9)
    assert load_data(tmp_path).classes == ("bus", "car", "train")


def test_a_class_that_is_only_tested_on_is_refused(tmp_path):
    for name in ("train/a", "train/b", "test/a", "test/c"):
        draw(tmp_path / name / "1.png", 9)
    with pytest.raises(GradatimError, match="the class c is in the test part, but not in training"):
        load_data(tmp_path)


def test_what_is_odd_is_said(photos):
    draw(photos / "loose.png", 1)
    draw(photos / "cats" / "persian" / "deep.png", 2)
    draw(photos / "dogs" / "copy.png", 0)  # of cats/0.png
    draw(photos / ".thumbnails" / "0.png", 3)
    (photos / "birds").mkdir()
    (photos / "cats" / "notes.txt").write_text("mew")
    (photos / "dogs" / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    data = load_data(photos)
    assert len(data) == 12 and "cats/persian/deep.png" in data.files and data.classes == ("cats", "dogs")
    unreadable, loose, deep, birds, notes, copy, apart = data.notices
    assert unreadable.startswith("1 of 13 files cannot be read and is left out; it says: ")
    assert "torn.jpg is damaged or not a picture" in unreadable
    assert loose == "1 picture (such as loose.png) is beside the classes' folders and left out"
    inside = "in a folder inside a class's folder and taken for that class"
    assert deep == f"1 picture (such as cats/persian/deep.png) is {inside}"
    assert birds == "the folder birds holds no picture and is left out"
    assert notes == "1 file in cats is no picture by its name, such as notes.txt"
    assert "dogs/copy.png of cats/0.png" in copy
    assert apart == "cats/0.png and dogs/copy.png are the same picture in two classes"
    assert describe_data(photos)["notices"] == list(data.notices)


@pytest.mark.parametrize("files", [("1.png", "2.png"), ("train/1.png", "test/2.png")])
def test_pictures_without_classes_are_refused_in_a_sentence(files, tmp_path):
    for name in files:
        draw(tmp_path / name, 5)
    with pytest.raises(UsageError, match=r"no sub-folder with pictures.* or give a CSV file that names"):
        load_data(tmp_path)


def test_a_folder_without_pictures_is_refused(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "notes.txt").write_text("none")
    with pytest.raises(UsageError, match=r"holds no sub-folder with pictures.* no picture in it at all"):
        load_data(tmp_path)


def test_a_link_that_leads_back_is_not_followed(photos, tmp_path):
    (photos / "cats" / "back").symlink_to(photos, target_is_directory=True)
    (photos / "birds").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    draw(tmp_path / "elsewhere" / "1.png", 3)
    data = load_data(photos)
    assert len(data) == 11 and data.classes == ("birds", "cats", "dogs")


def test_one_class_is_nothing_to_learn(tmp_path):
    draw(tmp_path / "cats" / "1.png", 5)
    assert describe_data(tmp_path)["head"] == "one class: nothing to learn"


@pytest.mark.parametrize("name", ["cat{}.png", "{}.png"])  # the second might be frames of a clip
def test_classes_in_a_folder_of_their_own_are_named(name, tmp_path):
    for i in range(8):
        draw(tmp_path / "pets" / "photos" / ("dogs" if i % 2 else "cats") / name.format(i), 5 * i)
    with pytest.raises(
        UsageError, match=r"one sub-folder .* photos, which .* \(cats, dogs\).* give .*pets/photos"
    ):
        load_data(tmp_path / "pets")
    assert load_data(tmp_path / "pets" / "photos").classes == ("cats", "dogs")


def test_the_same_picture_in_two_parts_is_said(tmp_path):
    for part, first in (("train", 0), ("test", 100)):
        for i in range(8):
            draw(tmp_path / "pets" / part / "ab"[i % 2] / f"x{i}.png", first + i)
    draw(tmp_path / "pets" / "test" / "a" / "x0.png", 2)
    draw(tmp_path / "pets" / "train" / "a" / "copy.png", 4)
    across, inside = load_data(tmp_path / "pets").notices
    assert across == (
        "1 picture is in two parts, such as test/a/x0.png and train/a/x2.png: what is tested on was "
        "learned from"
    )
    assert inside.startswith("1 picture is a copy of another, such as train/a/x4.png of train/a/copy.png")
    first = load_data(tmp_path / "pets" / "train")
    other = source_of(tmp_path / "pets" / "test").like(tmp_path / "pets" / "test", first)
    assert other.notices == (
        "1 picture of test is among the examples of train, too, such as a/x0.png, which is a/x2.png: what is "
        "measured on was learned from",
    )


def test_two_folders_that_link_to_each_other(photos):
    (photos / "cats" / "to_dogs").symlink_to(photos / "dogs", target_is_directory=True)
    (photos / "dogs" / "to_cats").symlink_to(photos / "cats", target_is_directory=True)
    data = load_data(photos)
    assert len(data) == 20 and "cats/to_dogs/1.png" in data.files
    assert any(notice.startswith("10 pictures (such as cats/to_dogs/1.png)") for notice in data.notices)
    assert any("are the same picture in two classes" in notice for notice in data.notices)


def test_a_size_is_for_folders_and_is_kept_for_later(photos, tmp_path):
    data = load_data(photos, input_size=[4, 3])
    assert data.x.shape == (10, 1, 4, 3) and data.source["input_size"] == [4, 3]
    np.savez(tmp_path / "a.npz", x=np.zeros((4, 2)), y=[0, 1, 0, 1])
    with pytest.raises(UsageError, match="--input-size is for folders of pictures"):
        load_data(tmp_path / "a.npz", input_size=4)
    with pytest.raises(UsageError, match="--group is for tables"):
        load_data(photos, group="a")


def test_new_pictures_come_in_the_network_s_shape(photos, tmp_path):
    first = load_data(photos, input_size=4)
    draw(tmp_path / "new" / "b.png", 50, (20, 30), "RGB")
    draw(tmp_path / "new" / "deep" / "a.png", 60)
    (tmp_path / "new" / "torn.png").write_bytes(b"")
    source = source_of(tmp_path / "new")
    found = source.new(tmp_path / "new", first).examples
    assert found.files == ("b.png", "deep/a.png") and found.x[:, 0, 0, 0].tolist() == [50, 60]
    assert found.x.shape == (2, 1, 4, 4) and found.notices[0].startswith("1 of 3 files cannot be read")
    one = source_of(tmp_path / "new" / "b.png").new(tmp_path / "new" / "b.png", first).examples
    np.testing.assert_array_equal(one.x, found.x[:1])
    with pytest.raises(UsageError, match="which are no pictures"):
        source.new(tmp_path / "new", load_data((np.zeros((4, 2)), [0, 1, 0, 1])))


def test_a_label_that_the_network_does_not_know_is_refused(photos, tmp_path):
    draw(tmp_path / "more" / "cows" / "1.png", 5)
    with pytest.raises(UsageError, match="'cows', which the network does not know"):
        source_of(tmp_path / "more").like(tmp_path / "more", load_data(photos))

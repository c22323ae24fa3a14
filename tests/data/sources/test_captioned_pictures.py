"""Pictures with captions: folders, arrays, the named sets, and what does not fit."""

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import GradatimError, UsageError
from gradatim.data.captions import captioned_pictures
from gradatim.data.flickr8k import flickr8k
from gradatim.data.loading import load_data
from gradatim.data.sources.captioned_pictures import CaptionedPictureSource
from gradatim.data.sources.source import source_of
from gradatim.jobs.data import describe_data


def draw(path, grey, size=(8, 6), mode="RGB"):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, (grey,) * len(Image.new(mode, (1, 1)).getbands())).save(path)


@pytest.fixture
def photos(tmp_path):
    lines = ["image,caption"]
    for i in range(10):
        draw(tmp_path / "images" / f"{i}.png", 20 * i)
        lines += [f"{i}.png,a grey of {20 * i}", f'{i}.png,"grey, all of it"']
    (tmp_path / "captions.txt").write_text("\n".join(lines))
    return tmp_path


def test_a_folder_with_a_captions_file_is_read(photos):
    found = load_data(photos)
    assert type(source_of(photos)) is CaptionedPictureSource
    assert found.inputs.shape == (10, 3, 6, 8) and found.inputs.dtype == np.uint8
    assert found.inputs[:, 1, 2, 3].tolist() == [20 * i for i in range(10)]
    assert found.references[3] == ("a grey of 60", "grey, all of it")
    assert found.files[3] == "images/3.png" and found.notices == () and found.groups is None
    assert found.source == {"path": str(photos)}
    assert load_data(str(photos), input_size=4).shape == (3, 4, 4)
    assert load_data(photos, vocabulary=5).most == 5
    with pytest.raises(UsageError, match="--target is not for pictures with captions"):
        load_data(photos, target="caption")


def test_unreadable_pictures_and_copies_are_named(photos):
    (photos / "images" / "4.png").write_bytes(b"no picture")
    draw(photos / "images" / "7.png", 20)  # as 1.png is
    found = load_data(photos)
    assert len(found) == 9 and "images/4.png" not in found.files
    first, second = found.notices
    assert first.startswith("1 of 10 files cannot be read and is left out") and "4.png" in first
    assert second == (
        "1 picture is a copy of another, such as images/7.png of images/1.png; equal pictures stay in one "
        "part"
    )
    parts = CaptionedPictureSource().divide(found, 0.2, 0.3)
    of = {file: number for number, part in enumerate(parts) if part is not None for file in part.files}
    assert len(of) == 9 and of["images/1.png"] == of["images/7.png"]


def test_each_picture_is_in_one_part_with_all_its_captions(photos):
    found = load_data(photos)
    parts = CaptionedPictureSource().divide(found, 0.2, 0.2)
    assert sorted(file for part in parts for file in part.files) == sorted(found.files)
    assert all(len(some) == 2 for part in parts for some in part.references)
    assert parts.train.answers.symbols[:2] == ("<unk>", "<end>")


def test_what_is_in_them_is_said(photos):
    facts = describe_data(photos)
    assert (facts["n"], facts["captions"], facts["longest"], facts["mean"]) == (10, 20, 4, 4.0)
    page = CaptionedPictureSource().page(facts)
    assert page[0] == (
        f"{photos.name}: 10 pictures of 6×8 pixels, in colours, with 20 captions of 4.0 words on average; "
        "the longest has 4"
    )


def test_arrays_and_texts_are_pictures_with_captions_where_it_is_asked_for():
    x = np.random.default_rng(0).integers(0, 255, (4, 1, 8, 8), dtype=np.uint8)
    found = load_data((x, ["one", ("two", "zwei"), "three", "four"]), task="captioning")
    assert found.references == (("one",), ("two", "zwei"), ("three",), ("four",))
    for captions, why in [
        (["a", "b"], "4 pictures but 2 captions"),
        (["a", "b", " ", "d"], "picture 2 has an empty caption"),
        (["a", "b", (), "d"], "picture 2 has an empty caption, or none"),
    ]:
        with pytest.raises(UsageError, match=why):
            captioned_pictures(x, captions)
    with pytest.raises(UsageError, match=r"pictures are \(N, C, H, W\)"):
        captioned_pictures(x[:, 0], ["a"] * 4)


def test_shapes_are_a_set_whose_test_part_is_given():
    found = load_data("shape_captions:n=60,size=24,seed=2")
    assert found.inputs.shape == (60, 3, 24, 24) and found.official_test.sum() == 10
    first = load_data("shape_captions:n=30,size=24,seed=2")
    assert np.array_equal(first.inputs, found.inputs[:30]) and first.references == found.references[:30]
    assert found.source == {"name": "shape_captions:n=60,size=24,seed=2"}
    for asked, why in [
        ("n=11", "n must be a whole number of at least 12"),
        ("size=9", "size must be a whole number of at least 24"),
    ]:
        with pytest.raises(UsageError, match=why):
            load_data(f"shape_captions:{asked}")


def test_flickr8k_is_looked_for_and_its_lists_are_kept(photos, monkeypatch):
    home = photos.parent / "data"
    monkeypatch.setenv("GRADATIM_DATA", str(home))
    monkeypatch.setattr("pooch.os_cache", lambda name: home / "cache")
    with pytest.raises(GradatimError, match=r"Flickr8k is not here: unpack .*GRADATIM_DATA"):
        flickr8k()
    home.mkdir()
    photos.rename(home / "flickr8k_subset")
    found = flickr8k()
    assert len(found) == 10 and found.official_test is None
    assert found.notices[-1].startswith("10 of the 8,091 photographs of Flickr8k are in ")
    (home / "flickr8k_subset" / "Flickr_8k.testImages.txt").write_text("2.png\n5.png\n")
    held = flickr8k()
    assert [file for file, test in zip(held.files, held.official_test, strict=True) if test] == [
        "images/2.png", "images/5.png",
    ]  # fmt: skip

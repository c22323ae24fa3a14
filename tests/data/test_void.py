"""Pixels of masks that are not known: by Pascal VOC's convention, or by the value that is asked for."""

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.loading import load_data
from gradatim.data.masks import join_masks, void_among
from gradatim.data.sources.source import source_of
from gradatim.data.targets import recode
from gradatim.functional.void import VOID
from gradatim.jobs.data import describe_data


def save(folder, masks, first=0, mode=None):
    """A folder of grey pictures with these masks."""
    for name in ("image", "label"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for i, mask in enumerate(masks):
        mask = np.asarray(mask, np.uint8)
        grey = np.random.default_rng(first + i).integers(0, 255, mask.shape[:2], dtype=np.uint8)
        Image.fromarray(grey).save(folder / "image" / f"{first + i}.png")
        Image.fromarray(mask).save(folder / "label" / f"{first + i}.png")
    return folder


VOC = np.array([[0, 0, 255, 1], [0, 2, 255, 1], [2, 2, 255, 255]])


@pytest.mark.parametrize(
    ("names", "asked", "learned", "void"),
    [
        ((0, 1, 255), None, (), 255),
        ((0, 255), None, (), None),  # two classes
        ((0, 128, 255), None, (), None),  # three
        ((1, 2, 255), None, (), None),  # the 0 is missing
        ((0, 1, 3, 255), None, (), None),  # a gap
        (tuple(range(256)), None, (), 255),
        ((0, 1), None, (), None),
        ((0, 255), None, (0, 1), 255),  # more masks like those that were learned
        ((0, 1, 255), None, (0, 1, 255), None),  # where it was learned as a class
        ((0, 255), None, (0, 255), None),
        ((0, 1, 255), "none", (), None),
        ((0, 1, 11), 11, (), 11),
        ((0, 1, 11), "11", (), 11),
        ((0, 1, 11), 0, (), 0),
        ((0, 1), 11, (), 11),  # which is checked elsewhere
        ((0, 224), "#E0E0E0", (), 224),
        (("#000000", "#e0e0c0"), "#E0E0C0", (), "#e0e0c0"),
        (("#000000", "#ff0000", "#ffffff"), 255, (), "#ffffff"),
        (("#000000", "#010101", "#ffffff"), None, (), None),
    ],
)
def test_which_value_is_not_known(names, asked, learned, void):
    found = void_among(names, asked, learned)
    assert found == void and type(found) is type(void)


def test_what_is_no_value_is_refused():
    for asked in ("pink", 0.5, "#12345"):
        with pytest.raises(UsageError, match=r"such as 255 or #e0e0c0, or none; it is"):
            void_among((0, 1), asked)


def test_pascal_voc_s_convention_is_seen_and_said(tmp_path):
    data = load_data(save(tmp_path, [VOC, VOC.T.reshape(3, 4)]))
    assert data.classes == (0, 1, 2) and data.void == 255 and data.y.dtype == np.uint8
    np.testing.assert_array_equal(data.y[0], VOC)
    assert data.notices[0].startswith(
        "255 stands in the masks beside the classes 0, 1, …: its pixels, 33 % of all, are taken as not known"
    )
    assert "--void none makes it a class" in data.notices[0] and data.question.void == 255
    facts = describe_data(tmp_path)
    assert facts["classes"] == {"0": 6, "1": 4, "2": 6} and facts["not_known"] == {"value": 255, "pixels": 8}
    assert facts["head"].startswith("3 classes of pixels")
    as_class = load_data(tmp_path, void="none")
    assert as_class.classes == (0, 1, 2, 255) and as_class.void is None and as_class.notices == ()
    np.testing.assert_array_equal(np.array(as_class.classes)[as_class.y[0]], VOC)
    assert as_class.source["void"] == "none" and "void" not in data.source
    again = load_data(tmp_path, void=255)
    assert again.notices == () and again.fingerprint == data.fingerprint


def test_a_palette_is_read_by_its_indices(tmp_path):
    save(tmp_path, [VOC])
    indices = Image.new("P", (4, 3))
    indices.putdata(VOC.ravel().tolist())
    indices.putpalette([7 * i % 256 for i in range(768)])
    indices.save(tmp_path / "label" / "0.png")
    assert load_data(tmp_path).void == 255 and load_data(tmp_path).classes == (0, 1, 2)


def test_any_value_and_any_colour(tmp_path):
    mask = np.array([[0, 5, 11, 11], [3, 5, 5, 0]])
    data = load_data(save(tmp_path / "grey", [mask]), void="5")
    assert data.classes == (0, 3, 11) and data.void == 5 and data.source["void"] == "5"
    np.testing.assert_array_equal(data.y[0], [[0, VOID, 2, 2], [1, VOID, VOID, 0]])
    red, cream = (200, 0, 0), (224, 224, 192)
    coloured = np.array([[red, cream, (0, 0, 0)], [red, cream, cream]])
    data = load_data(save(tmp_path / "colour", [coloured]), void="#E0E0C0")
    assert data.classes == ("#000000", "#c80000") and data.void == "#e0e0c0"
    np.testing.assert_array_equal(data.y[0], [[1, VOID, 0], [1, VOID, VOID]])


def test_more_masks_are_read_by_what_was_learned(tmp_path):
    first = load_data(save(tmp_path / "a", [VOC] * 4))
    one = np.where(VOC == 255, 255, 0)  # a picture that would be two classes alone
    like = source_of(tmp_path / "a").like(save(tmp_path / "b", [one]), first)
    assert like.void == 255 and like.classes == (0, 1, 2)
    np.testing.assert_array_equal(like.y[0], one)
    clean = load_data(save(tmp_path / "clean", [VOC % 255] * 4))
    assert clean.void is None and clean.classes == (0, 1, 2)
    like = source_of(tmp_path / "b").like(tmp_path / "b", clean)  # none was learned, but the convention holds
    assert like.void == 255 and (like.y[0] == one).all() and like.notices
    as_class = load_data(tmp_path / "a", void="none")
    like = source_of(tmp_path / "b").like(tmp_path / "b", as_class)
    assert like.void is None and set(np.unique(like.y)) == {0, 3}
    strange = save(tmp_path / "strange", [np.where(VOC == 2, 9, VOC)])
    with pytest.raises(
        UsageError, match=r"the mask of 0\.png holds the value 9, which .*; it knows 0, 1, 2$"
    ):
        source_of(strange).like(strange, first)


def test_nothing_known_is_refused(tmp_path):
    save(tmp_path / "none", [np.full((3, 4), 7)])
    with pytest.raises(UsageError, match="no pixel of the masks is known: all have the value 7"):
        load_data(tmp_path / "none", void=7)
    first = load_data(save(tmp_path / "a", [VOC]))
    save(tmp_path / "void", [np.full((3, 4), 255)])
    with pytest.raises(UsageError, match="no pixel of the masks is known"):
        source_of(tmp_path / "void").like(tmp_path / "void", first)
    for _ in range(2):  # a mask that is wholly void beside others is none of these
        found = load_data(save(tmp_path / "a", [np.full((3, 4), 255)], first=1))
        assert found.void == 255 and (found.y[1] == VOID).all()


def test_masks_have_255_classes_at_most():
    every = np.arange(256).reshape(16, 16)
    y, names, void = join_masks([(every, False)])
    assert names == tuple(range(255)) and void == 255 and (y[0] == every).all()
    with pytest.raises(UsageError, match="256 values: too many to be classes"):
        join_masks([(every, False)], "none")


def test_arrays_and_npz(tmp_path):
    x, y = np.zeros((6, 1, 3, 4)), np.stack([VOC] * 6)
    np.savez(tmp_path / "m.npz", x=x, y=y)
    for data in ((x, y), tmp_path / "m.npz"):
        found = load_data(data)
        assert found.classes == (0, 1, 2) and found.void == 255 and "taken as not known" in found.notices[-1]
        asked = load_data(data, void=2)
        assert asked.classes == (0, 1, 255) and asked.void == 2 and asked.source["void"] == 2
        like = source_of(data).like(data, found)
        assert like.void == 255 and (like.y == found.y).all()
        first = load_data(data, void="none")
        assert first.classes == (0, 1, 2, 255) and source_of(data).like(data, first).classes == first.classes
    with pytest.raises(UsageError, match="void is 9, but there is no pixel of a mask with this value"):
        describe_data(tmp_path / "m.npz", void=9)
    for name in ("digits", "moons"):
        with pytest.raises(UsageError, match="--void is for pictures with masks"):
            load_data(name, void=255)


def test_targets_of_a_dataset_are_recoded():
    own = Dataset(
        np.zeros((1, 1, 1, 3)), np.array([[[0, 1, VOID]]], np.uint8), ("b", "a"), task="segmentation"
    )
    np.testing.assert_array_equal(recode(own, ("a", "b")).y, [[[1, 0, VOID]]])
    bare = Dataset(np.zeros((1, 1, 1, 3)), np.array([[[0, 1, VOID]]], np.uint8))
    assert recode(bare, ("a", "b")).classes == ("a", "b")

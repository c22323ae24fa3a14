"""Boxes in files: three formats of one folder, scaled with their pictures, bad ones counted and said."""

import json
import re

import numpy as np
import pytest

from box_drawings import CLASSES, THREE, coco, coco_content, pictures, voc, yolo
from gradatim.checks import GradatimError, UsageError
from gradatim.data.box_files import read_boxes
from gradatim.data.boxes import BoxedPictures, boxed_pictures
from gradatim.data.covering import Covering
from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.jobs.data import describe_data

WRITTEN = {"coco": coco, "voc": voc, "yolo": yolo}
EXPECTED = np.array([
    [[4, 3, 20, 24, 1], [22, 6, 38, 26, 0]],
    [[0, 0, 0, 0, -1], [0, 0, 0, 0, -1]],
    [[0, 0, 40, 30, 0], [0, 0, 0, 0, -1]],
], float)  # fmt: skip


@pytest.mark.parametrize("written", WRITTEN)
def test_the_three_formats_hold_the_same(written, tmp_path):
    found = load_data(WRITTEN[written](tmp_path / "some"))
    assert isinstance(found, BoxedPictures) and found.x.shape == (3, 1, 30, 40)
    assert found.classes == CLASSES and found.question.task == "detection" and found.question.size == (30, 40)
    np.testing.assert_allclose(found.y, EXPECTED, atol=1e-5)
    assert [name.rpartition("/")[2] for name in found.files] == list(THREE)
    assert "1 of 3 pictures" in found.notices[-1] and "shows no object" in found.notices[-1]
    assert found.strata.tolist() == [1, 2, 0]
    facts = describe_data(tmp_path / "some")
    assert facts["classes"] == {"cat": 2, "dog": 1} and facts["counted"] == "objects"


@pytest.mark.parametrize("written", WRITTEN)
def test_boxes_move_with_pictures_that_are_scaled(written, tmp_path):
    """Bright pixels stay inside the boxes, and dark ones outside."""
    some = {"a.png": ((80, 40), [("dog", (20, 8, 60, 32))]), "b.png": ((30, 50), [("cat", (5, 20, 25, 40))])}
    found = read_boxes(WRITTEN[written](tmp_path / "some", some), size=20)
    assert found.x.shape == (2, 1, 20, 20)
    for x, (box,) in zip(found.x[:, 0], found.y, strict=True):
        left, top, right, bottom = np.rint(box[:4]).astype(int)
        inside = np.zeros((20, 20), bool)
        inside[top:bottom, left:right] = True
        assert (x[inside] > 100).mean() > 0.9 and (x[~inside] < 100).mean() > 0.9
    assert "are scaled to 20×20" in " ".join(found.notices)


def test_a_covering_goes_there_and_back():
    """To 1e-12, of pictures that are cut at the sides, at top and bottom, and not at all."""
    boxes = np.random.default_rng(0).uniform(0, 50, (9, 4))
    for own, size in (((100, 300), (50, 50)), ((300, 100), (20, 60)), ((64, 64), (96, 96))):
        covering = Covering.of(own, size)
        np.testing.assert_allclose(covering.back(covering.there(boxes)), boxes, atol=1e-12)
        height, width = own
        whole = covering.there(np.array([0, 0, width, height]))
        assert whole[0] <= 0 and whole[1] <= 0 and whole[2] >= size[1] and whole[3] >= size[0]
        assert min(abs(whole[0]), abs(whole[1])) == 0


def test_bad_boxes_are_counted_and_the_first_is_named(tmp_path):
    some = {
        "a.png": ((40, 30), [
            ("cat", (2, 2, 2, 9)), ("cat", (9, 9, 5, 20)), ("dog", (50, 2, 60, 9)), ("dog", (30, 20, 60, 40)),
            ("cat", (1, 1, 9, 9)),
        ]),
    }  # fmt: skip
    found = load_data(coco(tmp_path / "some", some))
    assert found.y[0].tolist() == [[30, 20, 40, 30, 1], [1, 1, 9, 9, 0]]
    said = " | ".join(found.notices)
    assert "2 boxes (such as cat in a.png, 2, 2, 2, 9) have no area and are left out" in said
    assert "1 box (such as dog in a.png, 50, 2, 60, 9) lies outside its picture and is left out" in said
    assert "1 box (such as dog in a.png, 30, 20, 60, 40) reaches beyond its picture and is cut off" in said
    content = coco_content(some)
    content["annotations"] = [content["annotations"][-1]]
    content["annotations"][0]["bbox"] = [1, float("nan"), 3, 4]
    (tmp_path / "some" / "annotations.json").write_text(json.dumps(content))
    with pytest.raises(UsageError, match=r"holds no box around an object .*is no box of finite numbers"):
        load_data(tmp_path / "some")


def test_parts_of_each_format(tmp_path):
    one, two = dict(list(THREE.items())[:2]), dict(list(THREE.items())[2:])
    place = tmp_path / "coco"
    pictures(place / "train2017", one)
    pictures(place / "val2017", two)
    (place / "annotations").mkdir()
    (place / "annotations" / "instances_train2017.json").write_text(json.dumps(coco_content(one)))
    (place / "annotations" / "instances_val2017.json").write_text(json.dumps(coco_content(two)))
    place = tmp_path / "roboflow"
    for part, some in (("train", one), ("valid", two), ("test", two)):
        pictures(place / part, some)
        (place / part / "_annotations.coco.json").write_text(json.dumps(coco_content(some)))
    place = voc(tmp_path / "voc")
    (place / "ImageSets" / "Main").mkdir(parents=True)
    (place / "ImageSets" / "Main" / "train.txt").write_text("a\nb\n")
    (place / "ImageSets" / "Main" / "val.txt").write_text("c\n")
    yolo(tmp_path / "yolo", one, part="train")
    yolo(tmp_path / "yolo", two, part="val")
    for name in ("coco", "voc", "yolo"):
        parts = split(load_data(tmp_path / name), valid=0)
        assert [file[-5:] for file in parts.train.files] == ["a.png", "b.png"]
        assert [file[-5:] for file in parts.test.files] == ["c.png"]
        np.testing.assert_allclose(parts.test.y[0, 0], [0, 0, 40, 30, 0], atol=1e-5)
    assert split(load_data(tmp_path / "roboflow")).sizes() == {"train": 2, "valid": 1, "test": 1}


@pytest.mark.parametrize("names", [
    "nc: 2\nnames: ['cat', \"dog\"]\n", "names:\n  - cat\n  - dog # that barks\nnc: 2\n",
    "train: x\nnames:\n  0: cat\n  1: dog\n", "names: {0: cat, 1: dog}\n", "names: [cat,\n  dog]\n",
])  # fmt: skip
def test_the_names_of_yolo_s_classes(names, tmp_path):
    assert load_data(yolo(tmp_path / "some", names=names)).classes == CLASSES


def test_yolo_without_names_counts_and_classes_txt_names(tmp_path):
    place = yolo(tmp_path / "some", names="")
    assert load_data(place).classes == ("0", "1")
    (place / "labels" / "classes.txt").write_text("cat\ndog\n")
    assert load_data(place).classes == CLASSES


def _coco(change):
    def damaged(folder):
        content = coco_content()
        change(content)
        (coco(folder) / "annotations.json").write_text(json.dumps(content))

    return damaged


def _text(name, text, written=yolo):
    return lambda folder: (written(folder) / name).write_text(text)


BAD = {
    "is no JSON": lambda f: (coco(f) / "annotations.json").write_text("{"),
    "has no list 'categories'": _coco(lambda c: c.pop("categories")),
    "a record of images has no 'file_name'": _coco(lambda c: c["images"][0].pop("file_name")),
    "is of the image 99, which images lacks": _coco(lambda c: c["annotations"][0].update(image_id=99)),
    "is of the category 7, which": _coco(lambda c: c["annotations"][0].update(category_id=7)),
    r"bbox must be \[left, top, width, height\]": _coco(lambda c: c["annotations"][0].update(bbox=[1, 2])),
    "holds 'x', where a number must stand": _coco(lambda c: c["annotations"][0].update(bbox=[1, 2, "x", 4])),
    "none of the pictures": _coco(lambda c: [one.update(file_name="no.png") for one in c["images"]]),
    "is no XML": _text("Annotations/a.xml", "<annotation>", voc),
    "declares entities": _text("Annotations/a.xml", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', voc),
    "an object has no bndbox": _text("Annotations/a.xml", "<a><object><name>cat</name></object></a>", voc),
    "line 1, has 4 fields": _text("labels/a.txt", "0 1 1 1\n"),
    "line 2, begins with 'cat', not the number": _text("labels/a.txt", "0 .5 .5 .1 .1\ncat .5 .5 .1 .1\n"),
    "has the class 5, but only 0 … 1 have names": _text("labels/a.txt", "5 .5 .5 .1 .1\n"),
    "holds 'x', where a number": _text("labels/a.txt", "0 .5 x .1 .1\n"),
    "names the class 'cat' twice": _text("data.yaml", "names: [cat, cat]\n"),
    "is no text in UTF-8": lambda f: (yolo(f) / "labels" / "a.txt").write_bytes(b"\xff\xfe"),
}


@pytest.mark.parametrize("sentence", BAD)
def test_bad_files_are_refused_in_a_sentence(sentence, tmp_path):
    BAD[sentence](tmp_path / "some")
    with pytest.raises(GradatimError, match=sentence):
        load_data(tmp_path / "some")


def test_what_is_odd_is_said(tmp_path):
    place = coco(tmp_path / "coco")
    content = coco_content()
    content["images"].append({"id": 9, "file_name": "gone.png"})
    content["annotations"][0]["iscrowd"] = 1
    (place / "annotations.json").write_text(json.dumps(content))
    said = " | ".join(load_data(place).notices)
    assert "1 of 4 pictures that annotations.json lists is not there, such as gone.png" in said
    assert re.search("1 crowd .* is left out: a crowd is no object", said)
    place = voc(tmp_path / "voc")
    (place / "JPEGImages" / "c.png").rename(place / "JPEGImages" / "d.png")
    said = " | ".join(load_data(place).notices)
    assert "1 picture without an XML file (such as d.png) is left out" in said
    assert "1 XML file without its picture (such as c.xml) is left out" in said
    place = yolo(tmp_path / "yolo")
    (place / "images" / "c.png").unlink()
    (place / "images" / "b.png").write_bytes(b"")
    said = " | ".join(load_data(place).notices)
    assert "1 of 2 files cannot be read and is left out" in said and "is empty" in said
    assert "1 text without its picture (such as c.txt) is left out" in said
    assert "1 picture (such as b.png) has no text in labels" in said


def test_a_file_name_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    pictures(tmp_path / "secret")
    content = coco_content()
    content["images"][0]["file_name"] = "../secret/a.png"
    place = coco(tmp_path / "some")
    (place / "a.png").unlink()
    (place / "annotations.json").write_text(json.dumps(content))
    assert [name[-5:] for name in load_data(place).files] == ["b.png", "c.png"]


def test_a_class_that_is_not_known_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"a.png shows an object of the class 'dog'.*does not know"):
        read_boxes(coco(tmp_path / "some"), known=("cat", "cow"))


def test_pictures_with_boxes_in_memory():
    x = np.zeros((2, 1, 30, 40), np.uint8)
    found = boxed_pictures(x, [[(4, 3, 20, 24)], []], [["dog"], []], CLASSES)
    assert found.y[:, 0].tolist() == [[4, 3, 20, 24, 1], [0, 0, 0, 0, -1]]
    assert found.form == "pictures with boxes"
    for box in ((4, 3, 4, 9), (-1, 0, 9, 9), (0, 0, 41, 9), (0, np.nan, 9, 9)):
        with pytest.raises(UsageError, match="picture 0 has the box"):
            boxed_pictures(x, [[box], []], [["dog"], []])
    with pytest.raises(UsageError, match="picture 0 has an object of the class 'cow'"):
        boxed_pictures(x, [[(4, 3, 20, 24)], []], [["cow"], []], CLASSES)
    with pytest.raises(UsageError, match="picture 1 has 0 boxes, but 1 classes"):
        boxed_pictures(x, [[], []], [[], ["dog"]], CLASSES)
    with pytest.raises(UsageError, match="2 pictures, but boxes of 1"):
        boxed_pictures(x, [[]], [[], []], CLASSES)
    with pytest.raises(UsageError, match="pictures are"):
        boxed_pictures(x[:, 0], [[], []], [[], []], CLASSES)

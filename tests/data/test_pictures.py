"""D27: a picture as numbers, read, shown, written back unchanged."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.pictures import describe_picture, read_picture, write_picture

PHOTOGRAPHS = Path(sklearn.__file__).parent / "datasets" / "images"


@given(x=arrays(np.uint8, array_shapes(min_dims=3, max_dims=3, max_side=4)))
@settings(max_examples=30, deadline=None)
def test_png_keeps_every_number(tmp_path_factory, x):
    path = tmp_path_factory.mktemp("picture") / "x.png"
    write_picture(path, x)
    np.testing.assert_array_equal(read_picture(path), x)
    with Image.open(path) as image:  # grey, grey and alpha, three colours, these and alpha
        assert image.mode == {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}[len(x)]


@pytest.mark.parametrize("name", ["china.jpg", "flower.jpg"])
def test_a_photograph_is_three_matrices_and_comes_back(name, tmp_path):
    x = read_picture(PHOTOGRAPHS / name)
    assert x.shape == (3, 427, 640) and x.dtype == np.uint8
    with Image.open(PHOTOGRAPHS / name) as image:
        for y, column in ((0, 0), (426, 639), (100, 7)):
            assert tuple(x[:, y, column]) == image.getpixel((column, y))
    write_picture(tmp_path / "back.png", x)
    np.testing.assert_array_equal(read_picture(tmp_path / "back.png"), x)


def test_black_is_0_and_white_is_255(tmp_path):
    Image.new("1", (2, 1)).save(tmp_path / "bits.png")
    image = Image.new("L", (2, 1))
    image.putpixel((1, 0), 255)
    image.convert("1").save(tmp_path / "bits.bmp")
    assert read_picture(tmp_path / "bits.png").tolist() == [[[0, 0]]]
    assert read_picture(tmp_path / "bits.bmp").tolist() == [[[0, 255]]]


def test_a_palette_is_its_colours_and_of_frames_the_first_is_read(tmp_path):
    red, blue = Image.new("RGB", (3, 2), (255, 0, 0)), Image.new("RGB", (3, 2), (0, 0, 255))
    red.save(tmp_path / "two.gif", save_all=True, append_images=[blue])
    x = read_picture(tmp_path / "two.gif")
    assert x.shape == (3, 2, 3) and x[:, 1, 2].tolist() == [255, 0, 0]


def test_a_camera_s_note_of_which_side_is_up_is_followed(tmp_path):
    image = Image.new("RGB", (3, 2))
    image.putpixel((0, 0), (255, 255, 255))
    note = Image.Exif()
    note[0x0112] = 6  # turn it by a quarter to the right
    image.save(tmp_path / "turned.png", exif=note)
    x = read_picture(tmp_path / "turned.png")
    assert x.shape == (3, 3, 2) and x[0].tolist() == [[0, 255], [0, 0], [0, 0]]


def test_what_is_said_of_it(tmp_path):
    write_picture(tmp_path / "x.png", np.array([[[0, 50], [100, 250]]], np.uint8))
    found = describe_picture(tmp_path / "x.png")
    assert found["pixels"] == [[[0, 50], [100, 250]]]
    assert (found["width"], found["height"], found["format"], found["mode"]) == (2, 2, "PNG", "L")
    assert found["channels"] == [{"name": "grey", "smallest": 0, "largest": 250, "mean": 100.0}]


def sixteen_bits(path: Path) -> None:
    """A PNG of one pixel of three colours of 16 bits, which pillow would round."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" + bytes(6))) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + body)


def test_more_than_eight_bits_are_not_rounded_in_silence(tmp_path):
    Image.fromarray(np.full((2, 2), 40000, np.uint16)).save(tmp_path / "grey.png")
    sixteen_bits(tmp_path / "colours.png")
    for name in ("grey.png", "colours.png"):
        with pytest.raises(GradatimError, match=rf"{name} has numbers beyond 0 to 255 .* 8 bits a channel$"):
            read_picture(tmp_path / name)


def test_bad_files_get_one_sentence(tmp_path, monkeypatch):
    whole = (PHOTOGRAPHS / "china.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[:5000])
    (tmp_path / "text.png").write_text("hello")
    (tmp_path / "empty.gif").touch()
    (tmp_path / "folder.png").mkdir()
    for name in ("cut.jpg", "text.png", "empty.gif"):
        wrong = "is empty: it has no byte" if name == "empty.gif" else "is damaged or not a picture: "
        with pytest.raises(GradatimError, match=f"{name} {wrong}") as caught:
            read_picture(tmp_path / name)
        assert "\n" not in str(caught.value)
    with pytest.raises(UsageError, match=r"is a folder, not a picture$"):
        read_picture(tmp_path / "folder.png")
    with pytest.raises(UsageError, match=r"there is no file .*none\.png$"):
        read_picture(tmp_path / "none.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(GradatimError, match="claims 640 × 427 pixels; at most 1,000 are believed"):
        read_picture(PHOTOGRAPHS / "china.jpg")


def test_one_picture_is_not_learned_from():
    with pytest.raises(UsageError, match=r"china\.jpg is one picture, whose numbers gradatim data shows"):
        load_data(PHOTOGRAPHS / "china.jpg")


@pytest.mark.parametrize(
    ("name", "x", "sentence"),
    [
        ("x.jpg", np.zeros((1, 2, 2), np.uint8), r"written as \.png.*this is x\.jpg"),
        ("x.png", np.zeros((1, 2, 2)), "from bytes, 0 to 255; these numbers are float64"),
        ("x.png", np.zeros((2, 2), np.uint8), r"1 to 4 channels; this is \(2, 2\)"),
        ("x.png", np.zeros((5, 2, 2), np.uint8), r"1 to 4 channels; this is \(5, 2, 2\)"),
    ],
)
def test_what_cannot_be_written(name, x, sentence, tmp_path):
    with pytest.raises(UsageError, match=sentence):
        write_picture(tmp_path / name, x)
    assert not any(tmp_path.iterdir())

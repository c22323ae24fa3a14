"""Many pictures in one shape: the same bytes as Pillow, EXIF followed, and what cannot be read is counted."""

import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageOps

from gradatim.checks import GradatimError, UsageError
from gradatim.data import picture_files
from gradatim.data.files_in_folders import files_below
from gradatim.data.picture_examples import Look, as_example, common_shape
from gradatim.data.picture_files import copies, read_pictures
from gradatim.data.pictures import read_picture


def noise(size, mode="RGB", seed=0):
    bands = 1 if mode in ("1", "L", "P") else 4
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], bands), dtype=np.uint8)
    picture = Image.fromarray(pixels[:, :, 0] if bands == 1 or mode == "LA" else pixels[:, :, :3])
    if mode in ("LA", "RGBA"):
        picture = picture.convert(mode)
        picture.putalpha(Image.fromarray(pixels[:, :, -1]))
    return picture.convert(mode)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
@pytest.mark.parametrize("shape", [(1, 8, 6), (3, 5, 5)])
def test_an_example_is_what_pillow_makes_of_it(mode, shape, tmp_path):
    channels, height, width = shape
    picture = noise((30, 20), mode)
    path = tmp_path / ("x.tif" if mode == "CMYK" else "x.png")
    picture.save(path)
    with Image.open(path) as image:
        if mode in ("LA", "RGBA"):  # what is transparent lies on white
            image = image.convert("RGBA")
            image = Image.alpha_composite(Image.new("RGBA", image.size, (255, 255, 255, 255)), image)
        image = image.convert("RGB") if mode in ("CMYK", "P") else image
        image = image.convert("L" if channels == 1 else "RGB")
        wanted = np.asarray(ImageOps.fit(image, (width, height), Image.Resampling.BILINEAR))
    wanted = wanted[None] if channels == 1 else wanted.transpose(2, 0, 1)
    np.testing.assert_array_equal(as_example(read_picture(path), shape), wanted)


def test_a_turned_photograph_stands_upright_before_it_is_scaled(tmp_path):
    picture, exif = noise((40, 20)), Image.Exif()
    exif[0x0112] = 6  # the camera was turned: to be seen, it is turned by 90° clockwise
    picture.save(tmp_path / "turned.png", exif=exif)
    upright = picture.transpose(Image.Transpose.ROTATE_270)
    found = read_pictures([tmp_path / "turned.png"])
    np.testing.assert_array_equal(found.x[0], np.asarray(upright).transpose(2, 0, 1))
    assert found.x.shape == (1, 3, 40, 20) and found.notices == ()


def test_the_middle_is_kept_in_its_proportions(tmp_path):
    wide = np.zeros((10, 40), np.uint8)
    wide[:, 15:25] = 200  # the square in the middle
    Image.fromarray(wide).save(tmp_path / "wide.png")
    x = read_pictures([tmp_path / "wide.png"], size=5).x
    assert (x[..., 1:-1] == 200).all()  # at both sides a pixel reads its neighbours that were cut off
    assert (x[..., 0] == x[..., -1]).all() and (x[..., 0] > 150).all()


@pytest.mark.parametrize(
    ("sizes", "asked", "shape"),
    [
        ([(28, 28), (28, 28)], None, (28, 28)),
        ([(8, 12)], None, (8, 12)),
        ([(480, 640)] * 3, None, (72, 96)),  # larger than 96: smaller in proportion
        ([(1, 400)], None, (1, 96)),
        ([(30, 40), (50, 20), (60, 60)], None, (30, 30)),  # a square over the median of the shorter sides
        ([(300, 400), (500, 200)], None, (96, 96)),
        ([(28, 28), (9, 9)], 64, (64, 64)),
        ([(28, 28), (9, 9)], [64, 48], (64, 48)),
    ],
)
def test_the_common_size(sizes, asked, shape):
    looks = [Look(height, width, True) for height, width in sizes]
    assert common_shape(looks, asked) == (1, *shape)
    assert common_shape([*looks[:-1], looks[-1]._replace(is_grey=False)], asked) == (3, *shape)


@pytest.mark.parametrize("size", [0, [64], [64, 64, 3], "64", [64, -1], 2.5])
def test_a_size_that_cannot_be_is_refused(size):
    with pytest.raises(UsageError, match="input_size must be"):
        common_shape([Look(5, 5, True)], size)


def test_what_cannot_be_read_is_counted_and_named(tmp_path):
    good = [tmp_path / f"{i}.png" for i in range(3)]
    for i, path in enumerate(good):
        noise((9, 9), seed=i).save(path)
    whole = good[1].read_bytes()
    cut, deep, empty = tmp_path / "cut.png", tmp_path / "deep.tif", tmp_path / "empty.jpg"
    cut.write_bytes(whole[: len(whole) // 2])  # its head can be read, its pixels cannot
    Image.fromarray(np.full((9, 9), 0.5, np.float32)).save(deep)  # of numbers that are no bytes
    empty.write_bytes(b"")
    found = read_pictures([good[0], cut, good[1], deep, empty, good[2]])
    assert found.kept == [0, 2, 5] and found.x.shape == (3, 3, 9, 9)
    assert found.notices[0].startswith("3 of 6 files cannot be read and are left out; the first: ")
    for row, path in enumerate(good):
        np.testing.assert_array_equal(found.x[row], np.asarray(Image.open(path)).transpose(2, 0, 1))
    with pytest.raises(
        GradatimError, match=r"none of the 2 pictures can be read: .*empty\.jpg is empty.*deep"
    ):
        read_pictures([empty, deep])
    with pytest.raises(GradatimError, match=r"empty\.jpg is empty: it has no byte$"):
        read_pictures([empty])
    with pytest.raises(
        GradatimError, match=r"2 of 3 pictures cannot be read, more than half: .*empty\.jpg.*cut"
    ):
        read_pictures([empty, good[0], cut])
    assert read_pictures([empty, good[0], cut], most_lost=1.0).kept == [1]


def test_a_file_that_is_gone_when_it_is_read_is_counted(tmp_path, monkeypatch):
    paths = [tmp_path / f"{i}.png" for i in range(5)]
    for i, path in enumerate(paths[1:], 1):  # the first was there when the folder was listed
        noise((9, 9), seed=i).save(path)
    before = picture_files.read_example

    def gone(path, shape):
        path.unlink() if path == paths[4] else None
        return before(path, shape)

    monkeypatch.setattr(picture_files, "read_example", gone)
    found = read_pictures(paths)
    assert found.kept == [1, 2, 3]
    assert found.notices[0].startswith("2 of 5 files cannot be read") and "no file" in found.notices[0]


def png(width, height):
    """The head of a PNG that claims a size, and nothing of its pixels."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 20_000])
def test_the_size_of_a_huge_picture_is_said_and_nothing_of_it_is_decoded(side, tmp_path):
    (tmp_path / "huge.png").write_bytes(png(side, side))
    with pytest.raises(
        GradatimError, match=f"huge.png claims {side:,} × {side:,} pixels; at most 89,478,485 are"
    ):
        read_pictures([tmp_path / "huge.png"])


@pytest.mark.parametrize("name", ["x.png", "x.tif", "x.pgm"])
def test_of_sixteen_bits_the_eight_higher_ones_are_read(name, tmp_path):
    values = np.random.default_rng(0).integers(0, 65_536, (9, 7), dtype=np.uint16)
    values[0, 0] = 65_535
    Image.fromarray(values).save(tmp_path / name)
    found = read_pictures([tmp_path / name])
    np.testing.assert_array_equal(found.x[0, 0], values >> 8)  # 65,535 is 255
    assert found.notices == (
        f"1 picture (such as {name}) is of 16 bits a channel, of which the eight higher ones are read",
    )
    Image.fromarray(values >> 4).save(tmp_path / name)
    (notice,) = read_pictures([tmp_path / name]).notices
    assert notice.endswith(
        "the largest number in them is 4,095 of 65,535: spread them first, or little is left"
    )


@pytest.mark.parametrize("name", ["x.gif", "x.png", "x.webp"])
def test_of_several_frames_the_first_is_read_and_that_is_said(name, tmp_path):
    frames = [Image.new("L", (9, 9), grey) for grey in (0, 200)]
    frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], lossless=True)
    found = read_pictures([tmp_path / name])
    assert not found.x.any()
    assert found.notices == (f"1 picture (such as {name}) is of several frames, of which the first is read",)


def test_pictures_of_one_pixel_are_pictures(tmp_path):
    Image.new("L", (1, 1), 7).save(tmp_path / "dot.png")
    assert read_pictures([tmp_path / "dot.png"]).x.tolist() == [[[[7]]]]


def test_names_of_any_letters_and_lengths(tmp_path):
    names = ["ж.png", "写真 1.png", "e\u0301.png", "a" * 251 + ".png"]
    for name in names:
        noise((5, 5)).save(tmp_path / name)
    paths = list(files_below(tmp_path))
    assert sorted(path.name for path in paths) == sorted(names) and len(read_pictures(paths).x) == 4


def test_links_are_followed_once(tmp_path):
    for name in ("top/a/1.png", "top/b/2.png", "out/c/3.png", "out/d/4.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")

    def link(name, to):
        (tmp_path / name).symlink_to(tmp_path / to, target_is_directory=True)

    def below(name):
        return [path.relative_to(tmp_path / name).as_posix() for path in files_below(tmp_path / name)]

    link("top/a/to_b", "top/b")
    link("top/b/to_a", "top/a")
    link("top/a/itself", "top/a/itself")
    assert below("top") == ["a/1.png", "b/2.png"]  # what lies below is walked without the links
    assert below("top/a") == ["1.png", "to_b/2.png"]
    link("top/a/to_c", "out/c")
    link("out/c/to_d", "out/d")
    link("out/d/to_c", "out/c")
    link("out/d/to_top", "top")
    assert below("top") == ["a/1.png", "a/to_c/3.png", "a/to_c/to_d/4.png", "b/2.png"]


def test_a_picture_that_claims_to_be_huge_is_left_out(tmp_path, monkeypatch):
    noise((9, 9)).save(tmp_path / "a.png")
    noise((90, 80)).save(tmp_path / "huge.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    found = read_pictures([tmp_path / "a.png", tmp_path / "huge.png"])
    assert len(found.x) == 1 and "huge.png claims 90 × 80 pixels" in found.notices[0]


def test_scaling_is_said(tmp_path):
    noise((30, 20)).save(tmp_path / "a.png")
    noise((10, 10)).save(tmp_path / "b.png")
    (notice,) = read_pictures([tmp_path / "a.png", tmp_path / "b.png"]).notices
    assert notice.startswith("pictures of 10×10 to 20×30 pixels (height × width) are scaled to 15×15")
    assert notice.endswith("; --input-size asks for another size")
    (again,) = read_pictures(sorted(tmp_path.glob("*.png")), (1, 15, 15)).notices
    assert again.endswith(
        "are scaled to 15×15, as those that were learned from, and what sticks out is cut off"
    )


def test_copies_are_found():
    x = np.zeros((5, 1, 2, 2), np.uint8)
    x[1], x[3] = 1, 2
    assert copies(x) == [(0, 2), (0, 4)]


def test_files_are_walked_in_order_without_hidden_ones(tmp_path):
    for name in (
        "b/2.png",
        "b/10.png",
        "a/deep/3.png",
        "z.png",
        ".hidden/1.png",
        "a/.4.png",
        "__MACOSX/5.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    names = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)]
    assert names == ["z.png", "a/deep/3.png", "b/10.png", "b/2.png"]

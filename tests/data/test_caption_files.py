"""Files of captions: what lines may look like, and what does not fit the pictures."""

import pytest
from PIL import Image

from gradatim.checks import UsageError
from gradatim.data.caption_files import captions_file, read_captions


def pictures(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (6, 6)).save(folder / name)


def captions(folder, text, name="captions.txt"):
    (folder / name).write_text(text, encoding="utf-8")
    found = read_captions(folder)
    by_name = {path.relative_to(folder).as_posix(): some for path, some in
               zip(found.paths, found.references, strict=True)}  # fmt: skip
    return by_name, found.notices


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("captions.txt", 'image,caption\na.png,A dog runs\na.png,"A dog , quick ."\nb.png,A cat\n'),
        ("captions.csv", "a.png,A dog runs\na.png,A dog , quick .\nb.png,A cat"),
        ("Captions.TSV", "image\tcaption\na.png\tA dog runs\na.png\tA  dog , quick .\nb.png\tA cat\n"),
        ("Flickr8k.token.txt", "a.png#0\tA dog runs\r\na.png#1\tA dog , quick .\r\nb.png#0\tA cat\r\n"),
    ],
)
def test_lines_name_a_picture_and_say_something_of_it(name, text, tmp_path):
    pictures(tmp_path, "a.png", "b.png")
    found, notices = captions(tmp_path, text, name)
    assert found == {"a.png": ("A dog runs", "A dog , quick ."), "b.png": ("A cat",)}
    assert notices == () and captions_file(tmp_path) == tmp_path / name


def test_pictures_lie_at_any_depth_and_are_named_with_or_without_their_folder(tmp_path):
    pictures(tmp_path, "images/a.png", "images/more/b.png")
    found, _ = captions(tmp_path, "a.png,one\nimages/more/b.png,two\n")
    assert found == {"images/a.png": ("one",), "images/more/b.png": ("two",)}
    pictures(tmp_path, "other/a.png")
    with pytest.raises(UsageError, match=r"line 1: a.png may be images/a.png and other/a.png"):
        read_captions(tmp_path)


def test_what_does_not_fit_is_left_out_and_counted(tmp_path):
    pictures(tmp_path, "a.png", "b.png", "c.png", "d.png")
    text = "a.png,A dog\na.png,\nb.png\nlost.png,A ghost\nlost.png,A ghost again\na.png,A dog\n"
    found, notices = captions(tmp_path, text)
    assert found == {"a.png": ("A dog",)}  # a caption that comes twice is one
    assert notices == (
        "2 captions name pictures that are not there and left out, such as lost.png in line 4 of "
        "captions.txt",
        "2 captions are empty and left out, such as line 2 of captions.txt",
        "3 pictures have no caption and are left out, such as b.png",
    )


def test_a_folder_of_which_nothing_is_left_is_refused(tmp_path):
    with pytest.raises(UsageError, match="holds no file of captions: captions"):
        read_captions(tmp_path)
    pictures(tmp_path, "a.png")
    for text, why in [("", ""), ("b.png,A dog\n", "; line 1 names b.png"), ("image,caption\n", "")]:
        with pytest.raises(UsageError, match=f"no caption for a picture in .*{why}$"):
            captions(tmp_path, text)

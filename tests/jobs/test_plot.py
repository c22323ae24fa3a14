"""Plots: what is in the picture, its formats, and what is refused."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from PIL import Image

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot


def texts(path):
    return ["".join(node.itertext()) for node in ElementTree.parse(path).iter() if node.tag.endswith("text")]


def test_the_finder_s_picture_names_its_axes_and_the_rate(tmp_path):
    said = plot("lr", "digits", hidden=[8], out=tmp_path / "lr.svg")
    words = texts(tmp_path / "lr.svg")
    assert {"training loss", "learning rate, growing from step to step", "smoothed"} <= set(words)
    assert f"falls fastest at {said['suggestion']:.1e}" in words
    assert "digits: mlp, adam, batches of 32" in words
    assert 1e-4 < said["suggestion"] < 0.1 and len(said["lrs"]) == len(said["losses"])
    again = plot("lr", "digits", hidden=[8], out=tmp_path / "again.svg")
    assert Path(again["plot"]).read_bytes() == Path(said["plot"]).read_bytes()


def test_a_dark_png(tmp_path):
    plot("lr", "digits", hidden=[8], out=tmp_path / "lr.png", theme="dark")
    with Image.open(tmp_path / "lr.png") as picture:
        assert picture.size == (1152, 704)
        assert sum(picture.convert("RGB").getpixel((2, 2))) < 120


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"what": "rl", "data": "digits"}, r"^plot must be lr; it is 'rl'"),
        ({"what": "lr"}, r"^name the data to learn"),
        ({"what": "lr", "data": "digits", "out": "lr.pdf"}, r"^a figure is written to a \.png or \.svg file"),
        ({"what": "lr", "data": "digits", "theme": "blue"}, r"^theme must be light or dark; it is 'blue'"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        plot(**arguments)

"""The chorales of Johann Sebastian Bach as piano rolls in quarter notes."""

import json

import numpy as np

from gradatim.data.fetching import fetch
from gradatim.data.rolls import KEYS, LOWEST, Rolls

FILE = "jsb-chorales-quarter.json"
SHA256 = "2db9329f1881a1d3f49703ec556bf1d6f84b4f6c1d702c156536e93cf31e1c91"
URLS = (
    f"https://raw.githubusercontent.com/czhuang/JSB-Chorales-dataset/master/{FILE}",
    f"https://github.com/czhuang/JSB-Chorales-dataset/raw/master/{FILE}",
)
PARTS = ("train", "valid", "test")


def jsb_chorales() -> Rolls:
    """382 chorales of four voices (Allan & Williams 2005), 229 to train on, 76 to validate, 77 to test.

    The division is that of Boulanger-Lewandowski, Bengio & Vincent (2012); 23,134 frames of a quarter note.
    All are transposed to C major or C minor, as its authors distribute them.
    Raises GradatimError when the file is nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    content = json.loads(fetch("jsb-chorales", FILE, SHA256, URLS).read_bytes())
    rolls, names, official = [], [], []
    for part in PARTS:
        for number, piece in enumerate(content[part], 1):
            roll = np.zeros((len(piece), KEYS), np.uint8)
            for frame, notes in zip(roll, piece, strict=True):
                frame[np.array(notes, int) - LOWEST] = 1
            rolls.append(roll)
            names.append(f"{part} {number}")
            official.append(part)
    return Rolls(rolls, names, name="jsb-chorales", source={"name": "jsb-chorales"}, official=official)

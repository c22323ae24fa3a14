"""Spoken digits: ten words by six speakers, each many times."""

import os
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.fetching import VARIABLE, fetch
from gradatim.data.sound.files import sound_of
from gradatim.data.sound.recordings import Recordings

ARCHIVE = "free-spoken-digit-dataset-1.0.10.zip"
SHA256 = "c680098f5d2355ba7cc4bd8b0ca9e0a24c00ebe3b4c552208889a4d28d4fbc2b"
URLS = ("https://codeload.github.com/Jakobovski/free-spoken-digit-dataset/zip/refs/tags/v1.0.10",)
FOLDERS = ("spoken_digits", "fsdd", "fsdd_subset")  # of GRADATIM_DATA, in which recordings/ may lie
ALL, TESTED = 3000, 5  # recordings; of each digit and speaker so many are the test part, the first
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def spoken_digits() -> Recordings:
    """3,000 recordings of ten digits by six speakers, at 8,000 samples a second (Jackson et al. 2018).

    The first five of each digit and speaker are the test part, as its authors divide them. The folder
    recordings/ of `fsdd` in GRADATIM_DATA may hold a part of them; where it is not there the archive is
    fetched: see `gradatim.data.fetching.fetch`, also for what is raised.
    """
    sounds, files, y, speakers, official = [], [], [], [], []
    for name, content in sorted(_contents()):
        digit, speaker, index = name.removesuffix(".wav").split("_")
        sounds.append(sound_of(content, name))
        files.append(name)
        y.append(int(digit))
        speakers.append(speaker)
        official.append("test" if int(index) < TESTED else "train")
    found = Recordings.of(
        sounds, files, np.array(y), WORDS, name="spoken_digits", official=official, speakers=speakers
    )
    some = (f"{len(found):,} of the {ALL:,} recordings are there",) if len(found) < ALL else ()
    return found.changed(source={"name": "spoken_digits"}, notices=(*found.notices, *some))


def _contents() -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the recordings."""
    given = os.environ.get(VARIABLE)
    for folder in FOLDERS if given else ():
        paths = list((Path(str(given)).expanduser() / folder / "recordings").glob("*_*_*.wav"))
        if paths:
            yield from ((path.name, path.read_bytes()) for path in paths)
            return
    with ZipFile(fetch("spoken-digits", ARCHIVE, SHA256, URLS)) as archive:
        members = [one for one in archive.namelist() if "/recordings/" in one and one.endswith(".wav")]
        if not members:
            raise GradatimError(f"{ARCHIVE} holds no recordings")
        yield from ((one.rpartition("/")[2], archive.read(one)) for one in members)

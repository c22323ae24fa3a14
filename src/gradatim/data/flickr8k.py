"""Flickr8k: photographs, each with five sentences that people wrote about it."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.caption_files import captions_file
from gradatim.data.captions import captioned_folder
from gradatim.data.fetching import VARIABLE
from gradatim.data.pairs import Pairs

FOLDERS = ("flickr8k", "flickr8k_subset")  # of the whole set, and of a part of it
PHOTOGRAPHS = 8091
PARTS = {"test": "Flickr_8k.testImages.txt", "valid": "Flickr_8k.devImages.txt"}  # a photograph's name a line
PLACE = "https://github.com/jbrownlee/Datasets/releases/download/Flickr8k/"
ARCHIVES = ("Flickr8k_Dataset.zip", "Flickr8k_text.zip")


def flickr8k() -> Pairs:
    """Up to 8,091 photographs with five captions each (Hodosh, Young & Hockenmaier 2013).

    They are read from the folder flickr8k, or flickr8k_subset, in the one that GRADATIM_DATA names, or in the
    user's cache: photographs at any depth, and captions.txt or Flickr8k.token.txt. The authors' test and
    validation parts are kept where their lists lie there; otherwise photographs are divided as ever.

    Raises GradatimError saying where the photographs are to be had, where there are none: they may be used
    for research and teaching alone, and are not downloaded unasked.
    """
    folder = _folder()
    found = captioned_folder(folder, name="flickr8k", source={"name": "flickr8k"})
    notices = found.notices
    if len(found) < PHOTOGRAPHS:
        notices = (*notices, f"{len(found):,} of the {PHOTOGRAPHS:,} photographs of Flickr8k are in {folder}")
    names = np.array([Path(file).name for file in found.files])
    parts: dict[str, Any] = {}
    for part, file in PARTS.items():
        if (folder / file).is_file():
            listed = (folder / file).read_text("utf-8").split()
            parts[f"official_{part}"] = np.isin(names, listed)
    held = {name: of for name, of in parts.items() if of.any()}
    return replace(found, notices=notices, **held)


def _folder() -> Path:
    """Where the photographs lie."""
    from pooch import os_cache

    given = os.environ.get(VARIABLE)
    for place in ([Path(given).expanduser()] if given else []) + [Path(os_cache("gradatim"))]:
        for name in FOLDERS:
            if (place / name).is_dir() and captions_file(place / name) is not None:
                return place / name
    raise GradatimError(
        f"Flickr8k is not here: unpack {' and '.join(PLACE + one for one in ARCHIVES)} into a folder "
        f"{FOLDERS[0]}, and name the folder that this lies in in the environment variable {VARIABLE}"
    )

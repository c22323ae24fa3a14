"""Hymenoptera: photographs of ants and bees, from a folder of your own."""

import os
from pathlib import Path

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.fetching import VARIABLE
from gradatim.data.files_in_folders import files_in
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.picture_files import read_pictures

FOLDERS = (
    "hymenoptera",
    "hymenoptera_data",
    "hymenoptera_subset",
)  # as the archive calls it, or a part of it
CLASSES = ("ants", "bees")
PARTS = ("train", "val")  # each with a folder of each class
PHOTOGRAPHS = 397
SIZE = 64  # of an example, where none is asked for
PLACE = "https://download.pytorch.org/tutorial/hymenoptera_data.zip"


def hymenoptera(size: int = SIZE) -> Dataset:
    """Up to 397 photographs of ants and of bees, a task for fine-tuning (Chilamkurthy 2017, from ImageNet).

    They are read from the folder hymenoptera, hymenoptera_data or hymenoptera_subset in the one that
    GRADATIM_DATA names: train/ants, train/bees, val/ants and val/bees. Those of val are the test. Each is
    scaled until it covers `size` × `size` pixels, and its middle is cut out.

    Shapes: x (N, 3, size, size) uint8, y (N,). The training examples come first.
    Raises GradatimError saying where the photographs are to be had, where there are none: their publisher
    states no checksum, so that they are not downloaded; UsageError for a size that cannot be.
    """
    folder = _folder()
    read = [(part, k, _of(folder, part, name)) for part in PARTS for k, name in enumerate(CLASSES)]
    paths = [path for _, _, some in read for path in some]
    if not paths:
        raise GradatimError(
            f"{folder} has no pictures in {', '.join(f'{PARTS[0]}/{one}' for one in CLASSES)}"
        )
    found = read_pictures(paths, size=size, largest=max(size, 1) if isinstance(size, int) else SIZE)
    y = np.repeat([k for _, k, _ in read], [len(some) for _, _, some in read])[found.kept]
    test = np.repeat([part == PARTS[1] for part, _, _ in read], [len(some) for _, _, some in read])
    notices = found.notices
    if len(found.x) < PHOTOGRAPHS:
        notices = (*notices, f"{len(found.x)} of the {PHOTOGRAPHS} photographs are in {folder}")
    name = "hymenoptera" if size == SIZE else f"hymenoptera:size={size}"
    return Dataset(
        found.x, y.astype(np.int64), CLASSES, official_test=test[found.kept], name=name,
        source={"name": name}, notices=notices, files=tuple(str(paths[k]) for k in found.kept),
    )  # fmt: skip


def _of(folder: Path, part: str, name: str) -> list[Path]:
    place = folder / part / name
    return [path for path in files_in(place) if is_picture_file(path)] if place.is_dir() else []


def _folder() -> Path:
    """Where the photographs lie."""
    given = os.environ.get(VARIABLE)
    for name in FOLDERS if given else ():
        folder = Path(str(given)).expanduser() / name
        if (folder / PARTS[0]).is_dir():
            return folder
    raise GradatimError(
        f"hymenoptera is not here: unpack {PLACE} into a folder of your choice, and name that folder in the "
        f"environment variable {VARIABLE}"
    )

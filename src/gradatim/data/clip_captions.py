"""Clips with sentences that say what happens in them (curriculum E14, E22)."""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.caption_files import Media, paths_named, read_captions
from gradatim.data.captions import references_of, with_copies
from gradatim.data.clip_files import read_clips
from gradatim.data.clip_places import LOOKED_AT, are_clips, clips_at, is_clip_file
from gradatim.data.pairs import Kind, Pairs, head_of_pairs
from gradatim.data.picture_examples import is_picture_file

CAPTIONED_CLIPS = Kind(
    "captioned clips", "captioned clips", "captioning", "captioned clips",
    "clips: files, folders of frames, folders of these, or an array (N, C, T, H, W)", units="words",
)  # fmt: skip


def _clips_below(folder: Path) -> list[Path]:
    return [clip for clip in clips_at(folder) if clip != folder]


CLIPS = Media("clip", _clips_below, lambda path: is_clip_file(path) or is_picture_file(path))


def captioned_clips(x: np.ndarray, captions: Sequence[Any], **more: Any) -> Pairs:
    """Clips (N, C, T, H, W) and what is said of each: a sentence, or several in a tuple.

    Equal clips are one group, which stays together when they are divided.

    >>> captioned_clips(np.zeros((1, 3, 2, 8, 8), np.uint8), ["nobody moves"]).references
    (('nobody moves',),)

    Raises UsageError for clips and captions of unequal numbers, and naming the first that has no caption.
    """
    if x.ndim != 5 or x.shape[1] not in (1, 3):
        raise UsageError(f"clips are (N, C, T, H, W) with 1 or 3 channels; these are {x.shape}")
    if len(x) != len(captions):
        raise UsageError(f"{len(x):,} clips but {len(captions):,} captions")
    references = references_of(captions, "clip", more.get("name", "the data"))
    return with_copies(Pairs(x, references, CAPTIONED_CLIPS, **more), "clip")


def captioned_clip_folder(
    folder: Path, shape: Any = None, size: Any = None, streaming: str = "no", **more: Any
) -> Pairs:
    """The clips of a folder that its captions' file speaks of, in one shape (see `read_clips`).

    Raises UsageError where none is left.
    """
    found = read_captions(folder, CLIPS)
    clips = read_clips(
        found.paths, shape, size, streaming,
        head=lambda numbers, _: head_of_pairs(tuple(found.references[number] for number in numbers)),
    )  # fmt: skip
    captions = [found.references[number] for number in clips.kept]
    files = clips.names_in(found.paths, folder)
    notices = (*clips.notices, *found.notices)
    return captioned_clips(clips.x, captions, notices=notices, files=files, **more)


def holds_captioned_clips(folder: Path) -> bool:
    """Whether the first paths that a folder's captions' file names, and that are there, are clips."""
    return are_clips(list(islice(paths_named(folder, CLIPS), LOOKED_AT)))

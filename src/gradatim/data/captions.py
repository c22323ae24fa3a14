"""Pictures with sentences that say what is on them (curriculum E13)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.caption_files import read_captions
from gradatim.data.pairs import Kind, Pairs, head_of_pairs
from gradatim.data.picture_files import copies, read_pictures

CAPTIONED = Kind(
    "captioned pictures", "captioned pictures", "captioning", "captioned pictures",
    "pictures: files, a folder of them, or an array (N, C, H, W)", units="words",
)  # fmt: skip


def captioned_pictures(x: np.ndarray, captions: Sequence[Any], **more: Any) -> Pairs:
    """Pictures (N, C, H, W) and what is said of each: a sentence, or several in a tuple.

    Equal pictures are one group, which stays together when they are divided.

    >>> captioned_pictures(np.zeros((1, 3, 8, 8), np.uint8), ["a dark night"]).references
    (('a dark night',),)

    Raises UsageError for pictures and captions of unequal numbers, and naming the first that has no caption.
    """
    if x.ndim != 4 or x.shape[1] not in (1, 3):
        raise UsageError(f"pictures are (N, C, H, W) with 1 or 3 channels; these are {x.shape}")
    if len(x) != len(captions):
        raise UsageError(f"{len(x):,} pictures but {len(captions):,} captions")
    references = references_of(captions, "picture", more.get("name", "the data"))
    return with_copies(Pairs(x, references, CAPTIONED, **more), "picture")


def references_of(captions: Sequence[Any], noun: str, name: str) -> tuple[tuple[str, ...], ...]:
    """The captions of each picture or clip in a tuple; UsageError naming the first that has none."""
    references = tuple((one,) if isinstance(one, str) else tuple(one) for one in captions)
    if not references:
        raise UsageError(f"{name} holds no {noun}")
    for number, some in enumerate(references):
        if not some or not all(isinstance(one, str) and one.strip() for one in some):
            raise UsageError(f"{noun} {number:,} has an empty caption, or none: leave it out")
    return references


def with_copies(found: Pairs, noun: str) -> Pairs:
    """The same, equal pictures or clips in a group, which a notice says."""
    found = replace(found, groups=_groups(found.inputs))
    return replace(found, notices=(*found.notices, *_copy_notices(found, noun)))


def captioned_folder(
    folder: Path, shape: Any = None, size: Any = None, streaming: str = "no", **more: Any
) -> Pairs:
    """The pictures of a folder that its captions' file speaks of, in one shape (see `read_pictures`).

    Raises UsageError where none is left.
    """
    found = read_captions(folder)
    read = read_pictures(
        found.paths, shape, size, streaming=streaming,
        head=lambda numbers, _: head_of_pairs(tuple(found.references[number] for number in numbers)),
    )  # fmt: skip
    captions = [found.references[number] for number in read.kept]
    files = tuple(str(found.paths[number].relative_to(folder)) for number in read.kept)
    return captioned_pictures(read.x, captions, notices=(*read.notices, *found.notices), files=files, **more)


def _copy_notices(found: Pairs, noun: str) -> list[str]:
    """That some are the same."""
    if found.groups is None:
        return []
    later = np.flatnonzero(found.groups != np.arange(len(found)))
    names = found.files or tuple(f"{noun} {number:,}" for number in range(len(found)))
    some = f"1 {noun} is a copy of another" if len(later) == 1 else f"{len(later):,} {noun}s are copies"
    first = f"{names[later[0]]} of {names[found.groups[later[0]]]}"
    return [f"{some}, such as {first}; equal {noun}s stay in one part"]


def _groups(x: np.ndarray) -> np.ndarray | None:
    """A number for each picture or clip, (N,), which equal ones share; None where none are equal."""
    pairs = copies(x)
    if not pairs:
        return None
    groups = np.arange(len(x))
    for earlier, later in pairs:
        groups[later] = earlier
    return groups

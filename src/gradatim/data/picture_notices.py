"""What a person is told of many pictures' files: what cannot be read, and what is not read as it stands."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gradatim.checks import GradatimError
from gradatim.data.picture_examples import Look, Shape
from gradatim.data.pictures import HeldImage

TOLD = 3  # files that are named


class ScaledNotice(str):
    """The notice that pictures are scaled and cut, which does not hold where answers have their own size."""


def check_lost(failed: Sequence[GradatimError], files: int, most: float) -> None:
    """Raise GradatimError where more than the share `most` of the files cannot be read, or none can."""
    told = "; ".join(map(str, failed[:TOLD])) + ("; …" if len(failed) > TOLD else "")
    if len(failed) == files == 1:
        raise failed[0]
    if len(failed) == files:
        first = f": {told}" if failed else ""
        raise GradatimError(f"none of the {files:,} pictures can be read{first}")
    if len(failed) > most * files:
        raise GradatimError(
            f"{len(failed):,} of {files:,} pictures cannot be read, more than half: the rest is not used. "
            f"The first: {told}"
        )


def lost_files(failed: Sequence[GradatimError], files: int) -> Iterator[str]:
    """How many files cannot be read, and why not the first."""
    if failed:
        one = len(failed) == 1
        some = f"{len(failed):,} of {files:,} files cannot be read and {'is' if one else 'are'} left out"
        yield f"{some}; {'it says' if one else 'the first'}: {failed[0]}"


def wide_pictures(wide: Mapping[int, int], paths: Sequence[Path | HeldImage]) -> Iterator[str]:
    """That pictures have 16 bits a number, and where these hold fewer than it seems."""
    if not wide:
        return
    largest = max(wide.values())
    some = (
        f"{_are(len(wide), paths[min(wide)])} of 16 bits a channel, of which the eight higher ones are read"
    )
    dark = f"; the largest number in them is {largest:,} of 65,535: spread them first, or little is left"
    yield some + (dark if largest < 1 << 14 else "")


def moving_pictures(moving: Sequence[int], paths: Sequence[Path | HeldImage]) -> Iterator[str]:
    """That of several frames only the first is read."""
    if moving:
        yield f"{_are(len(moving), paths[moving[0]])} of several frames, of which the first is read"


def _are(n: int, first: Path | HeldImage) -> str:
    return f"{n:,} picture{'' if n == 1 else 's'} (such as {first.name}) {'is' if n == 1 else 'are'}"


def scaled_pictures(looks: Sequence[Look], shape: Shape, is_open: bool) -> ScaledNotice:
    """That pictures are scaled, and, where the size `is_open`, how another is asked for."""
    least, most = min(looks, key=lambda one: one[0] * one[1]), max(looks, key=lambda one: one[0] * one[1])
    sizes = f"{least.height}×{least.width}"
    if least[:2] != most[:2]:
        sizes += f" to {most.height}×{most.width}"
    return ScaledNotice(
        f"pictures of {sizes} pixels (height × width) are scaled to {shape[1]}×{shape[2]}"
        f"{'' if is_open else ', as those that were learned from'}, and what sticks out is cut off"
        f"{'; --input-size asks for another size' if is_open else ''}"
    )

"""Which files and folders are clips: by their names, by what lies beside them, by the first that are read."""

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from gradatim.checks import GradatimError
from gradatim.data.clip_readers import frames_of_gif, numbered_pictures
from gradatim.data.files_in_folders import files_in, folders_in
from gradatim.data.picture_examples import Look, is_picture_file, look_at
from gradatim.data.video_files import is_video_file

LOOKED_AT = 3  # pictures of a folder by which it is known whether they are clips
LEAST = 8  # frames of a strip by which a folder's pictures are known to be strips


def is_clip_file(path: Path) -> bool:
    """Whether a file is one of clips by its name alone."""
    return is_video_file(path) or path.suffix.lower() == ".npz"


def clips_in(folder: Path) -> list[Path]:
    """The files and folders directly in a folder that may be clips, by name."""
    files = [one for one in files_in(folder) if is_clip_file(one) or is_picture_file(one)]
    return sorted([*files, *(one for one in folders_in(folder) if numbered_pictures(one))])


def holds_clips(folder: Path) -> bool | None:
    """Whether what lies directly in a folder are clips; None where neither clips nor pictures do.

    Pictures are clips where those looked at are strips, of which one has eight frames, or animated GIFs;
    a folder of frames is one where all of its pictures' names differ by a number, and the first of them are
    of one size. Where plain pictures lie, all else is beside them.
    """
    files = files_in(folder)
    pictures = [one for one in files if is_picture_file(one)]
    if pictures:
        return _are_clips(pictures)
    if any(map(is_clip_file, files)):
        return True
    inside = [(one, numbered_pictures(one)) for one in folders_in(folder)]
    inside = [(one, frames) for one, frames in inside if any(map(is_picture_file, files_in(one)))]
    if not inside:
        return None
    if not all(frames for _, frames in inside) or all(len(frames or []) < 2 for _, frames in inside):
        return False
    return all(_are_of_one_size(frames or []) for _, frames in inside[:LOOKED_AT])


def clips_at(path: Path) -> list[Path]:
    """The clips at a path: itself, where it is a file or a folder of frames; else those that lie in it, or in
    the folders inside it.
    """
    if not path.is_dir() or (numbered_pictures(path) and not holds_clips(path)):
        return [path]
    frames = [one for one in folders_in(path) if numbered_pictures(one) and not holds_clips(one)]
    inside = [one for one in folders_in(path) if one not in frames]
    files = [one for one in files_in(path) if is_clip_file(one) or is_picture_file(one)]
    return sorted([*files, *frames]) + [clip for one in inside for clip in clips_at(one)]


def are_clips(paths: Sequence[Path]) -> bool:
    """Whether paths, of which there are some, are folders of frames, files of clips, strips or GIFs."""
    pictures = [one for one in paths if not one.is_dir() and not is_clip_file(one)]
    others = all(is_clip_file(one) or len(numbered_pictures(one) or []) > 1 for one in paths
                 if one not in pictures)  # fmt: skip
    return bool(paths) and others and (not pictures or _are_clips(pictures))


def _are_clips(pictures: list[Path]) -> bool:
    """Whether the first pictures that can be read are strips or animated GIFs."""
    frames = [_frames_of(path, look) for path, look in islice(_looks(pictures), LOOKED_AT)]
    return bool(frames) and all(frames) and max(frames) >= LEAST


def _are_of_one_size(pictures: list[Path]) -> bool:
    """Whether the first of them are, as the frames of a camera; pictures that are only numbered need not."""
    return len({look[:2] for _, look in islice(_looks(pictures), LOOKED_AT)}) < 2


def _frames_of(path: Path, look: Look) -> int:
    """The frames that a picture may be; 0 of one that can be no clip."""
    if path.suffix.lower() == ".gif":
        frames = frames_of_gif(path)
        return max(frames, LEAST) if frames > 1 else 1
    return 0 if look.width % look.height else look.width // look.height


def _looks(pictures: list[Path]) -> Iterator[tuple[Path, Look]]:
    """Each picture whose head can be read."""
    for path in pictures:
        try:
            yield path, look_at(path)
        except GradatimError:
            continue

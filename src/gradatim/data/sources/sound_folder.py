"""Folders of sound: a sub-folder for each class; and spoken words by name."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError
from gradatim.data.files_in_folders import files_below, files_in, folders_in
from gradatim.data.picture_examples import is_picture_file
from gradatim.data.sound.files import Sound, is_sound, read_sound
from gradatim.data.sound.recordings import TOLD, Recordings, count
from gradatim.data.sources.page import Block, Fact, Grid, sizes_of
from gradatim.data.sources.picture_folder import official_parts
from gradatim.data.sources.source import New, Request, Source, path_of
from gradatim.data.splits import TEST_SHARE, Splits
from gradatim.data.tables.cells import Cells
from gradatim.data.targets import numbers_of_classes

SPEAKER = "speaker"  # what --group may name


class SoundFolderSource(Source):
    """words/yes/1.wav, words/no/2.flac; words/train/yes/1.wav where there are publisher's parts.

    words/yes/anna/1.wav where the speakers are known: --group speaker keeps each of them in one part.
    Files that cannot be read are left out and named.

    >>> [SoundFolderSource().takes(one) for one in ("spoken_digits", "digits")]
    [True, False]
    """

    kind: ClassVar[str] = "sound folder"
    layout: ClassVar[str] = "padded"

    def takes(self, data: Any) -> bool:
        """Whether it is sound by its name, or a folder with more sounds than pictures."""
        if isinstance(data, Recordings) or (isinstance(data, str) and data in catalog.names("sound")):
            return True
        path = path_of(data)
        if path is None or not path.is_dir():
            return False
        files = list(files_below(path))
        return sum(map(is_sound, files)) > sum(map(is_picture_file, files))

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it may be more recordings: one file, too."""
        path = path_of(data)
        return self.takes(data) or (path is not None and is_sound(path))

    def read(self, data: Any, asked: Request) -> Recordings:
        """The recordings and their classes; UsageError for a folder without sub-folders of sound."""
        asked.allow("task", "group", why="is not for recordings: a recording's class is its folder")
        by_speaker = asked.roles.group is not None
        if by_speaker and asked.roles.group != SPEAKER:
            raise UsageError(f"recordings are grouped by {SPEAKER}, not by {asked.roles.group!r}")
        more = {"group": SPEAKER} if by_speaker else {}
        if isinstance(data, Recordings):
            return data.by_speaker() if by_speaker else data
        if isinstance(data, str) and data in catalog.names("sound"):
            found = catalog.find(data, "sound").load()()
            found = found.by_speaker() if by_speaker else found
            return found.changed(source={"name": data, **more})
        found = _read(Path(data), None)
        found = found.by_speaker() if by_speaker else found
        return found.changed(source={"path": str(Path(data).resolve()), **more})

    def divide(self, examples: Recordings, valid: float, test: float) -> Splits:
        """By the official split, whole speakers, or classes."""
        return examples.divide(valid, test)

    def read_like(self, data: Any, first: Any) -> Recordings:
        """Other recordings at the first's rate, in its bands, their classes by its names."""
        found = data if isinstance(data, Recordings) else None
        if found is None and isinstance(data, str) and data in catalog.names("sound"):
            found = catalog.find(data, "sound").load()()
        if found is None:
            found = _read(Path(data), first.sound)
        if found.sound != first.sound:
            raise UsageError(
                f"{found.name} is read at {found.sound.rate:,} samples a second, what the network learned "
                f"from at {first.sound.rate:,}: give the folder or the files"
            )
        if not first.classes or found.y is None:
            return found
        y = numbers_of_classes(found.y, found.classes, first.classes, found.name)
        return found.changed(y=y, classes=first.classes)

    def read_new(self, data: Any, first: Any) -> New:
        """Every recording, whatever sub-folder it lies in, by its file."""
        if path_of(data) is None:
            found = self.read_like(data, first.changed(classes=()))
        else:
            found = recordings_at(Path(data), first.sound)
        keys = found.about.keys
        rows = [[name] for name in (range(len(found)) if keys is None else keys.tolist())]
        beside = Cells(("file",), None, [])
        return New(found.changed(y=None, classes=()), Cells(beside.names, None, beside.written(rows)))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many, how long, how they become frames, the classes and the speakers."""
        found = self.read(data, asked)
        assert found.y is not None
        hop, counts = found.sound.hop, np.bincount(found.y, minlength=len(found.classes)).tolist()
        try:
            parts, rule = self.divide(found, 0.1, TEST_SHARE).sizes(), _rule(found)
        except UsageError as error:
            parts, rule = {}, str(error)
        return {
            "name": found.name, "n": len(found), "frames": int(found.lengths.sum()),
            "shortest": float(found.lengths.min() * hop), "median": float(np.median(found.lengths) * hop),
            "longest": float(found.lengths.max() * hop), "sound": found.sound.as_dict(),
            "counts": {str(name): n for name, n in zip(found.classes, counts, strict=True)},
            "speakers": {one: found.speakers.count(one) for one in sorted(set(found.speakers))},
            "question": found.question, "splits": parts, "split_rule": rule,
            "notices": list(found.notices), "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes and lengths, classes and speakers."""
        sound, counts = facts["sound"], [[name, f"{n:,}"] for name, n in facts["counts"].items()]
        speakers = [[name, f"{n:,}"] for name, n in facts["speakers"].items()]
        return [
            f"{facts['name']}: {facts['n']:,} recordings of {facts['shortest']:.2f} to "
            f"{facts['longest']:.2f} s, median {facts['median']:.2f} s",
            Fact("frames", f"{facts['frames']:,}, each {sound['mels']} log-mel energies of "
                 f"{1000 * sound['window']:g} ms, every {1000 * sound['hop']:g} ms, at {sound['rate']:,} Hz"),
            *([Fact("task", facts["head"])] if facts.get("head") else []),
            Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
            Grid(("class", "recordings"), counts),
            *([Grid(("speaker", "recordings"), speakers)] if speakers else []),
            "", Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]  # fmt: skip


def recordings_at(path: Path, sound: Any) -> Recordings:
    """The recording in a file, or every one in a folder, whatever sub-folder it lies in, without classes."""
    paths = [one for one in files_below(path) if is_sound(one)] if path.is_dir() else [path]
    names = [str(one.relative_to(path)) for one in paths] if path.is_dir() else [str(path)]
    sounds, kept, notices = read_files(paths, names, str(path))
    found = Recordings.of(sounds, [names[i] for i in kept], sound=sound, name=path.name)
    return found.changed(notices=(*found.notices, *notices))


def read_files(
    paths: Sequence[Path], names: Sequence[str], where: str
) -> tuple[list[Sound], list[int], list[str]]:
    """The sounds that can be read, the numbers of their files, and which were left out; UsageError where none
    is left.
    """
    sounds, kept, failed = [], [], []
    for number, path in enumerate(paths):
        try:
            sounds.append(read_sound(path))
            kept.append(number)
        except GradatimError as error:
            failed.append(str(error).replace(str(path), names[number], 1))
    if not sounds:
        many = f"none of the {len(paths)} sound files in {where} can be used: {failed[0]}" if failed else ""
        raise UsageError(many or f"{where} holds no sound file")
    some = "; ".join(failed[:TOLD]) + ("; …" if len(failed) > TOLD else "")
    return sounds, kept, [f"{count(len(failed), 'file')} left out: {some}"] if failed else []


def _read(folder: Path, sound: Any) -> Recordings:
    """All recordings of a folder, with their classes, parts and speakers."""
    parts = official_parts(folder, is_sound) or {"": folder}
    files = [(*one, part) for part, place in parts.items() for one in _labelled(place)]
    if not files:
        raise UsageError(
            f"{folder} holds no sub-folder with sound files: a folder is learned from when every class "
            "has its own"
        )
    names = [str(file.relative_to(folder)) for file, _, _, _ in files]
    sounds, kept, notices = read_files([file for file, _, _, _ in files], names, str(folder))
    files = [files[i] for i in kept]
    classes = tuple(sorted({label for _, label, _, _ in files}))
    y = np.array([classes.index(label) for _, label, _, _ in files])
    of_part = [part for _, _, _, part in files]
    _check_known(folder, classes, y, np.array(of_part))
    speakers = [speaker for _, _, speaker, _ in files]
    found = Recordings.of(
        sounds, [names[i] for i in kept], y, classes, sound=sound, name=folder.resolve().name,
        official=of_part if "test" in parts else None, speakers=speakers if all(speakers) else (),
    )  # fmt: skip
    loose = [one for place in parts.values() for one in files_in(place) if is_sound(one)]
    if loose:
        notices.append(
            f"{count(len(loose), 'file')} (such as {loose[0].name}) beside the classes' folders left out"
        )
    return found.changed(notices=(*found.notices, *notices))


def _labelled(folder: Path) -> Iterator[tuple[Path, str, str]]:
    """Every sound with its class, the name of the sub-folder, and its speaker, that of the folder inside."""
    for one in folders_in(folder):
        for file in filter(is_sound, files_below(one)):
            inside = file.relative_to(one).parts
            yield file, one.name, inside[0] if len(inside) > 1 else ""


def _check_known(folder: Path, classes: tuple[str, ...], y: np.ndarray, part: np.ndarray) -> None:
    """Raise GradatimError for a class that is only tested on."""
    learned = set(y[(part == "train") | (part == "")].tolist())
    for number, name in enumerate(classes):
        if number not in learned:
            where = part[y == number][0]
            raise GradatimError(f"{folder}: the class {name} is in the {where} part, but not in training")


def _rule(found: Recordings) -> str:
    """How the parts are chosen."""
    if found.groups is not None:
        return f"by speaker: none of the {len(np.unique(found.groups))} is in two parts"
    return "the publisher's" if found.official_test is not None else "by the fingerprint"

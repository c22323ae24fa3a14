"""Pieces of music: MIDI files, folders of them, and names of the catalogue."""

from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.data.midi_files import SUFFIXES, Read, is_midi, read_midi
from gradatim.data.rolls import STEP, Rolls, note_of
from gradatim.data.sources.page import Block, Fact, Grid, sizes_of
from gradatim.data.sources.source import New, Request, Source, path_of
from gradatim.data.splits import TEST_SHARE, Splits
from gradatim.data.tables.cells import Cells

PARTS = {"train": "train", "valid": "valid", "validation": "valid", "test": "test"}  # by a sub-folder's name
FEWEST = 3  # pieces, of which each part of the split has one; fewer are cut into sections
SECTION = 32  # frames of one
TOLD = 3  # files that a notice names


class MusicSource(Source):
    """A MIDI file, a folder of MIDI files, or a name such as jsb-chorales; or Rolls.

    Sub-folders that are called train, valid and test are the parts of the split.

    >>> [MusicSource().takes(one) for one in ("jsb-chorales", "digits")]
    [True, False]
    """

    kind: ClassVar[str] = "music"
    layout: ClassVar[str] = "padded"
    tasks: ClassVar[tuple[str, ...]] = ("music",)
    roles: ClassVar[tuple[str, ...]] = ("step",)

    def takes(self, data: Any) -> bool:
        """Whether it is music by its name, or a folder with a MIDI file in it."""
        if isinstance(data, str) and data in catalog.names("music"):
            return True
        path = path_of(data)
        if path is not None and path.is_dir():
            return any(map(is_midi, path.rglob("*")))
        return isinstance(data, Rolls) or (path is not None and is_midi(path))

    def may_take(self, data: Any) -> bool:
        """Whether it is a file or a folder, or music."""
        return path_of(data) is not None or self.takes(data)

    def read(self, data: Any, asked: Request) -> Rolls:
        """The pieces as piano rolls."""
        asked.allow("task", "step", why="is not for music: every frame is predicted from those before it")
        if isinstance(data, Rolls) or (isinstance(data, str) and data in catalog.names("music")):
            found = data if isinstance(data, Rolls) else catalog.find(data, "music").load()()
            if asked.roles.step not in (None, found.step):
                raise UsageError(f"{found.name} is in frames of {note_of(found.step)}: leave out --step")
            return found
        path = Path(data)
        found = read_pieces(path, asked.roles.step or STEP)
        source = {"path": str(path.resolve()), "task": "music", "step": found.step}
        return found.changed(source=source)

    def divide(self, examples: Rolls, valid: float, test: float) -> Splits:
        """Whole pieces; of one or two the sections of their ends."""
        if len(examples) >= FEWEST:
            return super().divide(examples, valid, test)
        return _by_sections(examples, valid, test)

    def read_like(self, data: Any, first: Any) -> Rolls:
        """Other pieces, in frames as long as the first's."""
        if isinstance(data, Rolls) or not isinstance(data, str | Path):
            found = data
        else:
            found = (
                self.read(data, Request()) if path_of(data) is None else read_pieces(Path(data), first.step)
            )
        if found.step != first.step:
            raise UsageError(
                f"{found.name} is in frames of {note_of(found.step)}, "
                f"the network's last {note_of(first.step)}"
            )
        return found

    def read_new(self, data: Any, first: Any) -> New:
        """The pieces, each frame with its piece and its place in it."""
        found = self.read_like(data, first)
        pairs = zip(found.pieces, found.lengths.tolist(), strict=True)
        rows = [(piece, frame) for piece, length in pairs for frame in range(length)]
        beside = Cells(("piece", "frame"), None, [])
        return New(found, Cells(beside.names, None, beside.written(rows)))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """Pieces, frames, the range, and how many notes frames have."""
        found = self.read(data, asked)
        assert found.y is not None
        sizes, sounding = found.y.sum(1), np.flatnonzero(found.y.any(0))
        low, high = (found.question.names[k] for k in (sounding.min(), sounding.max()))
        return {
            "name": found.name, "n": len(found), "frames": len(found.values), "step": found.step,
            "shortest": int(found.lengths.min()), "longest": int(found.lengths.max()),
            "lowest": low, "highest": high,
            "counts": {str(n): c for n, c in sorted(Counter(sizes.tolist()).items())},
            "splits": self.divide(found, 0.1, TEST_SHARE).sizes(),
            "split_rule": "the publisher's" if found.official_test is not None else "by the fingerprint",
            "fingerprint": found.fingerprint, "notices": list(found.notices),
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes, the range, and how many notes frames have."""
        return [
            f"{facts['name']}: {facts['n']:,} pieces of {facts['shortest']:,} to {facts['longest']:,} "
            f"frames, {facts['frames']:,} in all; a frame lasts {note_of(facts['step'])}",
            Fact("notes", f"{facts['lowest']} to {facts['highest']}"),
            Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
            Grid(("notes at once", "frames"), [[n, f"{c:,}"] for n, c in facts["counts"].items()]),
            "", Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]  # fmt: skip


def read_pieces(path: Path, step: str) -> Rolls:
    """The pieces of a MIDI file, or of all in a folder; of a folder, files that cannot be read are left out
    and named. UsageError where no piece is left.
    """
    if not path.is_dir():
        alone = read_midi(path, step)
        found = Rolls([alone.roll.frames], [path.stem], step, path.stem)
        return found.changed(notices=_notices({path.name: alone}, {}))
    paths = sorted(one for one in path.rglob("*") if is_midi(one) and one.is_file())
    if not paths:
        raise UsageError(f"{path} holds no MIDI file: {' or '.join(SUFFIXES)}")
    read: dict[str, Read] = {}
    failed: dict[str, str] = {}
    for one in paths:
        name = one.relative_to(path).as_posix()
        try:
            read[name] = read_midi(one, step)
        except UsageError as error:
            failed[name] = str(error)
    if not read:
        first = next(iter(failed.values()))
        raise UsageError(f"none of the {len(failed)} MIDI files in {path} can be used: {first}")
    parts = [PARTS.get(name.partition("/")[0].lower()) for name in read]
    official = [part or "" for part in parts] if all(parts) and len(set(parts)) > 1 else None
    names = [str(Path(name).with_suffix("")) for name in read]
    found = Rolls([one.roll.frames for one in read.values()], names, step, path.name, official=official)
    return found.changed(notices=_notices(read, failed))


def _notices(read: dict[str, Read], failed: dict[str, str]) -> tuple[str, ...]:
    """What was left out: files, drums, notes beyond the keys."""
    found = []
    if failed:
        some = "; ".join(list(failed.values())[:TOLD])
        found.append(f"{_many(len(failed), 'file')} left out: {some}{'; …' if len(failed) > TOLD else ''}")
    drums, outside = (sum(getattr(one, what) for one in read.values()) for what in ("drums", "outside"))
    if drums:
        found.append(f"{_many(drums, 'beat')} of drums left out")
    if outside:
        found.append(f"{_many(outside, 'note')} beyond the piano's 88 keys left out")
    return tuple(found)


def _many(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _by_sections(examples: Rolls, valid: float, test: float) -> Splits:
    """One piece or two, each cut into sections: the last are for the test, those before them to validate."""
    rolls: list[np.ndarray] = []
    names: list[str] = []
    shares: list[list[int]] = [[], [], []]
    for number, piece in enumerate(examples.pieces):
        roll = examples.roll(number)
        starts = range(0, len(roll), SECTION)
        held = round(test * len(starts))
        chosen = held + round(valid * (len(starts) - held)) if len(starts) > held else held
        for place, start in enumerate(starts):
            left = len(starts) - place  # sections from this one to the end
            shares[2 if left <= held else 1 if left <= chosen else 0].append(len(rolls))
            rolls.append(roll[start : start + SECTION])
            names.append(f"{piece}, from frame {start}")
    if not shares[0]:
        raise UsageError(
            f"{examples.name} has {len(examples.values)} frames, too few to split and learn from"
        )
    cut = Rolls(rolls, names, examples.step, examples.name, examples.source)
    train, *others = [cut.take(np.array(part)) if part else None for part in shares]
    return Splits(train, *others)

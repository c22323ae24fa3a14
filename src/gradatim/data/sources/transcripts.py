"""Recordings with what is said in them."""

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.data.pairs import Pairs
from gradatim.data.sound.files import is_sound
from gradatim.data.sound.recordings import Recordings
from gradatim.data.sound.transcripts import SPEECH, has_transcripts, transcripts_in
from gradatim.data.sources.description import split_rule
from gradatim.data.sources.page import Block, Fact, sizes_of
from gradatim.data.sources.sound_folder import read_files, recordings_at
from gradatim.data.sources.source import New, Request, Source, path_of
from gradatim.data.splits import TEST_SHARE
from gradatim.data.tables.cells import Cells


class TranscriptSource(Source):
    """calls/, sound files and a .tsv or .csv of file and text; or each FILE.wav beside its FILE.txt.

    >>> TranscriptSource().takes("digits")
    False
    """

    kind: ClassVar[str] = SPEECH.read_by
    layout: ClassVar[str] = "pairs"
    tasks: ClassVar[tuple[str, ...]] = (SPEECH.task,)

    def takes(self, data: Any) -> bool:
        """Whether it is a folder with recordings and their transcripts."""
        if isinstance(data, Pairs):
            return data.kind == SPEECH
        path = path_of(data)
        return path is not None and path.is_dir() and has_transcripts(path)

    def may_take(self, data: Any) -> bool:
        """Whether it may be one: any folder."""
        path = path_of(data)
        return self.takes(data) or (path is not None and path.is_dir())

    def may_take_like(self, data: Any, first: Any) -> bool:
        """Whether it may be more recordings: a folder, or one file."""
        path = path_of(data)
        return self.may_take(data) or (path is not None and is_sound(path)) or isinstance(data, Recordings)

    def read(self, data: Any, asked: Request) -> Pairs:
        """All recordings with a transcript."""
        asked.allow("task", "vocabulary", why="is not for recordings with transcripts")
        found = data if isinstance(data, Pairs) else _read(Path(data), None)
        return found if asked.roles.vocabulary is None else replace(found, most=asked.roles.vocabulary)

    def read_like(self, data: Any, first: Any) -> Pairs:
        """Other recordings with transcripts, at the first's rate."""
        return data if isinstance(data, Pairs) else _read(Path(data), first.inputs.sound)

    def read_new(self, data: Any, first: Any) -> New:
        """Recordings alone, whatever stands beside them."""
        if isinstance(data, Pairs):
            return New(replace(data, references=()))
        found = data if isinstance(data, Recordings) else recordings_at(Path(data), first.inputs.sound)
        files = tuple(found.about.keys.tolist())  # type: ignore[union-attr]
        new = Pairs(found, (), SPEECH, name=found.name, notices=found.notices)
        return New(new, Cells(("file",), None, Cells(("file",), None, []).written([[one] for one in files])))

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """How many, how long, how many symbols, and the first transcript."""
        found = self.read(data, asked)
        parts, seconds = self.divide(found, 0.1, TEST_SHARE), found.inputs.lengths * found.inputs.sound.hop
        return {
            "name": found.name, "n": len(found), "seconds": float(seconds.sum()),
            "shortest": float(seconds.min()), "longest": float(seconds.max()),
            "words": sum(len(some[0].split()) for some in found.references),
            "sound": found.inputs.sound.as_dict(), "units": parts.train.answers.in_words(),
            "splits": parts.sizes(), "split_rule": split_rule(found),  # type: ignore[arg-type]
            "begins": [found.files[0] if found.files else "the first", found.references[0][0]],
            "notices": list(found.notices), "fingerprint": found.fingerprint,
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """Sizes and lengths, and the first transcript."""
        sound = facts["sound"]
        return [
            f"{facts['name']}: {facts['n']:,} recordings of {facts['shortest']:.2f} to "
            f"{facts['longest']:.2f} s, {facts['seconds'] / 60:.1f} minutes in all, {facts['words']:,} words",
            Fact("frames", f"each {sound['mels']} log-mel energies of {1000 * sound['window']:g} ms, every "
                 f"{1000 * sound['hop']:g} ms, at {sound['rate']:,} Hz"),
            Fact("answers", facts["units"]),
            Fact("splits", sizes_of(facts["splits"], facts["split_rule"])),
            "", f"{facts['begins'][0]}: {facts['begins'][1]}", "", Fact("fingerprint", facts["fingerprint"]),
            *(Fact("note", notice) for notice in facts["notices"]),
        ]  # fmt: skip


def transcribed(recordings: Recordings, texts: list[str], **more: Any) -> Pairs:
    """Recordings, each with what is said in it."""
    keys = recordings.about.keys
    files = () if keys is None else tuple(np.asarray(keys).tolist())
    return Pairs(
        recordings, tuple((text,) for text in texts), SPEECH, name=recordings.name, files=files, **more
    )


def _read(folder: Path, sound: Any) -> Pairs:
    """The recordings of a folder that have a transcript."""
    paths, texts, odd = transcripts_in(folder)
    names = [str(path.relative_to(folder)) for path in paths]
    sounds, kept, failed = read_files(paths, names, str(folder))
    found = Recordings.of(sounds, [names[i] for i in kept], sound=sound, name=folder.resolve().name)
    notices = (*found.notices, *failed, *odd)
    source = {"path": str(folder.resolve()), "task": SPEECH.task}
    return transcribed(found, [texts[i] for i in kept], notices=notices, source=source)

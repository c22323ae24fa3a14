"""Recordings as sequences of frames, each M log-mel energies (curriculum E21)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.series import Series, SeriesFacts
from gradatim.data.sound.files import Sound, common_rate
from gradatim.data.sound.log_mel import LogMel

HIGHEST = 16_000  # samples a second: speech has little above their half
TOLD = 3  # files that a notice names


class Recordings(Series):
    """N recordings, each (T_i, M) log-mel frames, with a class each, and what is known of them.

    `sound` says how a signal becomes frames; `about.keys` are the files, `about.groups` the speakers, of whom
    none is in two parts, where they are asked for; `speakers` names them in any case.

    >>> found = Recordings.of([Sound(np.sin(np.arange(4000.0)), 8000, 1, "WAV", False)], ["seven.wav"])
    >>> found, found.sound.rate, found.shape
    (Recordings('sound', 1 recordings of 49 to 49 frames), 8000, (20,))
    """

    read_by: ClassVar[str] = "sound folder"
    unit: ClassVar[str] = "recordings"
    encoder = "log mel"
    sound = LogMel()
    speakers: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, sounds: Sequence[Sound], files: Sequence[str], y: np.ndarray | None = None, classes: tuple = (),
        *, sound: LogMel | None = None, name: str = "sound", official: Sequence[str] | None = None,
        speakers: Sequence[str] = (),
    ) -> Self:  # fmt: skip
        """The frames of signals; all at one rate, that of `sound` or the commonest.

        `official` is the part of each, train, valid or test, where a publisher has chosen it.
        """
        rate = common_rate([one.rate for one in sounds], HIGHEST)
        sound = sound or LogMel(rate)
        frames = [sound.frames(one.at_rate(sound.rate)).astype(np.float32) for one in sounds]
        lengths = np.array([len(one) for one in frames])
        test = None if official is None else np.array([part == "test" for part in official])
        about = SeriesFacts(key="file", keys=np.array(files), official_test=test)
        found = cls.of_steps(np.concatenate(frames), lengths, y, False, about, name)
        if official is not None and "valid" in official:
            found = found.changed(official_valid=np.array([part == "valid" for part in official]))
        return found.changed(
            classes=classes, task="classification" if classes else "", sound=sound, speakers=tuple(speakers),
            notices=_notices(sounds, files, sound.rate),
        )  # fmt: skip

    def __repr__(self) -> str:
        found = self.lengths if len(self) else np.zeros(1, int)
        return f"Recordings({self.name!r}, {len(self)} recordings of {found.min()} to {found.max()} frames)"

    @property
    def form(self) -> str:
        """What recipes call such examples."""
        return "recordings"

    def take(self, rows: np.ndarray) -> Self:
        """The recordings of these numbers, in their order, which no publisher divides any more."""
        speakers = tuple(self.speakers[i] for i in np.asarray(rows, int)) if self.speakers else ()
        return super().take(rows).changed(speakers=speakers, official_valid=None)

    def name_of(self, row: int) -> str:
        """The file of a recording."""
        keys = self.about.keys
        return f"recording {row}" if keys is None else str(keys[row])

    def by_speaker(self) -> Self:
        """The same, of which no speaker is in two parts; UsageError where nobody knows who speaks."""
        if not self.speakers:
            raise UsageError(
                f"{self.name} does not say who speaks: a speaker's recordings lie in a folder inside the "
                "class's, such as yes/anna/1.wav"
            )
        groups = np.unique(self.speakers, return_inverse=True)[1]
        about = replace(self.about, groups=groups, official_test=None)
        return self.changed(about=about, official_valid=None)

    def without(self, speaker: str) -> tuple[Self, Self]:
        """The recordings of the other speakers, and of this one; UsageError for one who is not heard."""
        if speaker not in self.speakers:
            heard = ", ".join(sorted(set(self.speakers))) or "no speaker by name"
            raise UsageError(f"{self.name} has no speaker {speaker!r}, but {heard}")
        is_heard = np.array([one == speaker for one in self.speakers])
        return self.take(np.flatnonzero(~is_heard)), self.take(np.flatnonzero(is_heard))


def _notices(sounds: Sequence[Sound], files: Sequence[str], rate: int) -> tuple[str, ...]:
    """Which recordings were changed to be alike, and which are odd."""
    found = []
    others = Counter(one.rate for one in sounds if one.rate != rate)
    if others:
        rates = ", ".join(f"{n:,} of {other:,} Hz" for other, n in sorted(others.items()))
        found.append(
            f"{count(sum(others.values()), 'recording')} brought to {rate:,} samples a second: {rates}"
        )
    if mixed := sum(one.channels > 1 for one in sounds):
        found.append(f"{count(mixed, 'recording')} of several channels: their mean is read")
    for what, odd in (
        ("cut short, of which what is there is read", [one.is_cut for one in sounds]),
        ("silent", [one.is_silent for one in sounds]),
    ):
        names = [name for name, is_odd in zip(files, odd, strict=True) if is_odd]
        if names:
            some = ", ".join(names[:TOLD]) + (", …" if len(names) > TOLD else "")
            found.append(f"{count(len(names), 'recording')} {what}: {some}")
    return tuple(found)


def count(number: int, thing: str) -> str:
    """So many of a thing.

    >>> count(1, "recording"), count(1200, "file")
    ('1 recording', '1,200 files')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"

"""Piano rolls: pieces of music as sequences of frames, each a set of the 88 keys (curriculum E10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.data.ragged import Ragged

LOWEST, KEYS = 21, 88  # the piano's lowest note as MIDI numbers it, and how many it has
STEPS = {"quarter": 1, "eighth": 2, "16th": 4, "32nd": 8}  # what a frame lasts → frames to a quarter note
STEP = "quarter"  # where none is asked for
TONES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NOTES = tuple(f"{TONES[m % 12]}{m // 12 - 1}" for m in range(LOWEST, LOWEST + KEYS))  # A0 … C8
SILENT = "-"  # a frame without a note, in a text


@dataclass(frozen=True)
class FrameQuestion(Question):
    """Which notes the next frame has, each frame as long as a `step`."""

    step: str = STEP


class Rolls(Ragged):
    """N pieces of music, each a piano roll of frames f_1 … f_L: which of the 88 notes sound.

        x_t = f_{t−1}, x_1 = 0;   y_t = f_t

    so that what is answered at step t is the frame that follows those read, and the first frame is answered
    by what is read of none. Both stand one piece behind the other, (S, 88), S = Σ L_i.

    `pieces` are their names, `step` says what a frame lasts; `official` gives each piece's part where a
    publisher has chosen it: train, valid or test.

    Raises UsageError for what is no roll.

    >>> found = Rolls([np.eye(3, 88), np.eye(2, 88)])
    >>> found, found.values.argmax(1).tolist(), found.y.argmax(1).tolist()
    (Rolls('music', 2 pieces of 2 to 3 frames), [0, 0, 1, 0, 0], [0, 1, 2, 0, 1])
    """

    unit: ClassVar[str] = "pieces"
    read_by: ClassVar[str] = "music"
    hides_future: ClassVar[bool] = True  # which is the answer: a network of both directions would read it
    pieces: tuple[str, ...] = ()
    step: str = STEP

    def __init__(
        self, rolls: Sequence[Any], pieces: Sequence[str] = (), step: str = STEP, name: str = "music",
        source: dict[str, Any] | None = None, official: Sequence[str] | None = None,
    ):  # fmt: skip
        frames = [_roll(number, one) for number, one in enumerate(rolls)]
        before = [np.concatenate([np.zeros_like(one[:1]), one[:-1]]) for one in frames]
        super().__init__(before, frames, name=name, source=source)
        self.pieces = tuple(pieces) or tuple(str(number) for number in range(len(frames)))
        self.step = step
        if official is not None:
            self.official_test, self.official_valid = (np.array(official) == p for p in ("test", "valid"))

    def __repr__(self) -> str:
        low, high = self.lengths.min(), self.lengths.max()
        return f"Rolls({self.name!r}, {len(self)} pieces of {low} to {high} frames)"

    @property
    def form(self) -> str:
        """What recipes call such examples."""
        return "music"

    @property
    def encoder(self) -> str:
        """The encoder that such examples ask for."""
        return "rolls"

    @property
    def question(self) -> Question:
        """Which notes come next."""
        return FrameQuestion("music", NOTES, step=self.step)

    def asking(self, question: Question, targets: tuple[str, ...]) -> Self:
        """The same, in frames as the question has them."""
        return self.changed(step=getattr(question, "step", STEP), targets=targets)

    def take(self, rows: np.ndarray) -> Self:
        """The pieces of these numbers, in their order, which no publisher divides any more."""
        pieces = tuple(self.pieces[i] for i in np.asarray(rows, int))
        return super().take(rows).changed(pieces=pieces, official_test=None, official_valid=None)

    def roll(self, number: int) -> np.ndarray:
        """The frames of one piece, (L_i, 88)."""
        assert self.y is not None
        return self.y[self.offsets[number] : self.offsets[number + 1]]

    @classmethod
    def empty(cls, shape: tuple[int, ...] = (KEYS,), per_step: bool = True) -> Self:
        """No piece, only what others are read as."""
        return super().empty(shape, per_step).changed(name="music")

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """Of each frame (its number in all), the piece and the frame's place in it."""
        owners = np.searchsorted(self.offsets, rows, "right") - 1
        pairs = zip(np.asarray(rows).tolist(), owners.tolist(), strict=True)
        return [(None, {"piece": self.pieces[i], "frame": s - int(self.offsets[i])}, "") for s, i in pairs]


@dataclass(frozen=True, repr=False)
class Roll:
    """One piece: frames (L, 88) of 0 and 1, each as long as a `step`.

    >>> print(Roll(np.eye(2, 88)))
    A0 A#0
    """

    frames: np.ndarray
    step: str = STEP

    def __len__(self) -> int:
        return len(self.frames)

    def __repr__(self) -> str:
        return f"Roll({len(self)} frames of {note_of(self.step)})"

    def __str__(self) -> str:
        return " ".join(names_of(frame, "+") for frame in self.frames)

    def write(self, path: Any) -> None:
        """Write the piece as a MIDI file."""
        from gradatim.data.midi_files import write_midi

        write_midi(path, self)


def note_of(step: str) -> str:
    """What a frame lasts, in words.

    >>> note_of("quarter"), note_of("eighth")
    ('a quarter note', 'an eighth note')
    """
    return f"{'an' if step.startswith('e') else 'a'} {step} note"


def names_of(frame: np.ndarray, between: str = " ") -> str:
    """The notes of a frame (88,), the lowest first.

    >>> names_of(np.eye(88)[39]), names_of(np.zeros(88))
    ('C4', '-')
    """
    return between.join(NOTES[k] for k in np.flatnonzero(frame)) or SILENT


def roll_of_text(text: str, step: str = STEP) -> Roll:
    """The piece that `str` of a roll has written; UsageError for a note that is none.

    >>> roll_of_text("C4+E4 -").frames.sum(1).tolist()
    [2, 0]
    """
    place = {name: k for k, name in enumerate(NOTES)}
    frames = np.zeros((len(text.split()), KEYS), np.uint8)
    for frame, words in zip(frames, text.split(), strict=True):
        for name in words.split("+") if words != SILENT else ():
            if name not in place:
                raise UsageError(f"{name!r} is no note of the piano, which has {NOTES[0]} to {NOTES[-1]}")
            frame[place[name]] = 1
    return Roll(frames, step)


def _roll(number: int, one: Any) -> np.ndarray:
    """A roll as bytes of 0 and 1; UsageError where it is none."""
    frames = np.asarray(one)
    if frames.ndim != 2 or frames.shape[1] != KEYS or not len(frames):
        raise UsageError(f"a piano roll is (frames, {KEYS}); piece {number} is {frames.shape}")
    if not np.isin(frames, (0, 1)).all():
        raise UsageError(f"a piano roll holds 0 and 1; piece {number} holds other numbers")
    return frames.astype(np.uint8)

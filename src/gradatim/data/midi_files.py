"""MIDI files: read as piano rolls at a stated step, and written from them."""

import io
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from gradatim import files
from gradatim.checks import UsageError, one_of
from gradatim.data.rolls import KEYS, LOWEST, STEP, STEPS, Roll

SUFFIXES = (".mid", ".midi")
DRUMS = 9  # the channel whose numbers are drums, not notes, counted from 0
MOST_FRAMES = 200_000  # of a piece: 14 hours of sixteenths at 60 beats a minute
TICKS = 480  # to a quarter note, of the files that are written
LOUDNESS, TEMPO = 80, 500_000  # velocity; microseconds to a quarter note: 120 a minute


class Read(NamedTuple):
    """A piece, and how many of its file's notes are not in it."""

    roll: Roll
    drums: int
    outside: int  # of the 88 keys


class _Note(NamedTuple):
    """A note of a track: when it begins and ends, in ticks."""

    key: int
    begin: int
    end: int


def is_midi(path: Path) -> bool:
    """Whether a file is one by its name.

    >>> is_midi(Path("Prelude.MID")), is_midi(Path("prelude.mp3"))
    (True, False)
    """
    return path.suffix.lower() in SUFFIXES


def read_midi(path: str | Path, step: str = STEP) -> Read:
    """The notes of all tracks as one roll of 88 keys, its frames as long as a step.

        a note from tick b to tick e sounds in the frames ⌊b/s + ½⌋ … max(⌊b/s + ½⌋, ⌊e/s + ½⌋ − 1)

    s being the ticks of a step: its ends are moved to the nearest steps, and the shortest has one frame.
    Ticks are parts of a quarter note, whatever the tempo, so changes of tempo move nothing. Drums and notes
    beyond the piano's keys are left out, and counted; pedals and loudness are not read. The roll begins with
    the file and ends with its last note.

    Raises UsageError for a file that is no MIDI file or a part of one, that has no note, or none but drums.
    """
    path = Path(path)
    each = STEPS[one_of("step", step, STEPS)]
    midi = _parse(path)
    notes = [(note, message) for track in midi.tracks for note, message in _notes(track)]
    played = [note for note, channel in notes if channel != DRUMS]
    drums = len(notes) - len(played)
    inside = [note for note in played if LOWEST <= note.key < LOWEST + KEYS]
    if not inside:
        raise UsageError(f"{path} {_why_silent(drums, len(played))}")
    frames = _frames(inside, midi.ticks_per_beat / each, path)
    return Read(Roll(frames, step), drums, len(played) - len(inside))


def write_midi(path: str | Path, roll: Roll) -> None:
    """Write a roll as a MIDI file of one track at 120 quarter notes a minute, whole or not at all.

    A note that is in several frames, one behind the other, is held through them. UsageError for a name that
    ends otherwise than a MIDI file's.
    """
    path = Path(path)
    if not is_midi(path):
        raise UsageError(f"a piece of music is written to a {' or '.join(SUFFIXES)} file, not to {path}")
    files.write(path, midi_bytes(roll))


def midi_bytes(roll: Roll) -> bytes:
    """The MIDI file that holds a roll."""
    import mido

    ticks = TICKS // STEPS[roll.step]
    edged = np.pad(np.asarray(roll.frames, np.int8), ((1, 1), (0, 0)))
    track = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=TEMPO)])
    last = 0
    for frame, change in enumerate(np.diff(edged, axis=0)):
        for kind, keys in (("note_off", change < 0), ("note_on", change > 0)):
            for key in np.flatnonzero(keys).tolist():
                track.append(
                    mido.Message(kind, note=LOWEST + key, velocity=LOUDNESS, time=(frame - last) * ticks)
                )
                last = frame
    track.append(mido.MetaMessage("end_of_track", time=(len(roll) - last) * ticks))
    content = io.BytesIO()
    mido.MidiFile(type=0, tracks=[track], ticks_per_beat=TICKS).save(file=content)
    return content.getvalue()


def _parse(path: Path) -> Any:
    """The file as mido reads it."""
    import mido

    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror or error}") from error
    if not content.startswith(b"MThd"):
        raise UsageError(f"{path} is no MIDI file, whatever its name says: it does not begin as one")
    try:
        midi = mido.MidiFile(file=io.BytesIO(content), clip=True)
    except EOFError:
        raise UsageError(f"{path} is truncated: the file ends within a track") from None
    except Exception as error:  # whatever a damaged file makes its reader stumble over
        raise UsageError(f"{path} is damaged and cannot be read as a MIDI file: {error}") from error
    if midi.ticks_per_beat <= 0:
        raise UsageError(f"{path} counts its time in frames of film, not in beats, so it has no steps")
    if midi.type == 2:
        raise UsageError(f"{path} holds tracks that are pieces of their own (type 2): save each as a file")
    return midi


def _notes(track: Any) -> list[tuple[_Note, int]]:
    """The notes of a track with their channels; what is never ended lasts until the track's end."""
    begun: dict[tuple[int, int], list[int]] = {}
    found, now = [], 0
    for message in track:
        now += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        place = (message.channel, message.note)
        if message.type == "note_on" and message.velocity > 0:
            begun.setdefault(place, []).append(now)
        elif begun.get(place):
            found.append((_Note(message.note, begun[place].pop(0), now), message.channel))
    held = [((channel, key), begin) for (channel, key), times in begun.items() for begin in times]
    return found + [(_Note(key, begin, now), channel) for (channel, key), begin in held]


def _frames(notes: list[_Note], ticks: float, path: Path) -> np.ndarray:
    """The roll (L, 88) of notes, `ticks` to a frame."""
    key, begin, end = np.array(notes, np.int64).T
    first = np.floor(begin / ticks + 0.5).astype(np.int64)
    behind = np.maximum(first + 1, np.floor(end / ticks + 0.5).astype(np.int64))
    if behind.max() > MOST_FRAMES:
        raise UsageError(
            f"{path} would have {behind.max():,} frames, more than {MOST_FRAMES:,}: its times are damaged, "
            "or the step is too short"
        )
    frames = np.zeros((behind.max(), KEYS), np.uint8)
    for k, start, stop in zip(key - LOWEST, first, behind, strict=True):
        frames[start:stop, k] = 1
    return frames


def _why_silent(drums: int, played: int) -> str:
    """Why a file has no note for a piano."""
    if played:
        return f"has no note among the piano's {KEYS} keys: all {played:,} lie beyond them"
    return "holds drums only, and no notes" if drums else "holds no notes"

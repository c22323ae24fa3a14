"""MIDI files: what is read of them, what is written, and what is refused."""

from pathlib import Path
from tempfile import TemporaryDirectory

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradatim.checks import UsageError
from gradatim.data.midi_files import read_midi, write_midi
from gradatim.data.rolls import KEYS, LOWEST, STEPS, Roll

BEAT = 96  # ticks to a quarter note, of the files made here


def save(path, *tracks, kind=1, ticks=BEAT):
    """A file of tracks of (note, begin, end[, channel]) in ticks."""
    made = []
    for notes in tracks:
        events = []
        for note, begin, end, *channel in notes:
            on = {"note": note, "channel": channel[0] if channel else 0}
            events += [(begin, 1, mido.Message("note_on", **on)), (end, 0, mido.Message("note_off", **on))]
        last, track = 0, mido.MidiTrack()
        for time, _, message in sorted(events, key=lambda event: event[:2]):
            track.append(message.copy(time=time - last))
            last = time
        made.append(track)
    mido.MidiFile(type=kind, ticks_per_beat=ticks, tracks=made).save(path)
    return path


def sounding(roll):
    """The frames as sets of MIDI numbers."""
    return [set((np.flatnonzero(frame) + LOWEST).tolist()) for frame in roll.frames]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_roll_comes_back_from_its_file(data):
    step = data.draw(st.sampled_from(list(STEPS)))
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    frames = (rng.random((data.draw(st.integers(1, 30)), KEYS)) < data.draw(st.sampled_from([0.02, 0.5]))) * 1
    frames[-1, 0] = 1  # a piece ends with its last note
    with TemporaryDirectory() as folder:
        Roll(frames, step).write(Path(folder) / "a.mid")
        assert np.array_equal(read_midi(Path(folder) / "a.mid", step).roll.frames, frames)


def test_notes_are_moved_to_the_nearest_steps_and_none_is_lost(tmp_path):
    file = save(tmp_path / "a.mid", [(60, 0, 96), (62, 90, 200), (64, 150, 151), (65, 47, 49)])
    assert sounding(read_midi(file).roll) == [{60, 65}, {62}, {64}]
    assert sounding(read_midi(file, "16th").roll)[:4] == [{60}, {60}, {60, 65}, {60}]
    assert len(read_midi(file, "eighth").roll) == 4


def test_tracks_sound_together_and_a_note_that_never_ends_lasts_as_long_as_its_track(tmp_path):
    file = save(tmp_path / "a.mid", [(60, 0, 96)], [(72, 96, 192, 3)])
    assert sounding(read_midi(file).roll) == [{60}, {72}]
    track = mido.MidiTrack(
        [mido.Message("note_on", note=60), mido.MetaMessage("end_of_track", time=3 * BEAT)]
    )
    mido.MidiFile(ticks_per_beat=BEAT, tracks=[track]).save(file)
    assert sounding(read_midi(file).roll) == [{60}] * 3


def test_a_velocity_of_zero_ends_a_note(tmp_path):
    on = [
        mido.Message("note_on", note=60, velocity=v, time=t)
        for v, t in ((64, 0), (0, BEAT), (64, BEAT), (0, BEAT))
    ]
    mido.MidiFile(ticks_per_beat=BEAT, tracks=[mido.MidiTrack(on)]).save(tmp_path / "a.mid")
    assert sounding(read_midi(tmp_path / "a.mid").roll) == [{60}, set(), {60}]


@pytest.mark.parametrize("by", [-5, 1, 6])
def test_a_piece_that_is_transposed_is_its_roll_moved(tmp_path, by):
    notes = [(60, 0, 96), (64, 0, 192), (67, 100, 288)]
    first = read_midi(save(tmp_path / "a.mid", notes)).roll.frames
    other = read_midi(save(tmp_path / "b.mid", [(n + by, a, b) for n, a, b in notes])).roll.frames
    assert np.array_equal(other, np.roll(first, by, axis=1))


def test_tempo_changes_move_nothing(tmp_path):
    notes = [
        mido.Message(kind, note=60 + k, time=t)
        for k in range(3)
        for kind, t in (("note_on", 0), ("note_off", BEAT))
    ]
    tempi = [mido.MetaMessage("set_tempo", tempo=one) for one in (1, 16_777_215, 500_000)]
    mixed = [one for k in range(3) for one in (tempi[k], *notes[2 * k : 2 * k + 2])]
    mido.MidiFile(ticks_per_beat=BEAT, tracks=[mido.MidiTrack(mixed)]).save(tmp_path / "a.mid")
    assert sounding(read_midi(tmp_path / "a.mid").roll) == [{60}, {61}, {62}]


def test_drums_and_notes_beyond_the_keys_are_left_out_and_counted(tmp_path):
    file = save(tmp_path / "a.mid", [(60, 0, 96), (36, 0, 96, 9), (38, 0, 96, 9), (20, 0, 96), (109, 0, 96)])
    found = read_midi(file)
    assert (found.drums, found.outside, sounding(found.roll)) == (2, 2, [{60}])


def test_what_mido_reads_of_a_file_that_is_written(tmp_path):
    write_midi(tmp_path / "a.mid", Roll(np.repeat(np.eye(2, KEYS), 2, 0), "eighth"))
    midi = mido.MidiFile(tmp_path / "a.mid")
    notes = [(m.type, m.note, m.time) for m in midi.tracks[0] if not m.is_meta]
    half = midi.ticks_per_beat // 2
    assert notes == [
        ("note_on", 21, 0),
        ("note_off", 21, 2 * half),
        ("note_on", 22, 0),
        ("note_off", 22, 2 * half),
    ]
    assert midi.length == pytest.approx(1.0)  # four eighths at 120 quarter notes a minute


REFUSED = {
    "drums": (lambda path: save(path, [(36, 0, 96, 9)]), "holds drums only, and no notes"),
    "beyond": (
        lambda path: save(path, [(5, 0, 96), (120, 0, 96)]),
        "no note among the piano's 88 keys: all 2",
    ),
    "empty": (lambda path: save(path, []), "holds no notes"),
    "text": (lambda path: path.write_text("do re mi"), "is no MIDI file, whatever its name says"),
    "nothing": (lambda path: path.write_bytes(b""), "is no MIDI file"),
    "truncated": (lambda path: path.write_bytes(save(path, [(60, 0, 96)]).read_bytes()[:-5]), "is truncated"),
    "header": (lambda path: path.write_bytes(b"MThd\0\0"), "is truncated"),
    "damaged": (lambda path: path.write_bytes(b"MThd\0\0\0\6\0\1\0\1\0`MTrX\0\0\0\0"), "is damaged"),
    "film": (lambda path: save(path, [(60, 0, 96)], ticks=-6360), "frames of film"),
    "type 2": (lambda path: save(path, [(60, 0, 96)], kind=2), "pieces of their own"),
    "long": (lambda path: save(path, [(60, 0, 2**27)], ticks=1), "its times are damaged"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_piece_is_refused_in_a_sentence(tmp_path, what):
    make, said = REFUSED[what]
    make(tmp_path / "a.mid")
    with pytest.raises(UsageError, match=said) as refused:
        read_midi(tmp_path / "a.mid")
    assert str(tmp_path / "a.mid") in str(refused.value)


def test_a_piece_is_written_to_a_midi_file_only(tmp_path):
    with pytest.raises(UsageError, match=r"\.mid or \.midi file"):
        write_midi(tmp_path / "a.wav", Roll(np.eye(2, KEYS)))
    with pytest.raises(UsageError, match="step must be"):
        read_midi(save(tmp_path / "a.mid", [(60, 0, 96)]), "third")

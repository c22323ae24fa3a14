"""Sound files: what is read of them, and what is said of those that cannot be."""

import numpy as np
import pytest
import soundfile
from scipy.io import wavfile

from gradatim.checks import UsageError
from gradatim.data.sound.files import common_rate, read_sound

SINE = (0.5 * np.sin(np.arange(4000) / 5)).astype(np.float32)


@pytest.mark.parametrize(
    ("suffix", "tolerance"), [("wav", 1e-4), ("flac", 1e-4), ("aiff", 1e-4), ("ogg", 0.1)]
)
def test_a_file_is_read_as_it_was_written(tmp_path, suffix, tolerance):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, SINE, 8000)
    found = read_sound(path)
    assert (found.rate, found.channels, len(found.signal), found.is_cut) == (8000, 1, 4000, False)
    np.testing.assert_allclose(found.signal, SINE, atol=tolerance)
    assert found.seconds == 0.5


def test_samples_are_those_of_scipy(tmp_path):
    numbers = np.random.default_rng(0).integers(-(2**15), 2**15, 500).astype(np.int16)
    wavfile.write(tmp_path / "a.wav", 16_000, numbers)
    np.testing.assert_array_equal(read_sound(tmp_path / "a.wav").signal, numbers / np.float32(2**15))


def test_channels_are_averaged(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.stack([SINE, 0 * SINE], 1), 8000, subtype="FLOAT")
    found = read_sound(tmp_path / "a.wav")
    assert found.channels == 2
    np.testing.assert_allclose(found.signal, SINE / 2, atol=1e-7)


def test_another_rate_keeps_the_tone():
    from gradatim.data.sound.files import Sound

    tone = np.sin(2 * np.pi * 440 * np.arange(44_100) / 44_100)
    found = Sound(tone, 44_100, 1, "WAV", False).at_rate(16_000)
    assert len(found) == 16_000
    np.testing.assert_allclose(
        found[500:-500], np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000)[500:-500], atol=2e-3
    )


@pytest.mark.parametrize("suffix", ["wav", "aiff"])
def test_a_file_that_is_cut_is_read_as_far_as_it_goes(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    soundfile.write(path, SINE, 8000, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:-4000])
    found = read_sound(path)
    assert found.is_cut and len(found.signal) == 2000


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "a.wav is empty"),
        (b"do re mi fa sol la ti do" * 9, "a.wav is damaged, or no sound file"),
        (b"RIFF\x00\x00\x00\x00WAVE", "a.wav is damaged, or no sound file"),
    ],
)
def test_what_is_no_sound_is_named(tmp_path, content, sentence):
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(UsageError, match=sentence):
        read_sound(tmp_path / "a.wav")


def test_sound_without_a_sample_with_none_that_is_a_number_and_too_long_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    soundfile.write(path, SINE[:0], 8000)
    with pytest.raises(UsageError, match=r"a\.wav holds no sample"):
        read_sound(path)
    odd = SINE.copy()
    odd[800] = np.nan
    soundfile.write(path, odd, 8000, subtype="FLOAT")
    with pytest.raises(UsageError, match=r"a sample that is no number, at 0\.100 s"):
        read_sound(path)
    soundfile.write(path, np.zeros(602), 1)
    with pytest.raises(UsageError, match=r"a\.wav lasts 602 s: cut it into recordings of at most 600 s"):
        read_sound(path)
    with pytest.raises(UsageError, match="there is no file"):
        read_sound(tmp_path / "b.wav")


def test_silence_is_known_whatever_it_stands_around(tmp_path):
    for level, silent in ((0.0, True), (0.25, True)):
        soundfile.write(tmp_path / "a.wav", np.full(800, level), 8000)
        assert read_sound(tmp_path / "a.wav").is_silent is silent
    soundfile.write(tmp_path / "a.wav", 0.01 * SINE, 8000)
    assert not read_sound(tmp_path / "a.wav").is_silent


def test_the_common_rate():
    assert common_rate([8000, 44_100, 8000], 16_000) == 8000
    assert common_rate([22_050, 11_025], 16_000) == 11_025

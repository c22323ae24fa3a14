"""Folders of sound: classes, parts, speakers; what is left out and named; spoken digits; one file."""

import numpy as np
import pytest
import soundfile

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.spoken_digits import spoken_digits
from gradatim.jobs.data import data_page, describe_data


def written(path, tone=440.0, seconds=0.2, rate=8000, channels=1):
    path.parent.mkdir(parents=True, exist_ok=True)
    signal = 0.3 * np.sin(2 * np.pi * tone * np.arange(int(seconds * rate)) / rate)
    soundfile.write(path, np.stack([signal] * channels, 1), rate)


@pytest.fixture
def folder(tmp_path):
    for number in range(5):
        written(tmp_path / "words" / "low" / f"{number}.wav", 300 + number, 0.2 + number / 50)
        written(tmp_path / "words" / "high" / f"{number}.flac", 2000 + number)
    return tmp_path / "words"


def test_a_folder_of_sound_is_known_and_its_classes_are_its_folders(folder):
    found = load_data(folder)
    assert source_of(folder).kind == "sound folder" and found.layout == "padded"
    assert found.classes == ("high", "low") and found.y.tolist() == [0] * 5 + [1] * 5
    assert found.about.keys[0] == "high/0.flac" and found.sound.rate == 8000
    assert found.lengths[5:].tolist() == [1 + -(-(int(8000 * (0.2 + n / 50)) - 200) // 80) for n in range(5)]
    assert found.notices == ()


def test_other_rates_and_channels_are_brought_to_one(folder):
    written(folder / "low" / "9.wav", 310, rate=44_100, channels=2)
    found = load_data(folder)
    assert found.notices == (
        "1 recording brought to 8,000 samples a second: 1 of 44,100 Hz",
        "1 recording of several channels: their mean is read",
    )
    row = found.about.keys.tolist().index("low/9.wav")
    frames = found.sequence(row)
    assert len(frames) == 19
    inside = slice(3, -3)  # a filter rings at the ends
    np.testing.assert_allclose(frames[inside].mean(0)[:2], found.sequence(5)[inside].mean(0)[:2], atol=1.0)


def test_what_cannot_be_read_is_left_out_and_named(folder):
    (folder / "low" / "a.wav").write_bytes(b"")
    (folder / "low" / "b.wav").write_text("do re mi")
    (folder / "high" / "0.flac").write_bytes((folder / "high" / "0.flac").read_bytes()[:200])
    soundfile.write(folder / "low" / "s.wav", np.zeros(900), 8000)
    (folder / "low" / "4.wav").write_bytes((folder / "low" / "4.wav").read_bytes()[:-1000])
    written(folder / "loose.wav")
    found = load_data(folder)
    assert len(found) == 10
    assert found.notices == (
        "1 recording cut short, of which what is there is read: low/4.wav",
        "1 recording silent: low/s.wav",
        "3 files left out: high/0.flac is damaged, or no sound file; low/a.wav is empty; low/b.wav is "
        "damaged, or no sound file",
        "1 file (such as loose.wav) beside the classes' folders left out",
    )


def test_a_folder_without_classes_or_sound_that_can_be_read_is_refused(tmp_path):
    written(tmp_path / "a.wav")
    with pytest.raises(UsageError, match="holds no sub-folder with sound files"):
        load_data(tmp_path)
    (tmp_path / "a.wav").unlink()
    (tmp_path / "yes").mkdir()
    (tmp_path / "yes" / "a.wav").write_bytes(b"")
    with pytest.raises(UsageError, match=r"none of the 1 sound files in .* can be used: yes/a\.wav is empty"):
        load_data(tmp_path)


def test_parts_by_folders_and_a_class_that_is_only_tested(folder, tmp_path):
    for part in ("train", "test"):
        for name in ("low", "high"):
            written(tmp_path / "parts" / part / name / "1.wav")
    found = load_data(tmp_path / "parts")
    assert dict(zip(found.about.keys.tolist(), found.official_test.tolist(), strict=True)) == {
        f"{part}/{name}/1.wav": part == "test" for part in ("train", "test") for name in ("low", "high")
    }
    written(tmp_path / "parts" / "test" / "deep" / "1.wav")
    with pytest.raises(GradatimError, match="the class deep is in the test part, but not in training"):
        load_data(tmp_path / "parts")


def test_a_speaker_is_in_one_part(tmp_path):
    for name in ("yes", "no"):
        for speaker in ("anna", "ben", "cleo", "dora", "emil"):
            for number in range(3):
                written(tmp_path / name / speaker / f"{number}.wav", 400 + 10 * number)
    source = source_of(tmp_path)
    found = load_data(tmp_path, group="speaker")
    assert found.form == "recordings" and found.source["group"] == "speaker"
    parts = [set(part.speakers) for part in source.divide(found, 0.2, 0.2)]
    assert [len(one) for one in parts] == [3, 1, 1] and len(set.union(*parts)) == 5
    rest, anna = found.without("anna")
    assert set(anna.speakers) == {"anna"} and "anna" not in rest.speakers and len(rest) + len(anna) == 30
    with pytest.raises(UsageError, match="has no speaker 'zoe', but anna, ben"):
        found.without("zoe")
    with pytest.raises(UsageError, match="recordings are grouped by speaker, not by 'room'"):
        load_data(tmp_path, group="room")


def test_without_speakers_there_is_nothing_to_group(folder):
    with pytest.raises(UsageError, match="does not say who speaks"):
        load_data(folder, group="speaker")
    with pytest.raises(UsageError, match="--target"):
        load_data(folder, "word")


def test_spoken_digits_and_their_official_test_part():
    found = spoken_digits()
    assert found.classes[7] == "seven" and found.sound.rate == 8000
    assert len(set(found.speakers)) == 6 and found.shape == (20,)
    indices = np.array([int(name.rpartition("_")[2].removesuffix(".wav")) for name in found.about.keys])
    np.testing.assert_array_equal(found.official_test, indices < 5)
    digits = [int(name[0]) for name in found.about.keys]
    assert found.y.tolist() == digits
    facts = describe_data("spoken_digits", group="speaker")
    assert facts["split_rule"] == "by speaker: none of the 6 is in two parts"
    assert facts["speakers"].keys() == {"george", "jackson", "lucas", "nicolas", "theo", "yweweler"}


def test_one_file_is_described_and_drawn(tmp_path):
    written(tmp_path / "a.wav", 1000.0, 0.5, 44_100, 2)
    facts, page = data_page(tmp_path / "a.wav")
    assert (facts["rate"], facts["channels"], facts["seconds"]) == (44_100, 2, 0.5)
    assert facts["peak"] == pytest.approx(0.3, abs=1e-3) and facts["rms"] == pytest.approx(
        0.3 / 2**0.5, abs=1e-3
    )
    frames = np.array(facts["frames"])
    assert frames.shape == (49, 20)
    assert "two channels" in page[1].text and page[2].text == "peak -10.5 dB, mean -13.5 dB"
    lines = [one for one in page if isinstance(one, str) and "█" in one]
    assert len(lines) <= 3  # a tone is in few bands
    with pytest.raises(UsageError, match="is one recording, which gradatim data draws"):
        load_data(tmp_path / "a.wav")


def test_a_silent_file_is_said_to_be_silent(tmp_path):
    soundfile.write(tmp_path / "a.wav", np.zeros(800), 8000)
    page = data_page(tmp_path / "a.wav")[1]
    assert page[2].text == "peak none, mean none" and page[-1].text == "it is silent"

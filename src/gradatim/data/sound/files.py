"""Sound files: read as signals of one channel, and what is odd of them."""

import struct
from collections.abc import Sequence
from io import BytesIO
from math import gcd
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.unpacking import read_file

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif")
LONGEST = 600  # seconds of a recording
OPEN = (0, 0xFFFFFFFF)  # sizes in the head of a file that was written as a stream
QUIET = 1e-5  # the largest sample of what nobody hears: a third of a step of 16 bits


class Sound(NamedTuple):
    """A recording: its samples (n,) around 0, the mean of the channels, and what its file says."""

    signal: np.ndarray
    rate: int  # samples a second
    channels: int
    format: str
    is_cut: bool  # whether the file ends before the recording does

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.signal) / self.rate

    @property
    def peak(self) -> float:
        """The largest sample, of which 1 is full scale."""
        return float(np.abs(self.signal).max())

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to be heard, whatever constant the samples stand around."""
        return float(np.ptp(self.signal)) < QUIET

    def at_rate(self, rate: int) -> np.ndarray:
        """The samples at another rate, by a polyphase filter."""
        if rate == self.rate:
            return self.signal
        from scipy.signal import resample_poly

        common = gcd(rate, self.rate)
        return resample_poly(self.signal, rate // common, self.rate // common)


def is_sound(path: Path) -> bool:
    """Whether a file is one by its name.

    >>> is_sound(Path("seven.WAV")), is_sound(Path("seven.txt"))
    (True, False)
    """
    return path.suffix.lower() in SUFFIXES


def read_sound(path: str | Path) -> Sound:
    """A recording's samples, the mean of its channels; see `sound_of`."""
    return sound_of(read_file(Path(path)), str(path))


def sound_of(content: bytes, name: str) -> Sound:
    """A recording in the bytes of a file.

    Raises UsageError for what is no sound, holds no sample or one that is no number, or lasts too long.
    """
    import soundfile

    if not content:
        raise UsageError(f"{name} is empty")
    try:
        with soundfile.SoundFile(BytesIO(content)) as file:
            if file.frames > LONGEST * file.samplerate:
                raise UsageError(
                    f"{name} lasts {file.frames / file.samplerate:,.0f} s: cut it into recordings of at most "
                    f"{LONGEST} s"
                )
            stated, rate, form = file.frames, file.samplerate, f"{file.format} {file.subtype}"
            samples = file.read(dtype="float32", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError) as error:
        raise UsageError(f"{name} is damaged, or no sound file") from error
    if not len(samples):
        raise UsageError(f"{name} holds no sample")
    if not np.isfinite(samples).all():
        place = int(np.isfinite(samples).all(1).argmin())
        raise UsageError(f"{name} holds a sample that is no number, at {place / rate:.3f} s")
    cut = len(samples) < stated or _ends_early(content)
    return Sound(samples.mean(1), rate, samples.shape[1], form, cut)


def common_rate(rates: Sequence[int], most: int) -> int:
    """The rate that most recordings have, the lower of two that are as common, and never above `most`.

    >>> common_rate([8000, 44_100, 44_100], 16_000), common_rate([8000], 16_000)
    (16000, 8000)
    """
    found, counts = np.unique(rates, return_counts=True)
    return min(int(found[counts.argmax()]), most)


def _ends_early(content: bytes) -> bool:
    """Whether a file's own numbers say that there was more of it."""
    if content[:4] in (b"RIFF", b"FORM"):
        size = struct.unpack("<I" if content[:4] == b"RIFF" else ">I", content[4:8])[0]
        return size not in OPEN and size + 8 > len(content)
    if content[:4] == b"OggS":  # whose last page says that it is the last
        last = content.rfind(b"OggS")
        return not content[last + 5 : last + 6] or not content[last + 5] & 4
    return False

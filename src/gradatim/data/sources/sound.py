"""One recording: what was read of it can be looked at, a trained network says what it is."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.sound.files import is_sound, read_sound
from gradatim.data.sound.log_mel import LogMel
from gradatim.data.sound.recordings import HIGHEST
from gradatim.data.sources.page import Block, Fact
from gradatim.data.sources.source import Request, Source, is_named

COLUMNS, ROWS = 72, 12  # of a drawing
SHADES = " ░▒▓█"
CHANNELS = {1: "one channel", 2: "two channels, of which the mean is read"}


class SoundSource(Source):
    """A sound file (curriculum E21).

    >>> SoundSource().takes("seven.wav"), SoundSource().takes("digits")
    (True, False)
    """

    kind: ClassVar[str] = "sound"
    layout: ClassVar[str] = "padded"

    def takes(self, data: Any) -> bool:
        """Whether it is a sound file by its name."""
        if not isinstance(data, str | Path) or is_named(data):
            return False
        return is_sound(Path(data)) and not Path(data).is_dir()

    def read(self, data: Any, asked: Request) -> Any:
        """Nothing is learned from one recording."""
        raise UsageError(
            f"{data} is one recording, which gradatim data draws; learning needs a folder of them"
        )

    def _check_kind(self, first: Any) -> None:
        """Raise UsageError: networks of recordings read them by the source that they learned from."""
        give = getattr(first, "give", "examples of that kind")
        raise UsageError(f"the network learns from {first.form}: give it {give}, not a recording")

    def describe(self, data: Any, asked: Request, schema: Any = None) -> dict[str, Any]:
        """Rate, length, channels, loudness, and its log-mel frames."""
        asked.allow()
        sound = read_sound(data)
        scale = LogMel(min(sound.rate, HIGHEST))
        frames = scale.frames(sound.at_rate(scale.rate))
        rms = float(np.sqrt(np.mean(np.square(sound.signal, dtype=np.float64))))
        return {
            "name": Path(data).name, "format": sound.format, "rate": sound.rate, "channels": sound.channels,
            "samples": len(sound.signal), "seconds": sound.seconds, "peak": sound.peak, "rms": rms,
            "silent": sound.is_silent, "cut": sound.is_cut, "sound": scale.as_dict(),
            "frames": frames.tolist(),
        }  # fmt: skip

    def page(self, facts: dict[str, Any]) -> list[Block]:
        """The same, and a drawing of the frames: time runs to the right, pitch upwards."""
        frames, sound = np.array(facts["frames"]), facts["sound"]
        channels = CHANNELS.get(facts["channels"], f"{facts['channels']} channels, of which the mean is read")
        page: list[Block] = [
            f"{facts['name']}: {facts['seconds']:.3f} s of sound ({facts['format']})",
            Fact("rate", f"{facts['rate']:,} samples a second, {facts['samples']:,} samples, {channels}"),
            Fact("loudness", f"peak {decibels(facts['peak'])}, mean {decibels(facts['rms'])}"),
            Fact("frames", f"{len(frames):,}, each {sound['mels']} log-mel energies of "
                 f"{1000 * sound['window']:g} ms, every {1000 * sound['hop']:g} ms, at {sound['rate']:,} Hz"),
        ]  # fmt: skip
        if facts["cut"]:
            page.append(Fact("note", "the file ends before the recording does; what is there was read"))
        if facts["silent"]:
            return [*page, Fact("note", "it is silent")]
        return [*page, "", *drawing(frames), "", "--json prints every number"]


def decibels(amplitude: float) -> str:
    """An amplitude in decibels of full scale.

    >>> decibels(1.0), decibels(0.05), decibels(0.0)
    ('0.0 dB', '-26.0 dB', 'none')
    """
    return f"{20 * np.log10(amplitude):.1f} dB" if amplitude > 0 else "none"


def drawing(frames: np.ndarray) -> list[str]:
    """Frames (T, M) as lines of shades, the highest band first.

    >>> drawing(np.array([[0.0, 1.0], [1.0, 0.0]]))
    ['█ ', ' █']
    """
    columns = np.array_split(frames, min(COLUMNS, len(frames)))
    bands = min(ROWS, frames.shape[1])
    grid = np.array([[band.mean() for band in np.array_split(one.mean(0), bands)] for one in columns]).T
    span = max(float(np.ptp(grid)), 1e-9)
    shade = np.minimum((grid - grid.min()) / span * len(SHADES), len(SHADES) - 1).astype(int)
    return ["".join(SHADES[i] for i in row) for row in shade[::-1]]

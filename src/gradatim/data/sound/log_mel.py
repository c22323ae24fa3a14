"""Log-mel energies: what a recording sounds like every hundredth of a second (curriculum E21)."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.record_checks import NUMBER, Entries, whole_from

FORM = Entries({"rate": whole_from(1), "mels": whole_from(1), "window": NUMBER, "hop": NUMBER})  # of a record
FLOOR = 1e-5  # ε, 50 dB below the loudest energy: what is softer is a room, not a voice
SOFT = 1e-3  # of the loudest energy, 30 dB below it: softer frames at both ends are left out
OF_MEAN = 0.5  # chosen on speakers kept for it, against 0 and 1: see docs/log, "Spoken digits"
TINY = 1e-12  # an energy that nobody hears


def mel(f: Any) -> Any:
    """The pitch of a frequency f in Hz, m = 2595 log₁₀(1 + f/700) mel (O'Shaughnessy 1987).

    >>> round(float(mel(1000.0)), 1)
    1000.0
    """
    return 2595.0 * np.log10(1.0 + np.asarray(f, np.float64) / 700.0)


def hertz(m: Any) -> Any:
    """The frequency of a pitch, the inverse of `mel`."""
    return 700.0 * (10.0 ** (np.asarray(m, np.float64) / 2595.0) - 1.0)


@dataclass(frozen=True)
class LogMel:
    """Frames of M log-mel energies (Davis & Mermelstein 1980, without their cosine transform).

        w_n = ½ − ½ cos(2πn/L)                    Hann's window of L = window · rate samples
        P_tk = ∣Σ_n w_n s_{tH+n} e^{−2πikn/F}∣²   power of frame t at k · rate/F Hz,  H = hop · rate
        E_tm = Σ_k B_mk P_tk                      bands: triangles between M + 2 pitches, evenly spaced in mel
        y_tm = ln max(E_tm/E*, ε)                 E* the largest energy: loudness is taken out
        x_tm = y_tm − ½ (1/T) Σ_τ y_τm            half of what the room and the microphone add to each band

    s is 0 behind its end, so that no sample is left out; F is the power of two from L on. The pitches run
    from `lowest` Hz to half the rate, and each triangle is 1 at its own pitch, 0 at its neighbours'. Of a
    recording the frames before the first and behind the last with an energy of E*/1000 are left out.

    Shapes: a signal s (n,) → x (T, M), T ≤ 1 + ⌈(n − L)/H⌉.

    >>> LogMel(8000).frames(np.sin(np.arange(4000.0))).shape
    (49, 20)
    """

    rate: int = 16_000  # samples a second
    mels: int = 20  # fewer than usual: between them no single harmonic of a voice is seen
    window: float = 0.025  # seconds
    hop: float = 0.010
    lowest = 200.0  # Hz: below it recordings differ by their microphones

    def frames(self, signal: np.ndarray) -> np.ndarray:
        """The frames x (T, M) of a signal (n,); all ½ ln ε of one without a sound."""
        energies = self.powers(signal) @ self.bands.T
        most = float(energies.max())
        if most < TINY:
            return np.full_like(energies, (1 - OF_MEAN) * np.log(FLOOR))
        loud = np.flatnonzero(energies.max(1) >= SOFT * most)
        y = np.log(np.maximum(energies[loud[0] : loud[-1] + 1] / most, FLOOR))
        return y - OF_MEAN * y.mean(0)

    def powers(self, signal: np.ndarray) -> np.ndarray:
        """The powers P (T, F/2 + 1)."""
        from scipy.fft import rfft

        size, hop = self.samples
        count = 1 + max(0, -(-(len(signal) - size) // hop))
        padded = np.zeros((count - 1) * hop + size)
        padded[: len(signal)] = signal
        windows = np.lib.stride_tricks.sliding_window_view(padded, size)[::hop]
        return np.abs(rfft(windows * self.taper, self.points, axis=1)) ** 2

    @property
    def samples(self) -> tuple[int, int]:
        """Samples of a window and between two: L and H."""
        return max(2, round(self.window * self.rate)), max(1, round(self.hop * self.rate))

    @property
    def points(self) -> int:
        """Points of the transform, F."""
        return 1 << (self.samples[0] - 1).bit_length()

    @cached_property
    def taper(self) -> np.ndarray:
        """Hann's window w (L,)."""
        size = self.samples[0]
        return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(size) / size)

    @cached_property
    def pitches(self) -> np.ndarray:
        """The M + 2 frequencies in Hz between which the triangles stand."""
        return hertz(np.linspace(mel(self.lowest), mel(self.rate / 2), self.mels + 2))

    @cached_property
    def bands(self) -> np.ndarray:
        """The bands B (M, F/2 + 1); UsageError where a band is too narrow to hold a frequency."""
        f = np.arange(self.points // 2 + 1) * self.rate / self.points
        left, middle, right = (self.pitches[i : self.mels + i, None] for i in range(3))
        found = np.maximum(0.0, np.minimum((f - left) / (middle - left), (right - f) / (right - middle)))
        if not (found.max(1) > 0).all():
            raise UsageError(
                f"{self.mels} bands are too many for {self.points} points at {self.rate:,} Hz: "
                f"band {int(found.max(1).argmin())} holds none"
            )
        return found

    def as_dict(self) -> dict[str, Any]:
        """The numbers for JSON."""
        return {"rate": self.rate, "mels": self.mels, "window": self.window, "hop": self.hop}

    @classmethod
    def from_dict(cls, record: dict[str, Any]) -> Self:
        """Those of a record."""
        return cls(**record)

"""Log-mel frames against closed forms and scipy: Parseval, the band of a sine, filters that sum to 1."""

import numpy as np
import pytest
from scipy.signal import ShortTimeFFT

from gradatim.checks import UsageError
from gradatim.data.sound.log_mel import FLOOR, OF_MEAN, LogMel, hertz, mel

RNG = np.random.default_rng(0)


def test_pitch_and_frequency_are_inverse():
    f = np.linspace(0, 8000, 50)
    np.testing.assert_allclose(hertz(mel(f)), f, atol=1e-9)
    assert mel(700.0) == pytest.approx(2595 * np.log10(2))


def test_powers_are_those_of_scipy():
    scale, signal = LogMel(8000, window=0.02), RNG.standard_normal(3000)
    oracle = ShortTimeFFT(scale.taper, 80, 8000, mfft=scale.points)
    found = scale.powers(signal)
    columns = oracle.stft(signal, p0=1, p1=len(found) + 1)  # whose windows have their middles at 80 p
    np.testing.assert_allclose(found, np.abs(columns.T) ** 2, rtol=1e-9, atol=1e-9)


def test_parseval_the_powers_of_a_frame_sum_to_its_energy():
    scale, signal = LogMel(8000), RNG.standard_normal(1000)
    size, hop = scale.samples
    powers = scale.powers(signal)
    counted = np.full(powers.shape[1], 2.0)
    counted[[0, -1]] = 1.0
    for t in (0, 3):
        energy = np.square(signal[t * hop : t * hop + size] * scale.taper).sum()
        assert (powers[t] * counted).sum() / scale.points == pytest.approx(energy, rel=1e-12)


def test_the_bands_sum_to_1_between_the_first_and_the_last_pitch():
    scale = LogMel(16_000, 32)
    f = np.arange(scale.points // 2 + 1) * scale.rate / scale.points
    inside = (f >= scale.pitches[1]) & (f <= scale.pitches[-2])
    np.testing.assert_allclose(scale.bands.sum(0)[inside], 1.0, atol=1e-12)
    assert not scale.bands[:, f < scale.lowest].any()


@pytest.mark.parametrize("band", [3, 12, 28])
def test_a_sine_is_loudest_in_its_band(band):
    scale = LogMel(8000, 32)
    f = scale.pitches[band + 1]
    frames = scale.frames(0.1 * np.sin(2 * np.pi * f * np.arange(8000) / 8000))
    energies = frames + OF_MEAN / (1 - OF_MEAN) * frames.mean(0)  # the mean is back
    assert (energies[2:-2].argmax(1) == band).all()


def test_frames_do_not_change_with_loudness_and_keep_no_quiet_ends():
    scale, voice = LogMel(8000), RNG.standard_normal(2400)
    frames = scale.frames(voice)
    np.testing.assert_allclose(scale.frames(0.01 * voice), frames, atol=1e-9)
    quiet = np.concatenate([1e-3 * RNG.standard_normal(1600), voice, 1e-3 * RNG.standard_normal(1600)])
    assert abs(len(scale.frames(quiet)) - len(frames)) <= 4 < len(scale.powers(quiet)) - len(frames)


@pytest.mark.parametrize("samples", [1, 199, 200, 201, 281])
def test_every_sample_is_in_a_frame(samples):
    scale = LogMel(8000)
    assert len(scale.powers(np.ones(samples))) == 1 + max(0, -(-(samples - 200) // 80))
    last = np.eye(1, samples, samples - 1)[0]
    assert (scale.powers(last)[-1] > 0).any() == (samples > 1)  # for Hann's window begins with 0


def test_silence_is_the_floor():
    np.testing.assert_allclose(LogMel(8000).frames(np.zeros(800)), (1 - OF_MEAN) * np.log(FLOOR))


def test_too_many_bands_are_refused():
    with pytest.raises(UsageError, match="200 bands are too many for 256 points at 8,000 Hz"):
        LogMel(8000, 200).frames(np.ones(800))

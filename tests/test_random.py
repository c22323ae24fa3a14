"""Random numbers as functions: plain-integer versions, pinned values, uniformity, and no global state."""

import random as python_random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gradatim.random import generator, keep, key, mix, mix_int, permutation

M32, M64 = 2**32 - 1, 2**64 - 1


def lowbias32(h: int) -> int:
    """Wellons' C code, on an unsigned 32-bit number."""
    h ^= h >> 16
    h = h * 0x7FEB352D & M32
    h ^= h >> 15
    h = h * 0x846CA68B & M32
    return h ^ h >> 16


def splitmix64(z: int) -> int:
    """The finaliser of Steele, Lea & Flood 2014, Figure 17, with the constants of Stafford's Mix13."""
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & M64
    z = (z ^ z >> 27) * 0x94D049BB133111EB & M64
    return z ^ z >> 31


def signed(h: int) -> int:
    return h - 2**32 if h >= 2**31 else h


def elements(n: int) -> np.ndarray:
    return mix(np.arange(n, dtype=np.int32))


# ---- the hash of masks


@given(st.integers(0, M32))
def test_mix_int_is_lowbias32(h):
    assert mix_int(h) == signed(lowbias32(h))
    assert mix_int(signed(h)) == mix_int(h)


@given(st.lists(st.integers(-(2**31), 2**31 - 1), min_size=1, max_size=50))
def test_mix_is_the_same_in_numpy_torch_and_integers(numbers):
    h = np.array(numbers, dtype=np.int32)
    assert mix(h).dtype == np.int32
    assert mix(h).tolist() == [mix_int(number) for number in numbers]
    assert mix(torch.from_numpy(h)).tolist() == mix(h).tolist()


def test_mix_is_a_bijection_on_a_sample():
    """An inverse exists: undo every step of the hash for numbers from all over the range."""
    h = np.random.default_rng(0).integers(-(2**31), 2**31, 10_000).astype(np.int32)
    for original, mixed in zip(h.tolist(), mix(h).tolist(), strict=True):
        x = mixed & M32
        x ^= x >> 16
        x = x * pow(0x846CA68B, -1, 2**32) & M32
        x ^= x >> 15 ^ x >> 30
        x = x * pow(0x7FEB352D, -1, 2**32) & M32
        x ^= x >> 16
        assert signed(x) == original


def test_every_input_bit_moves_every_output_bit():
    """Flipping one input bit flips each output bit with probability ½ (within 5 σ of 4,000 draws)."""
    h = np.random.default_rng(1).integers(-(2**31), 2**31, 4_000).astype(np.int32)
    for i in range(32):
        flipped = (mix(h) ^ mix(h ^ np.int32(signed(1 << i)))).view(np.uint32)
        share = (flipped[:, None] >> np.arange(32, dtype=np.uint32) & 1).mean(0)
        assert np.abs(share - 0.5).max() < 5 * 0.5 / 4_000**0.5


# ---- masks


@given(st.integers(0, 2**40), st.text(max_size=10), st.integers(0, 2**40), st.floats(0, 1, exclude_max=True))
def test_keep_is_the_same_in_numpy_and_torch(seed, layer, step, p):
    scrambled = elements(200)
    kept = keep(scrambled, seed, layer, step, p)
    assert kept.dtype == np.bool_
    assert keep(torch.from_numpy(scrambled), seed, layer, step, p).tolist() == kept.tolist()


@pytest.mark.parametrize("p", [0.01, 0.1, 0.5, 0.9, 0.99])
def test_keep_rate_is_binomial(p):
    """The number kept of n = 10⁵ lies within 4.5 √(n p (1−p)) of n(1 − p)."""
    n = 100_000
    for step in range(5):
        kept = int(keep(elements(n), 0, "2", step, p).sum())
        assert abs(kept - n * (1 - p)) < 4.5 * (n * p * (1 - p)) ** 0.5


def test_keep_at_the_ends():
    scrambled = np.array([-(2**31), 0, 2**31 - 1], dtype=np.int32)
    assert keep(scrambled, 0, "", 0, 0.0).all()
    assert keep(elements(10_000), 0, "", 0, 1 - 2**-53).sum() == 0


@pytest.mark.parametrize(("seed", "layer", "step"), [(1, "2", 5), (0, "3", 5), (0, "2", 6)])
def test_masks_of_other_seeds_layers_and_steps_are_uncorrelated(seed, layer, step):
    """The correlation of two masks of n = 10⁵ fair coins has standard deviation 1/√n."""
    n = 100_000
    a = keep(elements(n), 0, "2", 5, 0.5) * 2.0 - 1
    b = keep(elements(n), seed, layer, step, 0.5) * 2.0 - 1
    assert abs((a * b).mean()) < 4.5 / n**0.5


def test_masks_of_neighbouring_elements_and_steps_are_uncorrelated():
    n, steps = 2_000, 100
    masks = np.stack([keep(elements(n), 0, "drop", step, 0.5) * 2.0 - 1 for step in range(steps)])
    for lag in (1, 2, 64):
        assert abs((masks[:, :-lag] * masks[:, lag:]).mean()) < 4.5 / (steps * (n - lag)) ** 0.5
    assert abs((masks[:-1] * masks[1:]).mean()) < 4.5 / ((steps - 1) * n) ** 0.5


def test_a_shorter_mask_begins_a_longer_one():
    assert (keep(elements(100), 0, "", 0, 0.3) == keep(elements(1000), 0, "", 0, 0.3)[:100]).all()


# ---- orders


@given(st.integers(0, 2**63), st.one_of(st.integers(0, 10**6), st.text(max_size=5)), st.integers(0, 300))
def test_permutation_is_one(seed, epoch, n):
    assert sorted(permutation(seed, epoch, n).tolist()) == list(range(n))


def test_permutation_sorts_by_the_finaliser_of_splitmix64():
    seed, epoch, n = 42, 7, 500
    at = key(seed, "permutation", epoch)
    hashes = [splitmix64((0x9E3779B97F4A7C15 * (i + 1) + at) & M64) for i in range(n)]
    assert permutation(seed, epoch, n).tolist() == sorted(range(n), key=hashes.__getitem__)


def test_permutation_depends_on_seed_and_epoch():
    orders = {permutation(seed, epoch, 50).tobytes() for seed in (0, 1) for epoch in (0, 1, "0")}
    assert len(orders) == 6


def test_permutations_are_uniform():
    """Pearson's χ² of 12,000 orders of 4 over all 24: below the 99.9 % quantile of 23 degrees, 49.73."""
    orders, counts = np.unique(
        [permutation(5, epoch, 4) for epoch in range(12_000)], axis=0, return_counts=True
    )
    assert len(orders) == 24
    assert ((counts - 500) ** 2 / 500).sum() < 49.73


def test_every_example_comes_to_every_place():
    """χ² of (example, place) over 8,000 epochs of 10: 81 degrees of freedom, 99.9 % quantile 124.84."""
    table = np.zeros((10, 10))
    for epoch in range(8_000):
        table[np.arange(10), permutation(1, epoch, 10)] += 1
    assert ((table - 800) ** 2 / 800).sum() < 124.84


# ---- keys and generators


def test_key_is_the_head_of_sha256():
    from hashlib import sha256

    assert key(3, "a") == int.from_bytes(sha256(b"int:3\x1fstr:a").digest()[:8], "little")
    assert key("1") != key(1)
    assert key("a", "b") != key("ab")


def test_generators_are_philox_of_seed_and_name():
    expected = np.random.Generator(np.random.Philox(key=key(0, "0.weight"))).standard_normal(5)
    assert (generator(0, "0.weight").standard_normal(5) == expected).all()
    others = [generator(1, "0.weight"), generator(0, "1.weight")]
    assert all((other.standard_normal(5) != expected).all() for other in others)


def test_known_values():
    """A change of these functions changes every run, mask and split: it must not pass unseen."""
    assert key(0, "0.weight") == 0x842432FD4C54AF42
    assert permutation(0, 0, 8).tolist() == [6, 5, 4, 1, 3, 2, 0, 7]
    assert permutation(7, 3, 8).tolist() == [5, 6, 2, 4, 3, 7, 1, 0]
    assert permutation(0, "test 0", 8).tolist() == [2, 4, 0, 1, 3, 5, 6, 7]
    assert elements(4).tolist() == [0, 1753845952, -787275391, 1408362973]
    assert keep(elements(16), 3, "drop", 9, 0.25).tolist() == [i not in (0, 6, 14) for i in range(16)]
    first = [-0.2262451744851315, 0.2665698392212012, -0.3208878921273338]
    assert generator(0, "0.weight").standard_normal(3).tolist() == first


def test_no_global_state_is_read_or_moved():
    def draw():
        return (
            permutation(0, 1, 20).tolist(),
            keep(elements(20), 0, "a", 1, 0.5).tolist(),
            generator(0, "w").random(3).tolist(),
        )

    first = draw()
    python_random.seed(5)
    np.random.seed(5)
    torch.manual_seed(5)
    states = python_random.getstate(), str(np.random.get_state()), torch.get_rng_state().tolist()
    assert draw() == first
    assert (python_random.getstate(), str(np.random.get_state()), torch.get_rng_state().tolist()) == states


# ---- numbers from [0, 1)


def test_uniform_numbers_are_the_hash_s_first_24_bits_in_numpy_and_torch():
    from gradatim.random import uniform

    at = mix_int(mix_int(key(3, "h")) ^ mix_int(7 + 0x9E3779B9)) & M32
    expected = [(lowbias32(lowbias32(i) ^ at) >> 8) / 2**24 for i in range(1000)]
    found = uniform(elements(1000), 3, "h", 7)
    assert found.tolist() == expected
    theirs = uniform(torch.from_numpy(elements(1000)), 3, "h", 7)
    assert theirs.dtype == torch.float32 and theirs.double().tolist() == expected
    assert min(expected) >= 0 and max(expected) < 1


def test_uniform_numbers_are_spread_evenly_and_differ_from_step_to_step():
    from gradatim.random import uniform

    u = np.stack([uniform(elements(20_000), 0, "h", step) for step in range(3)])
    counts = np.stack([np.bincount((row * 16).astype(int), minlength=16) for row in u])
    chi = ((counts - 1250) ** 2 / 1250).sum(1)
    assert chi.max() < 37.7  # the 99.9 % quantile with 15 degrees of freedom
    assert abs(np.corrcoef(u) - np.eye(3)).max() < 0.03

"""Random numbers as functions of seed and position, not streams.

The same arguments give the same numbers in NumPy, in eager torch and in compiled torch, whatever was drawn
before; nothing reads or moves a global state. So a run that is resumed, split over processes, or repeated by
the other engine draws exactly what it would have drawn.
"""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

_LOW = 0xFFFFFFFF


def key(*parts: object) -> int:
    """64 bits from seeds, names and numbers: the head of the SHA-256 of their texts.

    >>> key(0, "0.weight") == key(0, "0.weight") != key(1, "0.weight")
    True
    """
    text = "\x1f".join(f"{type(part).__name__}:{part}" for part in parts)
    return int.from_bytes(sha256(text.encode()).digest()[:8], "little")


def generator(seed: int, name: str) -> "np.random.Generator":
    """A NumPy generator of its own for one named parameter: Philox, keyed by (seed, name)."""
    import numpy as np

    return np.random.Generator(np.random.Philox(key=key(seed, name)))


def mix(h: Any) -> Any:
    """Scramble 32-bit integers: a bijection in which every input bit moves every output bit.

        h ← h ⊕ (h ≫ 16);  h ← h · 7FEB352D₁₆;  h ← h ⊕ (h ≫ 15);  h ← h · 846CA68B₁₆;  h ← h ⊕ (h ≫ 16)

    `h` is an int32 array of NumPy or torch (multiplication wraps); ≫ is the logical shift, so the copies of
    the sign are masked off. The constants are "lowbias32", found by search: C. Wellons, "Prospecting for hash
    functions" (2018).
    """
    h = h ^ ((h >> 16) & 0xFFFF)
    h = h * 0x7FEB352D
    h = h ^ ((h >> 15) & 0x1FFFF)
    h = h * (0x846CA68B - 2**32)
    return h ^ ((h >> 16) & 0xFFFF)


def mix_int(h: int) -> int:
    """`mix` for one Python integer, as the signed 32-bit number that an int32 array would hold."""
    h &= _LOW
    h ^= h >> 16
    h = h * 0x7FEB352D & _LOW
    h ^= h >> 15
    h = h * 0x846CA68B & _LOW
    h ^= h >> 16
    return h - 2**32 if h >= 2**31 else h


def keep(scrambled: Any, seed: int, layer: str, step: int, p: float) -> Any:
    """Which elements a mask keeps: true with probability 1 − p, a function of (seed, layer, step, element).

    `scrambled` is mix(0, 1, 2, …) as an int32 array of NumPy or torch, one number per element; it is the same
    at every step, so callers hold on to it. `p` is exact to 2⁻³².
    """
    at = mix_int(mix_int(key(seed, layer)) ^ mix_int(step + 0x9E3779B9))
    return mix(scrambled ^ at) >= int(p * 2**32) - 2**31


def uniform(scrambled: Any, seed: int, name: str, step: int) -> Any:
    """Numbers from [0, 1), multiples of 2⁻²⁴: a function of (seed, name, step, element).

    `scrambled` is as for `keep`. They are exact in float32, so NumPy, which gives float64, and torch draw the
    same.
    """
    at = mix_int(mix_int(key(seed, name)) ^ mix_int(step + 0x9E3779B9))
    return ((mix(scrambled ^ at) >> 8) & 0xFFFFFF) * 2.0**-24


def permutation(seed: int, epoch: int | str, n: int) -> "np.ndarray":
    """The order of n examples in an epoch: 0 … n−1 sorted by a 64-bit hash of (seed, epoch, number).

    The hash is the finaliser of SplitMix64 (Steele, Lea & Flood 2014), so the order depends on no library's
    stream and stays the same from version to version.

    >>> sorted(permutation(0, 3, 5).tolist())
    [0, 1, 2, 3, 4]
    """
    import numpy as np

    return np.argsort(hashes(key(seed, "permutation", epoch), np.arange(n)), kind="stable")


def hashes(at: int, numbers: "np.ndarray") -> "np.ndarray":
    """64 bits for each of some whole numbers, uint64: the numbers n of SplitMix64 that begins at `at`.

    >>> import numpy as np
    >>> hashes(0, np.arange(2)).tolist()  # the first two numbers of SplitMix64 from 0
    [16294208416658607535, 7960286522194355700]
    """
    import numpy as np

    h = (np.asarray(numbers).astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    h += np.uint64(at)
    h = (h ^ (h >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    h = (h ^ (h >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return h ^ (h >> np.uint64(31))

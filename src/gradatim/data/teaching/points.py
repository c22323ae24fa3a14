"""Random numbers of points, and the rows of a table that they become.

Every number is a function of (seed, name, row): the first 100 points of 400 are those of 100, wherever drawn.
They are rounded, so that libraries whose sines differ in the last bit give the same points.
"""

import numpy as np

from gradatim import random
from gradatim.checks import LARGEST, real, whole
from gradatim.data.dataset import Dataset
from gradatim.data.tables.inputs import Input

DECIMALS = 6


def uniform(seed: int, name: str, n: int) -> np.ndarray:
    """Numbers from [0, 1), (n,)."""
    return random.uniform(random.mix(np.arange(n, dtype=np.int32)), seed, name, 0)


def normal(seed: int, name: str, n: int) -> np.ndarray:
    """Numbers of mean 0 and variance 1, (n,), by the transform of Box & Muller (1958).

    z = √(−2 log(1 − u)) cos 2πv,   u and v from [0, 1)
    """
    u, v = (uniform(seed, f"{name} {part}", n) for part in "uv")
    return np.sqrt(-2 * np.log(1 - u)) * np.cos(2 * np.pi * v)


def with_noise(x: np.ndarray, noise: float, seed: int) -> np.ndarray:
    """Points x (n, D), each coordinate moved by `noise` times a normal number."""
    z = [normal(seed, f"noise {d}", len(x)) for d in range(x.shape[1])]
    return x + noise * np.stack(z, 1)


def check_points(n: int, noise: float, seed: int, at_least: int) -> None:
    """Raise UsageError for a number of points, a noise or a seed that cannot be."""
    whole("n", n, at_least=at_least, at_most=1_000_000)
    whole("seed", seed, at_least=0, at_most=LARGEST)
    real("noise", noise, at_least=0)


def points_of_classes(name: str, x: np.ndarray, y: np.ndarray) -> Dataset:
    """Points x (n, 2) and their classes y (n,) as rows of x1, x2 and class."""
    classes = tuple(str(k) for k in range(int(y.max()) + 1))
    return _table(name, x, y.astype(np.int64), "class", classes)


def points_of_a_function(name: str, x: np.ndarray, y: np.ndarray) -> Dataset:
    """Points x (n, 1) and the numbers y (n,) there, as rows of x and y."""
    return _table(name, x, np.round(y, DECIMALS), "y", ())


def _table(name: str, x: np.ndarray, y: np.ndarray, target: str, classes: tuple[str, ...]) -> Dataset:
    names = ("x",) if x.shape[1] == 1 else tuple(f"x{d + 1}" for d in range(x.shape[1]))
    return Dataset(
        np.round(x, DECIMALS), y, classes, name=name, features=names,
        columns=tuple(Input(one, "number") for one in names),
        task="classification" if classes else "regression", targets=(target,),
        target_columns=() if classes else (Input(target, "number"),),
        source={"name": name},
        recipe="teaching sets" if classes else "functions of one number",
    )  # fmt: skip

"""The school data of the Inner London Education Authority: examination scores, a school a task."""

from dataclasses import replace

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.fetching import fetch
from gradatim.data.tables.examples import examples_of
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.roles import Roles

FILE = ("school.mat", "57fb3238fdd03a9aa17276e2ce18d9bbb5d128c3261e794fe6233b58b6909068")  # and its SHA-256
PLACES = (
    "https://raw.githubusercontent.com/jiayuzhou/MALSAR/master/data/",
    "https://github.com/jiayuzhou/MALSAR/raw/master/data/",
)
GROUPS = {  # in the file's order; those of several columns say which of so many a student or a school is
    "year": 3, "free_meals_percent": 1, "vr_band_1_percent": 1, "gender": 2, "vr_band": 3, "ethnic_group": 11,
    "school_gender": 3, "denomination": 3,
}  # fmt: skip
NAMES = tuple(
    name if size == 1 else f"{name}_{number + 1}" for name, size in GROUPS.items() for number in range(size)
)


def school_tasks() -> tuple[list[np.ndarray], list[np.ndarray]]:
    """The 139 schools as tasks: a table (n_i, 27) and the scores (n_i,) of each, 15,362 students in all.

    The file's last column, which is 1 in every row, is left out.

    Raises GradatimError when the file is nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    from scipy.io import loadmat

    file, sha256 = FILE
    read = loadmat(fetch("school", file, sha256, [place + file for place in PLACES]))
    Xs = [np.asarray(X, dtype=float)[:, : len(NAMES)] for X in read["X"].ravel()]
    return Xs, [np.asarray(y, dtype=float).ravel() for y in read["Y"].ravel()]


def school() -> Dataset:
    """15,362 students of 139 London secondary schools and their examination scores, 1 to 70, from 1985 to
    1987 (Bakker & Heskes 2003; Argyriou, Evgeniou & Pontil 2008).

    27 columns of numbers: year, gender, verbal reasoning band and ethnic group of a student, and of the
    school the shares of students with free meals and in band 1, gender and denomination; then `school`, which
    is the task. `school_tasks` gives the same as lists.

    Shapes: x (15362, 28), y (15362,).
    Raises GradatimError when the file is nowhere to be found: see `gradatim.data.fetching.fetch`.
    """
    Xs, ys = school_tasks()
    lines = [",".join((*NAMES, "school", "score"))]
    for number, (X, y) in enumerate(zip(Xs, ys, strict=True)):
        rows = np.concatenate([X, y[:, None]], axis=1).astype(int).tolist()
        lines += [",".join((*map(str, row[:-1]), f"school_{number + 1}", str(row[-1]))) for row in rows]
    found = examples_of(read_table("\n".join(lines).encode()), Roles(target=("score",), task="regression"))
    return replace(found.dataset, name="school", source={"name": "school"})

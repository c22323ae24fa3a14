"""Series from named arrays: x (N, T, D) or a list of (L_i, D), with lengths, answers and groups."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.arrays import array
from gradatim.data.as_dataset import INPUTS, TARGETS, WEIGHTS
from gradatim.data.series import Series, SeriesFacts
from gradatim.data.tables.roles import Roles

LENGTHS = ("lengths", "length")
GROUPS = ("groups", "group")
KEYS = ("ids", "id")
HALVES = ("_train", "_test")
NO_ROLES = Roles()
Arrays = dict[str, Any]


def series_of_arrays(held: Mapping[str, Any], name: str = "data", roles: Roles = NO_ROLES) -> Series:
    """Series of the arrays x, and where they are there y, lengths, groups, ids and weights w; or of x_train,
    x_test and so on, the official split.

    `roles` names other arrays: the target, the group, and as the series x or its lengths. Without lengths a
    series of x (N, T, D) has T steps; what stands behind a length is not looked at. y (N, …) is an answer for
    each series; y (N, T) or (N, T, K) one for every step, as is a list of arrays (L_i, …).

    Raises UsageError naming the array, the series and the step that cannot be.

    >>> held = {"x": np.zeros((2, 5, 3)), "lengths": [5, 2], "y": ["a", "b"]}
    >>> series_of_arrays(held)
    Series('data', 2 series of 2 to 5 steps)
    """
    names = _names(held, roles, name)
    suffixes = HALVES if names["x"] is None else ("",)
    parts = [_part(held, names, suffix, name) for suffix in suffixes]
    one = _joined(parts, name) if len(parts) > 1 else parts[0]
    groups = None if one["groups"] is None else np.unique(one["groups"], return_inverse=True)[1]
    test = np.repeat([False, True], [len(part["x"]) for part in parts]) if len(parts) > 1 else None
    keys = _keys(parts, name)
    found = Series(one["x"], one["y"], one["weights"], name=name)
    about = SeriesFacts(key="series", keys=keys, groups=groups, official_test=test)
    said = ("y has an answer for every step",) if found.per_step else ()
    return found.changed(about=about, notices=said)


def _keys(parts: list[Arrays], where: str) -> np.ndarray:
    """What each series is called: by its id, or by its number in its half."""
    found = []
    for part, half in zip(parts, ("", "test "), strict=False):
        ids = range(len(part["x"])) if part["ids"] is None else part["ids"].tolist()
        found += [f"{half if part['ids'] is None else ''}{one}" for one in ids]
    if len(set(found)) < len(found):
        raise UsageError(f"{where}: two series have the same id")
    return np.array(found, object)


def _names(held: Mapping[str, Any], roles: Roles, name: str) -> dict[str, str | None]:
    """What each array is called; x of an official split, whose halves have names of their own, is None."""
    lower = {str(key).lower(): str(key) for key in held}

    def usual(names: tuple[str, ...], suffix: str = "") -> str | None:
        return next((lower[one + suffix] for one in names if one + suffix in lower), None)

    def asked(role: str, wanted: str | None) -> str | None:
        if wanted is None or wanted in held or wanted + HALVES[0] in held:
            return wanted
        near = did_you_mean(wanted, [str(key) for key in held])
        raise UsageError(f"{name} has no array {wanted!r} for --{role}: {near}")

    series = roles.series if roles.series not in (None, *INPUTS) else None
    lengths = usual(LENGTHS)
    x = usual(INPUTS)
    if series is not None and (asked("series", series)) is not None:
        if np.ndim(held.get(series, held.get(series + HALVES[0]))) == 1:
            lengths = series
        else:
            x = series if series in held else None
    halves = x is None and usual(INPUTS, HALVES[0]) is not None
    if x is None and not halves:
        raise UsageError(f"{name} holds {', '.join(map(str, held)) or 'nothing'}; expected series named x")

    def of(names: tuple[str, ...]) -> str | None:
        found = usual(names, HALVES[0] if halves else "")
        return found.removesuffix(HALVES[0]) if halves and found is not None else found

    target = roles.target[0] if roles.target else None
    return {
        "x": x, "y": asked("target", target) or of(TARGETS),
        "lengths": lengths or of(LENGTHS), "groups": asked("group", roles.group) or of(GROUPS),
        "ids": of(KEYS), "weights": of(WEIGHTS),
    }  # fmt: skip


def _part(held: Mapping[str, Any], names: dict[str, str | None], suffix: str, where: str) -> Arrays:
    """The arrays of one half, or of all."""
    lower = {str(key).lower(): value for key, value in held.items()}

    def given(what: str) -> Any:
        wanted = names[what]
        return None if wanted is None else held.get(wanted + suffix, lower.get(wanted.lower() + suffix))

    x = given("x") if names["x"] is not None else next(
        (lower[one + suffix] for one in INPUTS if one + suffix in lower), None
    )  # fmt: skip
    if x is None:
        raise UsageError(f"{where} needs both x_train and x_test; x{suffix} is missing")
    found: Arrays = {what: given(what) for what in ("y", "groups", "ids", "weights")}
    found["x"], lengths = _sequences(x, given("lengths"), where)
    for what in ("groups", "ids", "weights"):
        one = None if found[what] is None else array(found[what])
        found[what] = one
        if one is not None and one.shape != (len(found["x"]),):
            raise UsageError(f"{where} has {len(found['x'])} series but {names[what]}{suffix} of {one.shape}")
    found["y"] = None if found["y"] is None else _answers(found["y"], lengths, x)
    return found


def _sequences(x: Any, lengths: Any, where: str) -> tuple[list[np.ndarray], np.ndarray]:
    """Each series (L_i, D), and their lengths."""
    if isinstance(x, list | tuple) or array(x).dtype == object:
        if lengths is not None:
            raise UsageError(f"{where}: a list of series has their lengths in it; leave lengths out")
        parts = [array(one) for one in x]
        parts = [one[:, None] if one.ndim == 1 else one for one in parts]
        return parts, np.array(list(map(len, parts)))
    x = array(x)
    if x.ndim not in (2, 3):
        raise UsageError(f"{where}: series are (series, steps, numbers); the shape of x is {x.shape}")
    x = x[..., None] if x.ndim == 2 else x
    lengths = np.full(len(x), x.shape[1]) if lengths is None else _lengths(array(lengths), x, where)
    return [one[:length] for one, length in zip(x, lengths.tolist(), strict=True)], lengths


def _lengths(lengths: np.ndarray, x: np.ndarray, where: str) -> np.ndarray:
    """Lengths (N,) from 1 to T; UsageError naming the first that is not."""
    if lengths.shape != (len(x),):
        raise UsageError(f"{where} has {len(x)} series but lengths of the shape {lengths.shape}")
    whole = lengths.dtype.kind in "ui" or (lengths.dtype.kind == "f" and (lengths == np.round(lengths)).all())
    if not whole:
        raise UsageError(f"{where}: lengths are whole numbers; their type is {lengths.dtype}")
    wrong = (lengths < 1) | (lengths > x.shape[1])
    if wrong.any():
        n = int(wrong.argmax())
        said = f"x has {x.shape[1]} steps" if lengths[n] > 0 else "a series has a step at least: leave it out"
        raise UsageError(f"{where}: series {n} has length {lengths[n]:g}, but {said}")
    return lengths.astype(np.int64)


def _answers(y: Any, lengths: np.ndarray, x: Any) -> Any:
    """An answer for each series, (N, …), or a list of those of its steps."""
    if isinstance(y, list | tuple):
        return y
    y = array(y)
    steps = None if isinstance(x, list | tuple) else array(x).shape[1]
    if y.ndim < 2 or y.shape[1] != steps or steps == 1 or len(y) != len(lengths):
        return y
    return [one[:length] for one, length in zip(y, lengths.tolist(), strict=True)]


def _joined(parts: list[Arrays], where: str) -> Arrays:
    """Training and test one behind the other."""
    found: Arrays = {}
    for what in ("x", "y", "groups", "ids", "weights"):
        halves = [part[what] for part in parts if part[what] is not None]
        if len(halves) == 1:
            raise UsageError(
                f"{where} needs {what} of both halves; one of {what}_train, {what}_test is missing"
            )
        lists = all(isinstance(half, list | tuple) for half in halves)
        found[what] = None if not halves else list(chain(*halves)) if lists else np.concatenate(halves)
    return found

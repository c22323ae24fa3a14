"""`crosses=a:b,c:d`: a table's categories as the columns that a wide part multiplies."""

from itertools import combinations
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean, shown
from gradatim.data.encoders.encoder import Encoder

AUTO = 3  # crosses that `auto` takes at most
MOST_COLUMNS = 60  # of which pairs are tried: 1,770
CLEARLY = 4  # standard deviations of what chance gives
BINS = 10  # of a target of numbers
CROSSED = ("category", "boolean")  # kinds of columns

Places = dict[str, tuple[int, int]]  # of the encoded numbers, by column


def with_crosses(
    asked: dict[str, Any], encoder: Encoder, examples: Any
) -> tuple[dict[str, Any], dict[str, str]]:
    """A network's arguments in which `crosses` are places among the encoded numbers, and why these where they
    were not named; categories are embedded unless `embeddings` says otherwise.

    `crosses` is `a:b,c:d`, each part a column; a number, of the pairs that say most together of the target;
    or auto, a few of them. Raises UsageError for a column that is no category, or is not there.
    """
    places = _places(encoder, examples)
    given: dict[str, Any] = {"embeddings": True} if encoder.category_places() else {}
    given |= asked
    value = given.pop("crosses", "auto")
    if isinstance(value, list | tuple) and value and all(_is_places(one) for one in value):
        return {**given, "crosses": value}, {}
    if value == "auto" or (isinstance(value, int) and not isinstance(value, bool)):
        most = AUTO if value == "auto" else value
        if most < 0:
            raise UsageError(f"crosses must be columns such as a:b,c:d, or how many; it is {value}")
        names = best_crosses(_codes(encoder, examples, places), examples.y, most)
        said = {"crosses": _why(names, value, len(places))}
    else:
        names, said = _named(value), {}
    crosses = [[list(_place(name, places, examples)) for name in cross] for cross in names]
    return {**given, "crosses": crosses}, said


def _why(names: list[tuple[str, ...]], value: Any, columns: int) -> str:
    if names:
        written = ",".join(":".join(cross) for cross in names)
        return f"{written}: the pairs that say most together of the training targets beyond what each says"
    if value == 0:
        return "none: as asked"
    if columns < 2:
        return f"none: of categories there is {'one column' if columns else 'no column'}"
    return "none: no pair says clearly more together than its columns do apart"


def _named(value: Any) -> list[tuple[str, ...]]:
    """The columns of each cross, by name, from `a:b,c:d` or lists of them."""
    if isinstance(value, str):
        value = [one.split(":") for one in value.split(",") if one.strip()]
    ours = isinstance(value, list | tuple) and all(isinstance(one, list | tuple | str) for one in value)
    crosses = [one.split(":") if isinstance(one, str) else list(one) for one in value] if ours else [[]]
    for cross in crosses:
        if len(cross) < 2 or not all(isinstance(name, str) for name in cross):
            raise UsageError(
                f"crosses must be columns such as a:b,c:d, or how many, or auto; it is {shown(value)}"
            )
    return [tuple(name.strip() for name in cross) for cross in crosses]


def _is_places(cross: Any) -> bool:
    """Whether a cross is one of a network that was described: [start, stop] of each part."""
    return isinstance(cross, list | tuple) and all(
        isinstance(part, list | tuple) and len(part) == 2 and all(isinstance(n, int) for n in part)
        for part in cross
    )


def _places(encoder: Encoder, examples: Any) -> Places:
    """Where the numbers of each column begin and end that can be crossed."""
    columns = encoder.columns(examples)
    return {
        one.name: (place.start, place.stop)
        for one, place in zip(columns, encoder.places(len(columns)), strict=True)
        if one.kind in CROSSED
    }


def _place(name: str, places: Places, examples: Any) -> tuple[int, int]:
    if name in places:
        return places[name]
    known = {one.name: one.kind for one in examples.columns}
    if name in known:
        raise UsageError(
            f"crosses are of categories, and {name!r} is a {known[name]}; "
            f"the categories are {', '.join(places) or 'none'}"
        )
    raise UsageError(f"there is no column {name!r} to cross; {did_you_mean(name, places)}")


def _codes(encoder: Encoder, examples: Any, places: Places) -> dict[str, np.ndarray]:
    """The category (N,) of every row in each column."""
    if len(places) < 2:
        return {}
    x = encoder.inputs(examples)
    return {
        name: x[:, start:stop].argmax(1) + 1 - (x[:, start:stop].max(1) <= 0) * 1
        if stop - start > 1
        else np.sign(x[:, start]).astype(np.int64)
        for name, (start, stop) in list(places.items())[:MOST_COLUMNS]
    }


def best_crosses(codes: dict[str, np.ndarray], y: np.ndarray, most: int) -> list[tuple[str, ...]]:
    """The pairs of columns that say most together of the target beyond what each says alone.

        gain(a, b) = I(y; a, b) − I(y; a) − I(y; b),   each I corrected for its cells (Miller 1955)

    Shapes: codes (N,) of each column, y (N, …) classes, labels or numbers; a number is cut at its deciles.
    Only pairs are taken whose gain chance does not give: of columns that have nothing to do with each other
    2N · gain varies by √(2f), f = (cells − |a| − |b| + 1)(classes − 1); it must be more than four times that.

    >>> a, b = np.arange(400) % 2, np.arange(400) // 2 % 2
    >>> best_crosses({"a": a, "b": b, "c": np.arange(400) // 4 % 2}, a ^ b, 1)
    [('a', 'b')]
    """
    targets = [_classes(column) for column in np.asarray(y).reshape(len(y), -1).T]
    alone = {name: sum(information(code, t) for t in targets) for name, code in codes.items()}
    size = {name: len(np.unique(code)) for name, code in codes.items()}
    classes = sum(len(np.unique(t)) - 1 for t in targets)
    gains: dict[tuple[str, ...], float] = {}
    for a, b in combinations(codes, 2):
        both = _together(codes[a], codes[b])
        gain = sum(information(both, t) for t in targets) - alone[a] - alone[b]
        freedom = max((int(both.max()) + 1 - size[a] - size[b] + 1) * classes, 1)
        if 2 * len(y) * gain > CLEARLY * np.sqrt(2 * freedom):
            gains[a, b] = float(gain)
    return sorted(gains, key=lambda pair: -gains[pair])[:most]


def _together(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """One code (N,) for two, from 0 on without a gap."""
    return np.unique(a * (int(b.max()) + 2) + b, return_inverse=True)[1].reshape(-1)


def _classes(y: np.ndarray) -> np.ndarray:
    """Targets (N,) as classes: numbers by the tenths they fall into."""
    if np.issubdtype(y.dtype, np.floating) and len(np.unique(y)) > BINS:
        return np.searchsorted(np.quantile(y, np.arange(1, BINS) / BINS), y)
    return np.unique(y, return_inverse=True)[1].reshape(-1)


def information(code: np.ndarray, y: np.ndarray) -> float:
    """The mutual information of two columns (N,) in nats, less (cells − rows − columns + 1)/2N: its bias.

    >>> round(information(np.array([0, 1] * 500), np.array([0, 1] * 500)), 3)  # log 2, and 1/2000
    0.694
    """
    both = np.unique(_together(code, y), return_counts=True)[1]
    of_code, of_y = (np.unique(one, return_counts=True)[1] for one in (code, y))
    n = len(y)
    bias = (len(both) - len(of_code) - len(of_y) + 1) / (2 * n)
    return _entropy(of_code, n) + _entropy(of_y, n) - _entropy(both, n) - bias


def _entropy(counts: np.ndarray, n: int) -> float:
    """−Σ p log p of counts that sum to n."""
    p = counts / n
    return float(-(p * np.log(p)).sum())

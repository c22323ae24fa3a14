"""Which of several runs is better by the measure that decides, and by how much, in a sentence."""

from collections.abc import Sequence
from typing import NamedTuple

from gradatim.explain.comparison import DECIMAL, OUT_OF_100, SHARES, column_texts
from gradatim.explain.number_format import SPACE, count, measure, measure_name
from gradatim.explain.paired_bootstrap import RESAMPLES, Interval


class Standing(NamedTuple):
    """A run's name, its deciding measure, and the interval of how far it is behind the best."""

    name: str
    value: float
    behind: Interval | None = None


def ranked(runs: Sequence[Standing], sign: int) -> list[Standing]:
    """The best first; of equal ones the one that was named first.

    >>> [one.name for one in ranked([Standing("a", 1.0), Standing("b", 2.0)], 1)]
    ['b', 'a']
    """
    return sorted(runs, key=lambda one: -sign * one.value)


def verdict(runs: Sequence[Standing], deciding: tuple[str, int], examples: str) -> str:
    """The best of the runs and the next one, on `examples` such as "359 test examples".

    >>> runs = [Standing("wide", 0.9, None), Standing("deep", 0.95, None)]
    >>> verdict(runs, ("accuracy", 1), "40 test examples").replace(SPACE, " ")
    'deep is better than wide: its accuracy on 40 test examples is 95.0 % against 90.0 %, 5.0 points more.'
    """
    name, sign = deciding
    best, next_one, *_ = ranked(runs, sign)
    called = measure_name(name)
    of_best, of_next = column_texts(name, [best.value, next_one.value])
    if best.value == next_one.value:
        return (
            f"{best.name} and {next_one.name} are equally good: {called} on {examples} is {of_best} for both."
        )
    difference = difference_text(name, abs(best.value - next_one.value))
    between = f" ({interval_text(name, next_one.behind)})" if next_one.behind else ""
    if next_one.behind is not None and next_one.behind.holds_zero:
        return (
            f"{examples[:1].upper()}{examples[1:]} do not tell {best.name} and {next_one.name} apart: "
            f"{called} is {of_best} and {of_next}, a difference of {difference}{between}."
        )
    if len(runs) == 2:
        begin = f"{best.name} is better than {next_one.name}: its {called} on {examples} is {of_best}"
        return f"{begin} against {of_next}, {difference} {'more' if sign > 0 else 'less'}{between}."
    begin = f"{best.name} is the best of {len(runs)} runs: its {called} on {examples} is {of_best}"
    behind = f"{difference} {'less' if sign > 0 else 'more'}{between}"
    return f"{begin}; the next, {next_one.name}, has {of_next}, {behind}."


def difference_text(name: str, value: float) -> str:
    """A difference of a measure; of shares in percentage points.

    >>> difference_text("accuracy", -0.0123), difference_text("bleu", 2.3456), difference_text("loss", 0.02)
    ('−1.2 points', '2.3', '0.02')
    """
    return f"{_number(name, value)} points" if _is_share(name) else _number(name, value)


def interval_text(name: str, interval: Interval) -> str:
    """A 95 % interval of a difference, both ends with as many places.

    >>> interval_text("accuracy", Interval(-0.01, 0.021)).replace(SPACE, " ")
    '95 % interval −1.0 to 2.1'
    >>> interval_text("loss", Interval(0.188, 0.22)).replace(SPACE, " ")
    '95 % interval 0.188 to 0.220'
    """
    ends = [_number(name, value) for value in interval]
    if all(DECIMAL.fullmatch(end) for end in ends):
        places = max(len(end.partition(".")[2]) for end in ends)
        scale = 100 if _is_share(name) else 1
        ends = [f"{scale * value:.{places}f}".replace("-", "−") for value in interval]
    return f"95{SPACE}% interval {ends[0]} to {ends[1]}"


def _number(name: str, value: float) -> str:
    """Three digits; of shares, BLEU and chrF one place."""
    if _is_share(name) or name.startswith(OUT_OF_100):
        return f"{100 * value if _is_share(name) else value:.1f}".replace("-", "−")
    return measure(float(f"{value:.3g}"))


def _is_share(name: str) -> bool:
    return any(word in name for word in SHARES)


def note_of_interval(word: str) -> str:
    """What an interval is of, and what it is not of."""
    return (
        f"The interval is of the difference over {count(RESAMPLES)} resamples of the {word} examples, the "
        "same for both runs (Koehn 2004); it does not say what another seed of the training would give."
    )

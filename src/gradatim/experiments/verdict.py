"""The verdict on a claim: one rule for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from gradatim.experiments.claim import Claim, Measures, Threshold

SHARE = 0.8  # of the seeds that a threshold has to hold for
REPRODUCED, IN_PART, NOT = "reproduced", "in part", "not reproduced"


def needed(seeds: int) -> int:
    """How many of so many seeds have to hold.

    >>> [needed(n) for n in (1, 3, 5, 10)]
    [1, 3, 4, 8]
    """
    return ceil(SHARE * seeds - 1e-9)


def rule(seeds: int) -> str:
    """The rule in words, for a number of seeds.

    >>> rule(5)
    'reproduced: every threshold holds for at least 4 of 5 seeds; in part: some do; not reproduced: none does'
    """
    return (
        f"{REPRODUCED}: every threshold holds for at least {needed(seeds)} of {seeds} seeds; "
        f"{IN_PART}: some do; {NOT}: none does"
    )


@dataclass(frozen=True)
class Part:
    """One threshold, and the seeds that keep to it."""

    threshold: Threshold
    holds: tuple[int, ...]
    fails: tuple[int, ...]

    @property
    def passes(self) -> bool:
        """Whether enough seeds do."""
        return len(self.holds) >= needed(len(self.holds) + len(self.fails))


@dataclass(frozen=True)
class Verdict:
    """What is said of a claim, and the parts that say it."""

    parts: tuple[Part, ...]

    @property
    def word(self) -> str:
        """One of *reproduced*, *in part*, *not reproduced*."""
        passed = [part.passes for part in self.parts]
        return REPRODUCED if all(passed) else IN_PART if any(passed) else NOT

    def __str__(self) -> str:
        """The word, how many thresholds hold, and which seed fails which."""
        count = sum(part.passes for part in self.parts)
        total = len(self.parts)
        said = f"{self.word}: {count} of {total} thresholds {'holds' if total == 1 else 'hold'}"
        failed: dict[tuple[int, ...], list[str]] = {}
        for part in self.parts:
            if part.fails:
                failed.setdefault(part.fails, []).append(str(part.threshold))
        if not failed:
            return f"{said}, for every seed"
        return "; ".join([said, *(f"{_fail(seeds)}: {', '.join(one)}" for seeds, one in failed.items())])


def _fail(seeds: tuple[int, ...]) -> str:
    """Which seeds fail, as the beginning of a sentence."""
    return f"seeds {', '.join(map(str, seeds))} fail" if len(seeds) > 1 else f"seed {seeds[0]} fails"


def verdict_on(claim: Claim, results: Mapping[int, Measures]) -> Verdict:
    """The verdict on a claim from the measures of each seed."""
    return Verdict(
        tuple(
            Part(
                one,
                tuple(seed for seed, measures in results.items() if one.holds(measures)),
                tuple(seed for seed, measures in results.items() if not one.holds(measures)),
            )
            for one in claim.thresholds
        )
    )

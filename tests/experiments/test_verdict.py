"""The one rule by which claims are judged."""

import pytest

from gradatim import catalog
from gradatim.experiments.claim import RELATIONS, Claim, Threshold
from gradatim.experiments.verdict import verdict_on


class TwoParts(Claim):
    """A claim of two numbers."""

    thresholds = (Threshold("a", "a", "≥", 1), Threshold("b", "b", "<", 0))


def results(a, b):
    return {seed: {"a": one, "b": two} for seed, (one, two) in enumerate(zip(a, b, strict=True))}


@pytest.mark.parametrize(
    ("a", "b", "word"),
    [
        ([1] * 5, [-1] * 5, "reproduced"),
        ([1, 1, 0, 1, 1], [-1, -1, -1, -1, 0], "reproduced"),  # one seed may fail
        ([1, 1, 0, 0, 1], [-1] * 5, "in part"),
        ([0] * 5, [-1, -1, -1, 0, 0], "not reproduced"),
    ],
)
def test_the_word(a, b, word):
    assert verdict_on(TwoParts(), results(a, b)).word == word


def test_the_failing_seed_is_named():
    said = str(verdict_on(TwoParts(), results([1, 0, 1, 1, 1], [-1, 0, 0, -1, -1])))
    assert said == "in part: 1 of 2 thresholds hold; seed 1 fails: a ≥ 1; seeds 1, 2 fail: b < 0"


@pytest.mark.parametrize("row", catalog.entries("experiment"), ids=lambda row: row.name)
def test_a_claim_states_everything_before_it_runs(row):
    claim = row.load()()
    assert issubclass(row.load(), Claim)
    for text in (claim.title, claim.claim, claim.data, claim.measure):
        assert text.strip()
    assert claim.claim.endswith(".")
    assert claim.thresholds and all(one.relation in RELATIONS for one in claim.thresholds)
    assert claim.seeds >= 3 and claim.sizes.default  # five, but where a seed is many networks

"""No threshold of two classes has a better measure than the one that is chosen."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

from gradatim.problems.thresholds import MEASURES, choose_threshold

SCORES = {"accuracy": accuracy_score, "balanced": balanced_accuracy_score}
SCORES["f1"] = lambda y, decided: f1_score(y, decided, zero_division=0)
shares = st.integers(0, 20).map(lambda k: k / 20)


@pytest.mark.parametrize(
    "by",
    [pytest.param(one, marks=pytest.mark.slow) if one in {"f1", "balanced"} else one for one in MEASURES],
)
@given(pairs=st.lists(st.tuples(shares, st.integers(0, 1)), min_size=2, max_size=30))
def test_no_threshold_is_better(by, pairs):
    p, y = (np.array(column) for column in zip(*pairs, strict=True))
    if len(np.unique(y)) < 2:
        return
    found = choose_threshold(p, y, by)
    every = [SCORES[by](y, (p >= t).astype(int)) for t in np.arange(-1, 42) / 40]
    assert found["valid"] == pytest.approx(max(every), abs=1e-12)
    assert SCORES[by](y, (p >= found["value"]).astype(int)) == pytest.approx(found["valid"], abs=1e-12)

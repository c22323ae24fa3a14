"""F11: the step of the trace is the rule, number by number."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.exercises.exercise import make_exercise
from gradatim.explain.traces.som import WEIGHTS, som


def by_hand(x, w, rows, columns, topology, lr, sigma):
    """b, d², h and the new weights from places on the plane."""
    w = np.array(w, float)
    r, c = np.divmod(np.arange(rows * columns), columns)
    place = np.stack([c + 0.5 * (r % 2), r * 3**0.5 / 2] if topology == "hexagonal" else [c, r], 1)
    b = ((np.array(x) - w) ** 2).sum(1).argmin()
    squared = ((place - place[b]) ** 2).sum(1)
    h = np.exp(-squared / (2 * sigma**2))
    return b, squared, h, w + lr * h[:, None] * (np.array(x) - w)


@pytest.mark.parametrize("topology", ["rectangular", "hexagonal"])
def test_every_number_is_the_rule_s(topology):
    asked = {"x": (1.5, 1.25), "w": WEIGHTS, "rows": 2, "columns": 3, "topology": topology}
    trace = som(**asked, lr=0.25, sigma=0.8)
    b, squared, h, after = by_hand(**asked, lr=0.25, sigma=0.8)
    step = trace.table("The step")
    assert step.column("d²") == pytest.approx(squared, abs=1e-12)
    assert step.column("h") == pytest.approx(h) and step.column("α h") == pytest.approx(0.25 * h)
    np.testing.assert_allclose(np.transpose([step.column("new w1"), step.column("new w2")]), after)
    far = trace.table("Distances to the example").column("‖x − w‖")
    assert int(np.argmin(far)) == b == 4


@pytest.mark.parametrize("seed", range(6))
def test_the_exercise_asks_for_the_rule_s_numbers(seed):
    exercise = make_exercise("som", seed)
    values = {one.name: one.value for one in exercise.asked}
    b, squared, h, after = by_hand(**exercise.numbers)
    assert values["best"] == b + 1
    assert [values[f"d{u}"] for u in range(1, 7)] == pytest.approx(squared, abs=1e-12)
    assert [values[f"h{u}"] for u in range(1, 7)] == pytest.approx(h)
    found = [[values[f"u{u}"], values[f"v{u}"]] for u in range(1, 7)]
    np.testing.assert_allclose(found, after, atol=1e-12)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"rows": 3}, "w must have a row for each of 9 units; it has 6"), ({"x": (1,)}, "x must be 2"),
        ({"sigma": 0}, "sigma must be a number above 0"), ({"topology": "round"}, "topology must be"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(asked, said):
    with pytest.raises(UsageError, match=said):
        som(**asked)

"""How an answer depends on a column: scikit-learn's partial dependence, and values worth setting it to."""

import numpy as np
import pytest
from sklearn.inspection import partial_dependence

from gradatim.explain.encoded_rows import encoded_rows
from gradatim.explain.partial_dependence import dependence, mean_answers, values_of

from .ours import Ours


@pytest.mark.parametrize("name", ["plan", "buys"])
def test_dependence_is_scikit_learn_s(runs, name):
    trained, test = runs[name].trained, runs[name].data.test
    seen = encoded_rows(trained, test, len(test), 0)
    raw = np.where(np.isnan(seen.raw), 3.0, seen.raw)  # theirs make no grid of missing values
    seen = type(seen)(trained, seen.columns, raw, seen.encode(raw), seen.places, seen.y)
    several = len(trained.problem.names) > 2
    for j in range(len(seen.columns)):
        reference = partial_dependence(Ours(trained), raw, [j], method="brute", grid_resolution=15)
        mean = mean_answers(seen, j, reference["grid_values"][0])
        wanted = reference["average"] if several else reference["average"][[0]]
        ours = mean.T if several else mean.T[[1]]
        np.testing.assert_allclose(ours, wanted, atol=1e-6)


def test_dependence_of_numbers_is_in_their_own_unit(runs):
    run = runs["price"]
    effects, rows = dependence(run.trained, run.data.test, ["visits", "town", "since", "member"], seed=0)
    assert rows == len(run.data.test)
    visits, town, since, member = effects
    assert visits.of == "mean predicted price"
    assert visits.answers[0].means[-1] > visits.answers[0].means[0] + 8
    assert len(visits.rug) == 9 and visits.grid == sorted(visits.grid)
    assert sorted(town.labels) == ["Kyiv", "Lima", "Oslo", "Rome"]
    means = dict(zip(town.labels, town.answers[0].means, strict=True))
    assert max(means, key=means.get) == "Rome" and 50 < means["Oslo"] < 150
    assert since.labels[0].startswith("20") and member.labels == ["false", "true"]


def test_of_two_classes_the_second_one_s_probability_is_drawn_and_of_more_each_one_s(runs):
    (effect,), _ = dependence(runs["buys"].trained, runs["buys"].data.test, ["visits"], seed=0)
    assert effect.of == "mean probability of yes"
    assert [answer.name for answer in effect.answers] == ["yes"]
    (effect,), _ = dependence(runs["plan"].trained, runs["plan"].data.test, ["visits"], seed=0)
    assert effect.of == "mean probability"
    assert [answer.name for answer in effect.answers] == ["large", "none", "small"]
    assert effect.answers_left_out == 0


def test_a_column_of_mostly_one_value_is_varied_over_its_others(runs):
    seen = encoded_rows(runs["price"].trained, runs["price"].data.test, 500, 0)
    raw = seen.raw.copy()
    raw[:, 0] = 0
    raw[:40, 0] = np.arange(1, 41) * 100.0
    values = values_of(type(seen)(seen.trained, seen.columns, raw, seen.x, seen.places, seen.y), 0)
    assert values[0] == 0 and len(values) > 10 and values[-1] >= 3000

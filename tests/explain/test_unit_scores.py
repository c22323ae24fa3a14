"""E15: what units follow, scored as scikit-learn and SciPy do, and no better than chance in noise."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import roc_auc_score

from gradatim.explain.text_features import FEATURES, features_of
from gradatim.explain.unit_scores import best_units, score_of

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_auc_and_spearman_s(seed):
    """With many equal values, to 1e-6 (ranks are in float32)."""
    draws = np.random.default_rng(seed)
    values, yes, place = (
        draws.normal(size=(500, 4)).round(1),
        draws.integers(0, 2, 500),
        draws.integers(0, 9, 500),
    )
    auc = [2 * roc_auc_score(yes, column) - 1 for column in values.T]
    np.testing.assert_allclose(score_of(values, yes), auc, atol=1e-6)
    rho = [spearmanr(column, place)[0] for column in values.T]
    np.testing.assert_allclose(score_of(values, place), rho, atol=1e-6)


def test_a_unit_that_follows_is_found_and_scored_on_the_other_half():
    values = RNG.normal(size=(2000, 50)).astype(np.float32)
    feature = RNG.integers(0, 2, 2000)
    values[:, 17] -= 2 * feature
    (found,) = best_units(values, {"x": feature})
    held_out = 2 * roc_auc_score(feature[1000:], values[1000:, 17]) - 1
    assert found.unit == 17 and found.score == pytest.approx(held_out, abs=1e-6) and found.score < -0.7
    assert found.p == 1 / 41 and found.chance < 0.15


@pytest.mark.slow
def test_noise_is_near_chance_though_the_best_of_thousands_is_searched():
    """On the half they are chosen on scores are far above; p is as seldom small as it should be."""
    small = 0
    for seed in range(40):
        draws = np.random.default_rng(seed)
        values = draws.normal(size=(800, 1000))
        feature = np.repeat(draws.integers(0, 2, 100), 8)  # runs, as of quotation marks
        (found,) = best_units(values, {"x": feature}, seed)
        small += found.p <= 0.05
        chosen_on = np.abs(score_of(values[:400], feature[:400])).max()
        assert abs(found.score) < chosen_on
    assert small <= 5  # of 40, of which 2 are expected


def test_short_texts_and_features_that_hardly_change_are_left_out():
    values = RNG.normal(size=(399, 3))
    assert best_units(values, {"x": RNG.integers(0, 2, 399)}) == []
    values = RNG.normal(size=(500, 3))
    rare = np.zeros(500)
    rare[[3, 400]] = 1
    assert best_units(values, {"x": rare, "y": np.ones(500)}) == []


def test_features_of_words_are_those_of_their_last_characters():
    text = 'He said: "No (or "yes").\n\nIt is'
    whole = features_of(list(text))
    assert set(whole) == set(FEATURES) and all(len(one) == len(text) for one in whole.values())
    pieces = ["He", " said", ":", ' "', "No", " (", "or"]
    by_word = features_of(pieces)
    ends = np.cumsum([len(one) for one in pieces]) - 1
    for name, feature in by_word.items():
        np.testing.assert_array_equal(feature, whole[name][ends], err_msg=name)
    assert not whole["being inside quotation marks"][-5:].any()  # an empty line closes them

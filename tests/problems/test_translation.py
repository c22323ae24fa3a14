"""BLEU and chrF: sacreBLEU's, and by hand."""

from math import exp, log

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.problems.choose import problem_from
from gradatim.problems.texts import ROW, Alternative
from gradatim.problems.translation import Translation

PROBLEM = Translation(("<unk>", "<end>", "a"), "cross_entropy")


def rows(texts, nats=1.0, symbols=2):
    a = np.zeros(len(texts), ROW)
    a["text"], a["nats"], a["symbols"] = texts, nats, symbols
    return a


def references(*some):
    y = np.empty(len(some), object)
    y[:] = list(some)
    return y


def test_bleu_is_papinenis_by_hand():
    """the cat sat on a mat / the cat sat on the mat: precisions 5/6, 3/5, 2/4, 1/3, no brevity penalty."""
    found = PROBLEM.scores_of(["the cat sat on a mat"], [("the cat sat on the mat",)])
    assert found["bleu"] == pytest.approx(
        100 * exp(sum(map(log, (5 / 6, 3 / 5, 2 / 4, 1 / 3))) / 4), abs=1e-4
    )


def test_short_translations_pay():
    found = PROBLEM.scores_of(["the cat sat on"], [("the cat sat on the mat",)])
    assert found["bleu"] == pytest.approx(100 * exp(1 - 6 / 4), abs=1e-4)


def test_any_of_several_references_is_right():
    said = ["a dog runs fast today", "two cats sleep there now"]
    found = PROBLEM.scores_of(said, [("x y z", said[0]), (said[1],)])
    assert found["bleu"] == pytest.approx(100)


def test_loss_and_perplexity_are_of_a_symbol():
    found = PROBLEM.measures(rows(["a", "b"], [2.0, 4.0], [3, 1]), references(("a",), ("b",)))
    assert found["loss"] == pytest.approx(6 / 4)
    assert found["perplexity"] == pytest.approx(exp(1.5))


def test_several_answers_stand_in_columns():
    a = rows(["x", "y"])
    a["others"][0] = (Alternative("x", -1.0), Alternative("z", -2.0))
    a["others"][1] = (Alternative("y", -1.5),)
    found = Translation(PROBLEM.names, "cross_entropy", best=2).columns(a)
    assert found["prediction 1"] == ["x", "y"]
    assert found["prediction 2"] == ["z", ""]
    assert found["score 1"] == [-1.0, -1.5]


def test_it_comes_back_from_its_record():
    assert problem_from(PROBLEM.as_dict()) == PROBLEM
    with pytest.raises(GradatimError, match="beam of translation must be above 0"):
        problem_from({**PROBLEM.as_dict(), "beam": 0})

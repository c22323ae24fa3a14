"""The confusion matrix, and the bins of calibration."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve

from gradatim.checks import UsageError
from gradatim.explain.calibration import reliability
from gradatim.explain.figures.confusion import confusion_figure
from gradatim.explain.figures.style import write_figure


@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.sampled_from([2, 5, 10]))
def test_reliability_is_scikit_learn_s(seed, n, bins):
    draws = np.random.default_rng(seed)
    p = np.round(draws.uniform(size=n), 1 + seed % 3)  # many of them on the edges of bins
    came_true = draws.uniform(size=n) < p
    came_true[0] = not came_true[-1] if n > 1 else came_true[0]
    if len(set(came_true.tolist())) < 2:
        return  # scikit-learn asks for both
    true, said = calibration_curve(came_true, p, n_bins=bins)
    found = reliability(p, came_true, bins)
    np.testing.assert_allclose(found.true, true)
    np.testing.assert_allclose(found.said, said)
    assert found.counts.sum() == n


def test_the_error_is_the_mean_distance():
    p = np.array([0.05, 0.05, 0.95, 0.95])
    found = reliability(p, np.array([0, 0, 1, 0]))
    assert found.error == pytest.approx(0.5 * 0.05 + 0.5 * 0.45)  # half the examples in each of two bins


def test_a_matrix_writes_every_count_and_name(tmp_path):
    counts = np.array([[12345, 2, 0], [1, 30, 4], [0, 0, 0]])
    picture = confusion_figure(counts, ("cat", "dog", "a very long name of a class"), "Pets")
    text = write_figure(picture, tmp_path / "c.svg").read_text()
    for word in ("12,345", "30", "dog", "…ame of a class", "–", "86"):
        assert f">{word}</text>" in text


def test_a_matrix_that_cannot_be_read_is_refused():
    with pytest.raises(UsageError, match="a matrix of 31 classes cannot be read: at most 30"):
        confusion_figure(np.eye(31, dtype=int), (), "")


def test_a_class_s_name_is_text_whatever_stands_in_it(tmp_path):
    names = ("$x$", "$[", r"$\frac{1$", "<b>&", "red\x1b[31m\x07")
    picture = confusion_figure(np.eye(5, dtype=int), names, "$y_1$ \x00")
    root = ElementTree.parse(write_figure(picture, tmp_path / "c.svg")).getroot()
    found = ["".join(node.itertext()) for node in root.iter() if node.tag.endswith("text")]
    for name in ("$x$", "$[", r"$\frac{1$", "<b>&", "red\ufffd[31m\ufffd"):
        assert found.count(name) == 2, name  # along both axes
    assert "$y_1$ \ufffd" in found
    assert write_figure(picture, tmp_path / "c.png").stat().st_size > 1000

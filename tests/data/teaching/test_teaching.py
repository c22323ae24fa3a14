"""Teaching sets: their points lie where their equations and scikit-learn's functions say."""

import inspect
from math import erf, sqrt

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.stats import kstest
from sklearn.datasets import make_circles, make_moons

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.data.teaching import points

CLASSES = {"xor": 2, "moons": 2, "circles": 2, "spirals": 3, "blobs": 3}
NUMBERS = ("sine", "steps")


def distances(x, curve):
    """Of every point to the nearest of a curve's."""
    return cKDTree(curve).query(x)[0]


@pytest.mark.parametrize(
    ("name", "curve"),
    [
        ("moons:noise=0,n=500", make_moons(20_000)),
        ("circles:noise=0,n=500,factor=0.3", make_circles(20_000, factor=0.3)),
    ],
)
def test_the_curves_are_scikit_learns_class_by_class(name, curve):
    found = load_data(name)
    for k in (0, 1):
        own, theirs = found.x[found.y == k], curve[0][curve[1] == k]
        assert distances(own, theirs).max() < 1e-3
        assert distances(theirs, own).max() < 0.1  # all of the curve, and nothing else


def test_spirals_lie_on_their_arms():
    found = load_data("spirals:noise=0,arms=4,turns=1.5")
    r = np.hypot(*found.x.T)
    turned = np.arctan2(found.x[:, 1], found.x[:, 0]) / (2 * np.pi) - 1.5 * r - found.y / 4
    np.testing.assert_allclose(turned - turned.round(), 0, atol=1e-5)
    assert r.min() > 0.0999
    assert r.max() <= 1


def test_the_truth_table_of_xor():
    found = load_data("xor:n=40,noise=0")
    np.testing.assert_array_equal(found.y, np.logical_xor(*found.x.T))
    assert np.unique(found.x, axis=0, return_counts=True)[1].tolist() == [10] * 4


def test_blobs_stand_on_a_circle():
    found = load_data("blobs:classes=5,noise=0")
    expected = np.exp(2j * np.pi * found.y / 5)
    np.testing.assert_allclose(found.x @ [1, 1j], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "f"),
    [
        ("sine:noise=0,waves=3", lambda x: np.sin(6 * np.pi * x)),
        ("steps:noise=0,steps=5", lambda x: np.floor(5 * x) / 4),
    ],
)
def test_numbers_lie_on_their_function(name, f):
    found = load_data(name)
    np.testing.assert_allclose(found.y, f(found.x[:, 0]), atol=2e-5)  # x is rounded to 6 digits


@pytest.mark.parametrize("name", CLASSES)
def test_classes_are_of_one_size_and_rows_are_those_of_a_table(name):
    found = load_data(name)
    assert np.bincount(found.y).tolist() == [600 // CLASSES[name]] * CLASSES[name]
    assert (found.features, found.targets) == (("x1", "x2"), ("class",))
    assert split(found).sizes() == {"train": 432, "valid": 48, "test": 120}


@pytest.mark.parametrize("name", [*CLASSES, *NUMBERS])
def test_the_first_points_are_those_of_fewer_and_a_seed_draws_others(name):
    many, few = load_data(f"{name}:n=200"), load_data(f"{name}:n=50")
    np.testing.assert_array_equal(many.x[:50], few.x)
    np.testing.assert_array_equal(many.y[:50], few.y)
    assert load_data(name).fingerprint == load_data(f"{name}:seed=0").fingerprint
    assert load_data(name).fingerprint != load_data(f"{name}:seed=1").fingerprint


def test_the_points_are_the_same_on_every_machine():
    assert load_data("moons").x[:2].tolist() == [[1.041808, 0.293355], [1.67916, -0.443351]]


def test_draws_are_normal_and_uniform_and_noise_is_as_large_as_asked():
    assert kstest(points.uniform(3, "u", 20_000), "uniform").pvalue > 0.01
    assert kstest(points.normal(3, "z", 20_000), "norm").pvalue > 0.01
    quiet, loud = load_data("moons:n=20000,noise=0"), load_data("moons:n=20000,noise=0.2")
    moved = loud.x - quiet.x
    np.testing.assert_allclose(moved.std(0), 0.2, rtol=0.02)
    assert abs(np.corrcoef(moved.T)[0, 1]) < 0.02


def test_the_bayes_rate_of_xor_is_the_closed_form():
    found = load_data("xor:n=20000,noise=0.25")
    wrong = (np.logical_xor(*(found.x > 0.5).T) != found.y).mean()
    crossed = 0.5 * (1 - erf(0.5 / 0.25 / sqrt(2)))  # of one coordinate
    assert wrong == pytest.approx(2 * crossed * (1 - crossed), abs=0.005)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("moons:m=3", "moons takes no argument 'm': choose from n, noise, seed"),
        ("moons:nois=3", "moons takes no argument 'nois': did you mean noise"),
        ("moons:n=many", "n of moons must be a number, n=NUMBER; it is 'many'"),
        ("moons:n", "n of moons must be a number, n=NUMBER; it is ''"),
        ("moons:n=1", "n must be a whole number of at least 2; it is 1"),
        ("moons:noise=-1", "noise must be a number at least 0; it is -1"),
        ("circles:factor=1", "factor must be a number above 0 and below 1; it is 1"),
        ("spirals:arms=7", "arms must be a whole number of at most 6; it is 7"),
        ("digits:n=5", "digits takes no arguments: leave out n=5"),
    ],
)
def test_arguments_that_cannot_be_are_named(name, sentence):
    with pytest.raises(UsageError, match=sentence):
        load_data(name)


def test_every_teaching_set_says_its_arguments():
    for row in catalog.entries("dataset"):
        if ".teaching." in row.home:
            assert all(name in row.sentence for name in inspect.signature(row.load()).parameters)

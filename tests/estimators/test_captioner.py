"""The estimator of captions: says what is on pictures that it never saw, and refuses what is no picture."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from gradatim.checks import UsageError
from gradatim.estimators import Captioner

PLACES = {"left": (slice(2, 14), slice(1, 6)), "right": (slice(2, 14), slice(10, 15))}
SHADES = {"bright": 250, "dim": 110}


def scenes(n, seed):
    """A bar to the left or to the right, bright or dim, on a dark ground with noise."""
    r = np.random.default_rng(seed)
    x, y = r.integers(0, 40, (n, 1, 16, 16)).astype(np.uint8), []
    for picture in x:
        place, shade = r.choice(list(PLACES)), r.choice(list(SHADES))
        picture[0][PLACES[place]] = SHADES[shade]
        y.append(f"a {shade} bar stands {place}")
    return x, y


@pytest.fixture(scope="module")
def fitted():
    x, y = scenes(240, 0)
    found = Captioner(24, learning_rate_init=0.005, max_iter=8, validation_fraction=0.2)
    return found.fit(x, y)


def test_pictures_that_it_never_saw_are_described(fitted):
    x, y = scenes(40, 1)
    assert (fitted.predict(x) == np.array(y, object)).mean() > 0.9
    assert fitted.score(x, y) > 95
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]


def test_the_best_of_several_is_the_caption(fitted):
    x, _ = scenes(4, 2)
    several = fitted.n_best(x, 3)
    assert [some[0] for some in several] == fitted.predict(x).tolist()
    assert all(len(set(some)) == 3 for some in several)


def test_what_is_no_picture_is_refused(fitted):
    with pytest.raises(UsageError, match=r"X must be pictures \(1, 16, 16\)"):
        fitted.predict(np.zeros((2, 3, 16, 16)))
    with pytest.raises(UsageError, match="2 pictures but 1 captions"):
        Captioner().fit(np.zeros((2, 1, 16, 16)), ["one"])
    with pytest.raises(UsageError, match=r"y\[0\] must be a sentence; it is 3"):
        Captioner().fit(np.zeros((1, 1, 16, 16)), [3])
    with pytest.raises(NotFittedError):
        clone(fitted).predict(np.zeros((1, 1, 16, 16)))

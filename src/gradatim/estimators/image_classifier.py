"""The recipe for pictures as a classifier."""

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import _check_y, check_consistent_length

from gradatim.data.sources.picture_folder import RECIPE
from gradatim.estimators.picture_network import PictureNetwork
from gradatim.estimators.table_examples import examples_of, required
from gradatim.estimators.targets import classes_in


class ImageClassifier(ClassifierMixin, PictureNetwork):
    """A network that classifies pictures by the recipe of `gradatim train`, without a run folder.

        p = softmax(f(x; θ)),   f the network that `gradatim train` chooses for such pictures

    X is an array (N, H, W), (N, H, W, C) or (N, C, H, W) of bytes or numbers, of one channel or three, or a
    list of files' names or of pillow's images of any size, which are read as a folder's are; y holds one
    label a picture. Files that cannot be read are left out of `fit`, and said; `predict` refuses them.
    With `groups` (N,), such as the people in them, no group is both in training and in validation.

    Parameters: the recipe chooses `model`, `augment`, `learning_rate_init`, `batch_size` and `max_iter`
    (epochs) where they are None. `model` is a network's name as `gradatim train --model` takes it, a
    description or a torch module, `augment` a policy such as standard, or none. `pretrained` is True for
    weights that torchvision published, a file of weights, or a run to go on from. `input_size` is what a
    list's pictures are scaled to: 64, or (48, 64). `validation_fraction` of the pictures chooses the epoch
    that is kept; with 0 all are learned from. `max_minutes` bounds the time, `n_jobs` the CPU threads: None
    is the recipe's number, -1 every core. `random_state` is the seed, `device` where it runs.

    Learned: `classes_`, `network_`, a torch module, `choices_`, `input_shape_` (C, H, W), `n_features_in_`,
    `n_iter_` (epochs), `loss_curve_`, `loss_`.

    Raises UsageError for an argument and for pictures that cannot be, naming them; NonFiniteLoss naming step
    and layer.

    >>> X = np.zeros((40, 8, 8), np.uint8)
    >>> X[::2, :, :4], X[1::2, :, 4:] = 200, 200
    >>> model = ImageClassifier("small_cnn", max_iter=4, validation_fraction=0, random_state=0)
    >>> model.fit(X, ["left", "right"] * 20).predict(X[:2]).tolist()
    ['left', 'right']
    """

    task: ClassVar[str] = "classification"

    def fit(self, X: Any, y: Any, groups: Any = None) -> "ImageClassifier":
        """Train on X, N pictures, and y, one label a picture (N,)."""
        y = _check_y(required(self, y), estimator=self)
        settings = self._settings()
        check_consistent_length(X, y)
        found, places = self._to_learn(X)
        y = y[found.kept]
        classes = classes_in(y)
        examples = examples_of(found.x, y, None, self.task)
        if places is not None:
            names = tuple(str(places[number]) for number in found.kept)
            examples = replace(examples, recipe=RECIPE, files=names, notices=found.notices)
        self._learn(examples, settings, groups, found.kept)
        self.classes_ = classes
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The class of each picture, (N,)."""
        a = self._outputs(self._to_ask(X)[0])
        return self.classes_[self._trained.problem.answer(a)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Every class's probability, (N, K), in the order of `classes_`."""
        a = self._outputs(self._to_ask(X)[0])
        return self._trained.problem.predictions(a)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

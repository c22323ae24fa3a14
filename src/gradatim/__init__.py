"""Gradatim: the canon of deep learning, step by step.

>>> import gradatim
>>> run = gradatim.train("digits", epochs=2)                       # doctest: +SKIP
>>> run.evaluate()["metrics"]["accuracy"]                          # doctest: +SKIP
0.93
"""

from typing import TYPE_CHECKING

from gradatim.version import __version__ as __version__

if TYPE_CHECKING:
    from gradatim import by_hand as by_hand
    from gradatim import data as data
    from gradatim import decoding as decoding
    from gradatim import estimators as estimators
    from gradatim import functional as functional
    from gradatim import models as models
    from gradatim import nn as nn
    from gradatim import optim as optim
    from gradatim import problems as problems
    from gradatim import transfer as transfer
    from gradatim import unsupervised as unsupervised
    from gradatim.checks import GradatimError as GradatimError
    from gradatim.checks import UsageError as UsageError
    from gradatim.data.dataset import Dataset as Dataset
    from gradatim.data.loading import load_data as load_data
    from gradatim.data.splits import split as split
    from gradatim.estimators.adaline import Adaline as Adaline
    from gradatim.estimators.mlp_classifier import MLPClassifier as MLPClassifier
    from gradatim.estimators.mlp_regressor import MLPRegressor as MLPRegressor
    from gradatim.estimators.perceptron import Perceptron as Perceptron
    from gradatim.experiments.reproduce import reproduce as reproduce
    from gradatim.jobs.check import check as check
    from gradatim.jobs.exercise import exercise as exercise
    from gradatim.jobs.features import features as features
    from gradatim.jobs.plot import plot as plot
    from gradatim.jobs.run import Run as Run
    from gradatim.jobs.run import load as load
    from gradatim.jobs.show import show as show
    from gradatim.jobs.trace import trace as trace
    from gradatim.jobs.train import train as train
    from gradatim.models.building import build as build
    from gradatim.training.training import Training as Training

_HOMES = {
    "Adaline": "gradatim.estimators.adaline",
    "Dataset": "gradatim.data.dataset",
    "GradatimError": "gradatim.checks",
    "MLPClassifier": "gradatim.estimators.mlp_classifier",
    "MLPRegressor": "gradatim.estimators.mlp_regressor",
    "Perceptron": "gradatim.estimators.perceptron",
    "Run": "gradatim.jobs.run",
    "Training": "gradatim.training.training",
    "UsageError": "gradatim.checks",
    "build": "gradatim.models.building",
    "check": "gradatim.jobs.check",
    "exercise": "gradatim.jobs.exercise",
    "features": "gradatim.jobs.features",
    "load": "gradatim.jobs.run",
    "load_data": "gradatim.data.loading",
    "plot": "gradatim.jobs.plot",
    "reproduce": "gradatim.experiments.reproduce",
    "show": "gradatim.jobs.show",
    "split": "gradatim.data.splits",
    "trace": "gradatim.jobs.trace",
    "train": "gradatim.jobs.train",
}
_ROOMS = (  # each hands on its public names: gradatim.nn.LSTM
    "by_hand", "data", "decoding", "estimators", "functional", "models", "nn", "optim", "problems",
    "transfer", "unsupervised",
)  # fmt: skip
__all__ = ["__version__", *_HOMES]  # noqa: PLE0604  the names of _HOMES are strings


def __getattr__(name: str):
    """Import a public name when it is first used, so that `import gradatim` costs nothing."""
    if name not in _HOMES and name not in _ROOMS:
        raise AttributeError(f"module 'gradatim' has no attribute {name!r}")
    from importlib import import_module

    if name in _ROOMS:
        return import_module(f"gradatim.{name}")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted((*__all__, *_ROOMS))

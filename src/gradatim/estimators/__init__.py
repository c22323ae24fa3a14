"""Estimators: the faces that scikit-learn's pipelines and searches know."""

from gradatim.estimators.adaline import Adaline
from gradatim.estimators.mlp_classifier import MLPClassifier
from gradatim.estimators.mlp_regressor import MLPRegressor
from gradatim.estimators.perceptron import Perceptron

__all__ = ["Adaline", "MLPClassifier", "MLPRegressor", "Perceptron"]

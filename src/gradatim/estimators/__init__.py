"""Estimators: the faces that scikit-learn's pipelines and searches know."""

from gradatim.rooms import open_room

open_room(__name__)

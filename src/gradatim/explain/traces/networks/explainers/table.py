"""From a layer's name to what explains it; every other layer has what all of them share."""

from gradatim.explain.traces.networks.explainers.dense import Dense
from gradatim.explain.traces.networks.explainers.explainer import Explainer

EXPLAINERS: dict[str, Explainer] = {"dense": Dense(), "masked_dense": Dense()}
PLAIN = Explainer()


def explainer_of(kind: str) -> Explainer:
    """What explains a layer of this name.

    >>> type(explainer_of("dense")).__name__, type(explainer_of("maxout")).__name__
    ('Dense', 'Explainer')
    """
    return EXPLAINERS.get(kind, PLAIN)

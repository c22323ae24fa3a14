"""From a layer's name to what explains it; every other layer has what all of them share."""

from gradatim.explain.traces.networks.explainers.bidirectional import Bidirectional, StepPooling
from gradatim.explain.traces.networks.explainers.conv import Conv
from gradatim.explain.traces.networks.explainers.conv_transpose import ConvTranspose
from gradatim.explain.traces.networks.explainers.dense import Dense
from gradatim.explain.traces.networks.explainers.dropout import Dropout
from gradatim.explain.traces.networks.explainers.embedding import Embedding
from gradatim.explain.traces.networks.explainers.explainer import Explainer
from gradatim.explain.traces.networks.explainers.joins import Concat, ShortcutPadding, Sum
from gradatim.explain.traces.networks.explainers.lateral import Lateral
from gradatim.explain.traces.networks.explainers.maxout import Maxout
from gradatim.explain.traces.networks.explainers.normalisation import Normalisation
from gradatim.explain.traces.networks.explainers.pooling import AdaptivePooling, GlobalPooling, Pooling
from gradatim.explain.traces.networks.explainers.recurrent import Recurrent
from gradatim.explain.traces.networks.explainers.response_norm import LocalResponseNorm

EXPLAINERS: dict[str, Explainer] = {
    "dense": Dense(), "masked_dense": Dense(), "dropout": Dropout(), "dropout_2012": Explainer(),
    "embedding": Embedding(), "lateral": Lateral(), "batch_norm": Normalisation(of_batch=True, row="channel"),
    **dict.fromkeys(("layer_norm", "rms_norm", "group_norm"), Normalisation()),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "true_conv1d", "true_conv2d"), Conv()),
    **{f"conv_transpose{axes}d": ConvTranspose() for axes in (1, 2, 3)},
    **{f"adaptive_{how}_pool{axes}d": AdaptivePooling(how) for how in ("max", "avg") for axes in (1, 2, 3)},
    **{f"global_{how}_pool": GlobalPooling(how) for how in ("max", "avg", "sum")},
    "local_response_norm": LocalResponseNorm(), "maxout": Maxout(),
    "instance_norm": Normalisation(row="channel"),
    **{f"{how}_pool{axes}d": Pooling(how) for how in ("max", "avg", "sum") for axes in (1, 2, 3)},
    **dict.fromkeys(("rnn", "lstm", "coupled_lstm", "gru", "jordan"), Recurrent()),
    "sum": Sum(), "concat": Concat(), "shortcut_padding": ShortcutPadding(),
    "bidirectional": Bidirectional(), "step_pooling": StepPooling(),
}  # fmt: skip
PLAIN = Explainer()


def explainer_of(kind: str) -> Explainer:
    """What explains a layer of this name.

    >>> type(explainer_of("dense")).__name__, type(explainer_of("softmax")).__name__
    ('Dense', 'Explainer')
    """
    return EXPLAINERS.get(kind, PLAIN)
